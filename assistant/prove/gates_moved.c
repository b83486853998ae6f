/*
 * gates_moved - a certificate that there is goes to further ports or machines
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
#include "prove/gates.h"

enum { PORT_SMTP = 25, TOLD_MAX = 4, TEXT_MAX = 8000 };

struct move {
    const struct trial *t;
    const struct survey *copy; /* as it will be */
    const struct cell *first;  /* one that changes, as it will be */
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
    gates_add(m->t, fix, "names-that-go", false,
              arena_printf(m->t->arena,
                           "The certificate that is shown there today also "
                           "has: %s (leading here). The other one does not. "
                           "Order one for all these names first, or go on "
                           "showing the present one for them.",
                           list.text));
}

/* The steps speak of every service of the machine: each gets the key. */
static bool breaks(const struct move *m, size_t i)
{
    const struct cell *c = &m->t->survey->cells[i];
    struct cell then = *c;
    struct tlsa_state now = tlsa_judge(m->t->survey, m->t->arena, c);

    if (!c->asked || !c->chain_len || !now.matched)
        return false;
    then.chain = m->first->chain;
    then.chain_len = m->first->chain_len;
    then.verdict = m->first->verdict;
    return !tlsa_judge(m->copy, m->t->arena, &then).matched;
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
    struct arena *a = m->t->arena;
    struct cell mail = *m->first;

    for (size_t i = 0; i < s->cells_len; i++)
        if (breaks(m, i))
            return tlsa_owner(a, s->cells[i].host, s->cells[i].port);
    mail.port = PORT_SMTP;
    if (is_looked_at(s, mail.host, PORT_SMTP))
        return NULL;
    struct tlsa_state then = tlsa_judge(m->copy, a, &mail);
    return then.published && !then.matched ? tlsa_owner(a, mail.host, mail.port)
                                           : NULL;
}

static void shut_key(const struct move *m, struct fix *fix, const char *record)
{
    const char *value = tlsa_of_key(m->t->arena, cell_leaf(m->copy, m->first));

    gates_add(m->t, fix, "dane.renewal_guard", false,
              arena_printf(m->t->arena,
                           "The TLSA record at %s is of another key (DANE). "
                           "Publish %s beside it and wait twice its time to "
                           "live, or leave the service there as it is.",
                           record, value ? value : "that of the new key"));
}

void gates_moved(const struct trial *t, struct fix *fix,
                 const struct survey *copy)
{
    struct move m = { .t = t, .copy = copy };

    for (size_t i = 0; i < copy->cells_len && !m.first; i++)
        if (is_moved(&m, i))
            m.first = &copy->cells[i];
    if (!m.first)
        return;
    struct json *lost = lost_names(&m);
    const char *record = broken_record(&m);
    if (lost->len)
        shut_names(&m, fix, lost);
    if (record)
        shut_key(&m, fix, record);
}
