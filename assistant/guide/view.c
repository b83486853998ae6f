#include "guide/view.h"

#include <string.h>

#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "guide/view_parts.h"
#include "report/report_words.h"

enum { LIST_MAX = 1000, NAMES_TOLD = 3, GROUPS_TOLD = 6 };

struct views {
    const struct survey *survey;
    bool parted; /* told of address by address */
};

void view_add(struct arena *a, struct names_list *list, const char *text)
{
    for (size_t i = 0; i < list->len; i++)
        if (strcmp(list->text[i], text) == 0)
            return;
    list->text = arena_grow(a, list->text, list->len, sizeof *list->text);
    list->text[list->len++] = text;
}

/* "465, 587 and 993"; NULL: none. */
const char *view_join(struct arena *a, const struct names_list *list)
{
    struct buf out;

    buf_init(&out, a, LIST_MAX);
    for (size_t i = 0; i < list->len; i++) {
        bool last = i + 1 == list->len;
        buf_text(&out, i == 0 ? "" : last ? " and " : ", ");
        buf_text(&out, list->text[i]);
    }
    return out.len ? out.text : NULL;
}

const char *view_port(struct arena *a, const struct cell *c)
{
    return arena_printf(a, "%u", (unsigned)c->port);
}

/* The first names that stand on a certificate; NULL: none. */
const char *view_names(struct arena *a, const struct survey *s,
                       const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);
    const struct names_list *names = leaf ? &leaf->dns_names : NULL;
    struct buf out;

    if (!names || !names->len)
        return report_leaf_name(s, c);
    buf_init(&out, a, LIST_MAX);
    for (size_t i = 0; i < names->len && i < NAMES_TOLD; i++)
        buf_printf(&out, "%s%s", i ? ", " : "", names->text[i]);
    if (names->len > NAMES_TOLD)
        buf_printf(&out, " and %zu more", names->len - NAMES_TOLD);
    return out.text;
}

static bool differ(const struct survey *s, const struct cell *one,
                   const struct cell *two)
{
    const struct cert *leaf = cell_leaf(s, one), *other = cell_leaf(s, two);

    return one->port == two->port && leaf && other && leaf != other &&
           strcmp(one->host, two->host) == 0 && client_view_counts(s, one) &&
           client_view_counts(s, two);
}

/* Addresses of a host show different certificates on the same port: then each
 * is told of by itself. */
static bool is_parted(const struct survey *s)
{
    for (size_t i = 0; i < s->cells_len; i++)
        for (size_t k = 0; k < i; k++)
            if (differ(s, &s->cells[i], &s->cells[k]))
                return true;
    return false;
}

/* Both show the same certificate, and are judged alike. */
static bool same_sight(struct arena *a, const struct views *all,
                       const struct cell *one, const struct cell *two)
{
    const struct survey *s = all->survey;

    return cell_leaf(s, one) == cell_leaf(s, two) &&
           (!all->parted || strcmp(one->address, two->address) == 0) &&
           strcmp(report_cell_words(a, s, one), report_cell_words(a, s, two)) ==
               0;
}

static void put_group(struct arena *a, const struct views *all,
                      const struct cell *c, struct json *groups)
{
    const struct survey *s = all->survey;
    struct json *group = json_add_object(a, groups);
    struct names_list ports = { 0 };
    const struct cert *leaf = cell_leaf(s, c);

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *o = &s->cells[i];
        if (client_view_counts(s, o) && same_sight(a, all, c, o))
            view_add(a, &ports, view_port(a, o));
    }
    json_put_text(a, group, "ports", view_join(a, &ports));
    json_put_text(a, group, "at", all->parted ? c->address : NULL);
    json_put_bool(a, group, "many", ports.len > 1);
    json_put_text(a, group, "words", report_cell_words(a, s, c));
    json_put_text(a, group, "names", view_names(a, s, c));
    if (!leaf)
        return;
    json_put_text(a, group, "issuer",
                  leaf->issuer_cn ? leaf->issuer_cn : leaf->issuer);
    json_put_text(a, group, "until", report_day(a, leaf->not_after));
}

static bool is_first_of_its_kind(struct arena *a, const struct views *all,
                                 size_t at)
{
    const struct survey *s = all->survey;

    for (size_t i = 0; i < at; i++)
        if (client_view_counts(s, &s->cells[i]) &&
            same_sight(a, all, &s->cells[i], &s->cells[at]))
            return false;
    return true;
}

static void put_groups(struct arena *a, const struct survey *s,
                       struct json *view)
{
    struct json *groups = json_put_array(a, view, "groups");
    const struct views all = { s, is_parted(s) };
    struct names_list silent = { 0 };

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!client_view_counts(s, c))
            continue;
        if (!cell_answered(c))
            view_add(a, &silent, view_port(a, c));
        else if (groups->len < GROUPS_TOLD && is_first_of_its_kind(a, &all, i))
            put_group(a, &all, c, groups);
    }
    json_put_text(a, view, "silent", view_join(a, &silent));
}

const struct finding *view_gravest(const struct report *r)
{
    const struct findings *all = r->findings;

    return all->len && all->items[0].severity != SEV_INFO ? &all->items[0]
                                                          : NULL;
}

static const char *ports_of(struct arena *a, const struct survey *s,
                            const struct finding *f)
{
    struct names_list ports = { 0 };

    for (size_t i = 0; i < f->cells_len; i++)
        if (s->cells[f->cells[i]].port)
            view_add(a, &ports, view_port(a, &s->cells[f->cells[i]]));
    return view_join(a, &ports);
}

static void put_findings(struct arena *a, const struct report *r,
                         struct json *view)
{
    const struct finding *first = view_gravest(r);
    struct json *also = json_put_array(a, view, "also");
    struct json *finding = json_put_object(a, view, "finding");

    for (size_t i = 1; first && i < r->findings->len; i++) {
        const struct finding *f = &r->findings->items[i];
        if (f->severity == SEV_INFO)
            continue;
        struct json *item = json_add_object(a, also);
        json_put_text(a, item, "id", f->def->id);
        json_put_text(a, item, "title", f->def->title);
    }
    if (!first)
        return;
    json_put_text(a, finding, "id", first->def->id);
    json_put_text(a, finding, "title", first->def->title);
    json_put_text(a, finding, "detail", first->detail);
    json_put_text(a, finding, "why", first->def->why);
    json_put_text(a, finding, "ports", ports_of(a, r->survey, first));
    json_put_text(
        a, finding, "names",
        first->cells_len
            ? view_names(a, r->survey, &r->survey->cells[first->cells[0]])
            : NULL);
}

struct json *view_of(struct arena *a, const struct report *r)
{
    struct json *view = json_object(a);

    json_put_text(a, view, "asked", report_asked(r));
    put_groups(a, r->survey, view);
    put_findings(a, r, view);
    return view;
}

bool view_has(const struct report *r, const char *const *ids, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const struct finding *f = finding_find(r->findings, ids[i]);
        if (f && f->severity != SEV_INFO)
            return true;
    }
    return false;
}
