#include "model/survey.h"

#include <assert.h>
#include <string.h>

#include "model/host_port.h"

const struct word outcome_words[] = {
    { "not-tried", OUTCOME_NOT_TRIED },
    { "worked", OUTCOME_OK },
    { "refused", OUTCOME_REFUSED },
    { "unreachable", OUTCOME_UNREACHABLE },
    { "timed-out", OUTCOME_TIMED_OUT },
    { "closed", OUTCOME_CLOSED },
    { "not-offered", OUTCOME_NOT_OFFERED },
    { "nonsense", OUTCOME_PROTOCOL_ERROR },
    { "injected", OUTCOME_PLAINTEXT_INJECTION },
    { "alerted", OUTCOME_ALERTED },
    { "untrusted", OUTCOME_UNTRUSTED },
    { NULL, OUTCOME_COUNT },
};
static_assert(sizeof outcome_words / sizeof *outcome_words == OUTCOME_COUNT + 1,
              "a word per outcome");

const struct word trust_words[] = {
    { "issuer-unknown", TRUST_ISSUER_UNKNOWN },
    { "self-signed", TRUST_SELF_SIGNED },
    { "root-unknown", TRUST_ROOT_UNKNOWN },
    { "bad-signature", TRUST_BAD_SIGNATURE },
    { "purpose", TRUST_PURPOSE },
    { "not-a-ca", TRUST_NOT_A_CA },
    { "path-length", TRUST_PATH_LENGTH },
    { "name-constraint", TRUST_NAME_CONSTRAINT },
    { "malformed", TRUST_MALFORMED },
    { "other", TRUST_OTHER },
    { NULL, TRUST_CODE_COUNT },
};
static_assert(sizeof trust_words / sizeof *trust_words == TRUST_CODE_COUNT + 1,
              "a word per trust code");

const struct word cert_origin_words[] = {
    { "sent", CERT_SENT },       { "fetched", CERT_FETCHED },
    { "anchor", CERT_ANCHOR },   { "supposed", CERT_HYPOTHETICAL },
    { NULL, CERT_ORIGIN_COUNT },
};
static_assert(sizeof cert_origin_words / sizeof *cert_origin_words ==
                  CERT_ORIGIN_COUNT + 1,
              "a word per origin");

struct survey *survey_new(struct arena *a, const struct target *t,
                          int64_t taken_at)
{
    struct survey *s = arena_alloc(a, 1, sizeof *s);

    s->arena = a;
    s->target = *t;
    s->taken_at = taken_at;
    s->judged_at = taken_at;
    return s;
}

struct cell *survey_cell_add(struct survey *s, const struct cell *c)
{
    s->cells = arena_grow(s->arena, s->cells, s->cells_len, sizeof *s->cells);
    s->cells[s->cells_len] = *c;
    return &s->cells[s->cells_len++];
}

void survey_answer_add(struct survey *s, const struct dns_answer *answer)
{
    s->answers =
        arena_grow(s->arena, s->answers, s->answers_len, sizeof *s->answers);
    s->answers[s->answers_len++] = *answer;
}

void survey_fetch_add(struct survey *s, const struct fetch *f)
{
    s->fetches =
        arena_grow(s->arena, s->fetches, s->fetches_len, sizeof *s->fetches);
    s->fetches[s->fetches_len++] = *f;
}

static bool same_bytes(const struct cert *a, const struct cert *b)
{
    return a->der_len == b->der_len &&
           (a->der_len == 0 || memcmp(a->der, b->der, a->der_len) == 0);
}

size_t survey_cert_add(struct survey *s, const struct held_cert *cert)
{
    for (size_t i = 0; i < s->certs_len; i++)
        if (same_bytes(&s->certs[i].cert, &cert->cert))
            return i;
    s->certs = arena_grow(s->arena, s->certs, s->certs_len, sizeof *s->certs);
    s->certs[s->certs_len] = *cert;
    return s->certs_len++;
}

const struct dns_answer *survey_answer(const struct survey *s, const char *name,
                                       enum dns_type type)
{
    for (size_t i = 0; i < s->answers_len; i++) {
        const struct dns_answer *answer = &s->answers[i];
        if (!answer->server && answer->type == type &&
            strcmp(answer->name, name) == 0)
            return answer;
    }
    return NULL;
}

const struct fetch *survey_fetch(const struct survey *s, const char *url)
{
    for (size_t i = 0; i < s->fetches_len; i++)
        if (strcmp(s->fetches[i].url, url) == 0)
            return &s->fetches[i];
    return NULL;
}

const struct cert *cell_leaf(const struct survey *s, const struct cell *c)
{
    if (!c->chain_len)
        return NULL;
    const struct held_cert *leaf = &s->certs[c->chain[0]];
    return leaf->malformed ? NULL : &leaf->cert;
}

const struct cert *survey_new_leaf(const struct survey *s, size_t cell)
{
    const struct cell *c = &s->cells[cell];

    if (!c->asked || !c->chain_len)
        return NULL;
    for (const struct cell *other = s->cells; other < c; other++)
        if (other->asked && other->chain_len && other->chain[0] == c->chain[0])
            return NULL;
    return cell_leaf(s, c);
}

const char *cell_where(struct arena *a, const struct cell *c)
{
    return host_port_text(a, c->address, c->port);
}

struct text_list survey_addresses(const struct survey *s, struct arena *a,
                                  const char *host)
{
    struct text_list list = { 0 };

    if (name_is_ip(host))
        text_list_add_new(a, &list, host);
    for (size_t i = 0; i < s->answers_len; i++) {
        const struct dns_answer *answer = &s->answers[i];
        bool wanted = answer->type == DNS_A || answer->type == DNS_AAAA;
        if (!wanted || strcmp(answer->name, host) != 0)
            continue;
        for (size_t r = 0; r < answer->len; r++)
            if (answer->records[r].host)
                text_list_add_new(a, &list, answer->records[r].host);
    }
    return list;
}
