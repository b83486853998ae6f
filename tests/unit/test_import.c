/* Whole folders of other clients, as a hostile or careless hand has left them:
 * what comes out leads nowhere but to them, nothing of it is run, and one that
 * cannot be read keeps no other from coming. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/import.h"
#include "base/file.h"
#include "base/folder.h"

static char top[] = "/tmp/certmend-clients-XXXXXX";
static const char *dir; /* of one row */

static void put(const char *path, const char *text)
{
    const char *whole = arena_printf(arena, "%s/%s", dir, path);
    const char *slash = strrchr(whole, '/');
    struct err err;

    assert_true(folder_make(arena_text_n(arena, whole, (size_t)(slash - whole)),
                            FOLDER_PRIVATE, &err));
    assert_true(file_write(whole, text, strlen(text), FILE_PRIVATE, &err));
}

/* A folder of its own for each row. */
static void begin(void)
{
    static unsigned count;
    struct err err;

    dir = arena_printf(arena, "%s/%u", top, count++);
    assert_true(folder_make(dir, FOLDER_PRIVATE, &err));
}

static struct import_lineage read_one(const char *tool, const char *what)
{
    struct import_source s;
    struct err err;

    if (!import_read(arena, tool, dir, &s, &err))
        fail_msg("%s: %s", what, err.text);
    if (s.len != 1)
        fail_msg("%s: %zu certificates", what, s.len);
    return s.all[0];
}

static void certbot(void **state)
{
    static const struct {
        const char *what, *lines;
        const char *why_not;      /* part of it, or NULL */
        const char *missing;      /* part of proof_missing, or NULL */
        const char *account_ends; /* of the key's path; NULL: none */
    } rows[] = {
        { "webroot",
          "server = https://ca.example.org/dir\naccount = ab12\n"
          "authenticator = webroot\nwebroot_path = /srv,\n",
          NULL, NULL, "accounts/ca.example.org/dir/ab12/private_key.json" },
        { "an account elsewhere",
          "server = https://ca.example.org/dir\naccount = ../../../etc/ssh\n"
          "authenticator = standalone\n",
          NULL, NULL, NULL },
        { "an account in a folder",
          "server = https://ca.example.org/dir\naccount = a/b\n"
          "authenticator = standalone\n",
          NULL, NULL, NULL },
        { "a CA that climbs",
          "server = https://ca.example.org/../../dir\naccount = ab\n"
          "authenticator = standalone\n",
          NULL, NULL, NULL },
        { "a CA without TLS",
          "server = http://ca.example.org/dir\naccount = ab\n"
          "authenticator = standalone\n",
          NULL, NULL, NULL },
        { "a folder that is relative",
          "authenticator = webroot\nwebroot_path = srv,\n", NULL, "--webroot",
          NULL },
        { "a map of one that is relative",
          "authenticator = webroot\n[[webroot_map]]\na.org = srv\n", NULL,
          "--webroot", NULL },
        { "nginx", "authenticator = nginx\n", NULL, "--webroot", NULL },
        { "a DNS plugin", "authenticator = dns-ovh\n", NULL, "--dns-hook",
          NULL },
        { "by hand", "authenticator = manual\n", NULL, "by hand", NULL },
        { "no way", "server = https://ca.example.org/dir\n", "does not say how",
          NULL, NULL },
        { "garbage", "\x01\x02]]\n", "none of certbot's", NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin();
        put("renewal/m.conf",
            arena_printf(arena, "[renewalparams]\n%s", rows[i].lines));
        struct import_lineage l = read_one("certbot", rows[i].what);
        if (!l.why_not != !rows[i].why_not ||
            (l.why_not && !strstr(l.why_not, rows[i].why_not)))
            fail_msg("%s: %s", rows[i].what, l.why_not ? l.why_not : "comes");
        if (!l.proof_missing != !rows[i].missing ||
            (l.proof_missing && !strstr(l.proof_missing, rows[i].missing)))
            fail_msg("%s: %s", rows[i].what, l.proof_missing);
        const char *end = rows[i].account_ends;
        if (!l.account_key != !end || (end && !strstr(l.account_key, end)))
            fail_msg("%s: account %s", rows[i].what, l.account_key);
    }
}

/* A hook is one comment line, and then what the client would have run. */
static void hook_text(void **state)
{
    (void)state;
    begin();
    put("renewal/m.conf", "[renewalparams]\nauthenticator = standalone\n"
                          "renew_hook = '''echo a\necho b'''\n");
    struct import_lineage l = read_one("certbot", "hook");
    assert_string_equal("certbot-deploy", l.hooks[0].file);
    assert_null(l.hooks[1].file);
    assert_string_equal(
        "#!/bin/sh\n# Taken over by \"certmend import\": run \"echo a?echo b\" "
        "(renew_hook)\necho a\necho b\n",
        l.hooks[0].text);
}

static void acmesh(void **state)
{
    (void)state;
    begin();
    put("m.org_ecc/m.org.conf",
        "Le_Domain='m.org'\nLe_Alt='a.m.org'\nLe_Webroot='/srv/m,/srv/a'\n"
        "Le_API='https://ca.example.org/../x'\n"
        "Le_RealKeyPath='/etc/x; touch y'\nLe_ReloadCmd='reload'\n");
    struct import_lineage l = read_one("acme.sh", "acme.sh");
    assert_null(l.why_not);
    assert_null(l.account_key);
    assert_int_equal(2, l.roots.len);
    assert_string_equal("m.org=/srv/m", l.roots.text[0]);
    assert_string_equal("a.m.org=/srv/a", l.roots.text[1]);
    assert_non_null(strstr(l.hooks[0].text,
                           "cat \"$CERTMEND_PRIVKEY\" >'/etc/x; touch y'\n"));
    begin();
    put("m.org/m.org.conf", "Le_Domain='other.org'\n");
    assert_non_null(strstr(read_one("acme.sh", "name").why_not, "another"));
    begin();
    put("m.org/m.org.conf",
        "Le_Domain='m.org'\nLe_Webroot='dns_cf'\nLe_ForceNewDomainKey='1'\n");
    l = read_one("acme.sh", "dns");
    assert_non_null(strstr(l.proof_missing, "--dns-hook"));
    assert_false(l.keep_key);
}

static void lego(void **state)
{
    (void)state;
    begin();
    put("certificates/m.org.json", "{\"certUrl\": \"https://../x\"}");
    struct import_lineage l = read_one("lego", "host");
    assert_null(l.why_not);
    assert_null(l.account_key);
    begin();
    put("certificates/m.org.json", "{\"certUrl\": ");
    assert_non_null(read_one("lego", "half").why_not);
}

static void dehydrated(void **state)
{
    struct import_source s;
    struct err err;

    (void)state;
    begin();
    put("config", arena_printf(arena, "BASEDIR=$(touch %s/run)\n", dir));
    put("domains.txt", "m.org\n");
    assert_false(import_read(arena, "dehydrated", dir, &s, &err));
    assert_non_null(strstr(err.text, "BASEDIR"));
    assert_false(file_exists(arena_printf(arena, "%s/run", dir)));
    begin();
    put("domains.txt", "# x\n  m.org a.m.org > ../../up \n");
    assert_non_null(strstr(read_one("dehydrated", "up").why_not, "no name"));
    begin();
    put("config", "WELLKNOWN=/srv/.well-known/acme-challenge\n");
    put("domains.txt", "m.org a.m.org>own\n");
    struct import_lineage l = read_one("dehydrated", "alias");
    assert_string_equal("own", l.name);
    assert_string_equal("/srv", l.webroot);
    assert_null(l.wellknown);
}

static void nothing_there(void **state)
{
    static const char *const tools[] = { "certbot", "acme.sh", "lego",
                                         "dehydrated" };
    struct import_source s;
    struct err err;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        begin();
        assert_false(import_read(arena, tools[i], dir, &s, &err));
        assert_false(import_read(arena, tools[i], "/nonexistent", &s, &err));
    }
    assert_false(import_read(arena, "caddy", dir, &s, &err));
}

static int make(void **state)
{
    (void)state;
    return mkdtemp(top) ? 0 : -1;
}

static int unmake(void **state)
{
    char line[64];

    (void)state;
    snprintf(line, sizeof line, "rm -rf %s", top);
    return system(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(certbot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hook_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(acmesh, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lego, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dehydrated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_there, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, make, unmake);
}
