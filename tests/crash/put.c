/*
 * put - STORE NAME KEY CHAIN: one certificate goes live
 */
#include <stdio.h>

#include "act/store_put.h"
#include "base/file.h"

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    struct store s = { .lock = -1 };
    const char *key = NULL, *chain = NULL;
    const char *names[] = { argc == 5 ? argv[2] : NULL };
    size_t len = 0;
    struct err err = { ERR_NONE, "" };

    bool good = argc == 5 && file_read(a, argv[3], 65536, &key, &len, &err) &&
                file_read(a, argv[4], 65536, &chain, &len, &err) &&
                store_open(a, argv[1], &s, &err);
    if (good) {
        const struct store_new n = {
            .name = argv[2],
            .names = names,
            .names_len = 1,
            .key_pem = key,
            .chain_pem = chain,
            .about = json_object(a),
        };
        good = store_put(&s, &n, &err);
    }
    store_close(&s);
    if (!good)
        fprintf(stderr, "%s\n", err.text);
    arena_free(a);
    return good ? 0 : 1;
}
