#include "report/fleet_report.h"

#include <assert.h>
#include <string.h>

#include "base/term.h"
#include "base/utf8.h"
#include "report/fleet_since.h"

enum { GAP = 2, ELLIPSIS = 2 };

enum table_column {
    COLUMN_TARGET,
    COLUMN_LABEL,
    COLUMN_VERDICT,
    COLUMN_SINCE,
    COLUMN_FAULT,
    COLUMN_PORT,
    COLUMN_DAYS,
    COLUMN_WHO,
    COLUMN_FIX,
    COLUMNS,
};

static const struct {
    const char *heading;
    int least;   /* columns; with less it says nothing */
    int wish;    /* so many before another column is let in */
    int matters; /* the greater goes first where it is narrow */
    bool right;  /* numbers stand below one another */
} columns[] = {
    [COLUMN_TARGET] = { "TARGET", 12, 26, 0, false },
    [COLUMN_LABEL] = { "LABEL", 8, 8, 5, false },
    [COLUMN_VERDICT] = { "VERDICT", 7, 9, 1, false },
    [COLUMN_SINCE] = { "SINCE", 9, 20, 4, false },
    [COLUMN_FAULT] = { "FAULT", 11, 24, 2, false },
    [COLUMN_PORT] = { "PORT", 5, 5, 6, false },
    [COLUMN_DAYS] = { "DAYS", 4, 4, 3, true },
    [COLUMN_WHO] = { "WHO", 8, 8, 7, false },
    [COLUMN_FIX] = { "FIX", 14, 20, 8, false },
};
enum { ALWAYS = 3 }; /* columns that matter so much stay, however narrow */
static_assert(sizeof columns / sizeof *columns == COLUMNS, "a row per column");

struct table_line {
    const char *cells[COLUMNS];
};

struct table {
    const struct table_line *lines;
    size_t len;
    int natural[COLUMNS]; /* of the widest */
    int width[COLUMNS];   /* 0: left out */
};

static struct table_line line_of(struct arena *a, const struct fleet_row *r)
{
    return (struct table_line){ {
        [COLUMN_TARGET] = r->target,
        [COLUMN_LABEL] = r->label,
        [COLUMN_VERDICT] = table_text(fleet_grade_words, (int)r->grade),
        [COLUMN_SINCE] = fleet_since_words(a, r),
        [COLUMN_FAULT] = r->fault,
        [COLUMN_PORT] = r->port,
        [COLUMN_DAYS] =
            r->has_days ? arena_printf(a, "%lld", (long long)r->days) : "",
        [COLUMN_WHO] = r->who_short,
        [COLUMN_FIX] = r->fix,
    } };
}

static int columns_of(const char *text)
{
    return utf8_columns(text, strlen(text));
}

static void measure(struct table *t)
{
    for (size_t i = 0; i < t->len; i++)
        for (size_t c = 0; c < COLUMNS; c++) {
            int width = columns_of(t->lines[i].cells[c]);
            if (width > t->natural[c])
                t->natural[c] = width;
        }
    for (size_t c = 0; c < COLUMNS; c++) /* a heading of nothing is none */
        if (t->natural[c] && t->natural[c] < columns_of(columns[c].heading))
            t->natural[c] = columns_of(columns[c].heading);
}

static int at_most(int width, int most)
{
    return width < most ? width : most;
}

/* What the columns that are there would like to have before another comes. */
static int wishes(const struct table *t)
{
    int wanted = 0;

    for (size_t c = 0; c < COLUMNS; c++)
        if (t->width[c])
            wanted += at_most(t->natural[c], columns[c].wish) - t->width[c];
    return wanted;
}

/* To each of those that are there a column in turn, up to its wish or, at last,
 * to its widest text. */
static int grow(struct table *t, int width, bool wishes_only)
{
    bool grew = true;

    while (width > 0 && grew) {
        grew = false;
        for (size_t c = 0; c < COLUMNS && width > 0; c++) {
            int most = wishes_only ? at_most(t->natural[c], columns[c].wish)
                                   : t->natural[c];
            if (!t->width[c] || t->width[c] >= most)
                continue;
            t->width[c]++;
            width--;
            grew = true;
        }
    }
    return width;
}

/* What matters most gets its least first. */
static void share(struct table *t, int width)
{
    for (int matters = 0; matters < COLUMNS; matters++)
        for (size_t c = 0; c < COLUMNS; c++) {
            int least = at_most(t->natural[c], columns[c].least);
            int gap = c != COLUMN_TARGET ? GAP : 0;
            int kept = matters > ALWAYS ? wishes(t) : 0;
            if (columns[c].matters != matters || !t->natural[c] ||
                least + gap + kept > width)
                continue;
            t->width[c] = least;
            width -= least + gap;
        }
    width = grow(t, width, true);
    grow(t, width, false);
}

static void put_blanks(struct buf *out, int len)
{
    for (; len > 0; len--)
        buf_char(out, ' ');
}

/* Cut by the columns it takes; ".." says that there was more. */
static int put_cut(struct buf *out, const char *text, int width)
{
    int all = columns_of(text);
    size_t fits = utf8_fit(text, all > width ? width - ELLIPSIS : width);

    buf_bytes(out, text, fits);
    int used = utf8_columns(text, fits);
    if (all <= width)
        return used;
    buf_text(out, "..");
    return used + ELLIPSIS;
}

static size_t last_column(const struct table *t, const struct table_line *line)
{
    size_t last = 0;

    for (size_t c = 0; c < COLUMNS; c++)
        if (t->width[c] && *line->cells[c])
            last = c;
    return last;
}

static void put_line(const struct table *t, const struct table_line *line,
                     struct buf *out)
{
    size_t last = last_column(t, line);

    for (size_t c = 0; c <= last; c++) {
        int width = t->width[c];
        if (!width)
            continue;
        if (c)
            put_blanks(out, GAP);
        if (columns[c].right)
            put_blanks(out, width - columns_of(line->cells[c]));
        int used = put_cut(out, line->cells[c], width);
        if (c != last && !columns[c].right)
            put_blanks(out, width - used);
    }
    buf_char(out, '\n');
}

void fleet_report_table(struct arena *a, const struct fleet_rows *rows,
                        int width, struct buf *out)
{
    struct table_line *lines = arena_alloc(a, rows->len + 1, sizeof *lines);
    struct table_line headings;
    struct table t = { .lines = lines, .len = rows->len };

    for (size_t c = 0; c < COLUMNS; c++)
        headings.cells[c] = columns[c].heading;
    for (size_t i = 0; i < rows->len; i++)
        lines[i] = line_of(a, rows->items[i]);
    measure(&t);
    share(&t, width);
    put_line(&t, &headings, out);
    for (size_t i = 0; i < rows->len; i++)
        put_line(&t, &lines[i], out);
    buf_char(out, '\n');
    term_wrap(out, fleet_row_sum(a, rows->items, rows->len), 0, width);
}
