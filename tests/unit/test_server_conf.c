/*
 * Which place answers to whom, and who else writes a configuration.
 */
#include "machine/server_conf.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "machine/managed.h"

static void finds_the_place(void **state)
{
    static struct tls_place places[] = {
        { .port = 443, .sni = "other.test" },
        { .port = 443, .sni = "*.wild.test" },
        { .port = 443 },
        { .port = 443, .sni = "mail.wild.test" },
        { .port = 465, .sni = "only.test" },
    };
    static const struct {
        int port;
        const char *sni;
        int place; /* -1: none */
    } rows[] = {
        { 443, NULL, 2 },
        { 443, "other.test", 0 },
        { 443, "OTHER.test", 0 },
        { 443, "www.wild.test", 1 },
        { 443, "a.b.wild.test", 2 },
        { 443, "mail.wild.test", 3 },
        { 443, "nobody.test", 2 },
        { 465, NULL, 4 },
        { 465, "nobody.test", -1 },
        { 25, NULL, -1 },
    };
    const struct server_conf conf = { .places = places,
                                      .places_len =
                                          sizeof places / sizeof *places };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct tls_place *p =
            tls_place_for(&conf, (uint16_t)rows[i].port, rows[i].sni);
        if ((p ? p - places : -1) != rows[i].place)
            fail_msg("%d %s: %td", rows[i].port, rows[i].sni,
                     p ? p - places : -1);
    }
}

static void says_who_else_writes_it(void **state)
{
    static const struct {
        const char *text, *resolved, *why;
    } rows[] = {
        { "# Ansible managed\nx = y\n", "/etc/a", "Line 1 of /etc/a says" },
        { "x = y\n\n  ; this is MANAGED BY Puppet, no edits", "/etc/a",
          "Line 3 of /etc/a says that Puppet" },
        { "# Warning: univention-config-registry writes this\n", "/etc/a",
          "Univention" },
        { "banner = managed by ansible\n", "/etc/a", NULL },
        { "# managed by hand\n", "/etc/a", NULL },
        { "", "/etc/a", NULL },
        { "x", "/nix/store/abc-main.cf", "/nix/store/" },
    };
    struct machine_root root;
    struct err err;
    char top[] = "/tmp/certmend-conf-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(top));
    assert_true(machine_root_open(arena, top, &root, &err));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct machine_file file = { .path = "/etc/a",
                                     .resolved = rows[i].resolved,
                                     .text = rows[i].text,
                                     .len = strlen(rows[i].text) };
        const struct server_conf conf = { .root = root,
                                          .files = &file,
                                          .files_len = 1 };
        const char *why = managed_by(arena, &conf);
        if (!why != !rows[i].why || (why && !strstr(why, rows[i].why)))
            fail_msg("%s: %s", rows[i].text, why);
    }
    machine_root_close(&root);
    rmdir(top);
}

static void knows_a_panel_by_its_folder(void **state)
{
    struct machine_root root;
    struct err err;
    char top[] = "/tmp/certmend-conf-XXXXXX";
    const char *etc, *panel;

    (void)state;
    assert_non_null(mkdtemp(top));
    etc = arena_printf(arena, "%s/etc", top);
    panel = arena_printf(arena, "%s/yunohost", etc);
    assert_int_equal(mkdir(etc, 0755), 0);
    assert_int_equal(mkdir(panel, 0755), 0);
    assert_true(machine_root_open(arena, top, &root, &err));
    const struct server_conf conf = { .root = root };
    const char *why = managed_by(arena, &conf);
    machine_root_close(&root);
    rmdir(panel);
    rmdir(etc);
    rmdir(top);
    assert_non_null(why);
    assert_non_null(strstr(why, "set up by YunoHost"));
}

/* Nothing is read of what nobody here knows, or of what has no process. */
static void reads_only_what_it_knows(void **state)
{
    const struct listener l = { .program = "/usr/bin/nobody-knows-this" };
    struct server_conf conf;
    struct err err;

    (void)state;
    assert_null(server_kind_of(&l));
    assert_false(server_conf_read(arena, &l, &conf, &err));
    assert_non_null(strstr(err.text, "/usr/bin/nobody-knows-this"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_place),
        cmocka_unit_test(says_who_else_writes_it),
        cmocka_unit_test(knows_a_panel_by_its_folder),
        cmocka_unit_test(reads_only_what_it_knows),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
