#include "run/here_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/verification.h"
#include "facts/cell_state.h"
#include "facts/validity.h"
#include "machine/user_reads.h"
#include "run/here_stock.h"

enum { CERT_FILE_MAX = 1024 * 1024, NAMES_TOLD = 3 };

static const char *sentence(struct arena *a, const char *text)
{
    return arena_printf(a, "%s.", text);
}

/* Whether the service's user can, where we can. */
static void try_user(struct arena *a, const struct server_conf *conf,
                     const struct machine_file *f, struct here_file *out)
{
    if (!out->closed)
        out->closed = user_reads_not(a, &conf->root, f, conf->user);
}

static bool read_one(struct arena *a, struct arena *scratch,
                     const struct server_conf *conf, const char *path,
                     struct machine_file *f, struct here_file *out)
{
    struct err err;

    if (machine_file_read(scratch, &conf->root, path, CERT_FILE_MAX, f, &err)) {
        try_user(a, conf, f, out);
        return true;
    }
    out->not_root = geteuid() != 0 && strstr(err.text, strerror(EACCES));
    out->gone = sentence(a, err.text);
    return false;
}

/* A file that holds both has the key behind the certificates, or before them.
 */
static void read_certs(struct arena *a, const struct server_conf *conf,
                       const char *path, struct here_file *out)
{
    struct arena *scratch = arena_new();
    struct cert_list more = { NULL, 0 };
    struct machine_file f;
    struct err err;

    if (read_one(a, scratch, conf, path, &f, out)) {
        const char *name = arena_printable(a, path, strlen(path));
        if (!x509_read_file(a, f.text, f.len, name, &more, &err))
            out->gone = sentence(a, err.text);
        else if (more.items[0].malformed)
            out->gone =
                arena_printf(a, "%s: its certificate is damaged.", name);
    }
    arena_free_wiped(scratch);
    if (out->gone)
        return;
    struct held_cert *all = NULL;
    size_t len = 0;
    for (size_t i = 0; i < out->chain.len + more.len; i++) {
        all = arena_grow(a, all, len, sizeof *all);
        all[len++] = i < out->chain.len ? out->chain.items[i]
                                        : more.items[i - out->chain.len];
    }
    out->chain = (struct cert_list){ all, len };
}

static void hold_against(const char *spki_hex, struct here_file *out)
{
    for (size_t i = out->chain.len; i > 0; i--)
        if (strcmp(spki_hex, out->chain.items[i - 1].cert.spki_sha256_hex) == 0)
            out->fits_at = i;
    out->key = out->fits_at == 1 ? HERE_KEY_FITS : HERE_KEY_OTHER;
}

static void read_key(struct arena *a, const struct server_conf *conf,
                     const char *path, struct here_file *out)
{
    struct arena *scratch = arena_new();
    struct machine_file f;

    if (read_one(a, scratch, conf, path, &f, out)) {
        const char *hex = here_stock_spki(scratch, f.text, f.len, &out->locked);
        if (hex)
            hold_against(hex, out);
        else if (!out->locked)
            out->gone = arena_printf(a, "%s: there is no private key in it.",
                                     arena_printable(a, path, strlen(path)));
    }
    arena_free_wiped(scratch);
}

void here_file_read(struct arena *a, const struct server_conf *conf,
                    const struct tls_place *place, struct here_file *out)
{
    struct here_file file = { .key = HERE_KEY_UNKNOWN };

    read_certs(a, conf, place->cert.path, &file);
    if (!file.gone && place->chain.path)
        read_certs(a, conf, place->chain.path, &file);
    if (!file.gone && place->key.path)
        read_key(a, conf, place->key.path, &file);
    *out = file;
}

/* ---- what it is worth ---- */

static const char *for_whom(struct arena *a, const struct cert *leaf)
{
    const struct text_list *names =
        leaf->dns_names.len ? &leaf->dns_names : &leaf->ip_names;
    struct buf out;

    if (!names->len)
        return "no name at all";
    buf_init(&out, a, ARENA_PRINTABLE_MAX);
    text_list_tell_most(&out, names->text, names->len, NAMES_TOLD);
    return out.text;
}

/* Half a sentence; NULL: nothing is wrong with it but, perhaps, the chain. */
static const char *fault(struct arena *a, const struct survey *s,
                         const struct cell *c, const struct cert *leaf)
{
    if (!c->verdict.name_ok)
        return arena_printf(a, "it is for %s, not for %s", for_whom(a, leaf),
                            c->reference ? c->reference : c->host);
    if (validity_is_over(s, leaf))
        return arena_printf(a, "it ended on %s", clock_day(a, leaf->not_after));
    if (leaf->not_before > s->judged_at)
        return arena_printf(a, "it begins on %s",
                            clock_day(a, leaf->not_before));
    if (!leaf->server_auth)
        return "it is not meant for servers";
    if (cell_key_is_small(s, leaf) || cell_weakly_signed(s, c))
        return "its key or signature is of a kind that programs refuse today";
    if (cell_is_revoked(s, c))
        return "its authority has taken it back";
    return NULL;
}

static struct here_worth worth(struct arena *a, const struct survey *s,
                               const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);
    struct here_worth w = { .good = false };

    if (!leaf) {
        w.why = "no certificate is shown";
        return w;
    }
    w.why = fault(a, s, c, leaf);
    if (w.why)
        return w;
    w.good = cell_is_trusted(s, c);
    w.lacks_chain = !w.good && (c->verdict.repaired ||
                                (c->chain_len == 1 && !leaf->self_signed));
    if (!w.good)
        w.why = w.lacks_chain
                    ? "the certificates of its authority are not with it"
                : leaf->self_signed
                    ? "it signed itself, and nobody trusts it"
                    : "it comes from an authority that nobody here trusts";
    return w;
}

struct here_worth here_worth_shown(struct arena *a, const struct survey *s,
                                   const struct cell *c)
{
    return worth(a, s, c);
}

/* What was fetched for the look helps here, too, and so does what other ports
 * sent. */
static struct survey *scratch_survey(struct arena *a, const struct survey *s)
{
    struct survey *copy = survey_new(a, &s->target, s->taken_at);

    copy->knowledge = s->knowledge;
    copy->judged_at = s->judged_at;
    for (size_t i = 0; i < s->certs_len; i++) {
        struct held_cert held = s->certs[i];
        if (!held.cert.is_ca || held.malformed)
            continue;
        held.origin = CERT_FETCHED;
        survey_cert_add(copy, &held);
    }
    return copy;
}

bool here_worth_of(struct evaluation *j, const struct survey *s,
                   const struct cell *c, const struct cert_list *chain,
                   struct here_worth *out, struct err *err)
{
    struct arena *a = j->arena;
    struct survey *copy = scratch_survey(a, s);
    size_t *places = arena_alloc(a, chain->len, sizeof *places);
    struct cell cell = *c;
    struct attempt worked = { .outcome = OUTCOME_OK };

    for (size_t i = 0; i < chain->len; i++)
        places[i] = survey_cert_add(copy, &chain->items[i]);
    cell.connect = cell.handshake = worked;
    cell.chain = places;
    cell.chain_len = chain->len;
    cell.verdict = (struct verdict){ .done = false };
    const struct cell *judged = survey_cell_add(copy, &cell);
    if (!verification_fill(copy, j->anchors, err))
        return false;
    *out = worth(a, copy, judged);
    return true;
}
