/*
 * What was meant by a mistyped word or port.
 */
#include "base/near.h"

#include <string.h>

#include "facts/near_port.h"
#include "fixture.h"

#define LETTERS                                                                \
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"

static const struct {
    const char *a, *b;
    size_t mistakes;
} words[] = {
    { "", "", 0 },
    { "", "fix", 3 },
    { "check", "check", 0 },
    { "chek", "check", 1 },
    { "chekc", "check", 1 },
    { "cheeck", "check", 1 },
    { "chick", "check", 1 },
    { "857", "587", 1 },
    { "Fix", "fix", 1 },
    { "tset", "test", 1 },
    { "ca", "abc", 3 },
    { "issue", "watch", 5 },
    { LETTERS, LETTERS, 0 },
    { LETTERS "m", LETTERS "m", NEAR_MAX + 1 },
    { "a", LETTERS "m", NEAR_MAX + 1 },
};

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t there = near_mistakes(words[i].a, words[i].b);
        size_t back = near_mistakes(words[i].b, words[i].a);
        if (there != words[i].mistakes || back != there)
            fail_msg("\"%s\", \"%s\": %zu and %zu, not %zu", words[i].a,
                     words[i].b, there, back, words[i].mistakes);
    }
}

static const struct {
    const char *typed, *best;
} searches[] = {
    { "chek", "check" },     { "checker", "check" },
    { "chxxk", NULL },       { "fxi", "fix" },
    { "ticekts", "ticket" }, { "frobnicate", NULL },
    { "fax", "fix" },        { "", NULL },
};

static void test_search(void **state)
{
    static const char *const all[] = { "check", "fix", "ticket" };

    (void)state;
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++) {
        struct near_search n = { searches[i].typed, NULL, 0 };
        for (size_t w = 0; w < sizeof all / sizeof *all; w++)
            near_try(&n, all[w], all[w]);
        if (!same(n.best, searches[i].best))
            fail_msg("%s: %s", searches[i].typed, n.best ? n.best : "none");
    }
}

static const struct {
    uint16_t typed, first; /* 0: none */
} ports[] = {
    { 857, 587 },   { 578, 587 }, { 956, 995 }, { 394, 993 },  { 939, 993 },
    { 456, 465 },   { 134, 143 }, { 101, 110 }, { 1430, 143 }, { 5870, 587 },
    { 4910, 4190 }, { 587, 0 },   { 443, 0 },   { 25, 0 },     { 0, 0 },
    { 22, 0 },      { 7, 0 },     { 222, 0 },   { 2525, 0 },   { 60000, 0 },
};

static void test_ports(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        uint16_t found[NEAR_PORTS_MAX] = { 0 };
        size_t len = near_ports(ports[i].typed, found);
        if ((len > 0) != (ports[i].first > 0) || found[0] != ports[i].first)
            fail_msg("%u: %zu, %u", (unsigned)ports[i].typed, len,
                     (unsigned)found[0]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_ports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
