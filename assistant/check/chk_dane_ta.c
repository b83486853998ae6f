#include "check/check.h"

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/tlsa.h"
#include "model/service.h"

enum { ABSENT, NAME };

static const struct finding_def finds[] = {
    [ABSENT] = {
        "dane.ta_absent",
        "The authority that the TLSA record names is not in the chain sent",
        "Senders look for it in what the server sends and nowhere else.",
        "RFC 7671 5.2.2, RFC 7672 3.1.2",
    },
    [NAME] = {
        "dane.ta_name",
        "The TLSA record names an authority, so the host's name counts too",
        "Senders that follow the record refuse a certificate for another name.",
        "RFC 7672 3.1.2, 3.2",
    },
    { NULL, NULL, NULL, NULL },
};

struct ta {
    bool is_named; /* a record of usage 2 is there */
    bool is_sent;  /* and the chain holds what it speaks of */
    bool is_moot;  /* a record of usage 3 fits: no authority is asked */
};

/* Among the certificates from `first` up to `end`, leaf is 0. */
static bool sends(const struct survey *s, const struct cell *c,
                  const struct tlsa *record, size_t first, size_t end)
{
    for (size_t i = first; i < c->chain_len && i < end; i++)
        if (tlsa_is_of(record, &s->certs[c->chain[i]].cert))
            return true;
    return false;
}

static struct ta read_records(const struct survey *s, const struct cell *c)
{
    const struct dns_answer *answer = tlsa_answer(s, c);
    struct ta ta = { 0 };

    for (size_t i = 0; answer && i < answer->len; i++) {
        struct tlsa record = tlsa_read(s->arena, answer->records[i].text);
        if (!record.usable)
            continue;
        if (record.usage == TLSA_DANE_EE)
            ta.is_moot = ta.is_moot || sends(s, c, &record, 0, 1);
        if (record.usage != TLSA_DANE_TA)
            continue;
        ta.is_named = true;
        ta.is_sent = ta.is_sent || sends(s, c, &record, 1, c->chain_len);
    }
    return ta;
}

static bool is_absent(const struct survey *s, const struct cell *c)
{
    if (!role_counts_tls(s, c) || c->port != PORT_SMTP)
        return false;
    struct ta ta = read_records(s, c);
    return ta.is_named && !ta.is_sent && !ta.is_moot;
}

static bool is_misnamed(const struct survey *s, const struct cell *c)
{
    if (!role_counts_tls(s, c) || c->port != PORT_SMTP || c->verdict.name_ok)
        return false;
    struct ta ta = read_records(s, c);
    return ta.is_sent && !ta.is_moot;
}

static const char *finding_text_absent(const struct group *g, struct arena *a)
{
    return arena_printf(a, "%s sends no certificate that the record fits.",
                        finding_text_where(g, a));
}

static const char *finding_text_name(const struct group *g, struct arena *a)
{
    const struct cell *c = group_first(g);

    return arena_printf(a, "%s shows a certificate for %s.",
                        finding_text_where(g, a),
                        finding_text_names(a, cell_leaf(g->survey, c)));
}

/* dane.mismatch and name.mx_mismatch say how bad it is. */
static const struct cell_rule questions[] = {
    { &finds[ABSENT], is_absent, group_same_port, role_advice,
      finding_text_absent, NULL },
    { &finds[NAME], is_misnamed, group_same_port, role_advice,
      finding_text_name, NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_dane_ta = {
    .name = "dane_ta",
    .about = "Does what the TLSA records say of an authority hold?",
    .finds = finds,
    .run = run,
};
