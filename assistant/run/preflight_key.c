/*
 * preflight_key - is the key that is kept the one that the servers show, and
 * has their certificate names that would go?
 *
 * All ports of the names are looked at as "certmend check" would. Another key
 * is a warning, and no more: it may be that a server has not been told yet
 * where its new files are.
 */
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "crypto/cert_fit.h"
#include "facts/hostname_match.h"
#include "model/service.h"
#include "run/name_look.h"
#include "run/preflight.h"

enum { NAMES_SHOWN = 10, LIST_MAX = 4096, BEFORE_ORDER_MS = 10 * 1000 };

/* Of two key types one suffices: the other has a certificate of its own. */
static bool shows(const struct preflight_run *run, const struct survey *s,
                  const char *where, const char *spki)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (name_look_counts(s, c) &&
            strcmp(cell_where(run->arena, c), where) == 0 &&
            strcmp(cell_leaf(s, c)->spki_sha256_hex, spki) == 0)
            return true;
    }
    return false;
}

static bool is_first(const struct preflight_run *run, const struct survey *s,
                     size_t cell, const char *where)
{
    for (size_t i = 0; i < cell; i++)
        if (name_look_counts(s, &s->cells[i]) &&
            strcmp(cell_where(run->arena, &s->cells[i]), where) == 0)
            return false;
    return true;
}

static void add(struct preflight_run *run, struct preflight_part *part,
                const char *where)
{
    const struct preflight_item item = {
        .check = "served-key",
        .grade = PREFLIGHT_WARN,
        .text = arena_printf(run->arena,
                             "The key that is kept is not the one that %s "
                             "shows today at %s.",
                             part->name, where),
        .fix = "Where a record of the key in use is published (DANE), other "
               "mail servers would refuse this one: give the key in use by "
               "--key FILE.",
    };

    preflight_add(run->out, part, &item);
}

static struct preflight_part *part_of(const struct preflight_run *run,
                                      const char *name)
{
    for (size_t i = 1; i < run->out->len; i++)
        if (strcmp(run->out->parts[i].name, name) == 0)
            return &run->out->parts[i];
    return &run->out->parts[0];
}

/* The ports with another key are one item. */
static void compare(struct preflight_run *run, const struct survey *s,
                    const char *spki)
{
    struct kept_key *kept = &run->request->order->kept;
    const char *others = NULL;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        const char *where = cell_where(run->arena, c);
        if (!name_look_counts(s, c) || !is_first(run, s, i, where))
            continue;
        if (shows(run, s, where, spki)) {
            kept->ports_same++;
            continue;
        }
        kept->ports_other++;
        others =
            others ? arena_printf(run->arena, "%s, %s", others, where) : where;
    }
    if (others)
        add(run, part_of(run, s->target.host), others);
}

/* ---- names that are served today ---- */

static bool stays(const struct issue_order *o, const char *name)
{
    return text_is_among(name, o->names, o->names_len) ||
           (!name_is_wildcard(name) &&
            hostname_match_patterns(o->names, o->names_len, name).kind ==
                MATCH_COVERED);
}

/* Below a domain that is ordered for: of a provider's certificate the names of
 * other customers are no concern of ours. */
static bool is_near(struct arena *a, const struct issue_order *o,
                    const char *name)
{
    const char *domain =
        name_domain(a, name_is_wildcard(name) ? name + 2 : name);

    for (size_t i = 0; domain && i < o->names_len; i++) {
        const char *own = o->names[i];
        const char *its = name_domain(a, name_is_wildcard(own) ? own + 2 : own);
        if (its && strcmp(its, domain) == 0)
            return true;
    }
    return false;
}

static void take_missing(const struct preflight_run *run,
                         const struct cert *leaf, struct text_list *out)
{
    const struct issue_order *o = run->request->order;

    for (size_t i = 0; i < leaf->dns_names.len && i < CERT_NAMES_READ; i++) {
        const char *name =
            name_read_pattern(run->arena, leaf->dns_names.text[i]);
        if (name && !stays(o, name) && is_near(run->arena, o, name))
            text_list_add_new(run->arena, out, name);
    }
}

/* A web server's certificate may well stay where it is. */
static bool is_mail(const struct cell *c)
{
    return c->port != PORT_HTTPS;
}

static struct text_list shown_beside(const struct preflight_run *run,
                                     const struct survey *s, bool by_mail)
{
    struct text_list out = { 0 };

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (name_look_counts(s, c) && is_mail(c) == by_mail &&
            hostname_match_cert(cell_leaf(s, c), s->target.host).kind ==
                MATCH_COVERED)
            take_missing(run, cell_leaf(s, c), &out);
    }
    return out;
}

static void tell_beside(struct preflight_run *run, const char *host,
                        const struct text_list *names)
{
    struct buf list;

    buf_init(&list, run->arena, LIST_MAX);
    text_list_tell_most(&list, names->text, names->len, NAMES_SHOWN);
    const struct preflight_item item = {
        .check = "names",
        .grade = PREFLIGHT_WARN,
        .text = arena_printf(run->arena,
                             "The certificate that %s shows today is for %s "
                             "too, and this one would not be.",
                             host, list.text),
        .fix = "Order those that are in use along: --add NAME.",
    };
    preflight_add(run->out, part_of(run, host), &item);
}

/* What the certificate of this name, shown today, has beside it. */
static void compare_names(struct preflight_run *run, const struct survey *s)
{
    struct text_list by_mail = shown_beside(run, s, true);
    struct text_list by_web = shown_beside(run, s, false);

    for (size_t i = 0; i < by_mail.len; i++)
        text_list_add_new(run->arena, &run->out->served_names, by_mail.text[i]);
    const struct text_list *told = by_mail.len ? &by_mail : &by_web;
    if (told->len)
        tell_beside(run, s->target.host, told);
}

static bool some_has_address(const struct preflight_run *run)
{
    for (size_t i = 0; i < run->request->order->names_len; i++) {
        const struct survey *s = run->looks[i].survey;
        if (survey_addresses(s, run->arena, s->target.host).len)
            return true;
    }
    return false;
}

/* Where the store has one, that is what the names are compared with. */
static bool wants_names(const struct preflight_run *run)
{
    const struct issue_order *o = run->request->order;
    const char *first = store_name(run->arena, o->names[0]);

    return !issue_skips(run->request->options, "names") &&
           !issue_skips(run->request->options, "served-key") &&
           !file_exists(store_path(o->store, first, "cert.pem")) &&
           some_has_address(run);
}

/* An order that is under way does not wait long. */
static bool look(const struct preflight_run *run, struct name_look *seen,
                 struct err *err)
{
    struct issue_options how = *run->request->options;

    if (how.apply || how.rehearse)
        how.look_ms = BEFORE_ORDER_MS;
    return name_look(run->arena, &how, run->request->order, seen, err);
}

static void compare_key(struct preflight_run *run, const struct name_look *seen)
{
    struct kept_key *kept = &run->request->order->kept;
    const char *spki = key_spki_hex(run->arena, kept->key);

    kept->looked = true;
    for (size_t i = 0; i < seen->len; i++)
        compare(run, seen->surveys[i], spki);
}

bool preflight_key(struct preflight_run *run, struct err *err)
{
    const struct kept_key *kept = &run->request->order->kept;
    struct name_look seen = { .len = 0 };
    /* The next key is another one, as it has to be. */
    bool wants_key = kept->key && kept->source != KEPT_KEY_NEXT &&
                     !issue_skips(run->request->options, "served-key");

    if (!wants_key && !wants_names(run))
        return true;
    if (!look(run, &seen, err))
        return err_add(err, "looking at what is served today");
    if (wants_key)
        compare_key(run, &seen);
    for (size_t i = 0; i < seen.len && wants_names(run); i++)
        compare_names(run, seen.surveys[i]);
    return true;
}
