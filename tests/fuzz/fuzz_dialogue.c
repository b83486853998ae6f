/* The first byte picks the protocol and how the rest is cut into pieces. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "net/negotiation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t cuts[] = { 1, 7, 100, SIZE_MAX };
    static const char *const families[] = { "smtp", "imap", "pop3", "sieve",
                                            "lmtp", "xmpp", "xmpp", "xmpp" };

    if (!size)
        return 0;
    struct arena *a = arena_new();
    struct negotiation d;
    size_t cut = cuts[data[0] >> 2 & 3];
    negotiation_start(
        &d, a, protocol_find(families[(data[0] & 3) | (data[0] >> 2 & 4)]),
        "[192.0.2.1]");
    for (size_t at = 1; at < size;) {
        size_t len = min(size - at, cut);
        negotiation_feed(&d, data + at, len);
        negotiation_sent(&d, d.out.len);
        at += len;
    }
    negotiation_end(&d, OUTCOME_CLOSED, NULL);
    bool settled = d.starttls.outcome != OUTCOME_NOT_TRIED ||
                   d.greeting.outcome != OUTCOME_NOT_TRIED;
    if (d.state == NEGOTIATION_TALKING || !settled)
        abort();
    arena_free(a);
    return 0;
}
