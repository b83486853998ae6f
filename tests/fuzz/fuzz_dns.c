/* The first byte picks the type that was asked for; the rest is the message. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/resolve_packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum dns_type types[] = {
        DNS_A,   DNS_NS,   DNS_CNAME, DNS_SOA,  DNS_PTR, DNS_MX,
        DNS_TXT, DNS_AAAA, DNS_SRV,   DNS_TLSA, DNS_CAA,
    };

    if (!size)
        return 0;
    struct arena *a = arena_new();
    struct dns_answer answer = {
        .name = "q.lab",
        .type = types[data[0] % (sizeof types / sizeof *types)],
    };
    resolve_packet(a, data + 1, size - 1, &answer);
    if ((answer.outcome == DNS_ANSWERED) != (answer.len > 0))
        abort();
    for (size_t i = 0; i < answer.len; i++) {
        check_text(answer.records[i].text);
        if (answer.records[i].host)
            check_text(answer.records[i].host);
    }
    for (size_t i = 0; i < answer.alias_len; i++)
        check_text(answer.alias[i]);
    arena_free(a);
    return 0;
}
