#include "facts/knowledge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advise/software.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/text.h"
#include "check/default_cert.h"
#include "facts/candidate.h"

static struct arena *arena;
static char dir[] = "/tmp/certmend-knowledge-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct err err;

    (void)state;
    bool gone =
        folder_remove(arena_printf(arena, "%s/authorities", dir), &err) &&
        folder_remove(dir, &err);
    arena_free(arena);
    return gone ? 0 : -1;
}

static void put(const char *name, const char *text)
{
    const char *path = arena_printf(arena, "%s/%s", dir, name);
    struct err err;

    if (!file_write(path, text, strlen(text), FILE_PUBLIC, &err))
        fail_msg("%s", err.text);
}

#define CA_HEAD                                                                \
    "{ \"id\": \"lab\", \"title\": \"Lab\", \"directory\": \"https://lab/\""

/* What a file of a CA may say; NULL: it is read. */
static void test_ca_files(void **state)
{
    static const struct {
        const char *what, *text, *expected;
    } rows[] = {
        { "as little as can be", CA_HEAD " }", NULL },
        { "a word nobody knows", CA_HEAD ", \"colour\": 1 }", "colour" },
        { "a word of a profile that nobody knows",
          CA_HEAD ", \"profiles\": { \"x\": { \"colour\": 1 } } }", "colour" },
        { "no directory", "{ \"id\": \"lab\", \"title\": \"Lab\" }",
          "directory" },
        { "another id",
          "{ \"id\": \"bal\", \"title\": \"Lab\", "
          "\"directory\": \"https://lab/\" }",
          "named after" },
        { "no names at all", CA_HEAD ", \"names_max\": 0 }", "nothing" },
        { "more names than there are numbers",
          CA_HEAD ", \"names_max\": 1e300 }", "names_max" },
        { "a number in words", CA_HEAD ", \"labels_max\": \"ten\" }",
          "labels_max" },
        { "no names in a profile",
          CA_HEAD ", \"profiles\": { \"x\": { \"names_max\": 0 } } }",
          "profile x" },
        { "a size that is none", CA_HEAD ", \"rsa_bits\": [\"big\"] }",
          "rsa_bits" },
        { "a curve that is a number", CA_HEAD ", \"curves\": [256] }",
          "curves" },
        { "a limit of nothing",
          CA_HEAD ", \"limits\": [ { \"of\": \"mail\", \"per\": \"set\", "
                  "\"most\": 5, \"window_s\": 60 } ] }",
          "\"mail\"" },
        { "a staging that there is not", CA_HEAD ", \"staging\": \"nowhere\" }",
          "\"nowhere\"" },
        { "no JSON", "{", "authorities/lab.json" },
        { "a profile that there is not", CA_HEAD ", \"profile\": \"x\" }",
          "\"x\"" },
        { "profiles without names", CA_HEAD ", \"profiles\": [ {} ] }",
          "have names" },
        { "a date of another",
          CA_HEAD ", \"calendar\": [ { \"kind\": \"links\", "
                  "\"of\": \"you\", \"count\": 1, "
                  "\"refs\": [\"x\"] } ] }",
          "\"of\"" },
    };
    struct err err;

    (void)state;
    assert_true(folder_make(arena_printf(arena, "%s/authorities", dir),
                            FOLDER_PUBLIC, &err));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct knowledge *k = NULL;
        put("authorities/lab.json", rows[i].text);
        bool good = knowledge_load(arena, dir, &k, &err);
        if (good != !rows[i].expected)
            fail_msg("%s: %s", rows[i].what, good ? "was taken" : err.text);
        if (good && (!knowledge_ca(k, "lab") || !knowledge_ca(k, "zerossl")))
            fail_msg("%s: a CA is missing", rows[i].what);
        if (!good && !strstr(err.text, rows[i].expected))
            fail_msg("%s: %s", rows[i].what, err.text);
    }
    put("authorities/lab.json", CA_HEAD " }");
}

/* A file of the folder takes the place of the built-in one, and the survey
 * that was given it is judged by it. */
static void test_folder_comes_first(void **state)
{
    const struct knowledge *k = NULL;
    struct target t = { .kind = TARGET_HOST };
    struct survey *s = survey_new(arena, &t, 0);
    struct err err;

    (void)state;
    put("authorities/letsencrypt.json",
        "{ \"id\": \"letsencrypt\", \"title\": \"x\", \"directory\": "
        "\"https://x/\", \"caa\": [\"ca.example\"], \"labels_max\": 3, "
        "\"profile\": \"p\", \"profiles\": { \"p\": { \"calendar\": [ { "
        "\"kind\": \"lifetime\", \"days\": 7, \"refs\": [\"x\"] } ] } } }");
    assert_true(knowledge_load(arena, dir, &k, &err));
    assert_string_equal(k->usual->caa.text[0], "ca.example");
    assert_ptr_equal(knowledge_of(s), knowledge_built_in());
    assert_int_equal(knowledge_lifetime_s(s, NULL), 90 * DAY_S);
    s->knowledge = k;
    assert_ptr_equal(knowledge_of(s), k);
    assert_int_equal(knowledge_lifetime_s(s, NULL), 7 * DAY_S);
    assert_int_equal(knowledge_lifetime_s(s, "classic"), 0);
    assert_ptr_equal(knowledge_of(NULL), knowledge_built_in());
    put("authorities/letsencrypt.json",
        "{ \"id\": \"letsencrypt\", \"title\": \"x\", \"directory\": "
        "\"https://x/\" }");
    assert_false(knowledge_load(arena, dir, &k, &err));
    assert_non_null(strstr(err.text, "caa"));
    put("authorities/letsencrypt.json",
        "{ \"id\": \"letsencrypt\", \"title\": \"x\", \"directory\": "
        "\"https://x/\", \"caa\": [\"x\"], \"profile\": \"p\", \"profiles\": { "
        "\"p\": { \"calendar\": [ { \"kind\": \"lifetime\", \"days\": 7, "
        "\"since\": \"2020-01-01\", \"refs\": [\"x\"] } ] } } }");
    assert_false(knowledge_load(arena, dir, &k, &err));
    assert_non_null(strstr(err.text, "every day"));
    assert_int_equal(
        unlink(arena_printf(arena, "%s/authorities/letsencrypt.json", dir)), 0);
}

#define LISTS                                                                  \
    "\"interceptors\": [], \"test_authorities\": [], \"other_greetings\": "    \
    "[], "

#define ROOT                                                                   \
    "\"distrusted_roots\": [ { \"owner\": \"x\", \"roots\": [\"CN=X\"], "      \
    "\"programs\": [\"p\"]"

/* What it may say besides; NULL: it is read. */
static void test_known_machines_and_roots(void **state)
{
    static const struct {
        const char *what, *text, *expected;
    } rows[] = {
        { "none", "\"web_proxies\": [], \"foreign_services\": []", NULL },
        { "a root, of all",
          ROOT ", \"since\": \"2026-05-21\", \"refs\": [\"r\"] } ]", NULL },
        { "a root, of new ones",
          ROOT ", \"issued_since\": \"2026-05-21\", \"refs\": [\"r\"] } ]",
          NULL },
        { "two dates",
          ROOT ", \"since\": \"2026-05-21\", \"issued_since\": \"2026-05-20\", "
               "\"refs\": [\"r\"] } ]",
          "one date" },
        { "no date", ROOT ", \"refs\": [\"r\"] } ]", "one date" },
        { "nobody who says so", ROOT ", \"since\": \"2026-05-21\" } ]",
          "refs" },
        { "a date that is none",
          ROOT ", \"since\": \"May\", \"refs\": [\"r\"] } ]",
          "must be a date" },
        { "no part of a subject",
          "\"distrusted_roots\": [ { \"owner\": \"x\", \"roots\": [\"X\"], "
          "\"programs\": [\"p\"], \"since\": \"2026-05-21\", \"refs\": [\"r\"] "
          "} ]",
          "no part" },
        { "a range",
          "\"web_proxies\": [ { \"name\": \"x\", \"ranges\": "
          "[\"192.0.2.0/24\"], \"refs\": [\"r\"] } ]",
          NULL },
        { "no range",
          "\"web_proxies\": [ { \"name\": \"x\", \"ranges\": "
          "[\"192.0.2.1/24\"], \"refs\": [\"r\"] } ]",
          "no range" },
        { "a whole top-level domain of theirs",
          "\"foreign_services\": [ { \"name\": \"x\", \"names_end\": "
          "[\"example\"] } ]",
          "a dot" },
        { "a word nobody knows",
          "\"foreign_services\": [ { \"name\": \"x\", \"ends\": [] } ]",
          "ends" },
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct knowledge *k = NULL;
        put("known.json",
            arena_printf(arena,
                         "{ " LISTS "\"default_certificates\": [], "
                         "\"software\": [], \"customary_hosts\": [], %s }",
                         rows[i].text));
        bool good = knowledge_load(arena, dir, &k, &err);
        if (good != !rows[i].expected)
            fail_msg("%s: %s", rows[i].what, good ? "was taken" : err.text);
        if (!good && !strstr(err.text, rows[i].expected))
            fail_msg("%s: %s", rows[i].what, err.text);
    }
    assert_int_equal(unlink(arena_printf(arena, "%s/known.json", dir)), 0);
}

/* What known.json may say; NULL: it is read. */
static void test_known_files(void **state)
{
    static const struct {
        const char *what, *certs, *software, *hosts, *expected;
    } rows[] = {
        { "empty lists", "", "", "", NULL },
        { "a mark without a maker", "{ \"subject\": \"x\" }", "", "", "maker" },
        { "a maker without a mark", "{ \"maker\": \"x\" }", "", "",
          "default_certificates[0]" },
        { "two marks",
          "{ \"subject\": \"x\", \"names_are\": \"y\", \"maker\": \"z\" }", "",
          "", "one text" },
        { "an empty mark: it would be in every subject",
          "{ \"subject\": \"\", \"maker\": \"x\" }", "", "", "subject" },
        { "a mark nobody knows", "{ \"issuer\": \"x\", \"maker\": \"y\" }", "",
          "", "issuer" },
        { "no object", "[\"x\"]", "", "", "default_certificates[0]" },
        { "a program", "", "{ \"name\": \"exim\", \"kind\": \"server\" }", "",
          NULL },
        { "a program twice", "",
          "{ \"name\": \"exim\", \"kind\": \"server\" }, "
          "{ \"name\": \"exim\", \"kind\": \"tool\" }",
          "", "already" },
        { "a program that --software does not take", "",
          "{ \"name\": \"homemade\", \"kind\": \"server\" }", "",
          "\"homemade\"" },
        { "an empty greeting", "",
          "{ \"name\": \"exim\", \"kind\": \"server\", \"greets\": [\"\"] }",
          "", "software[0]" },
        { "a kind nobody knows", "",
          "{ \"name\": \"exim\", \"kind\": \"daemon\" }", "", "\"daemon\"" },
        { "a program that is a list", "", "[1]", "", "software[0]" },
        { "a host", "", "", "{ \"label\": \"mx\", \"for\": \"mail\" }", NULL },
        { "a host for something else", "", "",
          "{ \"label\": \"mx\", \"for\": \"fun\" }", "\"fun\"" },
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct knowledge *k = NULL;
        put("known.json",
            arena_printf(arena,
                         "{ " LISTS "\"default_certificates\": [%s], "
                         "\"software\": [%s], \"customary_hosts\": [%s] }",
                         rows[i].certs, rows[i].software, rows[i].hosts));
        bool good = knowledge_load(arena, dir, &k, &err);
        if (good != !rows[i].expected)
            fail_msg("%s: %s", rows[i].what, good ? "was taken" : err.text);
        if (!good && (!strstr(err.text, rows[i].expected) ||
                      !strstr(err.text, "known.json")))
            fail_msg("%s: %s", rows[i].what, err.text);
    }
}

/* The checks and the words ask the table that the survey was given. */
static void test_own_names_are_used(void **state)
{
    struct target t = { .kind = TARGET_HOST, .host = "mail.example.com" };
    struct survey *s = survey_new(arena, &t, 0);
    struct cert leaf = { .subject = "CN=box,O=Homemade", .issuer = "CN=Own" };
    struct cell c = { .banner = "ESMTP ready, says Own MTA" };
    struct err err;

    (void)state;
    put("known.json", "{ " LISTS "\"default_certificates\": [ { \"subject\": "
                      "\"O=Homemade\", \"maker\": \"the box\" } ], "
                      "\"software\": [ { \"name\": \"exim\", \"kind\": "
                      "\"server\", \"greets\": [\"Own MTA\"], \"issuer\": "
                      "\"CN=Own\" } ], \"customary_hosts\": [ { \"label\": "
                      "\"post\", \"for\": \"mail\" } ] }");
    assert_null(default_cert_maker(s, &leaf));
    assert_null(software_of(s, &c));
    assert_null(software_behind(s, &leaf));
    assert_true(knowledge_load(arena, dir, &s->knowledge, &err));
    assert_string_equal(default_cert_maker(s, &leaf), "the box");
    assert_string_equal(software_of(s, &c), "exim");
    assert_string_equal(software_behind(s, &leaf), "exim");
    struct text_list hosts = candidate_names(s, arena);
    assert_true(text_is_among("post.example.com", hosts.text, hosts.len));
    assert_false(text_is_among("smtp.example.com", hosts.text, hosts.len));
}

static void test_usual_ca(void **state)
{
    const struct ca *ca = knowledge_built_in()->usual;
    const struct limit *set = ca_limit(ca, LIMIT_CERTIFICATE, PER_SET);

    (void)state;
    assert_string_equal(ca->id, "letsencrypt");
    assert_string_equal(ca->caa.text[0], "letsencrypt.org");
    assert_int_equal(ca_names_max(ca, NULL), 100);
    assert_int_equal(ca_names_max(ca, "tlsserver"), 25);
    assert_int_equal(ca_names_max(ca, "no such profile"), 100);
    assert_int_equal(ca_names_min(ca), 25);
    assert_string_equal(ca_address_profile(ca), "shortlived");
    assert_int_equal(set->most, 5);
    assert_null(ca_limit(ca, LIMIT_FAILURE, PER_DOMAIN));
}

static void test_numbers_in_words(void **state)
{
    static const struct {
        int64_t number;
        const char *expected;
    } rows[] = { { 0, "no" },      { 1, "one" },    { 5, "five" },
                 { 12, "twelve" }, { 13, "13" },    { 19, "19" },
                 { 20, "twenty" }, { 50, "fifty" }, { 55, "55" },
                 { 90, "ninety" }, { 100, "100" },  { -1, "-1" } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(text_number(arena, rows[i].number),
                            rows[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ca_files),
        cmocka_unit_test(test_folder_comes_first),
        cmocka_unit_test(test_known_files),
        cmocka_unit_test(test_known_machines_and_roots),
        cmocka_unit_test(test_own_names_are_used),
        cmocka_unit_test(test_usual_ca),
        cmocka_unit_test(test_numbers_in_words),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
