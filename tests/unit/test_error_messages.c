/* What programs of the world say, in their languages: every text of
 * tests/messages and of the shared vectors leads to what it means, within the
 * first two candidates, with its host; none is taken for another's; and what
 * is no error stays unknown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "messages/error_pattern.h"
#include "vectors.h"

enum { ID, LANGUAGE, PROGRAM, WANTED, HOST, TEXT, CANDIDATES = 2 };

static struct arena *arena;
static const struct error_pattern_table *table;

static int set_up(void **state)
{
    struct err err = { ERR_NONE, "" };

    (void)state;
    arena = arena_new();
    if (error_pattern_table_load(arena, NULL, &table, &err))
        return 0;
    print_error("%s\n", err.text);
    return -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* One of the ids' beginnings, parted by blanks, begins the id. */
static bool fits(const char *id, const char *wanted)
{
    while (*wanted) {
        size_t len = strcspn(wanted, " ");
        if (len && strncmp(id, wanted, len) == 0)
            return true;
        wanted += len + strspn(wanted + len, " ");
    }
    return false;
}

static bool means(const struct error_pattern *s, const char *wanted)
{
    size_t most =
        s->candidates.len < CANDIDATES ? s->candidates.len : CANDIDATES;

    if (strcmp(wanted, "-") == 0)
        return !s->recognised;
    for (size_t i = 0; i < most; i++)
        if (fits(s->candidates.text[i], wanted))
            return true;
    return false;
}

static bool is_host(const struct error_pattern *s, const char *host)
{
    return !*host || (s->place.host && strcmp(s->place.host, host) == 0);
}

struct tally {
    size_t rows, right;
};

static void judge(struct arena *a, const struct vectors_row *row,
                  struct tally *tally)
{
    size_t len = 0;
    const char *text = vectors_unescape(a, row->field[TEXT], &len);
    struct error_pattern s = error_pattern_read(a, table, text, len);
    bool right = means(&s, row->field[WANTED]) && is_host(&s, row->field[HOST]);

    tally->rows++;
    tally->right += right;
    if (!right)
        print_error("# %s: %s of %s at %s, wanted %s at %s\n", row->field[ID],
                    s.meaning ? s.meaning : "nothing",
                    s.client ? s.client : "nobody",
                    s.place.host ? s.place.host : "no host", row->field[WANTED],
                    row->field[HOST]);
}

static struct tally judge_all(FILE *f)
{
    struct tally tally = { 0 };
    struct vectors_row row;
    struct arena *a = arena_new();

    assert_true(vectors_next(a, f, &row)); /* the heads of the columns */
    while (vectors_next(a, f, &row))
        judge(a, &row, &tally);
    fclose(f);
    arena_free(a);
    return tally;
}

static void our_own(const char *path, size_t least)
{
    FILE *f = fopen(path, "r");

    assert_non_null(f);
    struct tally tally = judge_all(f);
    assert_true(tally.rows >= least);
    assert_int_equal(tally.right, tally.rows);
}

static void programs_are_understood(void **state)
{
    (void)state;
    our_own("tests/messages/programs.tsv", 370);
}

static void languages_are_understood(void **state)
{
    (void)state;
    our_own("tests/messages/languages.tsv", 300);
}

/* Others' texts: nineteen of twenty have to be right. */
static void vectors_are_understood(void **state)
{
    (void)state;
    struct tally tally = judge_all(vectors_open("messages.tsv"));
    if (tally.right * 20 < tally.rows * 19)
        fail_msg("%zu of %zu", tally.right, tally.rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_are_understood),
        cmocka_unit_test(languages_are_understood),
        cmocka_unit_test(vectors_are_understood),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
