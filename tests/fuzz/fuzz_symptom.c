/* Any text as a pasted message: what is recognised has candidates, a host that
 * is told is in normal form, and what is cleaned is one line of UTF-8. */
#include "base/utf8.h"
#include "messages/error_pattern.h"
#include "messages/error_pattern_text.h"
#include "model/name.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* Read once and kept: libFuzzer has no end to free it at. */
static const struct error_pattern_table *table(void)
{
    static const struct error_pattern_table *loaded;
    static struct arena *kept;
    struct err err;

    if (!kept) {
        kept = arena_new();
        check(error_pattern_table_load(kept, NULL, &loaded, &err));
    }
    return loaded;
}

static void check_text(const struct error_pattern_text *t)
{
    check(utf8_valid(t->plain, t->plain_len) == t->plain_len);
    check(!memchr(t->plain, '\n', t->plain_len));
    check(!memchr(t->plain, '\x1b', t->plain_len));
    for (size_t i = 0; i < t->len; i++)
        check(t->at[i] < t->plain_len && (i == 0 || t->at[i - 1] <= t->at[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct error_pattern_text t =
        error_pattern_text_read(a, (const char *)data, size);
    struct error_pattern s =
        error_pattern_read(a, table(), (const char *)data, size);
    const char *host = s.place.host;

    check_text(&t);
    check(s.recognised == (s.candidates.len > 0));
    check(s.recognised == (s.meaning && s.means && s.look && s.client));
    if (host) {
        struct name_read again = name_read(a, host, strlen(host));
        check(again.kind != NAME_BAD && strcmp(again.text, host) == 0);
    }
    arena_free(a);
    return 0;
}
