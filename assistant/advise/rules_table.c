#include "advise/rules_table.h"

#include <limits.h>
#include <string.h>

#include "advise/plan_text.h"
#include "advise/rules.h"
#include "base/clock.h"
#include "base/term.h"

enum { LINE_MAX_BYTES = 4000, INDENT = 4, WORD_COLUMNS = 21 };

static void put_literal(struct buf *b, const struct json *j)
{
    if (j->type == JSON_TEXT)
        buf_text(b, j->text);
    else if (j->type == JSON_NUMBER)
        buf_printf(b, "%.0f", j->number);
    else
        buf_text(b, j->yes ? "yes" : "no");
}

static void put_range(struct buf *b, const struct json *range)
{
    const struct json *min = json_find(range, "min");
    const struct json *max = json_find(range, "max");
    if (min)
        buf_printf(b, "at least %.0f", min->number);
    if (min && max)
        buf_text(b, " and ");
    if (max)
        buf_printf(b, "at most %.0f", max->number);
}

static void put_condition(struct buf *b, const struct condition *c)
{
    buf_printf(b, "%s is ", c->fact->word);
    if (c->want->type == JSON_OBJECT) {
        put_range(b, c->want);
        return;
    }
    if (c->want->type != JSON_ARRAY) {
        put_literal(b, c->want);
        return;
    }
    JSON_EACH (item, c->want) {
        if (item != c->want->first)
            buf_text(b, " or ");
        put_literal(b, item);
    }
}

static void put_dates(struct buf *b, const struct rule_row *row)
{
    if (row->since != INT64_MIN)
        buf_printf(b, ", from %.10s", clock_text(b->arena, row->since));
    if (row->until != INT64_MAX)
        buf_printf(b, ", before %.10s", clock_text(b->arena, row->until));
}

static const char *sentence(struct arena *a, const struct rule_row *row)
{
    struct buf b;
    buf_init(&b, a, LINE_MAX_BYTES);
    buf_text(&b, row->when_len ? "if " : "always");
    for (size_t i = 0; i < row->when_len; i++) {
        if (i)
            buf_text(&b, ", and ");
        put_condition(&b, &row->when[i]);
    }
    put_dates(&b, row);
    return b.text;
}

static const char *filled_by(struct arena *a, const struct rule_row *row)
{
    struct buf b;
    buf_init(&b, a, LINE_MAX_BYTES);
    for (size_t i = 0; i < row->with_len; i++) {
        const struct filling *with = &row->with[i];
        buf_printf(&b, "%s%s = ", i ? ", " : "with ", with->param);
        if (with->fact)
            buf_text(&b, with->fact->word);
        else if (with->text)
            buf_printf(&b, "\"%s\"", with->text);
        else
            put_literal(&b, with->literal);
    }
    return b.text;
}

static void put_row(const struct rule_row *row, int width, struct buf *out)
{
    struct arena *a = out->arena;
    term_hang(out, arena_printf(a, "  %3d ", row->rank),
              arena_printf(a, "%s  (%s)", row->fix->id, row->id),
              term_row_width());
    term_wrap(out, sentence(a, row), INDENT + 2, width);
    if (row->with_len)
        term_wrap(out, filled_by(a, row), INDENT + 2, width);
}

/* The smallest above `rank`; INT_MAX: there is none. */
static int rank_above(const struct rule_file *file, int rank)
{
    int next = INT_MAX;
    for (size_t i = 0; i < file->rows_len; i++) {
        if (file->rows[i].rank > rank && file->rows[i].rank < next)
            next = file->rows[i].rank;
    }
    return next;
}

/* In the order in which they are considered, whatever that of the file is. */
static void put_file(const struct rule_file *file, int width, struct buf *out)
{
    int rank = INT_MIN;
    buf_printf(out, "%s\n", file->finding);
    if (file->why_none)
        term_wrap(out, file->why_none, INDENT, width);
    while ((rank = rank_above(file, rank)) < INT_MAX) {
        for (size_t i = 0; i < file->rows_len; i++) {
            if (file->rows[i].rank == rank)
                put_row(&file->rows[i], width, out);
        }
    }
    buf_text(out, "\n");
}

static void put_fix(const struct fix_def *def, struct buf *out)
{
    const struct term_row row = {
        .lead = "  ",
        .label =
            arena_printf(out->arena, "%-20s %-9s %-13s %-6s", def->id,
                         table_text(actor_words, (int)def->actor), def->effort,
                         table_text(risk_words, (int)def->risk)),
        .text = plan_text_title(out->arena, def, NULL),
    };

    term_row(out, &row, term_row_width());
}

static void put_word(const struct fact *f, struct buf *out)
{
    const struct term_row row = { "  ", f->word, WORD_COLUMNS, f->about };

    term_row(out, &row, term_row_width());
}

static void put_rule(const struct rule_file *file, const struct rule_row *row,
                     int width, struct buf *out)
{
    buf_printf(out, "A rule for %s\n", file->finding);
    put_row(row, width, out);
    term_wrap(out, row->why, INDENT + 2, width);
    JSON_EACH (ref, row->refs)
        term_hang(out, "      Source: ", ref->text, term_row_width());
}

void rules_table_of(const struct rules *r, const char *id, int width,
                    struct buf *out)
{
    const struct rule_file *file = rules_find(r, id);

    if (file)
        put_file(file, width, out);
    for (size_t i = 0; i < r->files_len; i++)
        for (size_t k = 0; k < r->files[i].rows_len; k++)
            if (strcmp(r->files[i].rows[k].id, id) == 0)
                put_rule(&r->files[i], &r->files[i].rows[k], width, out);
}

void rules_table(const struct rules *r, int width, struct buf *out)
{
    term_wrap(out,
              "FINDINGS: every row that holds adds its fix; the smaller number "
              "comes first\n\n",
              0, width);
    for (size_t i = 0; i < r->files_len; i++)
        put_file(&r->files[i], width, out);
    buf_text(out, "FIXES: id, who does it, how long, risk\n\n");
    for (size_t i = 0; i < r->fixes.len; i++)
        put_fix(&r->fixes.items[i], out);
    buf_text(out, "\nWORDS: what a rule may ask about\n\n");
    for (const struct fact *f = facts; f->word; f++)
        put_word(f, out);
}
