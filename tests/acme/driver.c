/*
 * driver - plays a job of ACME verbs on the client's inside, for tests
 *
 *     driver JOB.json        prints one JSON object a step
 *
 * {"directory": URL, "ca_file", "resolver", "key": PEM file, "budget_s",
 *  "steps": [{"do": "open"}, {"do": "account", ...}, {"do": "issue", ...}]}
 *
 * To add a verb: its function and its row in verbs[].
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acme/acme.h"
#include "acme/acme_explanation.h"
#include "acme/challenge_webroot.h"
#include "base/base64url.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "challengers.h"
#include "crypto/csr.h"
#include "crypto/x509_read.h"
#include "net/loop.h"
#include "net/resolve.h"

enum { FILE_MAX = 1024 * 1024, NAMES_MAX = 200 };

struct driver {
    struct arena *arena;
    struct loop *loop;
    struct resolver *resolver;
    struct acme *session;
    struct challengers challengers;
    const struct key *key;
    const struct json *job;
    const struct json *step; /* under way */
    struct challenge_webroot webroot;
    struct challenge_solver list[4];
    struct key *keys[NAMES_MAX]; /* for key_free() */
    size_t keys_len;
    bool failed;
    const struct key *which;
    int64_t began_ms;
};

static void die(const char *why)
{
    fprintf(stderr, "driver: %s\n", why);
    _Exit(2);
}

static const char *text_of(const struct json *o, const char *key)
{
    const char *text = json_find_text(o, key);

    return text && *text ? text : NULL;
}

static const struct key *load_key(struct driver *d, const char *path)
{
    const char *text = NULL;
    size_t len = 0;
    struct err err;

    if (!file_read(d->arena, path, FILE_MAX, &text, &len, &err) ||
        !key_read(text, len, path, NULL, &d->keys[d->keys_len], &err))
        die(err.text);
    return d->keys[d->keys_len++];
}

static const char *const *texts(struct driver *d, const struct json *o,
                                const char *key, size_t *len)
{
    const char **list = NULL;

    *len = 0;
    JSON_EACH (item, json_find(o, key)) {
        list = arena_grow(d->arena, list, *len, sizeof *list);
        list[(*len)++] = item->text;
    }
    return list;
}

static void put_problem(struct arena *a, struct json *out,
                        const struct acme_problem *p)
{
    const struct acme_explanation m = acme_explanation_of(p);

    json_put_text(a, out, "type", p->type);
    json_put_text(a, out, "detail", p->detail);
    json_put_text(a, out, "finding", m.finding);
    json_put_number(a, out, "status", p->status);
    json_put_number(a, out, "retry_at", (double)p->retry_at);
    if (p->identifier)
        json_put_text(a, out, "identifier", p->identifier);
    if (p->challenge)
        json_put_text(a, out, "challenge", p->challenge);
    struct json *parts = json_put_array(a, out, "parts");
    for (size_t i = 0; i < p->parts_len; i++)
        put_problem(a, json_add_object(a, parts), &p->parts[i]);
}

static const char *const outcome_names[] = {
    [ACME_WORKED] = "worked",     [ACME_REFUSED] = "refused",
    [ACME_BROKEN] = "broken",     [ACME_UNREACHABLE] = "unreachable",
    [ACME_TOO_LATE] = "too-late", [ACME_UNPROVEN] = "unproven",
    [ACME_FAILED] = "failed",
};

static void put_products(struct driver *d, struct json *out,
                         const struct acme_result *r)
{
    struct arena *a = d->arena;

    if (r->account) {
        json_put_text(a, out, "account", r->account->url);
        json_put_text(a, out, "status", r->account->status);
        json_put_bool(a, out, "is_new", r->account->is_new);
    }
    if (r->issued) {
        const struct acme_issued *i = r->issued;
        json_put_text(a, out, "chain", i->chain_pem);
        json_put_number(a, out, "chain_len", (double)i->chain_len);
        json_put_bool(a, out, "replaced", i->replaced);
        json_put_text(a, out, "issuer",
                      i->chain[i->chain_len - 1].cert.issuer_cn);
        json_put_text(a, out, "id", acme_ari_id(a, &i->chain[0].cert));
    }
    if (r->ari) {
        json_put_number(a, out, "start", (double)r->ari->start);
        json_put_number(a, out, "end", (double)r->ari->end);
        json_put_number(a, out, "again_s",
                        (double)(r->ari->retry_at - clock_now_s()));
    }
}

static void done(void *arg, const struct acme_result *r)
{
    struct driver *d = arg;
    struct json *out = json_object(d->arena);
    struct buf text;

    json_put_text(d->arena, out, "do", json_find_text(d->step, "do"));
    json_put_text(d->arena, out, "outcome", outcome_names[r->outcome]);
    json_put_text(d->arena, out, "why", r->why);
    json_put_number(d->arena, out, "ms",
                    (double)(clock_monotonic_ms() - d->began_ms));
    json_put_number(d->arena, out, "shown",
                    (double)(d->challengers.shown + d->webroot.presented));
    if (r->problem)
        put_problem(d->arena, json_put_object(d->arena, out, "problem"),
                    r->problem);
    put_products(d, out, r);
    if (d->which)
        json_put_text(d->arena, out, "which",
                      d->which == d->keys[0] ? "first" : "second");
    buf_init(&text, d->arena, FILE_MAX);
    json_print(out, false, &text);
    fputs(text.text, stdout);
    d->failed = r->outcome != ACME_WORKED;
    loop_stop(d->loop);
}

static void do_open(struct driver *d)
{
    acme_open(d->session, done, d);
}

static void do_account(struct driver *d)
{
    const char *eab = text_of(d->step, "eab_key");
    struct acme_account_request w = {
        .key = d->key,
        .agree = json_find_bool(d->step, "agree"),
        .only_existing = json_find_bool(d->step, "only_existing"),
        .eab_kid = text_of(d->step, "eab_kid"),
        .eab_alg = text_of(d->step, "eab_alg"),
    };

    w.contacts = texts(d, d->step, "contacts", &w.contacts_len);
    if (eab && !base64url_read(d->arena, eab, &w.eab_key, &w.eab_key_len))
        die("eab_key is no base64url");
    acme_account_find(d->session, &w, done, d);
}

static const struct key *key_of_step(struct driver *d)
{
    const char *path = text_of(d->step, "key");
    struct key *k = NULL;
    struct err err;

    if (path)
        return load_key(d, path);
    if (!key_new(KEY_KIND_EC256, &k, &err))
        die(err.text);
    return d->keys[d->keys_len++] = k;
}

static size_t fill_challengers(struct driver *d)
{
    const char *root = text_of(d->step, "webroot");

    d->webroot = (struct challenge_webroot){ .arena = d->arena, .root = root };
    if (root) {
        d->list[0] = challenge_webroot(&d->webroot);
        return 1;
    }
    return challengers_list(&d->challengers, json_find(d->step, "challenges"),
                            json_find_bool(d->step, "cannot"), d->list);
}

static void do_issue(struct driver *d)
{
    struct acme_order_request w = {
        .solvers = d->list,
        .profile = text_of(d->step, "profile"),
        .replaces = text_of(d->step, "replaces"),
        .chain = text_of(d->step, "chain"),
    };
    struct csr_request order = { .cn = NULL };
    struct err err;

    w.names = texts(d, d->step, "names", &w.names_len);
    order.names = w.names;
    order.names_len = w.names_len;
    if (!csr_make(d->arena, key_of_step(d), &order, &w.csr, &w.csr_len, &err))
        die(err.text);
    w.solvers_len = fill_challengers(d);
    acme_issue(d->session, &w, done, d);
}

static void do_rekey(struct driver *d)
{
    acme_account_rekey(d->session, key_of_step(d), done, d);
}

static void do_which(struct driver *d)
{
    const struct key *const keys[2] = { d->key, key_of_step(d) };

    acme_account_which(d->session, keys, &d->which, done, d);
}

static void do_contacts(struct driver *d)
{
    size_t len = 0;
    const char *const *list = texts(d, d->step, "contacts", &len);

    acme_account_contacts(d->session, list, len, done, d);
}

static void do_deactivate(struct driver *d)
{
    acme_account_deactivate(d->session, done, d);
}

static void do_revoke(struct driver *d)
{
    const char *path = text_of(d->step, "cert");
    const struct key *key = text_of(d->step, "key") ? key_of_step(d) : NULL;
    struct cert_list certs = { 0 };
    const char *text = NULL;
    size_t len = 0;
    struct err err;

    if (!file_read(d->arena, path, FILE_MAX, &text, &len, &err) ||
        !x509_read_file(d->arena, text, len, path, &certs, &err))
        die(err.text);
    const struct acme_revocation revocation = {
        .der = certs.items[0].cert.der,
        .der_len = certs.items[0].cert.der_len,
        .reason = (int)json_find_number(d->step, "reason", ACME_REASON_NONE),
        .cert_key = key,
    };
    acme_revoke(d->session, &revocation, done, d);
}

static void do_ari(struct driver *d)
{
    acme_ari_ask(d->session, text_of(d->step, "id"), done, d);
}

static const struct {
    const char *name;
    void (*run)(struct driver *d);
} verbs[] = {
    { "open", do_open },     { "account", do_account },
    { "issue", do_issue },   { "rekey", do_rekey },
    { "which", do_which },   { "contacts", do_contacts },
    { "revoke", do_revoke }, { "deactivate", do_deactivate },
    { "ari", do_ari },
};

static void run_step(struct driver *d)
{
    const char *name = json_find_text(d->step, "do");
    struct err err;

    d->began_ms = clock_monotonic_ms();
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (name && strcmp(verbs[i].name, name) == 0) {
            verbs[i].run(d);
            if (!loop_run(d->loop, &err))
                die(err.text);
            return;
        }
    die("a step has an unknown verb");
}

static void set_up(struct driver *d)
{
    struct resolver_options r = { .server = text_of(d->job, "resolver") };
    struct acme_options o = {
        .directory_url = json_find_text(d->job, "directory"),
        .ca_file = text_of(d->job, "ca_file"),
        .budget_s = (int64_t)json_find_number(d->job, "budget_s", 0),
    };
    struct err err;

    if (!loop_new(&d->loop, &err) ||
        !resolver_new(d->loop, &r, &d->resolver, &err))
        die(err.text);
    o.loop = d->loop;
    o.resolver = d->resolver;
    if (!acme_new(&o, &d->session, &err)) {
        printf("{\"do\": \"new\", \"outcome\": \"failed\", \"why\": \"%s\"}\n",
               err.kind == ERR_USAGE ? "usage" : "other");
        exit(1);
    }
    d->key = load_key(d, json_find_text(d->job, "key"));
    challengers_new(&d->challengers, d->arena, d->loop,
                    text_of(d->job, "challtestsrv"));
}

int main(int argc, char **argv)
{
    struct driver d = { .arena = arena_new() };
    const char *text = NULL;
    struct json *job = NULL;
    size_t len = 0;
    struct err err;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc != 2 ||
        !file_read(d.arena, argv[1], FILE_MAX, &text, &len, &err) ||
        !json_parse(d.arena, text, len, argv[1], &job, &err))
        die("one JSON file was wanted");
    d.job = job;
    log_level_set(json_find_bool(job, "verbose") ? LOG_VERBOSE : LOG_QUIET);
    set_up(&d);
    JSON_EACH (step, json_find(job, "steps")) {
        d.step = step;
        run_step(&d);
        if (d.failed && !json_find_bool(step, "may_fail"))
            break;
    }
    resolver_free(d.resolver);
    acme_free(d.session);
    challengers_free(&d.challengers);
    loop_free(d.loop);
    for (size_t i = 0; i < d.keys_len; i++)
        key_free(d.keys[i]);
    arena_free(d.arena);
    return d.failed;
}
