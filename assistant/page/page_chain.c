#include "page/page_chain.h"

#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "facts/cell_state.h"
#include "facts/chain_gap.h"
#include "facts/client_view.h"
#include "model/host_port.h"
#include "page/page_text.h"

enum {
    CHAINS_TOLD = 6,
    BOXES_TOLD = 8,
    LINES_TOLD = 3,
    LINE_COLUMNS = 24,
    /* units of the drawing */
    BOX_WIDTH = 220,
    ARROW = 44,
    EDGE = 2, /* half of a line's width, and a little */
    LINE_STEP = 20,
    TEXT_INDENT = 14,
    FIRST_LINE = 50,
    LAST_LINE = 18, /* and the edge below it */
};

enum box_role { BOX_SERVER, BOX_SIGNER, BOX_ROOT };

static const char *const role_names[] = { "server", "signer", "root" };

struct box {
    const char *name;
    const struct cert *cert; /* NULL: nobody has seen it */
    enum box_role role;
    bool missing, bad; /* bad: out of its dates */
};

struct drawing {
    struct arena *arena;
    const struct survey *survey;
    struct box boxes[BOXES_TOLD];
    size_t len;
    size_t missing;
    int height; /* of each box */
};

/* ---- what is in it ---- */

static bool was_sent(const struct cell *c, size_t cert)
{
    for (size_t i = 0; i < c->chain_len; i++)
        if (c->chain[i] == cert)
            return true;
    return false;
}

static bool is_on_path(const struct cell *c, size_t cert)
{
    for (size_t i = 0; i < c->verdict.path_len; i++)
        if (c->verdict.path[i] == cert)
            return true;
    return c->verdict.path_len == 0 && c->chain[0] == cert;
}

static const char *name_of(const struct cert *c)
{
    if (c->dns_names.len && !c->is_ca)
        return c->dns_names.text[0];
    if (c->subject_cn && *c->subject_cn)
        return c->subject_cn;
    if (c->ip_names.len)
        return c->ip_names.text[0];
    return c->subject && *c->subject ? c->subject : "?";
}

static void add_box(struct drawing *d, struct box box)
{
    if (d->len == BOXES_TOLD)
        return;
    d->missing += box.missing;
    d->boxes[d->len++] = box;
}

static void add_cert(struct drawing *d, const struct cell *c, size_t cert,
                     bool last)
{
    const struct held_cert *h = &d->survey->certs[cert];
    bool root = h->origin == CERT_ANCHOR ||
                (last && (c->verdict.trusted || c->verdict.repaired));
    int64_t now = d->survey->judged_at;

    add_box(d, (struct box){
                   .name = h->malformed ? "?" : name_of(&h->cert),
                   .cert = h->malformed ? NULL : &h->cert,
                   .role = d->len == 0 ? BOX_SERVER
                           : root      ? BOX_ROOT
                                       : BOX_SIGNER,
                   .missing = h->origin != CERT_ANCHOR && !was_sent(c, cert),
                   .bad = !h->malformed &&
                          (now > h->cert.not_after || now < h->cert.not_before),
               });
}

/* From the leaf as far as anybody gets, and whoever should have come next. */
static void gather(struct drawing *d, const struct cell *c)
{
    const struct verdict *v = &c->verdict;

    for (size_t i = 0; i < v->path_len; i++)
        add_cert(d, c, v->path[i], i + 1 == v->path_len);
    if (!v->path_len)
        add_cert(d, c, c->chain[0], false);
    struct gaps gaps = gap_list(d->survey, d->arena, c);
    bool open_end = gaps.len && !v->repaired && !v->trusted;
    if (open_end && gaps.len > d->missing)
        add_box(d, (struct box){ .name = gaps.items[gaps.len - 1].name,
                                 .role = BOX_SIGNER,
                                 .missing = true });
}

/* ---- how it is drawn ---- */

/* What of a name fits on a line; it is broken at its dots where it has any. */
static size_t line_of(const char *name)
{
    size_t fits = utf8_fit(name, LINE_COLUMNS), cut = fits;

    if (!name[fits])
        return fits;
    while (cut > fits / 2 && !strchr(" .-", name[cut - 1]))
        cut--;
    cut = cut > fits / 2 ? cut : fits;
    return cut ? cut : strlen(name);
}

static int lines_of(const char *name)
{
    int lines = 0;

    for (; *name && lines < LINES_TOLD; lines++)
        name += line_of(name);
    return lines;
}

static void put_lines(struct arena *a, struct json *o, const char *name, int x,
                      int y)
{
    struct json *list = json_put_array(a, o, "lines");

    while (*name && list->len < LINES_TOLD) {
        size_t cut = line_of(name);
        bool more = name[cut] && list->len + 1 == LINES_TOLD;
        const char *text = arena_text_n(a, name, cut);
        struct json *line = json_add_object(a, list);
        int at = (int)(list->len - 1) * LINE_STEP + FIRST_LINE;
        json_put_text(a, line, "text",
                      more ? arena_printf(a, "%s...", text) : text);
        json_put_number(a, line, "wide_x", x + TEXT_INDENT);
        json_put_number(a, line, "wide_y", EDGE + at);
        json_put_number(a, line, "tall_x", EDGE + TEXT_INDENT);
        json_put_number(a, line, "tall_y", y + at);
        name += cut;
    }
}

static void put_place(struct arena *a, struct json *o, int x, int y, int height)
{
    enum { ROLE_LINE = 26 };
    int arrow_x = EDGE + BOX_WIDTH / 2, arrow_y = EDGE + height / 2;

    json_put_number(a, o, "x", x);
    json_put_number(a, o, "y", y);
    json_put_number(a, o, "edge", EDGE);
    json_put_number(a, o, "text_x", x + TEXT_INDENT);
    json_put_number(a, o, "text_y", EDGE + ROLE_LINE);
    json_put_number(a, o, "tall_text_x", EDGE + TEXT_INDENT);
    json_put_number(a, o, "tall_text_y", y + ROLE_LINE);
    json_put_number(a, o, "arrow_x", x + BOX_WIDTH + 6);
    json_put_number(a, o, "arrow_y", arrow_y);
    json_put_number(a, o, "tall_arrow_x", arrow_x);
    json_put_number(a, o, "tall_arrow_y", y + height + 6);
}

static void put_box(const struct drawing *d, size_t at, struct json *boxes)
{
    struct arena *a = d->arena;
    const struct box *b = &d->boxes[at];
    struct json *o = json_add_object(a, boxes);
    int x = EDGE + (int)at * (BOX_WIDTH + ARROW);
    int y = EDGE + (int)at * (d->height + ARROW);
    bool self = at == 0 && b->cert && b->cert->self_signed;

    page_put_is(a, o, "role_is",
                b->missing ? "missing"
                : self     ? "alone"
                           : role_names[b->role]);
    json_put_bool(a, o, "is_missing", b->missing);
    json_put_bool(a, o, "is_bad", b->bad);
    json_put_bool(a, o, "has_next", at + 1 < d->len);
    page_put_pieces(a, o, "name", b->name);
    const struct cert *c = b->cert;
    json_put_text(a, o, "issuer",
                  !c             ? NULL
                  : c->issuer_cn ? c->issuer_cn
                                 : c->issuer);
    json_put_text(a, o, "from", c ? clock_day(a, c->not_before) : NULL);
    json_put_text(a, o, "until", c ? clock_day(a, c->not_after) : NULL);
    json_put_text(a, o, "sha256", c ? c->sha256_hex : NULL);
    put_place(a, o, x, y, d->height);
    put_lines(a, o, b->name, x, y);
}

static void put_beside(const struct drawing *d, const struct cell *c,
                       struct json *o)
{
    struct json *list = json_put_array(d->arena, o, "beside");

    for (size_t i = 1; i < c->chain_len && list->len < BOXES_TOLD; i++)
        if (!is_on_path(c, c->chain[i]))
            page_add_named(d->arena, list,
                           name_of(&d->survey->certs[c->chain[i]].cert));
    json_put_bool(d->arena, o, "has_beside", list->len > 0);
}

static void put_drawing(struct arena *a, const struct survey *s,
                        const struct cell *c, const char *ports,
                        struct json *list)
{
    struct drawing d = { .arena = a, .survey = s };
    struct json *o = json_add_object(a, list);
    struct json *boxes = NULL;

    gather(&d, c);
    for (size_t i = 0; i < d.len; i++) {
        int lines = lines_of(d.boxes[i].name);
        int height = FIRST_LINE + (lines - 1) * LINE_STEP + LAST_LINE;
        d.height = height > d.height ? height : d.height;
    }
    json_put_text(a, o, "ports", ports);
    json_put_bool(a, o, "many", strchr(ports, ' ') != NULL);
    json_put_number(a, o, "missing_len", (double)d.missing);
    json_put_bool(a, o, "one_missing", d.missing == 1);
    json_put_bool(a, o, "is_whole", d.missing == 0 && c->verdict.trusted);
    json_put_bool(a, o, "leads_nowhere", d.missing == 0 && !c->verdict.trusted);
    json_put_bool(a, o, "some_missing", d.missing > 0);
    json_put_number(a, o, "width",
                    (int)d.len * (BOX_WIDTH + ARROW) - ARROW + 2 * EDGE);
    json_put_number(a, o, "height", d.height + 2 * EDGE);
    json_put_number(a, o, "tall_width", BOX_WIDTH + 2 * EDGE);
    json_put_number(a, o, "tall_height",
                    (int)d.len * (d.height + ARROW) - ARROW + 2 * EDGE);
    json_put_number(a, o, "box_width", BOX_WIDTH);
    json_put_number(a, o, "box_height", d.height);
    boxes = json_put_array(a, o, "boxes");
    for (size_t i = 0; i < d.len; i++)
        put_box(&d, i, boxes);
    put_beside(&d, c, o);
}

/* ---- which chains there are ---- */

static bool is_shown(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) && c->chain_len > 0;
}

static bool same_chain(const struct cell *one, const struct cell *two)
{
    return one->chain_len == two->chain_len &&
           one->verdict.trusted == two->verdict.trusted &&
           memcmp(one->chain, two->chain,
                  one->chain_len * sizeof *one->chain) == 0;
}

static bool is_first(const struct survey *s, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (is_shown(s, &s->cells[i]) &&
            same_chain(&s->cells[i], &s->cells[at]))
            return false;
    return true;
}

/* "465 and 993"; with their hosts where these are several. */
static const char *ports_of(struct arena *a, const struct survey *s,
                            const struct cell *c)
{
    struct text_list ports = { 0 }, places = { 0 }, hosts = { 0 };

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *o = &s->cells[i];
        if (!is_shown(s, o) || !o->port || !same_chain(o, c))
            continue;
        text_list_add_new(a, &ports, arena_printf(a, "%u", (unsigned)o->port));
        text_list_add_new(a, &places, host_port_text(a, o->host, o->port));
        text_list_add_new(a, &hosts, o->host);
    }
    const char *told = page_joined(a, hosts.len > 1 ? &places : &ports);
    return told ? told : "";
}

struct json *page_chains(struct arena *a, const struct report *r)
{
    const struct survey *s = r->survey;
    struct json *list = json_array(a);

    /* What is not trusted is what people come for. */
    for (int good = 0; good < 2; good++)
        for (size_t i = 0; i < s->cells_len; i++) {
            const struct cell *c = &s->cells[i];
            if (is_shown(s, c) && is_first(s, i) &&
                c->verdict.trusted == good && list->len < CHAINS_TOLD)
                put_drawing(a, s, c, ports_of(a, s, c), list);
        }
    return list;
}
