/*
 * Over made-up servers: whatever a plan offers as proven is carried out on the
 * server, to the letter of its parameters, and looked at again. What it claims
 * to clear is gone, and nothing came up that was not there before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "facts/candidate.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "world.h"

enum { WORLDS = 300, NAMES_MAX = 400 };

static bool is_target(const struct world *w, size_t i)
{
    return strcmp(w->scans[i].host, w->host) == 0;
}

static bool is_shut(const struct fix *fix, const char *gate)
{
    for (size_t i = 0; i < fix->gates_len; i++) {
        if (!fix->gates[i].open && strcmp(fix->gates[i].id, gate) == 0)
            return true;
    }
    return false;
}

/* A new certificate on every service of the host. */
static void do_certificate(const struct scene *at, const struct fix *fix,
                           struct world *w)
{
    struct buf names;
    buf_init(&names, at->arena, NAMES_MAX);
    JSON_EACH (name, json_find(fix->params, "names"))
        buf_printf(&names, "%s%s", names.len ? " " : "", name->text);
    w->certs[WORLD_CERTS] = (struct scene_cert){ .names = names.text };
    for (size_t i = 0; i < w->len; i++) {
        if (is_target(w, i))
            w->scans[i].cert = WORLD_CERTS;
    }
    /* The key of before, where it is kept; a gate was opened beforehand. */
    bool keep = json_find_bool(fix->params, "keep_key");
    w->tlsa.stranger =
        w->tlsa.stranger || w->tlsa.certificate || (w->tlsa.key && !keep);
    w->tlsa.key = (w->tlsa.key && keep) || is_shut(fix, "dane.renewal_guard");
    w->tlsa.certificate = false;
}

static void do_caa(const struct scene *at, const struct fix *fix,
                   struct world *w)
{
    const char *remove = json_find_text(fix->params, "remove");
    (void)at;
    if (remove && w->caa[0] && strcmp(remove, w->caa[0]) == 0)
        w->caa[0] = json_find_text(fix->params, "value");
    else
        w->caa[w->caa[0] ? 1 : 0] = json_find_text(fix->params, "value");
}

static void do_tlsa(const struct scene *at, const struct fix *fix,
                    struct world *w)
{
    (void)at;
    (void)fix;
    w->tlsa.key = true;
}

static void do_full_chain(const struct scene *at, const struct fix *fix,
                          struct world *w)
{
    (void)at;
    (void)fix;
    for (size_t i = 0; i < WORLD_CERTS; i++) {
        if (w->certs[i].chain == SCENE_FETCHED)
            w->certs[i].chain = SCENE_FULL;
    }
}

/* A clean look of the host, best on `port`; looks and cells go in step. */
static const struct sight *good(const struct scene *at, const struct world *w,
                                uint16_t port)
{
    const struct sight *best = NULL;
    for (size_t i = 0; i < w->len; i++) {
        const struct sight *l = &w->scans[i];
        const struct cell *c = &at->survey->cells[i];
        if (is_target(w, i) && client_view_here(at->survey, c) &&
            cell_is_clean(at->survey, c) &&
            (!best || (best->port != port && l->port == port)))
            best = l;
    }
    return best;
}

static bool list_has_number(const struct json *list, uint16_t port)
{
    JSON_EACH (item, list) {
        if ((uint16_t)item->number == port)
            return true;
    }
    return false;
}

static void do_deploy(const struct scene *at, const struct fix *fix,
                      struct world *w)
{
    const struct world before = *w;
    const struct json *addresses = json_find(fix->params, "addresses");
    const struct json *list = json_find(fix->params, "ports");
    for (size_t i = 0; i < w->len; i++) {
        struct sight *l = &w->scans[i];
        const struct sight *model = good(at, &before, l->port);
        bool named = json_has_text(addresses, l->address) ||
                     list_has_number(list, l->port);
        if (is_target(w, i) && model && named)
            l->cert = model->cert;
    }
}

static void do_reload(const struct scene *at, const struct fix *fix,
                      struct world *w)
{
    double port = json_find_number(fix->params, "good_port", 0);
    const struct json *told = json_find(fix->params, "services");
    const struct sight *model = good(at, w, (uint16_t)port);
    size_t cert = model ? model->cert : 0;
    for (size_t i = 0; i < w->len; i++) {
        const struct cell *c = &at->survey->cells[i];
        const struct scene_cert *now = &w->certs[w->scans[i].cert];
        if (is_target(w, i) && c->verdict.name_ok &&
            json_has_text(told, c->service) &&
            now->ends_in_days < w->certs[cert].ends_in_days)
            w->scans[i].cert = cert;
    }
}

/* The person asks for the other name or port from now on. */
static void do_other(const struct scene *at, const struct fix *fix,
                     struct world *w)
{
    (void)at;
    const char *host = json_find_text(fix->params, "hostname");
    w->asked_port = (uint16_t)json_find_number(fix->params, "port", 0);
    if (host && strcmp(host, w->host) != 0) {
        w->host = host;
        w->two = w->moved && strcmp(host, "box.example.net") == 0;
    }
}

static const struct {
    const char *fix;
    void (*carry_out)(const struct scene *at, const struct fix *fix,
                      struct world *w);
} deeds[] = {
    { "issue-certificate", do_certificate },
    { "issue-wildcard", do_certificate },
    { "renew-certificate", do_certificate },
    { "replace-key", do_certificate },
    { "serve-full-chain", do_full_chain },
    { "deploy-everywhere", do_deploy },
    { "reload-service", do_reload },
    { "update-caa", do_caa },
    { "update-tlsa", do_tlsa },
    { "use-hostname", do_other },
    { "use-port", do_other },
};

/* A name or port is offered when nothing there is an error
 * (facts/cell_state.h); a warning of its own it may have. */
static bool weighs(const struct fix *fix, const struct finding *f)
{
    return f->severity == SEV_ERROR ||
           (f->severity == SEV_WARNING && fix->proof == PROOF_SIMULATED);
}

static bool is_update(const struct fix *fix)
{
    return strncmp(fix->def->id, "update-", strlen("update-")) == 0;
}

/* Whatever is shut stands behind what opens it, or says so itself. */
static void check_order(const struct scene *at, size_t fix, uint32_t world)
{
    const struct fix *order = &at->plan.items[fix];
    const struct fix *caa = scene_fix(at, "update-caa");
    bool behind = caa && caa < order;
    bool shut = is_shut(order, "acme.caa_forbids") ||
                is_shut(order, "acme.caa_critical");
    if (shut && !behind)
        fail_msg("world %u: nothing opens the gate of %s", world,
                 order->def->id);
}

static void compare(const struct scene *before, const struct scene *after,
                    const struct fix *fix, uint32_t world)
{
    for (size_t i = 0; i < fix->clears_len; i++) {
        const struct finding *f = finding_find(&after->found, fix->clears[i]);
        bool asks = f && json_find_text(f->params, "value");
        if (f && (weighs(fix, f) || (asks && is_update(fix))))
            fail_msg("world %u: %s does not clear %s", world, fix->def->id,
                     fix->clears[i]);
    }
    for (size_t i = 0; i < after->found.len; i++) {
        const struct finding *f = &after->found.items[i];
        if (weighs(fix, f) && !finding_find(&before->found, f->def->id))
            fail_msg("world %u: %s brings %s", world, fix->def->id, f->def->id);
    }
}

static size_t try_fix(const struct scene *at, const struct world *w,
                      const struct fix *fix, uint32_t world)
{
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        if (strcmp(deeds[i].fix, fix->def->id) != 0)
            continue;
        struct world changed = *w;
        struct scene after;
        deeds[i].carry_out(at, fix, &changed);
        world_open(&after, &changed);
        compare(at, &after, fix, world);
        scene_close(&after);
        return (size_t)1 << i;
    }
    return 0;
}

static void what_is_proven_holds(void **state)
{
    size_t tried = 0;
    (void)state;
    for (uint32_t i = 1; i <= WORLDS; i++) {
        struct world w;
        struct scene at;
        world_make(&w, i);
        world_open(&at, &w);
        for (size_t k = 0; k < at.plan.len; k++) {
            const struct fix *fix = &at.plan.items[k];
            check_order(&at, k, i);
            if (fix->proof != PROOF_NONE)
                tried |= try_fix(&at, &w, fix, i);
        }
        scene_close(&at);
    }
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        if (!(tried >> i & 1) && strcmp(deeds[i].fix, "replace-key") != 0)
            fail_msg("%s was never offered", deeds[i].fix);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_proven_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
