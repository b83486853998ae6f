/* U-labels and public suffixes, judged by the Unicode Consortium's and the
 * Public Suffix List's own vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "model/name.h"
#include "vectors.h"

enum { NAME_MAX_LEN = 253 };
enum { INPUT = 1, ASCII = 2, STATUS = 3, ERRORS = 4, STRICT = 6 };

/* The vectors keep case and a trailing dot; normal form has neither. */
static const char *normal(struct arena *a, const char *text)
{
    size_t len = strlen(text);
    char *out = arena_copy(a, text, len);

    if (len && out[len - 1] == '.')
        out[len - 1] = '\0';
    for (char *p = out; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return out;
}

/* No host name for other reasons than IDNA: too long, or a number at its end.
 */
static bool is_no_host(const char *ascii)
{
    const char *last = strrchr(ascii, '.');
    const char *label = last ? last + 1 : ascii;

    return strlen(ascii) > NAME_MAX_LEN || !*label ||
           label[strspn(label, "0123456789")] == '\0';
}

/* What libidn2 lets pass: parts of the Bidi rule (RFC 5893 2, B1, B4, B6), and
 * hyphens in an ASCII label, which is a host name for the DNS. */
static bool is_let_pass(const char *errors)
{
    static const char *const known[] = { "B1", "B4", "B6", "V2" };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(errors, known[i]) == 0)
            return true;
    return false;
}

/* Typed as the DNS has it: letters, digits and hyphens alone. */
static bool is_as_in_the_dns(const char *input)
{
    return strstr(input, "xn--") &&
           input[strspn(input, "abcdefghijklmnopqrstuvwxyz0123456789.-")] ==
               '\0';
}

/*
 * UTS 46 and IDNA2008 both have to agree before a name must be read or
 * refused; where only UTS 46 takes it (capitals and symbols), it may be read,
 * but then as UTS 46 has it.
 */
static bool is_right(struct arena *a, const struct vectors_row *row,
                     const char *ours)
{
    const char *ascii = normal(a, row->field[ASCII]);
    bool mapped = strcmp(row->field[STATUS], "ok") == 0;
    bool strict = strncmp(row->field[STRICT], "ok", 2) == 0;

    if (ours && is_as_in_the_dns(row->field[INPUT]))
        return strcmp(ours, normal(a, row->field[INPUT])) == 0;
    if (!mapped && !strict)
        return !ours || is_let_pass(row->field[ERRORS]);
    if (!ours)
        return !mapped || !strict || is_no_host(ascii);
    return strcmp(ours, ascii) == 0;
}

static void labels(void **state)
{
    FILE *f = vectors_open("idn.tsv");
    struct arena *a = arena_new();
    struct vectors_row row;
    size_t rows = 0, read_well = 0, wrong = 0;

    (void)state;
    vectors_next(a, f, &row);
    while (vectors_next(a, f, &row)) {
        size_t len;
        if (strcmp(row.field[STATUS], "raw-punycode") == 0)
            continue;
        const char *text = vectors_unescape(a, row.field[INPUT], &len);
        struct name_read read = name_read(a, text, len);
        rows++;
        read_well += read.kind == NAME_HOST;
        if (is_right(a, &row, read.text))
            continue;
        wrong++;
        print_error("\"%s\" expected %s %s (%s), was \"%s\"\n",
                    row.field[INPUT], row.field[STATUS], row.field[ASCII],
                    row.field[STRICT], read.text ? read.text : read.why);
    }
    fclose(f);
    print_message("# %zu rows, %zu of them names\n", rows, read_well);
    assert_int_equal(wrong, 0);
    assert_true(read_well > 380);
    arena_free(a);
}

/* RFC 3492 7.1: letters and their encoding. Capitals are folded by UTS 46, so
 * only what IDNA2008 takes as it stands has to come out as it stands. */
static void punycode_samples(void **state)
{
    FILE *f = vectors_open("idn.tsv");
    struct arena *a = arena_new();
    struct vectors_row row;
    size_t rows = 0;

    (void)state;
    while (vectors_next(a, f, &row)) {
        size_t len;
        if (strcmp(row.field[STATUS], "raw-punycode") != 0 ||
            strncmp(row.field[STRICT], "ok:", 3) != 0)
            continue;
        const char *text = vectors_unescape(a, row.field[INPUT], &len);
        struct name_read read = name_read(a, text, len);
        rows++;
        if (!read.text || strcmp(read.text, row.field[STRICT] + 3) != 0)
            fail_msg("\"%s\" expected %s, was %s", text, row.field[STRICT],
                     read.text ? read.text : read.why);
    }
    fclose(f);
    assert_int_equal(rows, 9);
    arena_free(a);
}

static const char *quoted(struct arena *a, const char **at)
{
    const char *open = *at + strspn(*at, " ");
    size_t len = strcspn(open, " ");

    *at = open + len;
    return arena_text_n(a, open, len);
}

/* "input registrable", "null" for none; U-labels on both sides. */
static void public_suffixes(void **state)
{
    FILE *f = vectors_open("psl-tests.txt");
    struct arena *a = arena_new();
    struct vectors_row row;
    size_t rows = 0, wrong = 0;

    (void)state;
    while (vectors_next(a, f, &row)) {
        const char *at = row.field[0];
        if (!*at || strncmp(at, "//", 2) == 0)
            continue;
        const char *input = quoted(a, &at), *expected = quoted(a, &at);
        struct name_read host = name_read(a, input, strlen(input));
        struct name_read want = name_read(a, expected, strlen(expected));
        const char *ours =
            host.kind == NAME_HOST ? name_domain(a, host.text) : NULL;
        bool none = strcmp(expected, "null") == 0;
        rows++;
        if (none ? !ours : ours && strcmp(ours, want.text) == 0)
            continue;
        wrong++;
        print_error("%s: expected %s, was %s\n", input, expected,
                    ours ? ours : "none");
    }
    fclose(f);
    print_message("# %zu names\n", rows);
    assert_true(rows > 70);
    assert_int_equal(wrong, 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels),
        cmocka_unit_test(punycode_samples),
        cmocka_unit_test(public_suffixes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
