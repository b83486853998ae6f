#include "guide/view.h"

#include <string.h>

#include "advise/text_source.h"
#include "base/clock.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "model/host_port.h"
#include "report/report_words.h"

enum { LIST_MAX = 1000, NAMES_TOLD = 3, GROUPS_TOLD = 6, BAD_TOLD = 8 };

struct views {
    const struct survey *survey;
    bool parted;  /* told of address by address */
    bool several; /* ... and host by host: a mail domain */
};

/* "465, 587 and 993"; NULL: none. */
static const char *join(struct arena *a, const struct text_list *list)
{
    struct buf out;

    buf_init(&out, a, LIST_MAX);
    text_list_tell(&out, list->text, list->len);
    return out.len ? out.text : NULL;
}

static const char *port_text(struct arena *a, const struct cell *c)
{
    return arena_printf(a, "%u", (unsigned)c->port);
}

/* The first names that stand on a certificate; NULL: none. */
static const char *names_told(struct arena *a, const struct survey *s,
                              const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);
    const struct text_list *names = leaf ? &leaf->dns_names : NULL;
    struct buf out;

    if (!names || !names->len)
        return report_leaf_name(s, c);
    buf_init(&out, a, LIST_MAX);
    text_list_tell_most(&out, names->text, names->len, NAMES_TOLD);
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
static bool same_view(struct arena *a, const struct views *all,
                      const struct cell *one, const struct cell *two)
{
    const struct survey *s = all->survey;

    return cell_leaf(s, one) == cell_leaf(s, two) &&
           (!all->parted || strcmp(one->address, two->address) == 0) &&
           (!all->several || strcmp(one->host, two->host) == 0) &&
           strcmp(report_cell_words(a, s, one), report_cell_words(a, s, two)) ==
               0;
}

/* What the ports of a group have in common and others have not, or NULL. */
static const char *place_told(struct arena *a, const struct views *all,
                              const struct cell *c)
{
    if (all->several && all->parted)
        return arena_printf(a, "%s (%s)", c->host, c->address);
    if (all->several)
        return c->host;
    return all->parted ? c->address : NULL;
}

static void put_group(struct arena *a, const struct views *all,
                      const struct cell *c, struct json *groups)
{
    const struct survey *s = all->survey;
    struct json *group = json_add_object(a, groups);
    struct text_list ports = { 0 };
    const struct cert *leaf = cell_leaf(s, c);

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *o = &s->cells[i];
        if (client_view_counts(s, o) && cell_answered(o) &&
            same_view(a, all, c, o))
            text_list_add_new(a, &ports, port_text(a, o));
    }
    json_put_text(a, group, "ports", join(a, &ports));
    json_put_text(a, group, "at", place_told(a, all, c));
    json_put_bool(a, group, "many", ports.len > 1);
    json_put_text(a, group, "words", report_cell_words(a, s, c));
    json_put_text(a, group, "names", names_told(a, s, c));
    if (!leaf)
        return;
    json_put_text(a, group, "issuer",
                  leaf->issuer_cn ? leaf->issuer_cn : leaf->issuer);
    json_put_text(a, group, "until", clock_day(a, leaf->not_after));
}

static bool is_first_of_its_kind(struct arena *a, const struct views *all,
                                 size_t at)
{
    const struct survey *s = all->survey;

    for (size_t i = 0; i < at; i++)
        if (client_view_counts(s, &s->cells[i]) &&
            same_view(a, all, &s->cells[i], &s->cells[at]))
            return false;
    return true;
}

/* A mail domain has servers of several names. */
static bool has_several(const struct survey *s)
{
    const char *host = NULL;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!client_view_counts(s, c))
            continue;
        if (host && strcmp(host, c->host) != 0)
            return true;
        host = c->host;
    }
    return false;
}

static void put_groups(struct arena *a, const struct survey *s,
                       struct json *view)
{
    struct json *groups = json_put_array(a, view, "groups");
    const struct views all = { s, is_parted(s), has_several(s) };
    struct text_list silent = { 0 };

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!client_view_counts(s, c))
            continue;
        if (!cell_answered(c))
            text_list_add_new(a, &silent,
                              all.several ? host_port_text(a, c->host, c->port)
                                          : port_text(a, c));
        else if (groups->len < GROUPS_TOLD && is_first_of_its_kind(a, &all, i))
            put_group(a, &all, c, groups);
    }
    json_put_text(a, view, "silent", join(a, &silent));
}

static const char *ports_of(struct arena *a, const struct survey *s,
                            const struct finding *f)
{
    struct text_list ports = { 0 };

    for (size_t i = 0; i < f->cells_len; i++)
        if (s->cells[f->cells[i]].port)
            text_list_add_new(a, &ports, port_text(a, &s->cells[f->cells[i]]));
    return join(a, &ports);
}

static void put_findings(struct arena *a, const struct report *r,
                         struct json *view)
{
    const struct finding *first = report_gravest(r);
    struct json *also = json_put_array(a, view, "also");
    struct json *finding = json_put_object(a, view, "finding");

    for (size_t i = 0; first && i < r->findings->len; i++) {
        const struct finding *f = &r->findings->items[i];
        if (f->severity == SEV_INFO || f == first || plan_part_of(r->plan, i))
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
            ? names_told(a, r->survey, &r->survey->cells[first->cells[0]])
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

/* The same place, looked at in the same way, or NULL. */
static const struct cell *cell_before(const struct survey *s,
                                      const struct cell *c)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *o = &s->cells[i];
        if (client_view_counts(s, o) && o->port == c->port &&
            strcmp(o->address, c->address) == 0 &&
            strcmp(o->host, c->host) == 0)
            return o;
    }
    return NULL;
}

/* A port that was dead before and is dead now is no news. */
static bool is_news(const struct survey *s, const struct cell *old,
                    const struct cell *c)
{
    return cell_state(s, c) != STATE_VERIFIED &&
           (cell_answered(c) || (old && cell_answered(old)) ||
            s->target.port == c->port);
}

/* How a cell is to be told, and what it is told together with. */
struct change {
    const char *address, *words;
    const struct cert *leaf;
    bool same;  /* the certificate from before */
    bool still; /* ... and nothing else has changed */
};

static struct change change_of(struct arena *a, const struct survey *before,
                               const struct survey *s, const struct cell *c)
{
    const struct cell *old = cell_before(before, c);
    const struct cert *leaf = cell_leaf(s, c);
    const struct cert *old_leaf = old ? cell_leaf(before, old) : NULL;
    struct change change = { c->address, report_cell_words(a, s, c), leaf,
                             false, false };

    change.same =
        leaf && old_leaf && strcmp(leaf->sha256_hex, old_leaf->sha256_hex) == 0;
    change.still = old && (change.same || (!leaf && !old_leaf)) &&
                   strcmp(change.words, report_cell_words(a, before, old)) == 0;
    return change;
}

static bool is_alike(const struct change *one, const struct change *two)
{
    return one->leaf == two->leaf && one->same == two->same &&
           strcmp(one->address, two->address) == 0 &&
           strcmp(one->words, two->words) == 0;
}

struct sides {
    struct arena *arena;
    const struct survey *before, *now;
};

static bool is_bad(const struct sides *sides, const struct cell *c)
{
    return client_view_counts(sides->now, c) &&
           is_news(sides->now, cell_before(sides->before, c), c);
}

/* The ports of one address that are to be told like the cell `at`; NULL: they
 * have been told with an earlier one. */
static const char *ports_alike(const struct sides *sides, size_t at)
{
    const struct survey *s = sides->now;
    struct arena *a = sides->arena;
    struct change wanted = change_of(a, sides->before, s, &s->cells[at]);
    struct text_list ports = { 0 };

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!is_bad(sides, c))
            continue;
        struct change change = change_of(a, sides->before, s, c);
        if (!is_alike(&wanted, &change))
            continue;
        if (i < at)
            return NULL;
        text_list_add_new(a, &ports, port_text(a, c));
    }
    return join(a, &ports);
}

static void put_bad(const struct sides *sides, size_t at, struct json *bad)
{
    struct arena *a = sides->arena;
    const struct cell *c = &sides->now->cells[at];
    struct change change = change_of(a, sides->before, sides->now, c);
    const char *ports = ports_alike(sides, at);

    if (!ports || bad->len >= BAD_TOLD)
        return;
    struct json *item = json_add_object(a, bad);
    json_put_text(a, item, "ports", ports);
    json_put_text(a, item, "address", change.address);
    json_put_text(a, item, "words", change.words);
    json_put_text(a, item, "names", names_told(a, sides->now, c));
    json_put_bool(a, item, "same", change.same);
}

struct json *view_now(struct arena *a, const struct report *before,
                      const struct report *now)
{
    struct sides sides = { a, before->survey, now->survey };
    const struct survey *s = now->survey;
    struct json *view = json_object(a);
    struct json *bad = json_put_array(a, view, "bad");
    struct text_list good = { 0 };
    bool unchanged = true;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (is_bad(&sides, c)) {
            put_bad(&sides, i, bad);
            unchanged &= change_of(a, sides.before, s, c).still;
        } else if (client_view_counts(s, c) &&
                   cell_state(s, c) == STATE_VERIFIED)
            text_list_add_new(a, &good, port_text(a, c));
    }
    json_put_text(a, view, "asked", report_asked(now));
    json_put_text(a, view, "good", join(a, &good));
    json_put_bool(a, view, "many", good.len > 1);
    json_put_bool(a, view, "unchanged", unchanged && bad->len && !good.len);
    return view;
}

const char *view_hint(struct arena *a, const char *templates,
                      const struct fix *tried)
{
    const struct text_source from = { .arena = a,
                                      .dir = templates,
                                      .fix = "session" };
    const char *names[] = {
        arena_printf(a, "hint/%s", tried->def->id),
        arena_printf(a, "hint/kind-%s",
                     table_text(fix_kind_words, (int)tried->def->kind)),
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_source_find(&from, names[i]))
            return names[i];
    return NULL;
}
