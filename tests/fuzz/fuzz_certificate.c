/* Any bytes as a certificate, in a file and as sent; what can be read is
 * judged as the chain of a server, which must not crash either. */
#include "crypto/verification.h"
#include "crypto/x509_read.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(struct arena *a, const struct held_cert *held, size_t len)
{
    static const enum cert_origin origins[] = { CERT_SENT, CERT_FETCHED,
                                                CERT_ANCHOR };
    struct target target = { .kind = TARGET_FILE, .input = "fuzz" };
    struct survey *s = survey_new(a, &target, 1700000000);
    size_t *chain = arena_alloc(a, len, sizeof *chain);
    struct anchors *trust = NULL;
    struct err err;

    for (size_t i = 0; i < len; i++) {
        struct held_cert one = held[i];
        one.origin = origins[i % 3];
        chain[i] = survey_cert_add(s, &one);
    }
    survey_cell_add(s, &(struct cell){ .reference = "mail.example.com",
                                       .chain = chain,
                                       .chain_len = len });
    if (!anchors_from_survey(s, &trust, &err) ||
        !verification_fill(s, trust, &err))
        abort();
    for (size_t i = 0; i < s->cells[0].verdict.path_len; i++)
        if (s->cells[0].verdict.path[i] >= s->certs_len)
            abort();
    anchors_free(trust);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct cert_list held = { 0 };
    struct held_cert raw;
    struct err err;

    x509_read(a, data, size, CERT_SENT, &raw);
    verification_name(data, size, "mail.example.com");
    if (x509_read_file(a, (const char *)data, size, "fuzz", &held, &err))
        judge(a, held.items, held.len);
    arena_free(a);
    return 0;
}
