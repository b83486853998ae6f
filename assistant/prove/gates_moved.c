/*
 * gates_moved - another certificate is shown in places that have one
 *
 * It is one that there is, and goes to further ports or machines, or one that
 * is put into the place of the default or of an entry for a name.
 *
 * Nobody who is served there today may lose by it: neither a name that the
 * present certificate has and the other lacks, nor the senders that know the
 * present key by a TLSA record.
 */
#include <string.h>

#include "facts/cell_state.h"
#include "facts/hostname_match.h"
#include "facts/san_plan.h"
#include "facts/tlsa.h"
#include "model/service.h"
#include "prove/gates.h"

enum { TOLD_MAX = 4, TEXT_MAX = 8000 };

struct move {
    const struct trial *t;
    const struct survey *copy; /* as it will be */
    const struct cell *first;  /* one that changes, as it will be */
    bool made; /* nobody has that certificate yet: nor do records its key */
};

static bool is_moved(const struct move *m, size_t i)
{
    const struct cert *now = cell_leaf(m->t->survey, &m->t->survey->cells[i]);
    const struct cert *then = cell_leaf(m->copy, &m->copy->cells[i]);

    return now && then && strcmp(now->sha256_hex, then->sha256_hex) != 0;
}

static void add_once(struct json *list, struct arena *a, const char *name)
{
    if (!json_has_text(list, name))
        json_add_text(a, list, name);
}

/* Only what certainly leads here: others go wrong today already. */
static struct json *lost_names(const struct move *m)
{
    const struct survey *s = m->t->survey;
    struct arena *a = m->t->arena;
    struct json *lost = json_array(a);

    for (size_t i = 0; i < s->cells_len; i++) {
        if (!is_moved(m, i))
            continue;
        const struct cert *now = cell_leaf(s, &s->cells[i]);
        const struct cert *then = cell_leaf(m->copy, &m->copy->cells[i]);
        for (size_t n = 0; n < now->dns_names.len && n < CERT_NAMES_READ; n++) {
            const char *text = now->dns_names.text[n];
            struct name_read read = name_read(a, text, strlen(text));
            if (read.kind == NAME_HOST && san_plan_leads_here(s, read.text) &&
                hostname_match_cert(then, read.text).kind != MATCH_COVERED)
                add_once(lost, a, read.text);
        }
    }
    return lost;
}

static void shut_names(const struct move *m, struct fix *fix,
                       const struct json *lost)
{
    struct buf list;
    size_t n = 0;

    buf_init(&list, m->t->arena, TEXT_MAX);
    JSON_EACH (name, lost) {
        if (n++ < TOLD_MAX)
            buf_printf(&list, "%s%s", list.len ? ", " : "", name->text);
    }
    if (n > TOLD_MAX)
        buf_printf(&list, " and %zu more", n - TOLD_MAX);
    gates_param(m->t, fix, "names_that_go", lost);
    gates_add(m->t, fix, GATE_NAMES, false,
              arena_printf(m->t->arena,
                           "The certificate that is shown there today also "
                           "has: %s (leading here). The other one does not. "
                           "Order one for all these names first, or go on "
                           "showing the present one for them.",
                           list.text));
}

/* A record of that name fits what `c` sends, and would not fit any more. */
static bool breaks_at(const struct move *m, const struct cell *c,
                      const char *host, uint16_t port)
{
    struct cell now = *c, then = *c;

    now.host = then.host = host;
    now.port = then.port = port;
    then.chain = m->first->chain;
    then.chain_len = m->first->chain_len;
    then.verdict = m->first->verdict;
    return tlsa_judge(m->t->survey, m->t->arena, &now).matched &&
           !tlsa_judge(m->copy, m->t->arena, &then).matched;
}

/* Senders may know the key by another name that stands on the certificate. */
static const char *broken_by_name(const struct move *m, const struct cell *c)
{
    const uint16_t ports[] = { PORT_SMTP, c->port };
    const struct cert *leaf = cell_leaf(m->t->survey, c);

    for (size_t n = 0; n < leaf->dns_names.len && n < CERT_NAMES_READ; n++)
        for (size_t k = 0; k < sizeof ports / sizeof *ports; k++)
            if (san_plan_leads_here(m->t->survey, leaf->dns_names.text[n]) &&
                breaks_at(m, c, leaf->dns_names.text[n], ports[k]))
                return tlsa_owner(m->t->arena, leaf->dns_names.text[n],
                                  ports[k]);
    return NULL;
}

/* The steps speak of every service of the machine: each gets the key. What is
 * shown by default or for one name changes there alone. */
static const char *broken_at(const struct move *m, size_t i)
{
    const struct cell *c = &m->t->survey->cells[i];

    if (!c->chain_len)
        return NULL;
    if ((m->made ? is_moved(m, i) : c->asked) &&
        breaks_at(m, c, c->host, c->port))
        return tlsa_owner(m->t->arena, c->host, c->port);
    return is_moved(m, i) ? broken_by_name(m, c) : NULL;
}

static bool is_looked_at(const struct survey *s, const char *host,
                         uint16_t port)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].port == port && s->cells[i].chain_len &&
            s->cells[i].asked && strcmp(s->cells[i].host, host) == 0)
            return true;
    return false;
}

/* The owner of a record that the key would not fit; NULL: none. */
static const char *broken_record(const struct move *m)
{
    const struct survey *s = m->t->survey;

    for (size_t i = 0; i < s->cells_len; i++) {
        const char *record = broken_at(m, i);
        if (record)
            return record;
    }
    return NULL;
}

/* Of port 25 nothing is known but its record: it need not be of the key that
 * is shown where it was looked at. */
static const char *unseen_record(const struct move *m)
{
    struct cell mail = *m->first;

    mail.port = PORT_SMTP;
    if (m->made || is_looked_at(m->t->survey, mail.host, PORT_SMTP))
        return NULL;
    struct tlsa_state then = tlsa_judge(m->copy, m->t->arena, &mail);
    return then.published && !then.matched
               ? tlsa_owner(m->t->arena, mail.host, mail.port)
               : NULL;
}

static const char *key_words(const struct move *m, const char *record,
                             bool seen)
{
    const struct cert *leaf = cell_leaf(m->copy, m->first);
    const char *value = m->made ? NULL : tlsa_of_key(m->t->arena, leaf);

    if (m->made)
        return arena_printf(
            m->t->arena,
            "The TLSA record at %s is of the key that is shown there today "
            "(DANE). Have the new certificate made with that key, or publish "
            "the record of the new key beside it first and wait twice its time "
            "to live.",
            record);
    return arena_printf(
        m->t->arena,
        "The TLSA record at %s %s (DANE). Publish %s beside it and wait twice "
        "its time to live, or leave the service there as it is.",
        record,
        seen ? "is of another key"
             : "does not fit this key, and what is shown there was not looked "
               "at",
        value ? value : "that of the new key");
}

static void look_through(struct move *m, struct fix *fix, bool names)
{
    for (size_t i = 0; i < m->copy->cells_len && !m->first; i++)
        if (is_moved(m, i))
            m->first = &m->copy->cells[i];
    if (!m->first)
        return;
    struct json *lost = names ? lost_names(m) : NULL;
    const char *broken = broken_record(m);
    const char *record = broken ? broken : unseen_record(m);
    if (lost && lost->len)
        shut_names(m, fix, lost);
    if (record)
        gates_add(m->t, fix, GATE_TLSA, false,
                  key_words(m, record, broken != NULL));
}

void gates_moved(const struct trial *t, struct fix *fix,
                 const struct survey *copy)
{
    struct move m = { .t = t, .copy = copy };

    look_through(&m, fix, true);
}

void gates_default(const struct trial *t, struct fix *fix,
                   const struct survey *copy)
{
    struct move m = { .t = t, .copy = copy, .made = true };

    look_through(&m, fix, true);
}

/* Other names have entries of their own: they go on to get what they got. */
void gates_entry(const struct trial *t, struct fix *fix,
                 const struct survey *copy)
{
    struct move m = { .t = t, .copy = copy, .made = true };

    look_through(&m, fix, false);
}
