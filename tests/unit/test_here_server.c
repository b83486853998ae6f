/* One server's findings become a change: bytes, hook, and what forbids it. */
#include "fixture.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "run/here_server.h"
#include "run/here_stock.h"
#include "survey_builder.h"

#define TEXT "# mine\ncert = /old.pem\nkey = /old.key\nweb = /old.pem\n"

static char top[] = "/tmp/certmend-server-XXXXXX";
static bool says_no;

/* ---- a server that there is not ---- */

static bool edit(struct arena *a, const struct server_conf *conf,
                 const struct conf_change *change, struct conf_edits *out,
                 struct err *err)
{
    const struct conf_value *values[] = { &change->place->cert,
                                          &change->place->key };
    const char *const texts[] = { change->cert_path, change->key_path };

    (void)conf;
    if (says_no)
        return err_set(err, ERR_INPUT, "conf:2 is chosen at each connection");
    out->items = arena_alloc(a, 2, sizeof *out->items);
    for (size_t i = 0; i < 2; i++)
        out->items[out->len++] =
            (struct conf_edit){ values[i]->span, texts[i], strlen(texts[i]) };
    return true;
}

static const char *const *reload(struct arena *a, const struct server_conf *c)
{
    static const char *const words[] = { "toy", "-c", "/etc/my toy", NULL };

    (void)a;
    (void)c;
    return words;
}

static const char *const *no_reload(struct arena *a,
                                    const struct server_conf *c)
{
    (void)a;
    (void)c;
    return NULL;
}

static const struct server_kind kind = { .software = "toy",
                                         .edit = edit,
                                         .reload = reload };
static const struct server_kind deaf = { .software = "toy",
                                         .edit = edit,
                                         .reload = no_reload };
static const struct server_kind reader = { .software = "toy",
                                           .reload = reload };

static struct conf_value value(const char *key, const char *path)
{
    const char *at = strstr(TEXT, key) + strlen(key);

    return (struct conf_value){
        .setting = "s",
        .path = path,
        .span = { .at = (size_t)(at - TEXT), .len = strlen(path), .line = 1 }
    };
}

/* ---- one finding about it ---- */

struct toy {
    struct machine_file file;
    struct tls_place
        places[3]; /* 25 and 993 by the same lines, 443 by others */
    struct here_conf conf;
    struct here_finding findings[3];
    struct stock_cert wanted[2];
    struct here_report here;
    struct report report;
    struct server_plan plan;
};

static void make_toy(struct toy *t, const struct server_kind *of)
{
    *t = (struct toy){
        .file = { .path = "/etc/toy",
                  .resolved = "/etc/toy",
                  .text = TEXT,
                  .len = strlen(TEXT),
                  .links = 1,
                  .mode = 0640 },
    };
    for (size_t i = 0; i < 3; i++)
        t->places[i] = (struct tls_place){
            .port = (const uint16_t[]){ 25, 993, 443 }[i],
            .cert = value(i == 2 ? "web = " : "cert = ", "/old.pem"),
            .key = value("key = ", "/old.key"),
        };
    t->conf.conf = (struct server_conf){ .kind = of,
                                         .root = { -1, "/" },
                                         .files = &t->file,
                                         .files_len = 1,
                                         .places = t->places,
                                         .places_len = 3 };
    t->here.confs = &t->conf;
    t->here.confs_len = 1;
    t->report.survey = build_survey(arena, "mail.example.com");
    t->plan = (struct server_plan){ .arena = arena,
                                    .report = &t->report,
                                    .here = &t->here,
                                    .conf = &t->conf.conf };
}

static void want(struct toy *t, size_t place, const char *cert, bool ours)
{
    struct place_plan *at = here_server_place(&t->plan, &t->places[place]);

    at->cert = cert;
    at->key = "/new.key";
    at->ours = ours;
    at->name = "mail.example.com";
    t->plan.edits = true;
}

static struct here_change change_of(struct toy *t)
{
    struct here_change c;

    here_server_change(&t->plan, &c);
    return c;
}

/* ---- */

static void test_lines_that_are_shared(void **state)
{
    struct toy t;

    (void)state;
    make_toy(&t, &kind);
    want(&t, 0, "/new.pem", false);
    struct here_change c = change_of(&t);
    assert_null(c.print_only);
    assert_int_equal(c.files_len, 1);
    assert_string_equal(c.files[0].after, "# mine\ncert = /new.pem\nkey = "
                                          "/new.key\nweb = /old.pem\n");
    assert_string_equal(c.files[0].before, TEXT);
    assert_int_equal(c.goals_len, 3);
    static const char *const goals[] = { "/new.pem", "/new.pem", "/old.pem" };
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(c.goals[i].files.cert, goals[i]);
        assert_true(!c.goals[i].name == (i == 2));
    }
    assert_string_equal(c.what, "Toy: it names /new.pem instead of /old.pem");
}

static void test_both_ask_for_the_same(void **state)
{
    struct toy t;

    (void)state;
    make_toy(&t, &kind);
    want(&t, 0, "/new.pem", false);
    want(&t, 1, "/new.pem", false);
    struct here_change c = change_of(&t);
    assert_null(c.print_only);
    assert_string_equal(c.files[0].after, "# mine\ncert = /new.pem\nkey = "
                                          "/new.key\nweb = /old.pem\n");
}

/* What is told, and not done. */
static const struct {
    const char *what;
    const struct server_kind *kind;
    const char *second; /* what the other port is to name, by the same line */
    const char *hands_off, *told;
    size_t links;
    bool says_no;
} forbidden[] = {
    { "two things on one line", &kind, "/other.pem", NULL,
      "/etc/toy:1 would have to say two things.", 1, false },
    { "no hands", &kind, NULL, "It is immutable.", "It is immutable.", 1,
      false },
    { "a second name", &kind, NULL, NULL, "hard link", 2, false },
    { "an edit that is not understood", &kind, NULL, NULL,
      "chosen at each connection.", 1, true },
    { "no reload", &deaf, NULL, NULL, "started anew", 1, false },
    { "no editor", &reader, NULL, NULL, "not written", 1, false },
};

static void test_forbidden(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        struct toy t;
        make_toy(&t, forbidden[i].kind);
        t.file.hands_off = forbidden[i].hands_off;
        t.file.links = forbidden[i].links;
        want(&t, 0, "/new.pem", false);
        if (forbidden[i].second)
            want(&t, 1, forbidden[i].second, false);
        says_no = forbidden[i].says_no;
        struct here_change c = change_of(&t);
        says_no = false;
        if (!c.print_only || !strstr(c.print_only, forbidden[i].told))
            fail_msg("%s: %s", forbidden[i].what,
                     c.print_only ? c.print_only : "it would be done");
    }
}

static void test_hook(void **state)
{
    const char *cert =
        arena_printf(arena, "%s/live/mail.example.com/fullchain.pem", top);
    const char *hook =
        arena_printf(arena, "%s/hooks/mail.example.com/reload-toy", top);
    struct toy t;

    (void)state;
    make_toy(&t, &kind);
    want(&t, 0, cert, true);
    struct here_change c = change_of(&t);
    assert_int_equal(c.files_len, 2);
    assert_string_equal(c.files[1].path, hook);
    assert_null(c.files[1].before);
    assert_int_equal(c.files[1].mode, 0755);
    assert_string_equal(c.files[1].after,
                        "#!/bin/sh\n# After each renewal Toy reads its files "
                        "again.\nexec toy -c '/etc/my toy'\n");
    /* One that is there already is somebody's. */
    assert_int_equal(system(arena_printf(arena,
                                         "mkdir -p %s/hooks/"
                                         "mail.example.com && : >%s",
                                         top, hook)),
                     0);
    make_toy(&t, &kind);
    want(&t, 0, cert, true);
    assert_int_equal(change_of(&t).files_len, 1);
}

static void test_only_a_reload(void **state)
{
    struct toy t;

    (void)state;
    make_toy(&t, &kind);
    t.plan.reloads = true;
    struct here_change c = change_of(&t);
    assert_null(c.print_only);
    assert_int_equal(c.files_len, 0);
    assert_null(c.check);
    assert_string_equal(here_command(arena, c.reload), "toy -c '/etc/my toy'");
    assert_int_equal(c.wire.others_len, 3);
}

static int begin(void **state)
{
    set_up(state);
    return mkdtemp(top) ? 0 : -1;
}

static int finish(void **state)
{
    int left = system(arena_printf(arena, "rm -rf %s", top));

    tear_down(state);
    return left;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_that_are_shared),
        cmocka_unit_test(test_both_ask_for_the_same),
        cmocka_unit_test(test_forbidden),
        cmocka_unit_test(test_hook),
        cmocka_unit_test(test_only_a_reload),
    };

    return cmocka_run_group_tests(tests, begin, finish);
}
