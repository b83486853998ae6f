#include "check/check.h"

#include "check/finding_text.h"
#include "check/replacement.h"
#include "check/role.h"
#include "facts/tlsa.h"
#include "model/service.h"

enum { GUARD, MISMATCH, UNSIGNED, PKIX, SELECTOR0, NO_ROLLOVER, LOOKUP };

static const struct finding_def finds[] = {
    [GUARD] = {
        "dane.renewal_guard",
        "A TLSA record is published for a certificate that is about to change",
        "A new key would break the record, and mail from careful senders "
        "would be refused.",
        "RFC 7671 8.1",
    },
    [MISMATCH] = {
        "dane.mismatch",
        "The published TLSA records do not fit the certificate",
        "Mail servers that check DANE refuse to deliver.",
        "RFC 7672 2.2, 3.1",
    },
    [UNSIGNED] = {
        "dane.unsigned",
        "TLSA records are published in a zone without DNSSEC",
        "Nobody may rely on them; they protect nothing.",
        "RFC 7672 2.2",
    },
    [PKIX] = {
        "dane.pkix_usage",
        "A TLSA record for mail has usage 0 or 1",
        "Mail servers ignore it; usage 3 is the one for them.",
        "RFC 7672 3.1.3",
    },
    [SELECTOR0] = {
        "dane.selector0",
        "A TLSA record is about the whole certificate, not its key",
        "It breaks at every renewal.",
        "RFC 7671 5.1",
    },
    [NO_ROLLOVER] = {
        "dane.no_rollover",
        "Only one TLSA record is published",
        "There is no second one to bridge the change to the next key.",
        "RFC 7671 8.1, 8.4",
    },
    [LOOKUP] = {
        "dane.lookup_fails",
        "Questions for TLSA records get no answer",
        "Mail servers that check DANE put the mail off.",
        "RFC 7672 2.1.2",
    },
    { NULL, NULL, NULL, NULL },
};

/* What to publish, and for how long both have to stand. */
static void finding_text_record(const struct survey *s, const struct cell *c,
                                struct findings *out, struct finding *f,
                                bool way)
{
    const struct cert *leaf = cell_leaf(s, c);
    const struct dns_answer *answer = tlsa_answer(s, c);

    finding_text(out, f, "record", tlsa_owner(out->arena, c->host, c->port));
    if (!answer || !leaf)
        return;
    finding_text(out, f, "published", answer->records[0].text);
    finding_number(out, f, "ttl", answer->ttl_s);
    if (way)
        finding_text(out, f, "value", tlsa_of_key(out->arena, leaf));
}

static void say(const struct survey *s, size_t cell, int which,
                enum severity sev, struct findings *out)
{
    struct group one = { s, &cell, 1 };
    const struct cell *c = &s->cells[cell];
    const char *owner = tlsa_owner(out->arena, c->host, c->port);
    const struct dns_answer *answer = tlsa_answer(s, c);
    const char *detail =
        answer ? arena_printf(out->arena, "At %s stands: %s.", owner,
                              answer->records[0].text)
               : arena_printf(out->arena, "No answer came for %s.", owner);
    struct finding *f = finding_text_add(out, &finds[which], sev, &one, detail);
    struct tlsa_state state = tlsa_judge(s, out->arena, c);

    /* A record of the key would go on to fit: nothing to publish first. */
    finding_text_record(s, c, out, f, which != GUARD || !state.key_fits);
}

/* RFC 7672 is about port 25; elsewhere hardly anybody looks. */
static enum severity mismatch_severity(const struct cell *c,
                                       const struct tlsa_state *state)
{
    if (c->port != PORT_SMTP || state->disproven)
        return SEV_INFO;
    return state->proven ? SEV_ERROR : SEV_WARNING;
}

static void judge_records(const struct survey *s, size_t cell,
                          const struct tlsa_state *state, struct findings *out)
{
    const struct cell *c = &s->cells[cell];

    if (!state->matched)
        say(s, cell, MISMATCH, mismatch_severity(c, state), out);
    if (state->disproven)
        say(s, cell, UNSIGNED, SEV_INFO, out);
    if (state->has_pkix && c->port == PORT_SMTP)
        say(s, cell, PKIX, SEV_INFO, out);
    if (state->has_certificate)
        say(s, cell, SELECTOR0, SEV_INFO, out);
    if (state->usable == 1 && state->matched)
        say(s, cell, NO_ROLLOVER, SEV_INFO, out);
}

static void judge_look_up(const struct survey *s, size_t cell,
                          struct findings *out)
{
    const struct cell *c = &s->cells[cell];
    const struct dns_answer *answer =
        survey_answer(s, tlsa_owner(out->arena, c->host, c->port), DNS_TLSA);

    if (answer && answer->outcome == DNS_SERVFAIL && c->port == PORT_SMTP)
        say(s, cell, LOOKUP, SEV_INFO, out);
}

/* One address speaks for the port, the one in trouble first. */
static bool is_spokesman(const struct survey *s, size_t cell)
{
    const struct cell *c = &s->cells[cell];
    struct tlsa_state mine = tlsa_judge(s, s->arena, c);

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *other = &s->cells[i];
        if (i == cell || !role_counts_tls(s, other) ||
            !group_same_port(s, c, other))
            continue;
        struct tlsa_state its = tlsa_judge(s, s->arena, other);
        if (mine.matched != its.matched ? mine.matched : i < cell)
            return false;
    }
    return true;
}

static void run(const struct survey *s, struct findings *out)
{
    bool due = replacement_is_due(s, out);

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!role_counts_tls(s, c) || !is_spokesman(s, i))
            continue;
        struct tlsa_state state = tlsa_judge(s, out->arena, c);
        judge_look_up(s, i, out);
        if (state.published)
            judge_records(s, i, &state, out);
        if (state.published && due && replacement_changes(s, c))
            say(s, i, GUARD, SEV_INFO, out);
    }
}

const struct check chk_dane = {
    .name = "dane",
    .about = "Do the TLSA records fit what the server shows?",
    .finds = finds,
    .run = run,
};
