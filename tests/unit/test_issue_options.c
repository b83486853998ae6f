#include "fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_written),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_keep_key),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
