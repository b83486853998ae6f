/*
 * What an act's folder says of itself: names of folders, and intents that were
 * written by somebody else.
 */
#include "fixture.h"

#include "act/act_record.h"

static const char good[] =
    "{\"schema\": \"certmend.act/1\", \"what\": \"Postfix: x\","
    " \"target\": null, \"at\": 1795896900, \"files\": [{"
    "\"path\": \"/etc/postfix/main.cf\", \"was_there\": true, \"mode\": 420,"
    " \"uid\": 0, \"gid\": 0, \"mtime_s\": 1111111111, \"mtime_ns\": 5,"
    " \"before_sha256\": \""
    "0000000000000000000000000000000000000000000000000000000000000000\","
    " \"after_sha256\": \""
    "1111111111111111111111111111111111111111111111111111111111111111\"}],"
    " \"check\": [\"postfix\", \"check\"], \"reload\": []}";

static bool reads(const char *text, struct act_record *out)
{
    struct err err;

    return act_record_parse(arena, text, strlen(text), "test", out, &err);
}

/* `good` with `other` in place of the first `text`. */
static const char *with(const char *text, const char *other)
{
    const char *at = strstr(good, text);

    assert_non_null(at);
    return arena_printf(arena, "%.*s%s%s", (int)(at - good), good, other,
                        at + strlen(text));
}

static void a_good_one_is_read(void **state)
{
    struct act_record r;

    (void)state;
    assert_true(reads(good, &r));
    assert_string_equal(r.files[0].path, "/etc/postfix/main.cf");
    assert_int_equal(r.files[0].mode, 0644);
    assert_int_equal(r.files[0].mtime_ns, 5);
    assert_string_equal(r.check[1], "check");
    assert_null(r.check[2]);
    assert_int_equal(r.reload_len, 0);
}

static void others_are_not(void **state)
{
    static const struct {
        const char *text, *other;
    } rows[] = {
        { "act/1", "act/2" },
        { "Postfix: x", "" },
        { "Postfix: x", "a\\nb" },
        { "/etc/postfix/main.cf", "etc/postfix/main.cf" },
        { "/etc/postfix/main.cf", "" },
        { "/etc/postfix/main.cf", "/" },
        { "/etc/postfix/main.cf", "/etc/" },
        { "/etc/postfix/main.cf", "/etc//main.cf" },
        { "/etc/postfix/main.cf", "/etc/./main.cf" },
        { "/etc/postfix/main.cf", "/etc/../main.cf" },
        { "/etc/postfix/main.cf", "/etc/.." },
        { "/etc/postfix/main.cf", "/etc/a\\u001bb" },
        { "/etc/postfix/main.cf", "/etc/a\\u202eb" },
        { "true", "1" },
        { "true", "false" }, /* with a digest of what was not there */
        { "420", "-1" },
        { "420", "4096" },
        { "420", "4.5" },
        { "\"uid\": 0", "\"uid\": 4294967296" },
        { "\"mtime_ns\": 5", "\"mtime_ns\": 1000000000" },
        { "0000000000", "000000000" },
        { "0000000000", "000000000A" },
        { "1111111111111111", "" },
        { "[\"postfix\"", "[\"\"" },
        { "[\"postfix\"", "[\"-c\"" },
        { "[\"postfix\"", "[\"a/b\"" },
        { "\"reload\": []", "\"reload\": [1]" },
        { "\"reload\": []", "\"reload\": null" },
        { "\"reload\": []", "\"x\": []" },
        { "null", "7" },
        { "{\"schema\"", "[{\"schema\"" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct act_record r;
        if (reads(with(rows[i].text, rows[i].other), &r))
            fail_msg("row %zu is read: %s", i, rows[i].other);
    }
}

static void dots_are_no_way_up(void **state)
{
    static const char *const rows[] = { "/etc/...", "/.a", "/a..b/.c" };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct act_record r;
        if (!reads(with("/etc/postfix/main.cf", rows[i]), &r))
            fail_msg("%s", rows[i]);
    }
}

static void one_file_once(void **state)
{
    const char *from = strstr(good, "[{"), *to = strstr(good, "}]");
    struct act_record r;

    (void)state;
    const char *twice = arena_printf(arena, "%.*s,%.*s%s", (int)(to + 1 - good),
                                     good, (int)(to - from), from + 1, to);
    assert_false(reads(twice, &r));
}

static void what_is_an_id(void **state)
{
    static const struct {
        const char *name;
        bool is;
    } rows[] = {
        { "20261128T201500Z-postfix-1", true },
        { "20261128T201500Z-act-123456", true },
        { "20261128T201500Z-act-1234567", false },
        { "20261128T201500Z--1", false },
        { "20261128T201500Z-a-", false },
        { "20261128T201500Z-a-1x", false },
        { "20261128T201500Z-A-1", false },
        { "20261128T201500Z-a/b-1", false },
        { "20261128T201500-a-1", false },
        { "2026112", false },
        { "", false },
        { "..", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (act_record_is_id(rows[i].name) != rows[i].is)
            fail_msg("%s", rows[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_one_is_read), cmocka_unit_test(others_are_not),
        cmocka_unit_test(dots_are_no_way_up), cmocka_unit_test(one_file_once),
        cmocka_unit_test(what_is_an_id),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
