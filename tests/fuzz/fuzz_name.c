/* Any bytes as a name: what is read stays as it is when read again, and is
 * covered by itself; any two names can be compared. */
#include "facts/hostname_match.h"
#include "model/name.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_name(struct arena *a, const char *text)
{
    struct name_read again = name_read(a, text, strlen(text));
    const char *people = name_for_people(a, text);

    check(again.kind != NAME_BAD && again.repairs == NAME_REPAIR_NONE);
    check(strcmp(again.text, text) == 0);
    check(hostname_match_patterns(&text, 1, text).kind == MATCH_COVERED);
    struct name_read back = name_read(a, people, strlen(people));
    check(back.kind == again.kind && strcmp(back.text, text) == 0);
    check(name_is_ip(text) == (again.kind != NAME_HOST));
    check(name_is_ip(text) == (name_reverse(a, text) != NULL));
    const char *domain = name_domain(a, text);
    check(!domain || strcmp(domain, text) == 0 || name_is_below(text, domain));
}

/* The bytes up to the first line end are the name, the others patterns. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    const char *text = arena_text_n(a, (const char *)data, size);
    const uint8_t *end = memchr(data, '\n', size);
    size_t len = end ? (size_t)(end - data) : size;
    struct name_read read = name_read(a, text, len);
    const char *rest = arena_printable(a, text + len, size - len);

    check((read.kind == NAME_BAD) == (read.text == NULL));
    check((read.kind == NAME_BAD) == (read.why != NULL));
    if (read.text) {
        struct hostname_match fit =
            hostname_match_patterns(&rest, 1, read.text);
        check_name(a, read.text);
        check(strlen(hostname_match_sentence(a, read.text, fit)) > 0);
    }
    name_read_pattern(a, rest);
    arena_free(a);
    return 0;
}
