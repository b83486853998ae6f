#include "facts/cell_state.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "facts/knowledge.h"

const struct word state_words[] = {
    { "verified", STATE_VERIFIED },   { "faulty", STATE_FAULTY },
    { "no_tls", STATE_NO_TLS },       { "refused", STATE_REFUSED },
    { "timed_out", STATE_TIMED_OUT }, { "closed", STATE_CLOSED },
    { "nonsense", STATE_NONSENSE },   { "alerted", STATE_ALERTED },
    { "not_tried", STATE_NOT_TRIED }, { NULL, STATE_COUNT },
};
static_assert(sizeof state_words / sizeof *state_words == STATE_COUNT + 1,
              "a word per state");

/* What a failed step makes of the cell. Unreachable is not tried: a missing
 * route says more about where we stand than about the server. */
static const enum cell_state states_of[] = {
    [OUTCOME_NOT_TRIED] = STATE_NOT_TRIED,
    [OUTCOME_OK] = STATE_FAULTY,
    [OUTCOME_REFUSED] = STATE_REFUSED,
    [OUTCOME_UNREACHABLE] = STATE_NOT_TRIED,
    [OUTCOME_TIMED_OUT] = STATE_TIMED_OUT,
    [OUTCOME_CLOSED] = STATE_CLOSED,
    [OUTCOME_NOT_OFFERED] = STATE_NO_TLS,
    [OUTCOME_PROTOCOL_ERROR] = STATE_NONSENSE,
    [OUTCOME_PLAINTEXT_INJECTION] = STATE_NONSENSE,
    [OUTCOME_ALERTED] = STATE_ALERTED,
    [OUTCOME_UNTRUSTED] = STATE_NONSENSE, /* never of a cell */
};
static_assert(sizeof states_of / sizeof *states_of == OUTCOME_COUNT,
              "a state per outcome");

bool cell_has_tls(const struct cell *c)
{
    return c->handshake.outcome == OUTCOME_OK && c->chain_len > 0;
}

bool cell_answered(const struct cell *c)
{
    return c->connect.outcome == OUTCOME_OK &&
           (c->greeting.outcome != OUTCOME_TIMED_OUT || c->wants_tls) &&
           c->handshake.outcome != OUTCOME_TIMED_OUT;
}

bool cell_dates_hold(const struct survey *s, const struct cell *c)
{
    for (size_t i = 0; i < c->verdict.path_len; i++) {
        const struct cert *cert = &s->certs[c->verdict.path[i]].cert;
        if (s->judged_at < cert->not_before || cert->not_after < s->judged_at)
            return false;
    }
    return c->verdict.path_len > 0;
}

bool cell_is_revoked(const struct survey *s, const struct cell *c)
{
    for (size_t i = 0; i < c->verdict.path_len; i++)
        if (s->certs[c->verdict.path[i]].revocation.state == REVOCATION_REVOKED)
            return true;
    return false;
}

bool cell_is_trusted(const struct survey *s, const struct cell *c)
{
    return c->verdict.trusted && cell_dates_hold(s, c) &&
           !cell_is_revoked(s, c);
}

/* TLS is there, and nobody in it who speaks the protocol of the port. A server
 * that refuses us speaks it; it does not like us. */
static bool is_mute(const struct cell *c)
{
    enum outcome inside = c->inside.outcome;

    return inside != OUTCOME_NOT_TRIED && inside != OUTCOME_OK &&
           inside != OUTCOME_REFUSED;
}

bool cell_speaks(const struct cell *c)
{
    bool before = c->greeting.outcome == OUTCOME_OK ||
                  c->greeting.outcome == OUTCOME_REFUSED;

    return before || (cell_has_tls(c) && !is_mute(c));
}

enum cell_state cell_state(const struct survey *s, const struct cell *c)
{
    const struct attempt *steps[] = { &c->connect, &c->greeting, &c->starttls,
                                      &c->handshake };

    /* The port does the other thing than it promises (RFC 8314 7.3). */
    bool other_mode = c->plain_text || c->wants_tls;
    bool turned_down = c->starttls.outcome == OUTCOME_REFUSED;
    if (other_mode || turned_down)
        return STATE_NO_TLS;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        enum outcome outcome = steps[i]->outcome;
        if (outcome != OUTCOME_OK && outcome != OUTCOME_NOT_TRIED)
            return states_of[outcome];
    }
    if (!cell_has_tls(c))
        return STATE_NOT_TRIED;
    /* A file may be judged without a name. */
    bool name_ok = c->verdict.name_ok || !c->reference;
    if (!name_ok || !cell_is_trusted(s, c))
        return STATE_FAULTY;
    return is_mute(c) ? states_of[c->inside.outcome] : STATE_VERIFIED;
}

bool cell_key_is_small(const struct survey *s, const struct cert *leaf)
{
    return leaf->key_bits < knowledge_key_bits_min(s, leaf->key_type);
}

static bool is_weak_signature(const char *signature)
{
    static const char *const weak[] = { "md2", "md4", "md5", "sha1" };

    for (size_t i = 0; signature && i < sizeof weak / sizeof *weak; i++)
        for (const char *at = signature; *at; at++)
            if (strncasecmp(at, weak[i], strlen(weak[i])) == 0)
                return true;
    return false;
}

const struct cert *cell_weakly_signed(const struct survey *s,
                                      const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);

    if (leaf && !leaf->self_signed && is_weak_signature(leaf->signature))
        return leaf;
    for (size_t i = 1; i < c->verdict.path_len; i++) {
        const struct held_cert *held = &s->certs[c->verdict.path[i]];
        bool counts = held->origin != CERT_ANCHOR && !held->cert.self_signed;
        if (counts && is_weak_signature(held->cert.signature))
            return &held->cert;
    }
    return NULL;
}

bool cell_is_of_today(const struct survey *s, const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);

    if (!leaf || !c->tls_version)
        return false;
    /* RFC 8996: nothing below 1.2. */
    bool modern = strcmp(c->tls_version, "TLSv1.2") == 0 ||
                  strcmp(c->tls_version, "TLSv1.3") == 0;
    return modern && leaf->key_type != KEY_UNKNOWN &&
           !cell_key_is_small(s, leaf) && leaf->server_auth &&
           !cell_weakly_signed(s, c);
}

bool cell_is_clean(const struct survey *s, const struct cell *c)
{
    return cell_state(s, c) == STATE_VERIFIED && cell_is_of_today(s, c);
}

const char *cell_proxy_words(const struct attempt *to)
{
    static const char by[] = "the proxy "; /* net/proxy_talk.c */
    const char *said = to->detail;
    bool never_left =
        to->outcome == OUTCOME_NOT_TRIED || to->outcome == OUTCOME_UNREACHABLE;

    return never_left && said && strncmp(said, by, sizeof by - 1) == 0 ? said
                                                                       : NULL;
}

const char *cell_held_back(const struct attempt *to)
{
    return to->outcome == OUTCOME_NOT_TRIED && to->detail
               ? to->detail
               : cell_proxy_words(to);
}
