#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/connect_to.h"
#include "run/issue_options.h"

static const char *written(const struct issue_options *o,
                           const struct wanted_names *names)
{
    struct buf out;

    buf_init(&out, arena, 1 << 16);
    json_print(issue_options_to_json(arena, o, names), false, &out);
    return out.text;
}

static bool reads(const char *text, struct issue_options *out,
                  struct wanted_names *names, struct err *err)
{
    struct json *j = NULL;

    if (!json_parse(arena, text, strlen(text), "c.json", &j, err))
        fail_msg("%s", err->text);
    return issue_options_from_json(arena, j, "c.json", out, names, err);
}

#define START                                                                  \
    "{\"schema\":\"certmend.certificate/1\",\"names\":[\"a.example\"],"

static const char full[] = START
    "\"ca\":\"letsencrypt\",\"ca_file\":\"/ca.pem\",\"email\":\"e@a.example\","
    "\"challenge\":\"dns-01\",\"webroot\":\"/w\",\"listen\":\":80\","
    "\"dns_hook\":\"/bin/hook\",\"dns_wait\":\"5\",\"key_type\":\"ec\","
    "\"key_group\":\"g\",\"profile\":\"p\",\"resolver\":\"127.0.0.1\","
    "\"keep_key\":false,\"deploy_hooks\":[\"/d\",\"reload\"],"
    "\"hook_env\":[\"A=1\"],\"reloads\":[\"postfix\"],\"skip\":[],"
    "\"webroots\":[\"a.example=/v\"],"
    "\"connect_to\":[\"a.example:443:127.0.0.1:8443\"]}\n";

static void test_round_trip(void **state)
{
    struct issue_options o = { .look_ms = 7 };
    struct wanted_names names = { 0 };
    struct err err = { 0 };

    (void)state;
    if (!reads(full, &o, &names, &err))
        fail_msg("%s", err.text);
    assert_string_equal(written(&o, &names), full);
    assert_int_equal(o.look_ms, 7);
    assert_string_equal(o.roots.text[0], "a.example=/v");
}

/* A timer starts elsewhere; a guard left out once is not left out for ever. */
static void test_written(void **state)
{
    static const char *names[] = { "a.example" };
    static const char *hooks[] = { "./d", "reload" };
    static const char *skip[] = { "no-such-check" };
    const struct wanted_names wanted = { .text = names, .len = 1 };
    const struct issue_options o = { .webroot = "w",
                                     .dns_hook = "hook",
                                     .key = "k.pem",
                                     .programs = { hooks, 2 },
                                     .skip = { skip, 1 } };
    char here[4096];

    (void)state;
    assert_non_null(getcwd(here, sizeof here));
    assert_string_equal(
        written(&o, &wanted),
        arena_printf(arena,
                     START "\"webroot\":\"%s/w\",\"dns_hook\":\"hook\","
                           "\"keep_key\":true,\"deploy_hooks\":[\"%s/./d\","
                           "\"reload\"],\"hook_env\":[],\"reloads\":[],"
                           "\"skip\":[],\"webroots\":[],\"connect_to\":[]}\n",
                     here, here));
}

static const struct {
    const char *what, *text, *why; /* NULL: taken */
} rows[] = {
    { "an older file", START "\"ca\":\"x\"}", NULL },
    { "null for none", START "\"ca\":null}", NULL },
    { "a path of odd characters", START "\"webroot\":\"/a\\nb\"}", NULL },
    { "no names", "{\"names\":[]}", "c.json: no names" },
    { "a CA that is a number", START "\"ca\":7}", "c.json: \"ca\"" },
    { "a hook that is a number", START "\"deploy_hooks\":[1]}",
      "c.json: \"deploy_hooks\"" },
};

static void test_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct issue_options o = { 0 };
        struct wanted_names names = { 0 };
        struct err err = { 0 };
        const char *why =
            reads(rows[i].text, &o, &names, &err) ? NULL : err.text;
        if (!why != !rows[i].why || (why && !strstr(why, rows[i].why)))
            fail_msg("%s: said \"%s\", wanted \"%s\"", rows[i].what,
                     why ? why : "(taken)", rows[i].why ? rows[i].why : "");
    }
}

static void test_keep_key(void **state)
{
    struct issue_options o = { 0 };
    struct wanted_names names = { 0 };
    struct err err = { 0 };

    (void)state;
    assert_true(reads(START "\"key_type\":\"ec\",\"keep_key\":true}", &o,
                      &names, &err));
    assert_null(o.key_type);
    assert_true(o.keep_key);
}

/* A plan in a report is carried out as it was proven, unless somebody says how
 * else; a report from before it was told says nothing. */
static void test_report(void **state)
{
    static const struct {
        const char *params;
        struct issue_options given;
        const char *challenge;
        bool keep_key;
    } plans[] = {
        { "\"challenge\":\"dns-01\"", { 0 }, "dns-01", false },
        { "\"challenge\":\"http-01\",\"keep_key\":true",
          { 0 },
          "http-01",
          true },
        { "\"challenge\":\"dns-01\"", { .challenge = "auto" }, "auto", false },
        { "\"challenge\":\"dns-01\"", { .webroot = "/w" }, NULL, false },
        { "\"challenge\":\"http-01\"", { .dns_hook = "h" }, NULL, false },
        { "\"challenge\":7", { 0 }, NULL, false },
        { "\"profile\":null", { 0 }, NULL, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct issue_options o = plans[i].given;
        struct wanted_names names = { 0 };
        struct err err = { 0 };
        char path[] = "/tmp/certmend-report-XXXXXX";
        int fd = mkstemp(path);
        assert_true(fd >= 0);
        assert_true(dprintf(fd,
                            "{\"fixes\":[{\"params\":{}},{\"params\":{"
                            "\"names\":[\"a.example\"],%s}}]}",
                            plans[i].params) > 0);
        close(fd);
        bool read = wanted_names_from(arena, &names, path, &err);
        unlink(path);
        if (!read)
            fail_msg("%s: %s", plans[i].params, err.text);
        issue_options_follow(&o, &names);
        bool same =
            !o.challenge == !plans[i].challenge &&
            (!o.challenge || strcmp(o.challenge, plans[i].challenge) == 0);
        if (!same || o.keep_key != plans[i].keep_key)
            fail_msg("%s: by %s", plans[i].params,
                     o.challenge ? o.challenge : "nothing");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_written),
        cmocka_unit_test(test_report),     cmocka_unit_test(test_read),
        cmocka_unit_test(test_keep_key),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
