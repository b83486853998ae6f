/* The explanation never disagrees with OpenSSL's verdict: every nasty pattern
 * against every nasty name, and thousands of generated pairs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "crypto/verification.h"
#include "facts/hostname_match.h"
#include "model/name.h"

enum { GENERATED = 20000, TEXT_MAX = 80 };

static const char *const names[] = {
    "a",
    "com",
    "a.com",
    "example.com",
    "mail.example.com",
    "a.b.example.com",
    "xmail.example.com",
    "m.example.com",
    "_x.example.com",
    "x_y.example.com",
    "a.x_y.example.com",
    "xn--bcher-kva.example.com",
    "xn--bcher-kva.example",
    "a.xn--bcher-kva.example",
    "a--b.example.com",
    "0.example.com",
    "1.2.example",
    "example.co.uk",
    "a.example.co.uk",
    "co.uk",
    "mail.example.org",
    "aa.bb.cc.dd.ee.ff",
    "192.0.2.1",
    "192.0.2.2",
    "2001:db8::1",
    "::1",
    "::ffff:192.0.2.1",
};

static const char *const patterns[] = {
    "",
    ".",
    "*",
    "*.",
    ".*",
    "**",
    "*.*",
    "*.com",
    "*..com",
    "*.example.com",
    "*.EXAMPLE.com",
    "*.example.com.",
    "*.*.com",
    "*.*.example.com",
    "**.example.com",
    "*.b.example.com",
    "a.*.example.com",
    "a.*.com",
    "*.com.*",
    "m*.example.com",
    "*l.example.com",
    "m*l.example.com",
    "*mail.example.com",
    "mail*.example.com",
    "xn--*.example.com",
    "*.xn--bcher-kva.example",
    "*.XN--bcher-kva.example",
    "xn--bcher-kva.example.com",
    "*.x_y.example.com",
    "*.-y.example.com",
    "*.y-.example.com",
    "*.a--b.example.com",
    "_x.example.com",
    "*.2.example",
    "*.co.uk",
    "*.example.co.uk",
    "*.bb.cc.dd.ee.ff",
    "*.dd.ee.ff",
    "Mail.Example.COM",
    "mail.example.com.",
    ".mail.example.com",
    ".example.com",
    " mail.example.com",
    "mail.example.com ",
    "mail..example.com",
    "*.exa mple.com",
    "*.ex?mple.com",
    "*.example.com/x",
    "*@example.com",
    "b\xc3\xbc"
    "cher.example.com",
    "*.b\xc3\xbc"
    "cher.example",
    "example.com",
    "EXAMPLE.COM",
    "com",
    "a",
    "192.0.2.1",
    "*.0.2.1",
    "192.0.2.*",
    "2001:DB8:0::1",
    "::FFFF:c000:201",
    "[2001:db8::1]",
    "192.0.2.1.",
};

/* SplitMix64: the same numbers in every run. */
static uint64_t next_number(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static void append(char *text, const char *more)
{
    strncat(text, more, TEXT_MAX - strlen(text));
}

/* One to five parts that often fit together, and sometimes should not. */
static void generate(char text[TEXT_MAX + 1], bool pattern, uint64_t *state)
{
    static const char *const labels[] = {
        "a",   "b",     "A",  "a-b", "xn--a", "a_b", "com", "example",
        "com", "1a",    "b1", "a",   "b",     "com", "*",   "a*",
        "*b",  "xn--*", "",   "-a",  "a-",    "*.*"
    };
    size_t choices = pattern ? sizeof labels / sizeof *labels : 13;
    size_t count = 1 + next_number(state) % 5;

    *text = '\0';
    if (pattern && next_number(state) % 2)
        append(text, "*.");
    for (size_t i = 0; i < count; i++) {
        append(text, i ? "." : "");
        append(text, labels[next_number(state) % choices]);
    }
}

/* A name that a careless reader would take the pattern for. */
static void fill_stars(char name[TEXT_MAX + 1], const char *pattern,
                       uint64_t *state)
{
    static const char *const labels[] = {
        "a", "a-b", "a_b", "xn--a", "", "a.b"
    };

    *name = '\0';
    for (; *pattern; pattern++) {
        const char one[] = { *pattern, '\0' };
        bool star = *pattern == '*';
        append(name, star ? labels[next_number(state) % 6] : one);
    }
}

static bool is_normal(struct arena *a, const char *name)
{
    struct name_read read = name_read(a, name, strlen(name));

    return read.kind != NAME_BAD && strcmp(read.text, name) == 0;
}

static bool agree(const char *const *list, size_t len, const char *name)
{
    bool covered = verification_patterns(list, len, name);
    bool fits = hostname_match_patterns(list, len, name).kind == MATCH_COVERED;

    if (covered != fits)
        print_error("%s against %s and %zu more: verdict %d, fit %d\n", name,
                    len ? list[0] : "nothing", len, covered, fits);
    return covered == fits;
}

static void every_pattern_against_every_name(void **state)
{
    size_t bad = 0, n = sizeof names / sizeof *names;
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < n; i++) {
        if (!is_normal(a, names[i]))
            fail_msg("%s is not in normal form", names[i]);
        for (size_t k = 0; k < sizeof patterns / sizeof *patterns; k++)
            bad += !agree(&patterns[k], 1, names[i]);
        bad += !agree(patterns, sizeof patterns / sizeof *patterns, names[i]);
        bad += !agree(patterns, 0, names[i]);
    }
    assert_int_equal(bad, 0);
    arena_free(a);
}

static void generated_pairs(void **state)
{
    struct arena *a = arena_new();
    uint64_t seed = 9525;
    size_t bad = 0, covered = 0, tried = 0;

    (void)state;
    while (tried < GENERATED) {
        char pattern[TEXT_MAX + 1], name[TEXT_MAX + 1];
        const char *const list[] = { pattern };
        generate(pattern, true, &seed);
        if (next_number(&seed) % 2)
            generate(name, false, &seed);
        else
            fill_stars(name, pattern, &seed);
        if (!is_normal(a, name))
            continue;
        tried++;
        bad += !agree(list, 1, name);
        covered += verification_patterns(list, 1, name);
    }
    print_message("# %zu pairs, %zu of them covered\n", tried, covered);
    assert_int_equal(bad, 0);
    assert_true(covered > 1000);
    arena_free(a);
}

/* A name and patterns cut and changed out of it: near misses only. */
static void near_misses(void **state)
{
    uint64_t seed = 7817;
    struct arena *a = arena_new();
    size_t bad = 0;

    (void)state;
    for (size_t i = 0; i < GENERATED; i++) {
        const char *name =
            names[next_number(&seed) % (sizeof names / sizeof *names)];
        char *pattern = arena_copy(a, name, strlen(name));
        size_t at = next_number(&seed) % strlen(name);
        pattern[at] = "*.-_aA?"[next_number(&seed) % 7];
        const char *const cut = pattern + next_number(&seed) % strlen(name);
        const char *const wild = arena_printf(a, "*%s", cut);
        bad += !agree((const char *const[]){ pattern }, 1, name);
        bad += !agree(&cut, 1, name);
        bad += !agree(&wild, 1, name);
    }
    assert_int_equal(bad, 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pattern_against_every_name),
        cmocka_unit_test(generated_pairs),
        cmocka_unit_test(near_misses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
