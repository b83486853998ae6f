/* A Certificate message of either form; what is kept lies inside it. */
#include "net/tls_chain.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();

    for (int is_tls13 = 0; is_tls13 < 2; is_tls13++) {
        const uint8_t *body = arena_copy(a, data, size);
        struct der_list list = tls_chain_read(a, body, size, is_tls13);
        size_t sum = 0;
        for (size_t i = 0; i < list.len; i++)
            sum += list.items[i].len;
        if (list.len > TLS_CHAIN_MAX || sum > size)
            abort();
    }
    arena_free(a);
    return 0;
}
