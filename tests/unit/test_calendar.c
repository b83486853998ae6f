#include "facts/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/clock.h"
#include "facts/knowledge.h"

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static int64_t at(const char *text)
{
    int64_t when = 0;
    struct err err;

    if (!clock_parse(text, &when, &err))
        fail_msg("%s: %s", text, err.text);
    return when;
}

/* Both sides of every date: the last second before it, and its first. */
static void test_dates(void **state)
{
    static const struct {
        enum calendar_kind kind;
        const char *of, *day;
        int64_t before, from; /* 0: nothing is known */
        int64_t each;
    } rows[] = {
        { CALENDAR_LIFETIME_MAX, "public", "2018-03-01", 0, 825, DAY_S },
        { CALENDAR_LIFETIME_MAX, "public", "2020-09-01", 825, 398, DAY_S },
        { CALENDAR_LIFETIME_MAX, "public", "2026-03-15", 398, 200, DAY_S },
        { CALENDAR_LIFETIME_MAX, "public", "2027-03-15", 200, 100, DAY_S },
        { CALENDAR_LIFETIME_MAX, "public", "2029-03-15", 100, 47, DAY_S },
        { CALENDAR_LIFETIME_MAX, "public", "2099-01-01", 47, 47, DAY_S },
        { CALENDAR_LIFETIME_MAX, "apple", "2019-07-01", 0, 825, DAY_S },
        { CALENDAR_REUSE, "public", "2026-03-15", 398, 200, DAY_S },
        { CALENDAR_REUSE, "public", "2027-03-15", 200, 100, DAY_S },
        { CALENDAR_REUSE, "public", "2029-03-15", 100, 10, DAY_S },
        { CALENDAR_LIFETIME, "letsencrypt.classic", "2000-01-01", 90, 90,
          DAY_S },
        { CALENDAR_LIFETIME, "letsencrypt.classic", "2027-02-10", 90, 64,
          DAY_S },
        { CALENDAR_LIFETIME, "letsencrypt.classic", "2028-02-16", 64, 45,
          DAY_S },
        { CALENDAR_LIFETIME, "letsencrypt.tlsserver", "2026-05-13", 90, 45,
          DAY_S },
        { CALENDAR_LIFETIME, "letsencrypt.shortlived", "2026-05-13", 160, 160,
          HOUR_S },
        { CALENDAR_REUSE, "letsencrypt", "2027-02-10", 30 * 24, 10 * 24,
          HOUR_S },
        { CALENDAR_REUSE, "letsencrypt", "2028-02-16", 10 * 24, 7, HOUR_S },
        { CALENDAR_LINKS, "letsencrypt", "2026-05-13", 1, 2, 1 },
        { CALENDAR_NO_CLIENT_AUTH, "letsencrypt.classic", "2026-02-11", 0, 1,
          1 },
        { CALENDAR_NO_CLIENT_AUTH, "letsencrypt.tlsclient", "2026-07-08", 0, 1,
          1 },
        { CALENDAR_NO_CLIENT_AUTH, "chrome.intermediates", "2026-06-15", 0, 1,
          1 },
        { CALENDAR_NO_CLIENT_AUTH, "chrome.leaves", "2027-03-15", 0, 1, 1 },
        { CALENDAR_DNSSEC, "public", "2026-03-15", 0, 1, 1 },
        { CALENDAR_RENEWAL, "short_life", "2026-03-15", 10, 10, DAY_S },
        { CALENDAR_RENEWAL, "long_life", "2026-03-15", 100, 100, DAY_S },
        { CALENDAR_RENEWAL, "long_notice", "2026-03-15", 30, 30, DAY_S },
        { CALENDAR_KEY_BITS_MIN, "rsa", "2026-03-15", 2048, 2048, 1 },
        { CALENDAR_KEY_BITS_MIN, "ec", "2026-03-15", 256, 256, 1 },
        { CALENDAR_KEY_BITS_MIN, "dsa", "2026-03-15", 0, 0, 1 },
        { CALENDAR_KEY_BITS_MIN, "public", "2026-03-15", 0, 0, 1 },
    };
    const struct calendar *c = &knowledge_built_in()->calendar;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t day = at(rows[i].day);
        int64_t before = calendar_value(c, rows[i].kind, rows[i].of, day - 1);
        int64_t from = calendar_value(c, rows[i].kind, rows[i].of, day);
        if (before != rows[i].before * rows[i].each ||
            from != rows[i].from * rows[i].each)
            fail_msg("%s, %s: %lld, then %lld", rows[i].of, rows[i].day,
                     (long long)before, (long long)from);
    }
}

/* Every date of the files stands among the rows above or is their end. */
static void test_every_row_is_sound(void **state)
{
    const struct calendar *c = &knowledge_built_in()->calendar;

    (void)state;
    assert_true(c->len > 25);
    for (size_t i = 0; i < c->len; i++) {
        const struct calendar_row *row = &c->rows[i];
        assert_true(row->value > 0 && row->refs.len > 0);
        assert_ptr_equal(calendar_at(c, row->kind, row->of, row->since), row);
        if (row->until != INT64_MAX)
            assert_ptr_not_equal(calendar_at(c, row->kind, row->of, row->until),
                                 row);
    }
}

/* What is simulated, and what a key is held to, follows the day of judging. */
static void test_survey_follows(void **state)
{
    static const struct {
        const char *day;
        const char *profile;
        int64_t expected_s;
    } rows[] = {
        { "2027-02-09", NULL, 90 * DAY_S },
        { "2027-02-10", NULL, 64 * DAY_S },
        { "2028-02-15", NULL, 64 * DAY_S },
        { "2028-02-16", NULL, 45 * DAY_S },
        { "2026-11-28", "tlsserver", 45 * DAY_S },
        { "2026-11-28", "shortlived", 160 * HOUR_S },
        { "2026-11-28", "nobody's", 0 },
    };
    struct target t = { .kind = TARGET_HOST };
    struct survey *s = survey_new(arena, &t, 0);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        s->judged_at = at(rows[i].day);
        if (knowledge_lifetime_s(s, rows[i].profile) != rows[i].expected_s)
            fail_msg("%s, %s", rows[i].day, rows[i].profile);
    }
    assert_int_equal(knowledge_key_bits_min(s, KEY_RSA), 2048);
    assert_int_equal(knowledge_key_bits_min(s, KEY_EC), 256);
    assert_int_equal(knowledge_key_bits_min(s, KEY_ED25519), 0);
    assert_int_equal(knowledge_key_bits_min(s, KEY_UNKNOWN), 0);
}

#define REFS "\"refs\": [\"x\"]"

/* What a list may say; NULL: it is read. */
static void test_lists(void **state)
{
    static const struct {
        const char *what, *text, *expected;
    } rows[] = {
        { "nothing", "[]", NULL },
        { "no list", "{}", "a list" },
        { "one row",
          "[ { \"kind\": \"links\", \"of\": \"x\", \"count\": 1, " REFS " } ]",
          NULL },
        { "no object", "[ \"links\" ]", "object" },
        { "a list in the list", "[ [1] ]", "object" },
        { "a kind nobody knows",
          "[ { \"kind\": \"weather\", \"of\": \"x\", " REFS " } ]",
          "\"weather\"" },
        { "of nobody", "[ { \"kind\": \"links\", \"count\": 1, " REFS " } ]",
          "\"of\"" },
        { "nobody says so",
          "[ { \"kind\": \"links\", \"of\": \"x\", \"count\": 1, \"refs\": [] "
          "} ]",
          "refs" },
        { "no value", "[ { \"kind\": \"links\", \"of\": \"x\", " REFS " } ]",
          "one value" },
        { "two values",
          "[ { \"kind\": \"lifetime\", \"of\": \"x\", \"days\": 1, "
          "\"hours\": 1, " REFS " } ]",
          "one value" },
        { "a value in another measure",
          "[ { \"kind\": \"lifetime\", \"of\": \"x\", \"bits\": 1, " REFS
          " } ]",
          "\"bits\"" },
        { "an event with a value",
          "[ { \"kind\": \"no_client_auth\", \"of\": \"x\", \"count\": 1, " REFS
          " } ]",
          "\"count\"" },
        { "no time at all",
          "[ { \"kind\": \"lifetime\", \"of\": \"x\", \"days\": 0, " REFS
          " } ]",
          "\"days\"" },
        { "longer than anything is",
          "[ { \"kind\": \"lifetime\", \"of\": \"x\", \"days\": "
          "9007199254740991, " REFS " } ]",
          "\"days\"" },
        { "half a day",
          "[ { \"kind\": \"lifetime\", \"of\": \"x\", \"days\": 0.5, " REFS
          " } ]",
          "days" },
        { "no day",
          "[ { \"kind\": \"links\", \"of\": \"x\", \"count\": 1, "
          "\"since\": \"soon\", " REFS " } ]",
          "\"since\"" },
        { "ends first",
          "[ { \"kind\": \"links\", \"of\": \"x\", \"count\": 1, "
          "\"since\": \"2027-01-02\", \"until\": \"2027-01-02\", " REFS " } ]",
          "before it begins" },
        { "a gap",
          "[ { \"kind\": \"links\", \"of\": \"x\", \"count\": 1, "
          "\"until\": \"2027-01-01\", " REFS " }, { \"kind\": \"links\", "
          "\"of\": \"x\", \"count\": 2, \"since\": \"2027-01-02\", " REFS
          " } ]",
          "calendar[1]" },
        { "a gap that is another's",
          "[ { \"kind\": \"links\", \"of\": \"x\", \"count\": 1, "
          "\"until\": \"2027-01-01\", " REFS " }, { \"kind\": \"links\", "
          "\"of\": \"y\", \"count\": 2, \"since\": \"2027-01-02\", " REFS
          " } ]",
          NULL },
        { "both at once",
          "[ { \"kind\": \"links\", \"of\": \"x\", \"count\": 1, " REFS
          " }, { \"kind\": \"links\", \"of\": \"x\", \"count\": 2, " REFS
          " } ]",
          "calendar[1]" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct calendar c = { 0 };
        struct json *list = NULL;
        struct err err;
        assert_true(json_parse(arena, rows[i].text, strlen(rows[i].text), "t",
                               &list, &err));
        bool good = calendar_read(arena, list, NULL, "t", &c, &err);
        if (good != !rows[i].expected)
            fail_msg("%s: %s", rows[i].what, good ? "was taken" : err.text);
        if (!good && !strstr(err.text, rows[i].expected))
            fail_msg("%s: %s", rows[i].what, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_every_row_is_sound),
        cmocka_unit_test(test_survey_follows),
        cmocka_unit_test(test_lists),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
