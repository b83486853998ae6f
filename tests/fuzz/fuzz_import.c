/* Any text as another client's settings: the first byte chooses how it is read.
 * Rows are whole, a value that only a program could tell is none, and a JWK is
 * a key or an error. */
#include "act/import_text.h"
#include "crypto/key_jwk.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void ini(struct arena *a, const char *text)
{
    struct import_ini all = import_ini_read(a, text);

    for (size_t i = 0; i < all.len; i++) {
        check(all.rows[i].section && all.rows[i].key[0] && all.rows[i].len);
        for (size_t k = 0; k < all.rows[i].len; k++)
            check(all.rows[i].values[k] != NULL);
    }
    check(all.bad_line || strspn(text, " \t\r\n") == strlen(text) ||
          strpbrk(text, "=[#"));
}

static void shell(struct arena *a, const char *text)
{
    struct import_shell all = { 0 };

    import_shell_read(a, text, &all);
    for (size_t i = 0; i < all.len; i++) {
        check(all.all[i].line > 0 && (all.all[i].name || !all.all[i].value));
        if (all.all[i].value)
            import_unwrap(a, all.all[i].value);
    }
}

static void jwk(const char *text, size_t len)
{
    struct key *key = NULL;
    struct err err = { ERR_NONE, "" };
    bool good = key_jwk_read(text, len, "file", &key, &err);

    check(good == (key != NULL) && good == (err.kind == ERR_NONE));
    key_free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    char how = size ? (char)data[0] : 'i';
    const char *text = arena_text_n(a, size ? (const char *)data + 1 : "",
                                    size ? size - 1 : 0);

    if (how == 'i')
        ini(a, text);
    else if (how == 's')
        shell(a, text);
    else if (how == 'b')
        import_unwrap(a, text);
    else
        jwk(text, size ? size - 1 : 0);
    arena_free(a);
    return 0;
}
