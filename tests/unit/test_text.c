/*
 * Lists of texts: each once, and told in a sentence.
 */
#include "base/text.h"

#include "fixture.h"

enum { WORDS_MAX = 4 };

static const struct {
    const char *const words[WORDS_MAX];
    size_t len;
    const char *all, *most; /* at most two of them */
} rows[] = {
    { { NULL }, 0, "", "" },
    { { "a" }, 1, "a", "a" },
    { { "a", "b" }, 2, "a and b", "a, b" },
    { { "a", "b", "c" }, 3, "a, b and c", "a, b and 1 more" },
    { { "a", "b", "c", "d" }, 4, "a, b, c and d", "a, b and 2 more" },
};

static void test_tell(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf all, most;
        buf_init(&all, arena, 100);
        buf_init(&most, arena, 100);
        text_list_tell(&all, rows[i].words, rows[i].len);
        text_list_tell_most(&most, rows[i].words, rows[i].len, 2);
        if (!same(all.text, rows[i].all) || !same(most.text, rows[i].most))
            fail_msg("row %zu: \"%s\", \"%s\"", i, all.text, most.text);
    }
}

static void test_add(void **state)
{
    static const char *const words[] = { "b", "a", "b", "A", "a" };
    struct text_list all = { 0 }, once = { 0 };
    struct buf out;

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        text_list_add(arena, &all, words[i]);
        text_list_add_new(arena, &once, words[i]);
    }
    assert_int_equal(all.len, 5);
    buf_init(&out, arena, 100);
    text_list_tell(&out, once.text, once.len);
    assert_string_equal(out.text, "b, a and A");
    assert_true(text_list_has(&once, "A"));
    assert_false(text_list_has(&once, "B"));
}

static void test_json(void **state)
{
    static const struct {
        const char *json;
        size_t len;
        bool all;
    } lists[] = {
        { "[]", 0, true },
        { "[\"a\", \"b\"]", 2, true },
        { "[\"a\", 1, \"b\"]", 2, false },
        { "[null]", 0, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct text_list out = { 0 };
        bool all = json_read_texts(arena, parse(lists[i].json), &out);
        if (all != lists[i].all || out.len != lists[i].len)
            fail_msg("%s: %zu, %d", lists[i].json, out.len, all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tell),
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_json),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
