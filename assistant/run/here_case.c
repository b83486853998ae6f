#include "run/here_case.h"

#include <string.h>

#include "crypto/verification.h"
#include "facts/cell_state.h"
#include "facts/validity.h"
#include "machine/conf_source.h"
#include "machine/user_reads.h"

enum case_state {
    CASE_WELL,
    CASE_POOR, /* not as it should be, and those who come there do not mind:
                   mended where that takes no new certificate */
    CASE_WRONG,
};

/* One case while it is judged. */
struct judging_case {
    const struct here_case *given;
    const struct survey *survey;
    const struct cert *shown; /* the leaf of the worst cell, or NULL */
    enum case_state state;    /* of the worst cell */
    bool shown_whole;         /* all cells show a chain that is trusted */
    const struct cert *held;  /* the leaf in the file, or NULL */
    struct here_worth worth;  /* of what is in the file, at the worst cell */
    struct here_finding *out;
};

/* A web server on the same machine has sites of its own: it may well have none
 * for this name. */
static enum case_state state_of(const struct here_case *c, size_t cell)
{
    const struct report *r = c->search->report;
    const struct survey *s = r->survey;
    const struct cell *at = &s->cells[cell];
    const struct cert *leaf = cell_leaf(s, at);
    enum severity said = findings_worst_of(r->findings, cell);

    if (said == SEV_COUNT || (leaf && !validity_is_overdue(s, leaf) &&
                              here_worth_shown(c->search->arena, s, at).good))
        return CASE_WELL;
    if (said != SEV_INFO)
        return CASE_WRONG;
    return leaf && at->sni && at->port != PORT_HTTPS ? CASE_POOR : CASE_WELL;
}

/* The cell that speaks for all: the first of the worst. */
static size_t worst(const struct here_case *c)
{
    size_t at = c->cells[0];

    for (size_t i = 1; i < c->cells_len; i++)
        if (state_of(c, c->cells[i]) > state_of(c, at))
            at = c->cells[i];
    return at;
}

static bool same_cert(const struct cert *a, const struct cert *b)
{
    return a && b && strcmp(a->sha256_hex, b->sha256_hex) == 0;
}

/* Good at each cell where something is wrong, or where `all`. */
static bool is_good(const struct here_case *c, const struct cert_list *chain,
                    bool *good, struct err *err)
{
    const struct survey *s = c->search->report->survey;

    *good = true;
    for (size_t i = 0; i < c->cells_len && *good; i++) {
        const struct cell *at = &s->cells[c->cells[i]];
        struct here_worth w;
        /* Whoever names nobody gets what is there. */
        if (i && !at->sni && state_of(c, c->cells[i]) == CASE_WELL)
            continue;
        if (!here_worth_of(c->search->evaluation, s, at, chain, &w, err))
            return false;
        *good = w.good;
    }
    return true;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Another place answers the same callers with another type of key. */
static bool has_twin(const struct here_case *c)
{
    const struct server_conf *conf = &c->conf->conf;

    for (size_t i = 0; i < conf->places_len; i++) {
        const struct tls_place *p = &conf->places[i];
        if (p != c->place && p->port == c->place->port &&
            same_text(p->sni, c->place->sni) &&
            same_text(p->address, c->place->address) &&
            same_text(p->service, c->place->service))
            return true;
    }
    return false;
}

/* Of two that fit: of two types of key the one that the place is for; ours,
 * then one that is renewed, then the later one. */
static bool is_better(const struct judging_case *j,
                      const struct stock_cert *one,
                      const struct stock_cert *other)
{
    if (!other)
        return true;
    enum key_type is = one->chain.items[0].cert.key_type;
    enum key_type was = other->chain.items[0].cert.key_type;
    if (is != was && j->held && has_twin(j->given))
        return is == j->held->key_type;
    if (one->ours != other->ours)
        return one->ours;
    if (one->renewed != other->renewed)
        return one->renewed;
    return one->chain.items[0].cert.not_after >
           other->chain.items[0].cert.not_after;
}

static bool covers(const struct judging_case *j, const struct cert *leaf)
{
    const struct here_case *c = j->given;

    for (size_t i = 0; i < c->cells_len; i++) {
        const struct cell *at = &j->survey->cells[c->cells[i]];
        if (at->reference && state_of(c, c->cells[i]) != CASE_WELL &&
            !verification_name(leaf->der, leaf->der_len, at->reference))
            return false;
    }
    return true;
}

/* The one that is named already, but for what is behind it or its key. */
static bool is_no_change(const struct judging_case *j, const struct cert *leaf)
{
    return same_cert(leaf, j->held) && !j->worth.lacks_chain &&
           j->out->kind != HERE_NO_TLS && j->out->kind != HERE_NOT_THERE &&
           j->out->kind != HERE_NOT_READABLE &&
           j->given->file.key != HERE_KEY_OTHER;
}

/* The server's user may read it. */
static bool is_open(const struct judging_case *j, const char *path)
{
    const struct server_conf *conf = &j->given->conf->conf;
    struct arena *scratch = arena_new();
    struct machine_file f;
    struct err err;
    bool open = !machine_file_read(scratch, &conf->root, path, CONF_FILE_MAX,
                                   &f, &err) ||
                !user_reads_not(scratch, &conf->root, &f, conf->user);

    arena_free_wiped(scratch);
    return open;
}

/* Key and certificate in the form that the server takes; HAProxy knows one file
 * alone. */
static bool is_fit(const struct judging_case *j, const struct stock_cert *one)
{
    const struct server_kind *kind = j->given->conf->conf.kind;
    const struct stock_key *key = here_stock_key(j->given->search->stock, one);

    if (!key || !is_open(j, one->path) || !is_open(j, key->path))
        return false;
    return !kind || strcmp(kind->software, "haproxy") != 0 ||
           strcmp(key->path, one->path) == 0;
}

/* A pair on this machine that would do; none is no failure. */
static bool find_wanted(struct judging_case *j, struct err *err)
{
    const struct here_stock *stock = j->given->search->stock;
    const struct stock_cert *best = NULL;

    for (size_t i = 0; i < stock->certs_len; i++) {
        const struct stock_cert *one = &stock->certs[i];
        const struct cert *leaf = &one->chain.items[0].cert;
        bool good = false;
        if (validity_is_over(j->survey, leaf) || !covers(j, leaf) ||
            !is_better(j, one, best) || is_no_change(j, leaf) ||
            !is_fit(j, one))
            continue;
        if (!is_good(j->given, &one->chain, &good, err))
            return false;
        if (good)
            best = one;
    }
    if (best) {
        j->out->wanted = best;
        j->out->wanted_cert = best->path;
        j->out->wanted_key = here_stock_key(stock, best)->path;
    }
    return true;
}

/* The setting that loses to this one names a file with a better certificate,
 * and a person believes that it counts. */
static void find_loser(struct judging_case *j)
{
    const struct here_case *c = j->given;
    const struct here_stock *stock = c->search->stock;
    const struct conf_value *over = c->place->cert.over;

    if (!over || !over->path || over->is_default || !j->out->wanted)
        return;
    for (size_t i = 0; i < stock->certs_len; i++) {
        const struct stock_cert *one = &stock->certs[i];
        if (strcmp(one->path, over->path) != 0 ||
            !same_cert(&one->chain.items[0].cert,
                       &j->out->wanted->chain.items[0].cert))
            continue;
        j->out->wanted_cert = one->path;
        j->out->loses =
            conf_span_place(c->search->arena, &c->conf->conf, over->span);
        j->out->kind = HERE_OVERRIDDEN;
    }
}

static bool is_file_wrong(struct judging_case *j)
{
    const struct here_file *f = &j->given->file;
    const struct tls_place *p = j->given->place;
    struct here_finding *out = j->out;

    if (p->cert.broken || p->key.broken) {
        out->kind = HERE_NOT_THERE;
        out->why = p->cert.broken ? p->cert.broken : p->key.broken;
        out->key_is_wrong = !p->cert.broken;
        return true;
    }
    if (f->gone) {
        out->kind = f->not_root ? HERE_NOT_ROOT : HERE_NOT_THERE;
        out->why = f->gone;
        out->key_is_wrong = f->chain.len && !p->chain.path;
        return true;
    }
    out->locked = f->locked && !j->shown;
    if (f->closed || out->locked) {
        out->kind = HERE_NOT_READABLE;
        out->why = out->locked ? j->given->place->key.path : f->closed;
        out->key_is_wrong = out->locked;
        return true;
    }
    out->kind = HERE_KEY_DIFFERS;
    if (f->key == HERE_KEY_OTHER)
        out->key_is_wrong = !f->fits_at && j->held && covers(j, j->held);
    return f->key == HERE_KEY_OTHER;
}

/* The file is what is shown, or no better. */
static enum here_kind judge_bad_file(const struct judging_case *j)
{
    bool same = same_cert(j->shown, j->held);

    if (same && j->state == CASE_WELL)
        return HERE_RIGHT;
    if (j->worth.lacks_chain)
        return HERE_CHAIN_MISSING;
    return j->state == CASE_WELL ? HERE_NEXT_IS_WORSE : HERE_FILE_IS_SAME;
}

/* Of one day and another type of key both are in use. */
static bool is_newer(const struct cert *held, const struct cert *shown)
{
    return shown && (held->not_before > shown->not_before ||
                     (held->not_before == shown->not_before &&
                      held->key_type == shown->key_type));
}

/* What is in the file would do. */
static enum here_kind judge_good_file(const struct judging_case *j)
{
    bool same = same_cert(j->shown, j->held);
    bool well = j->state == CASE_WELL;

    if (same ? well || j->shown_whole : well && !is_newer(j->held, j->shown))
        return HERE_RIGHT;
    return HERE_NEEDS_RELOAD;
}

static bool weigh(struct judging_case *j, struct err *err)
{
    const struct here_case *c = j->given;
    const struct cell *at = &j->survey->cells[worst(c)];

    if (!here_worth_of(c->search->evaluation, j->survey, at, &c->file.chain,
                       &j->worth, err))
        return false;
    /* It will end before the next one comes, as it did before. */
    if (j->worth.good && j->state != CASE_WELL &&
        same_cert(j->shown, j->held) &&
        validity_is_overdue(j->survey, j->held)) {
        j->worth.good = false;
        j->worth.why = "it ends soon, and none has come after it";
    }
    return true;
}

static bool needs_another(enum here_kind kind)
{
    switch (kind) {
    case HERE_NO_TLS:
    case HERE_NOT_THERE:
    case HERE_NOT_READABLE:
    case HERE_KEY_DIFFERS:
    case HERE_CHAIN_MISSING:
    case HERE_FILE_IS_SAME:
    case HERE_NEXT_IS_WORSE:
        return true;
    default:
        return false;
    }
}

/* No certificate is named, or it is switched off. */
static bool judge_no_tls(struct judging_case *j, struct err *err)
{
    j->out->kind = j->state == CASE_WRONG ? HERE_NO_TLS : HERE_RIGHT;
    if (j->out->kind == HERE_RIGHT)
        return true;
    return find_wanted(j, err);
}

/* Nobody minds it as it is, and no better one is here. */
static bool may_stay(const struct judging_case *j)
{
    return j->state == CASE_POOR && !j->out->wanted &&
           (j->out->kind == HERE_FILE_IS_SAME ||
            j->out->kind == HERE_CHAIN_MISSING);
}

static bool judge_tls(struct judging_case *j, struct err *err)
{
    struct here_finding *out = j->out;

    if (!is_file_wrong(j)) {
        if (!weigh(j, err))
            return false;
        out->kind = j->worth.good ? judge_good_file(j) : judge_bad_file(j);
        out->why = out->kind == HERE_RIGHT ? NULL : j->worth.why;
    }
    if (out->kind == HERE_NEEDS_RELOAD && j->given->place->map.path)
        out->kind = HERE_MAP_STALE;
    if (needs_another(out->kind) && !find_wanted(j, err))
        return false;
    if (may_stay(j))
        out->kind = HERE_RIGHT;
    else if (out->kind == HERE_FILE_IS_SAME && out->wanted) {
        out->kind = HERE_NAMES_OTHER;
        find_loser(j);
    }
    return true;
}

bool here_case_judge(const struct here_case *c, struct here_finding *out,
                     struct err *err)
{
    const struct survey *s = c->search->report->survey;
    const struct tls_place *p = c->place;
    const struct cert_list *chain = &c->file.chain;
    size_t at = worst(c);
    struct judging_case j = { .given = c, .survey = s, .out = out };

    j.shown = cell_leaf(s, &s->cells[at]);
    j.state = state_of(c, at);
    j.shown_whole = here_worth_shown(c->search->arena, s, &s->cells[at]).good;
    j.held = chain->len ? &chain->items[0].cert : NULL;
    out->shown = j.shown;
    out->holds = j.held;
    out->names = p->cert.path;
    return p->is_off || !p->cert.path ? judge_no_tls(&j, err)
                                      : judge_tls(&j, err);
}
