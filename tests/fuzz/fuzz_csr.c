/* Any bytes as somebody's certificate request, or as a private key. */
#include "crypto/csr_lint.h"
#include "crypto/key.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct csr_lint lint = { 0 };
    struct key *k = NULL;
    struct err err;

    if (csr_lint(a, (const char *)data, size, "fuzz", &lint, &err))
        for (size_t i = 0; i < lint.len; i++)
            if (!lint.items[i].rule->id)
                abort();
    if (key_read((const char *)data, size, "fuzz", NULL, &k, &err))
        key_free(k);
    arena_free(a);
    return 0;
}
