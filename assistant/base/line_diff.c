#include "base/line_diff.h"

#include <string.h>

/* EDITS_MAX: more differences than that are told as one block. */
enum { CONTEXT = 3, EDITS_MAX = 200, TAB = 8 };

struct diff_side {
    struct line_diff_text *lines; /* with their newlines */
    size_t len;
    bool *differs; /* of each: it is in this file alone */
};

struct diff_pair {
    struct arena *arena;
    struct diff_side old, now;
    struct buf *out;
};

static struct diff_side split(struct arena *a, struct line_diff_text whole)
{
    struct diff_side side = { .len = 0 };
    const char *at = whole.text, *end = whole.text + whole.len;

    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((newline ? newline + 1 : end) - at);
        side.lines = arena_grow(a, side.lines, side.len, sizeof *side.lines);
        side.lines[side.len++] = (struct line_diff_text){ at, len };
        at += len;
    }
    if (!side.lines)
        side.lines = arena_alloc(a, 1, sizeof *side.lines);
    side.differs = arena_alloc(a, side.len + 1, sizeof *side.differs);
    return side;
}

static bool same_line(const struct diff_pair *p, size_t old, size_t now)
{
    const struct line_diff_text *a = &p->old.lines[old];
    const struct line_diff_text *b = &p->now.lines[now];

    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* ---- the shortest way from one to the other (Myers 1986, figure 2) ---- */

/* The part between what both begin and end with. */
struct diff_middle {
    int at;        /* the same in both */
    int old, now;  /* lines */
    int **reached; /* for each number of edits, by diagonal + EDITS_MAX + 1 */
};

static int along(const struct diff_pair *p, const struct diff_middle *m, int x,
                 int y)
{
    while (x < m->old && y < m->now &&
           same_line(p, (size_t)m->at + (size_t)x, (size_t)m->at + (size_t)y)) {
        x++;
        y++;
    }
    return x;
}

static bool comes_from_above(const int *v, int k, int edits)
{
    return k == -edits || (k != edits && v[k - 1] < v[k + 1]);
}

/* How many edits it takes; negative: too many. */
static int search(const struct diff_pair *p, struct diff_middle *m)
{
    enum { SIZE = 2 * EDITS_MAX + 3 };
    int v[SIZE] = { 0 }, *mid = v + EDITS_MAX + 1;

    m->reached = arena_alloc(p->arena, EDITS_MAX + 1, sizeof *m->reached);
    for (int edits = 0; edits <= EDITS_MAX; edits++) {
        m->reached[edits] = arena_copy(p->arena, v, sizeof v);
        for (int k = -edits; k <= edits; k += 2) {
            int x =
                comes_from_above(mid, k, edits) ? mid[k + 1] : mid[k - 1] + 1;
            mid[k] = x = along(p, m, x, x - k);
            if (x >= m->old && x - k >= m->now)
                return edits;
        }
    }
    return -1;
}

static void mark(const struct diff_pair *p, const struct diff_middle *m,
                 int edits)
{
    int x = m->old, y = m->now;

    for (; edits > 0; edits--) {
        const int *v = m->reached[edits] + EDITS_MAX + 1;
        int k = x - y;
        bool added = comes_from_above(v, k, edits);
        int from = added ? k + 1 : k - 1;
        x = v[from];
        y = x - from;
        if (added)
            p->now.differs[m->at + y] = true;
        else
            p->old.differs[m->at + x] = true;
    }
}

static void compare(const struct diff_pair *p)
{
    size_t first = 0, old = p->old.len, now = p->now.len;

    while (first < old && first < now && same_line(p, first, first))
        first++;
    while (old > first && now > first && same_line(p, old - 1, now - 1)) {
        old--;
        now--;
    }
    struct diff_middle m = { .at = (int)first,
                             .old = (int)(old - first),
                             .now = (int)(now - first) };
    int edits = search(p, &m);
    if (edits >= 0) {
        mark(p, &m, edits);
        return;
    }
    memset(p->old.differs + first, 1, old - first);
    memset(p->now.differs + first, 1, now - first);
}

/* ---- hunks ---- */

struct diff_hunk {
    size_t old, now; /* where it begins, from 0 */
    size_t old_end, new_end;
};

static void print_line(struct buf *out, char sign,
                       const struct line_diff_text *line)
{
    buf_char(out, sign);
    buf_bytes(out, line->text, line->len);
    if (line->text[line->len - 1] != '\n')
        buf_text(out, "\n\\ No newline at end of file\n");
}

static void print_range(struct buf *out, size_t from, size_t to)
{
    /* An empty one is named by the line before it. */
    buf_printf(out, "%zu", to > from ? from + 1 : from);
    if (to - from != 1)
        buf_printf(out, ",%zu", to - from);
}

static void print_hunk(const struct diff_pair *p, const struct diff_hunk *h)
{
    size_t old = h->old, now = h->now;

    buf_text(p->out, "@@ -");
    print_range(p->out, h->old, h->old_end);
    buf_text(p->out, " +");
    print_range(p->out, h->now, h->new_end);
    buf_text(p->out, " @@\n");
    while (old < h->old_end || now < h->new_end) {
        if (old < h->old_end && p->old.differs[old])
            print_line(p->out, '-', &p->old.lines[old++]);
        else if (now < h->new_end && p->now.differs[now])
            print_line(p->out, '+', &p->now.lines[now++]);
        else {
            print_line(p->out, ' ', &p->old.lines[old++]);
            now++;
        }
    }
}

/* From the next difference on; false: there is none. */
static bool next_hunk(const struct diff_pair *p, struct diff_hunk *h)
{
    size_t old = h->old_end, now = h->new_end, equal = 0;

    while (old < p->old.len && now < p->now.len && !p->old.differs[old] &&
           !p->now.differs[now]) {
        old++;
        now++;
        equal++;
    }
    if (old == p->old.len && now == p->now.len)
        return false;
    size_t before = equal < CONTEXT ? equal : CONTEXT;
    h->old = old - before;
    h->now = now - before;
    /* Up to where more lines are the same than two contexts take. */
    for (equal = 0; equal <= 2 * CONTEXT;) {
        bool gone = old < p->old.len && p->old.differs[old];
        bool come = now < p->now.len && p->now.differs[now];
        if (!gone && !come && old == p->old.len)
            break;
        equal = gone || come ? 0 : equal + 1;
        old += gone || !come;
        now += !gone;
    }
    size_t spare = equal > CONTEXT ? equal - CONTEXT : 0;
    h->old_end = old - spare;
    h->new_end = now - spare;
    return true;
}

void line_diff(const char *path, struct line_diff_text before,
               struct line_diff_text after, struct buf *out)
{
    struct diff_pair p = { .arena = out->arena, .out = out };
    struct diff_hunk hunk = { 0 };

    p.old = split(out->arena, before);
    p.now = split(out->arena, after);
    compare(&p);
    path += strspn(path, "/");
    for (bool first = true; next_hunk(&p, &hunk); first = false) {
        if (first)
            buf_printf(out, "--- %s\n+++ %s\n",
                       before.text ? path : "/dev/null", path);
        print_hunk(&p, &hunk);
    }
}

/* ---- for a person ---- */

static void show_line(struct buf *out, const char *line, size_t len)
{
    size_t column = 0;

    if (len && line[len - 1] == '\r')
        len--;
    for (size_t at = 0; at < len;) {
        const char *tab = memchr(line + at, '\t', len - at);
        size_t n = tab ? (size_t)(tab - line) - at : len - at;
        buf_text(out, arena_printable(out->arena, line + at, n));
        column += n;
        at += n;
        if (!tab)
            continue;
        /* The sign before each line is no part of it. */
        size_t blanks = column ? TAB - (column - 1) % TAB : 1;
        buf_printf(out, "%*s", (int)blanks, "");
        column += blanks;
        at++;
    }
}

void line_diff_shown(const char *diff, size_t len, int indent, struct buf *out)
{
    for (size_t at = 0; at < len;) {
        const char *newline = memchr(diff + at, '\n', len - at);
        size_t n = newline ? (size_t)(newline - diff) - at : len - at;
        buf_printf(out, "%*s", indent, "");
        show_line(out, diff + at, n);
        buf_char(out, '\n');
        at += n + 1;
    }
}
