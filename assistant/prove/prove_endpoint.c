/* Another name, port or mode: what a look at exactly that has shown. */
#include <string.h>

#include "facts/candidate.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/rotation.h"
#include "prove/proofs.h"

/* What a person no longer meets who does as told. */
static void clears_causes(struct fix *fix)
{
    fix->clears = fix->causes;
    fix->clears_len = fix->causes_len;
}

static uint16_t port_of(const struct fix *fix)
{
    double port = json_find_number(fix->params, "port", 0);
    return port > 0 && port <= UINT16_MAX ? (uint16_t)port : 0;
}

/* Where machines take turns at one place, a look at the next says as little. */
static bool machines_take_turns(const struct survey *s)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (rotation_is_here(s, &s->cells[i]))
            return true;
    return false;
}

static bool seen_clean(const struct trial *t, struct fix *fix, const char *host)
{
    uint16_t port = port_of(fix);
    if (!host || machines_take_turns(t->survey) || !port ||
        !candidate_seen_clean(t->survey, host, port))
        return false;
    size_t n = survey_addresses(t->survey, t->arena, host).len;
    fix->proof = PROOF_PROBED;
    fix->proof_detail = arena_printf(
        t->arena,
        "%s port %u was looked at on %zu address%s: name, chain and dates "
        "are right.",
        host, (unsigned)port, n, n == 1 ? "" : "es");
    clears_causes(fix);
    return true;
}

/* Wherever mail programs meet it, they no longer do under the other name. */
static bool is_left_behind(const struct trial *t, const struct finding *f,
                           const char *host)
{
    for (size_t i = 0; i < f->cells_len; i++) {
        const struct cell *c = &t->survey->cells[f->cells[i]];
        const struct service *at = service_at(c->port);
        bool counts = c->port == t->survey->target.port || (at && at->client);
        if (counts && !cell_is_clean(t->survey, c) &&
            !candidate_cures(t->survey, host, c->port))
            return false;
    }
    return true;
}

static bool clears(const struct trial *t, const char *id, const char *host)
{
    for (size_t i = 0; i < t->found->len; i++) {
        const struct finding *f = &t->found->items[i];
        if (strcmp(f->def->id, id) == 0 && !is_left_behind(t, f, host))
            return false;
    }
    return true;
}

bool prove_hostname(const struct trial *t, struct fix *fix, bool *holds,
                    struct err *err)
{
    const char *host = json_find_text(fix->params, "hostname");
    const char **gone =
        arena_alloc(t->arena, fix->causes_len + 1, sizeof *gone);
    size_t len = 0;
    (void)err;
    *holds = seen_clean(t, fix, host);
    for (size_t i = 0; *holds && i < fix->causes_len; i++) {
        if (clears(t, fix->causes[i], host))
            gone[len++] = fix->causes[i];
    }
    fix->clears = gone;
    fix->clears_len = len;
    return true;
}

bool prove_port(const struct trial *t, struct fix *fix, bool *holds,
                struct err *err)
{
    (void)err;
    *holds = seen_clean(t, fix, t->survey->target.host);
    return true;
}

bool prove_mode(const struct trial *t, struct fix *fix, bool *holds,
                struct err *err)
{
    const char *security = json_find_text(fix->params, "security");
    size_t seen = 0;
    (void)err;
    *holds = true;
    for (size_t i = 0; i < t->survey->cells_len; i++) {
        const struct cell *c = &t->survey->cells[i];
        if (c->port != port_of(fix) || !client_view_asked(t->survey, c))
            continue;
        *holds = *holds && candidate_other_mode(t->survey, c);
        seen++;
    }
    *holds = *holds && seen > 0;
    fix->proof = PROOF_PROBED;
    fix->proof_detail =
        arena_printf(t->arena,
                     "TLS was reached there by %s: name, chain and dates are "
                     "right.",
                     security && strcmp(security, "starttls") == 0
                         ? "STARTTLS"
                         : "encryption from the first byte");
    clears_causes(fix);
    return true;
}

bool prove_input(const struct trial *t, struct fix *fix, bool *holds,
                 struct err *err)
{
    (void)err;
    const char *host = json_find_text(fix->params, "hostname");
    uint16_t port = host ? candidate_port_anywhere(t->survey, host) : 0;
    *holds = port != 0;
    fix->proof = PROOF_PROBED;
    fix->proof_detail =
        arena_printf(t->arena,
                     "%s port %u was looked at: name, chain and dates are "
                     "right.",
                     host ? host : "", (unsigned)port);
    clears_causes(fix);
    return true;
}

/* Wherever it is: every address of it was looked at and is clean. */
bool prove_place(const struct trial *t, struct fix *fix, bool *holds,
                 struct err *err)
{
    const char *host = json_find_text(fix->params, "hostname");
    size_t seen = 0;

    (void)err;
    *holds = host != NULL;
    for (size_t i = 0; host && i < t->survey->cells_len; i++) {
        const struct cell *c = &t->survey->cells[i];
        if (c->port != port_of(fix) || strcmp(c->host, host) != 0 ||
            !client_view(t->survey, c))
            continue;
        *holds = *holds && cell_is_clean(t->survey, c);
        seen++;
    }
    *holds = *holds && seen > 0;
    fix->proof = PROOF_PROBED;
    fix->proof_detail = arena_printf(
        t->arena, "%s port %u was looked at: name, chain and dates are right.",
        host ? host : "", (unsigned)port_of(fix));
    clears_causes(fix);
    return true;
}

bool prove_nothing(const struct trial *t, struct fix *fix, bool *holds,
                   struct err *err)
{
    (void)t;
    (void)err;
    *holds = true;
    fix->proof = PROOF_NONE;
    fix->proof_detail =
        fix->def->actor == ACTOR_PROVIDER
            ? "What somebody else will do can only be seen afterwards."
            : "Only a new look afterwards can show that it worked.";
    return true;
}
