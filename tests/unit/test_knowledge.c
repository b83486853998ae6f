#include "facts/knowledge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/folder.h"
#include "base/text.h"

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
        { "no names at all", CA_HEAD ", \"names_max\": 0 }", "no name" },
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
        "\"https://x/\", \"caa\": [\"ca.example\"], \"labels_max\": 3 }");
    assert_true(knowledge_load(arena, dir, &k, &err));
    assert_string_equal(k->usual->caa.text[0], "ca.example");
    assert_ptr_equal(knowledge_of(s), knowledge_built_in());
    s->knowledge = k;
    assert_ptr_equal(knowledge_of(s), k);
    assert_ptr_equal(knowledge_of(NULL), knowledge_built_in());
    put("authorities/letsencrypt.json",
        "{ \"id\": \"letsencrypt\", \"title\": \"x\", \"directory\": "
        "\"https://x/\" }");
    assert_false(knowledge_load(arena, dir, &k, &err));
    assert_non_null(strstr(err.text, "caa"));
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
        cmocka_unit_test(test_usual_ca),
        cmocka_unit_test(test_numbers_in_words),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
