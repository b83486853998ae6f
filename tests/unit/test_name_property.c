/* What has to hold for every name and address, over generated ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "model/name.h"

enum { ROUNDS = 5000, TEXT_MAX = 200 };

/* SplitMix64: the same numbers in every run. */
static uint64_t next_number(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Letters of several scripts, capitals, digits, and what spoils a label. */
static const char *const pieces[] = {
    "a",
    "mail",
    "Z",
    "7",
    "-",
    "_",
    "xn--",
    "--",
    "xn--bcher-kva",
    "xn--fa-hia",
    "\xc3\xbc",
    "\xc3\x9c",
    "\xc3\x9f",
    "u\xcc\x88",
    "\xc3\xa9",
    "\xd0\xb6",
    "\xd0\x96",
    "\xce\xb2",
    "\xce\xbb\xce\xbf\xcf\x82",
    "\xd7\x90",
    "\xd8\xa7",
    "\xe4\xb8\xad",
    "\xe3\x81\x82",
    "\xef\xbd\x81",
    "\xef\xbc\x91",
    "\xe2\x80\x8d",
    "\xcc\x88",
    "\xe2\x98\x83",
    "\xf0\x9f\x92\xa9",
};

static void generate(char text[TEXT_MAX + 1], uint64_t *state)
{
    size_t labels = 1 + next_number(state) % 4;

    *text = '\0';
    for (size_t i = 0; i < labels; i++) {
        size_t parts = 1 + next_number(state) % 4;
        /* One kind of piece a label, mostly: scripts rarely mix. */
        size_t from = next_number(state) % (sizeof pieces / sizeof *pieces);
        strncat(text, i ? "." : "", TEXT_MAX - strlen(text));
        for (size_t k = 0; k < parts; k++) {
            size_t at =
                k && next_number(state) % 3 ? next_number(state) % 4 : from;
            strncat(text, pieces[at], TEXT_MAX - strlen(text));
        }
    }
}

static struct name_read read_text(struct arena *a, const char *text)
{
    return name_read(a, text, strlen(text));
}

static void expect_same(struct arena *a, const char *typed, const char *text,
                        const char *changed)
{
    struct name_read read = read_text(a, changed);

    if (read.kind == NAME_BAD || strcmp(read.text, text) != 0)
        fail_msg("\"%s\" is %s, but \"%s\" is %s", typed, text, changed,
                 read.text ? read.text : read.why);
}

static const char *in_capitals(struct arena *a, const char *text)
{
    char *out = arena_copy(a, text, strlen(text));

    for (char *p = out; *p; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    return out;
}

/* Reading what was read changes nothing; capitals, blanks and a dot at the
 * end are of no account; the U-labels lead back to the same A-labels. */
static void names_keep_their_normal_form(void **state)
{
    uint64_t seed = 5891;
    size_t good = 0, with_a_labels = 0;

    (void)state;
    for (size_t i = 0; i < ROUNDS; i++) {
        struct arena *a = arena_new();
        char typed[TEXT_MAX + 1];
        generate(typed, &seed);
        struct name_read read = read_text(a, typed);
        if (read.kind == NAME_HOST) {
            good++;
            with_a_labels += strstr(read.text, "xn--") != NULL;
            expect_same(a, typed, read.text, read.text);
            expect_same(a, typed, read.text, in_capitals(a, read.text));
            expect_same(a, typed, read.text, in_capitals(a, typed));
            expect_same(a, typed, read.text, arena_printf(a, "%s.", typed));
            expect_same(a, typed, read.text, arena_printf(a, "\t%s ", typed));
            expect_same(a, typed, read.text, name_for_people(a, read.text));
            assert_int_equal(read_text(a, read.text).repairs, 0);
            assert_string_equal(name_read_pattern(a, typed), read.text);
        }
        arena_free(a);
    }
    print_message("# %zu names, %zu with A-labels\n", good, with_a_labels);
    assert_true(good > ROUNDS / 10);
    assert_true(with_a_labels > ROUNDS / 20);
}

/* Only what RFC 1035 and 1123 allow ever comes out, tolerated "_" aside. */
static void normal_form_is_plain(void **state)
{
    uint64_t seed = 1123;

    (void)state;
    for (size_t i = 0; i < ROUNDS; i++) {
        struct arena *a = arena_new();
        char typed[TEXT_MAX + 1];
        generate(typed, &seed);
        typed[next_number(&seed) % (strlen(typed) + 1)] =
            (char)(next_number(&seed) % 256);
        struct name_read read = name_read(a, typed, strlen(typed));
        if (read.kind == NAME_HOST) {
            size_t plain =
                strspn(read.text, "abcdefghijklmnopqrstuvwxyz0123456789-_.");
            assert_int_equal(plain, strlen(read.text));
            assert_null(strstr(read.text, ".."));
            assert_int_not_equal(read.text[0], '.');
            assert_int_not_equal(read.text[strlen(read.text) - 1], '.');
        }
        arena_free(a);
    }
}

/* Bytes to text and back; zero runs are frequent so that "::" moves about. */
static void addresses_come_back(void **state)
{
    uint64_t seed = 5952;

    (void)state;
    for (size_t i = 0; i < ROUNDS; i++) {
        struct arena *a = arena_new();
        size_t len = i % 4 ? 16 : 4;
        uint8_t bytes[16], back[16];
        for (size_t k = 0; k < len; k++)
            bytes[k] = next_number(&seed) % 3
                           ? 0
                           : (uint8_t)(next_number(&seed) % 256);
        const char *text = name_ip_text(a, bytes, len);
        assert_int_equal(name_ip_bytes(text, back), len);
        assert_memory_equal(bytes, back, len);
        expect_same(a, text, text, text);
        expect_same(a, text, text, arena_printf(a, "[%s]", text));
        if (len == 16)
            expect_same(a, text, text, in_capitals(a, text));
        assert_null(strstr(text, ":::"));
        assert_non_null(name_reverse(a, text));
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_keep_their_normal_form),
        cmocka_unit_test(normal_form_is_plain),
        cmocka_unit_test(addresses_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
