/*
 * Every text for every program: filled, whole, and fit to be copied.
 *
 * With a file's name it writes there what the tests in tests/live hand to the
 * servers' own checkers: [{"fix", "software", "steps"}].
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "advise/plan_text.h"
#include "advise/rules.h"
#include "advise/software.h"
#include "base/file.h"
#include "survey_builder.h"

enum { TEXTS_MAX = 4 * 1024 * 1024 };

/* What any fix may be given; each takes what it needs. */
static const char all_params[] =
    "{\"hostname\": \"server42.example.net\", \"port\": 587,"
    " \"security\": \"starttls\", \"service\": \"submission\","
    " \"names\": [\"mail.example.com\", \"smtp.example.com\"],"
    " \"challenge\": \"http-01\", \"keep_key\": true,"
    " \"missing\": [\"CN=Middle\"], \"leave_out\": [\"CN=Twin\"],"
    " \"places\": \"2 and 4\", \"numbers\": \"2 4\", \"services\": "
    "[\"submission\", \"imaps\"],"
    " \"good_port\": 443, \"addresses\": [\"192.0.2.1\"], \"ports\": [\"993\"],"
    " \"name\": \"mail.example.com\", \"type\": \"A\", \"wrong\": "
    "[\"192.0.2.9\"],"
    " \"right\": [\"192.0.2.1\"], \"record\": \"_25._tcp.mail.example.com\","
    " \"value\": \"3 1 1 00ff\", \"request\": \"Please help.\","
    " \"issuer\": \"CN=Example\", \"until\": \"2027-01-01T00:00:00Z\"}";

struct given {
    struct arena *arena;
    const struct rules *rules;
    struct survey *survey;
};

static void open_given(struct given *g)
{
    struct err err;
    *g = (struct given){ .arena = arena_new() };
    if (!rules_load(g->arena, NULL, &g->rules, &err))
        fail_msg("%s", err.text);
    g->survey = build_survey(g->arena, "mail.example.com");
    struct built_cert spec = { .names = "server42.example.net" };
    size_t leaf = build_cert(g->survey, &spec);
    build_record(g->survey, "mail.example.com", DNS_A, "192.0.2.1");
    build_cell(g->survey, "192.0.2.1", 587, leaf)->banner =
        "220 mail.example.com ESMTP Postfix";
    build_cell(g->survey, "192.0.2.1", 993, leaf)->banner =
        "* OK Dovecot ready.";
}

static struct json *params_from(struct arena *a, const char *text)
{
    struct json *params = NULL;
    struct err err;
    if (!json_parse(a, text, strlen(text), "params", &params, &err))
        fail_msg("%s", err.text);
    return params;
}

static bool is_needed(const struct fix_def *def, const char *param)
{
    /* Of these two a fix has one, and needs neither. */
    if (strcmp(def->id, "deploy-everywhere") == 0)
        return strcmp(param, "addresses") == 0 || strcmp(param, "ports") == 0;
    for (const char *const *need = def->needs; *need; need++) {
        if (strcmp(*need, param) == 0)
            return true;
    }
    return false;
}

static struct fix fix_of(struct given *g, const struct fix_def *def,
                         const struct json *all)
{
    struct fix fix = { .def = def, .rule_id = "", .why = "Because." };
    fix.params = json_object(g->arena);
    JSON_EACH (param, all) {
        if (is_needed(def, param->key))
            json_put(g->arena, fix.params, param->key, param);
    }
    return fix;
}

/* The steps, or a failure that names the fix and the software. */
static struct fix write_words(struct given *g, const struct fix_def *def,
                              const char *software, const struct json *all)
{
    struct plan_text_options o = { 0 };
    struct fix fix = fix_of(g, def, all);
    struct plan plan = { .arena = g->arena, .items = &fix, .len = 1 };
    struct err err;
    if (software && !software_read(g->arena, software, &o.software, &err))
        fail_msg("%s", err.text);
    if (!plan_text_write(g->rules, &o, g->survey, &plan, &err))
        fail_msg("%s for %s: %s", def->id, software ? software : "any",
                 err.text);
    return fix;
}

static void look_at(const struct fix *fix, const char *software)
{
    static const char *const never[] = { "{{", "}}}", "  \n", ": .",
                                         " ,", "''",  "//" };
    if (!fix->steps_len)
        fail_msg("%s for %s: no steps", fix->def->id, software);
    for (size_t i = 0; i < fix->steps_len; i++) {
        const char *step = fix->steps[i];
        for (size_t k = 0; k < sizeof never / sizeof *never; k++) {
            const char *found = strstr(step, never[k]);
            if (found && strncmp(found - 1, "://", 3) != 0)
                fail_msg("%s for %s: \"%s\" in: %s", fix->def->id, software,
                         never[k], step);
        }
        if (step[0] == ' ' || !*step)
            fail_msg("%s for %s: only to be copied, nothing said: %s",
                     fix->def->id, software, step);
    }
}

static void every_text_for_every_program(void **state)
{
    struct given g;
    (void)state;
    open_given(&g);
    const struct json *all = params_from(g.arena, all_params);
    for (size_t i = 0; i < g.rules->fixes.len; i++) {
        const struct fix_def *def = &g.rules->fixes.items[i];
        struct fix fix = write_words(&g, def, NULL, all);
        look_at(&fix, "generic");
        for (size_t k = 0; software_name(k); k++) {
            fix = write_words(&g, def, software_name(k), all);
            look_at(&fix, software_name(k));
        }
    }
    arena_free(g.arena);
}

static bool says(const struct fix *fix, const char *words)
{
    for (size_t i = 0; i < fix->steps_len; i++) {
        if (strstr(fix->steps[i], words))
            return true;
    }
    return false;
}

static void nothing_is_said_twice(void **state)
{
    struct given g;
    (void)state;
    open_given(&g);
    const struct json *all = params_from(g.arena, all_params);
    struct fix fix =
        write_words(&g, rules_find_fix(g.rules, "issue-certificate"),
                    "postfix,dovecot,exim", all);
    assert_true(says(&fix, "deploy-exim"));
    for (size_t i = 0; i < fix.steps_len; i++) {
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(fix.steps[i], fix.steps[k]);
    }
    arena_free(g.arena);
}

static void a_text_is_for_what_is_at_hand(void **state)
{
    static const struct {
        const char *what, *fix, *software, *has, *lacks;
    } rows[] = {
        { "the greeting names Postfix", "issue-certificate", NULL,
          "smtpd_tls_chain_files", "tls_certificate" },
        { "and the other one Dovecot", "issue-certificate", NULL, "ssl_cert",
          "tls_certificate" },
        { "the user knows better", "issue-certificate", "exim",
          "tls_certificate", "smtpd_tls_chain_files" },
        { "only the folder of the files is mounted", "issue-certificate",
          "acme.sh,docker-mailserver", "- /etc/ssl/acme:/etc/ssl/acme:ro",
          "- /etc/ssl:/etc/ssl:ro" },
        { "copies of what Caddy keeps", "issue-certificate", "caddy,postfix",
          "smtpd_tls_chain_files = /etc/ssl/caddy/mail.example.com/privkey.pem",
          "certmend issue" },
        { "links lead out of live/", "issue-certificate", "docker-mailserver",
          "- /etc/certmend:/etc/certmend:ro", "/live:ro" },
        { "two programs", "issue-certificate", "exim,nginx",
          "ssl_certificate_key", "smtpd_tls_chain_files" },
        { "a panel orders by itself", "issue-certificate", "cpanel", "AutoSSL",
          "certmend issue" },
        { "a key that has to stay", "renew-certificate", "postfix",
          "--key '/etc/letsencrypt/live/server42.example.net/privkey.pem' "
          "--apply",
          "--challenge" },
        { "... in a request too", "renew-certificate", "postfix",
          "certmend csr 'mail.example.com' 'smtp.example.com' --key '/etc/",
          "--keep-key" },
        { "... and why", "renew-certificate", NULL, "DANE: other mail servers",
          "make a key and" },
        { "... Postfix is asked for its file", "renew-certificate", "postfix",
          "postconf -xh smtpd_tls_chain_files smtpd_tls_key_file", "doveconf" },
        { "... Dovecot too", "renew-certificate", "postfix,dovecot",
          "doveconf -nP", "exim4" },
        { "... anybody else is looked for", "issue-certificate", "hmailserver",
          "Private key file", "grep -r" },
        { "... certbot keeps it at renewals", "renew-certificate", NULL,
          "certbot renew --cert-name 'server42.example.net' --reuse-key",
          "certonly" },
        { "... and no name is taken away with it", "issue-certificate", NULL,
          "--key '/etc/letsencrypt/live/server42.example.net/privkey.pem' "
          "--apply",
          "--cert-name" },
        { "who has certbot keeps it", "renew-certificate", "certbot,postfix",
          "--cert-name 'server42.example.net' --force-renewal --reuse-key",
          "certmend issue" },
        { "... and its files are read", "issue-certificate", "certbot,postfix",
          "/etc/letsencrypt/live/mail.example.com/fullchain.pem",
          "certmend issue" },
        { "nothing of Unix in Windows", "renew-certificate", "exchange",
          "New-ExchangeCertificate -GenerateRequest", "certbot" },
        { "... nor here", "renew-certificate", "hmailserver", "pemfiles",
          "systemctl" },
        { "one name alone is not to be had in Plesk", "renew-certificate",
          "plesk", "can only be had by the star", "certbot" },
        { "... a panel's order may not", "issue-certificate", "plesk",
          "take the TLSA records away first", "--reuse-key" },
        { "a mail program leaves it to the greeting what serves",
          "issue-certificate", "outlook", "smtpd_tls_chain_files",
          "In the settings of each mail service" },
        { "a tool of Windows, and a server that is none of its",
          "issue-certificate", "win-acme", "smtpd_tls_chain_files",
          "In the program that sets up your mail server" },
        { "... in whole", "repair-tls", "win-acme", "openssl x509 -noout",
          "without a passphrase" },
        { "one mail program", "use-hostname", "gmail", "In Gmail",
          "In Outlook" },
        { "all mail programs", "use-hostname", NULL, "In Thunderbird", "{{" },
        { "a program with no words for it", "use-hostname", "haproxy",
          "In Gmail", "haproxy" },
        { "certbot's files where nothing is ordered", "serve-full-chain",
          "postfix", "/etc/letsencrypt/live/mail.example.com/fullchain.pem",
          "Dovecot" },
        { "our files where something is", "issue-certificate", "postfix",
          "/etc/certmend/live/mail.example.com/fullchain.pem", "Dovecot" },
    };
    struct given g;
    (void)state;
    open_given(&g);
    const struct json *all = params_from(g.arena, all_params);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fix fix = write_words(&g, rules_find_fix(g.rules, rows[i].fix),
                                     rows[i].software, all);
        if (!says(&fix, rows[i].has))
            fail_msg("%s: \"%s\" is not there", rows[i].what, rows[i].has);
        if (says(&fix, rows[i].lacks))
            fail_msg("%s: \"%s\" is there", rows[i].what, rows[i].lacks);
    }
    arena_free(g.arena);
}

static void what_is_copied_holds_no_tricks(void **state)
{
    static const char *const tricks[] = {
        "mail.example.com; rm -rf .", "a'b.example.com", "$(id).example.com",
        "a\\nb.example.com",          "a`id`",           "{a}<b>",
    };
    struct given g;
    (void)state;
    open_given(&g);
    for (size_t i = 0; i < sizeof tricks / sizeof *tricks; i++) {
        struct json *all = params_from(
            g.arena,
            arena_printf(g.arena,
                         "{\"names\": [\"%s\"], \"challenge\": \"http-01\","
                         " \"keep_key\": false}",
                         tricks[i]));
        struct fix fix =
            fix_of(&g, rules_find_fix(g.rules, "issue-certificate"), all);
        struct plan plan = { .arena = g.arena, .items = &fix, .len = 1 };
        struct err err;
        if (!plan_text_write(g.rules, NULL, g.survey, &plan, &err))
            fail_msg("\"%s\" left no report: %s", tricks[i], err.text);
        if (fix.steps_len != 1 || !strstr(fix.steps[0], "nothing here"))
            fail_msg("\"%s\" was pasted: %s", tricks[i], fix.steps[0]);
    }
    arena_free(g.arena);
}

/* Postfix's port greets as mailcow's, Dovecot's as anybody's. */
static void a_suite_is_one_program(void **state)
{
    struct given g;
    (void)state;
    open_given(&g);
    g.survey->cells[0].banner = "220 mail.example.com ESMTP Postcow";
    const struct json *all = params_from(g.arena, all_params);
    struct fix fix = write_words(
        &g, rules_find_fix(g.rules, "issue-certificate"), NULL, all);
    if (!says(&fix, "MAILCOW_HOSTNAME") || says(&fix, "ssl_cert"))
        fail_msg("mailcow's Dovecot is told of by itself");
    arena_free(g.arena);
}

/* Who runs a server on Windows has none of these; nor is one told of them who
 * has a tool of Windows, where the server does not say what it is. */
static void windows_is_not_told_of_unix(void **state)
{
    static const char *const servers[] = {
        "exchange",          "hmailserver", "win-acme",
        "win-acme,exchange", "outlook",     "win-acme,outlook",
    };
    static const char *const never[] = {
        "systemctl", "certbot", "/etc/",   "/var/", "journalctl", "chmod",
        "crontab",   "grep",    "postfix", "sudo",  "awk ",       "install -",
    };
    struct given g;
    (void)state;
    open_given(&g);
    for (size_t i = 0; i < g.survey->cells_len; i++)
        g.survey->cells[i].banner = "220 mail.example.com ESMTP";
    const struct json *all = params_from(g.arena, all_params);
    for (size_t i = 0; i < g.rules->fixes.len; i++) {
        const struct fix_def *def = &g.rules->fixes.items[i];
        for (size_t k = 0; k < sizeof servers / sizeof *servers; k++) {
            struct fix fix = write_words(&g, def, servers[k], all);
            if (strcmp(servers[k], "outlook") == 0 &&
                (def->actor != ACTOR_USER || strcmp(def->id, "wait") == 0))
                continue; /* says nothing of the server */
            for (size_t n = 0; n < sizeof never / sizeof *never; n++) {
                if (says(&fix, never[n]))
                    fail_msg("%s for %s speaks of %s", def->id, servers[k],
                             never[n]);
            }
        }
    }
    arena_free(g.arena);
}

/* What is a copy gets old: each software that has some names the program which
 * writes them anew, by its path. And where files come into a folder of ours,
 * those who guard services are told of it. */
static void copies_are_renewed(void **state)
{
    static const struct {
        const char *software, *hook;
    } rows[] = {
        { "exim", "deploy-exim" },
        { "haproxy", "deploy-haproxy" },
        { "courier", "deploy-courier" },
        { "cyrus", "deploy-cyrus" },
        { "mailcow", "deploy-containers" },
        { "mailu", "deploy-containers" },
        { "postfix", "deploy-dovecot-postfix" },
        { "dovecot", "deploy-dovecot-postfix" },
        { "iredmail", "deploy-dovecot-postfix" },
        { "caddy", "copy-from-proxy" },
        { "traefik", "copy-from-proxy" },
        { "docker-mailserver", "needs no hook" },
        { "maddy", "needs no hook" },
    };
    static const char *const orders[] = { "issue-certificate", "issue-wildcard",
                                          "renew-certificate", "replace-key" };
    struct given g;
    (void)state;
    open_given(&g);
    const struct json *all = params_from(g.arena, all_params);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fix fix =
            write_words(&g, rules_find_fix(g.rules, "issue-certificate"),
                        rows[i].software, all);
        const char *path = arena_printf(g.arena, "/hooks/%s", rows[i].hook);
        if (!says(&fix, strchr(rows[i].hook, ' ') ? rows[i].hook : path))
            fail_msg("%s: no word of %s", rows[i].software, rows[i].hook);
    }
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        const struct fix_def *def = rules_find_fix(g.rules, orders[i]);
        struct fix fix = write_words(&g, def, "postfix", all);
        if (!says(&fix, "/hooks/allow-confined"))
            fail_msg("%s: nobody is told of the folder", orders[i]);
        fix = write_words(&g, def, "certbot,postfix", all);
        if (says(&fix, "allow-confined"))
            fail_msg("%s: told of a folder that is not used", orders[i]);
    }
    arena_free(g.arena);
}

/* For tests/live/recipes.py. */
static int write_all(const char *path)
{
    struct given g;
    struct buf out;
    struct err err;
    open_given(&g);
    struct json *texts = json_array(g.arena);
    const struct json *all = params_from(g.arena, all_params);
    for (size_t i = 0; i < g.rules->fixes.len; i++) {
        const struct fix_def *def = &g.rules->fixes.items[i];
        for (size_t k = 0; software_name(k); k++) {
            struct fix fix = write_words(&g, def, software_name(k), all);
            struct json *one = json_add_object(g.arena, texts);
            json_put_text(g.arena, one, "fix", def->id);
            json_put_text(g.arena, one, "software", software_name(k));
            struct json *steps = json_put_array(g.arena, one, "steps");
            for (size_t n = 0; n < fix.steps_len; n++)
                json_add_text(g.arena, steps, fix.steps[n]);
        }
    }
    buf_init(&out, g.arena, TEXTS_MAX);
    json_print(texts, true, &out);
    bool wrote = file_write(path, out.text, out.len, FILE_PUBLIC, &err);
    arena_free(g.arena);
    return wrote ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_for_every_program),
        cmocka_unit_test(nothing_is_said_twice),
        cmocka_unit_test(a_text_is_for_what_is_at_hand),
        cmocka_unit_test(what_is_copied_holds_no_tricks),
        cmocka_unit_test(a_suite_is_one_program),
        cmocka_unit_test(windows_is_not_told_of_unix),
        cmocka_unit_test(copies_are_renewed),
    };
    if (argc == 2)
        return write_all(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
