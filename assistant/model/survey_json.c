#include "model/survey_json.h"

#include "base/base64.h"
#include "model/survey_json_read.h"

static void put_expected(struct arena *a, struct json *target,
                         const struct target_expected *as)
{
    if (!as->file)
        return;
    struct json *j = json_put_object(a, target, "expected_as");
    json_put_text(a, j, "file", as->file);
    json_put_text(a, j, "serial", as->serial);
    json_put_number(a, j, "begins", (double)as->begins);
    json_put_number(a, j, "ends", (double)as->ends);
}

static void put_target(struct arena *a, struct json *o, const struct target *t)
{
    struct json *j = json_put_object(a, o, "target");

    json_put_text(a, j, "kind", table_text(target_kind_words, (int)t->kind));
    json_put_text(a, j, "input", t->input);
    json_put_text(a, j, "host", t->host);
    json_put_text(a, j, "domain", t->domain);
    json_put_text(a, j, "path", t->path);
    json_put_text(a, j, "service", t->service);
    json_put_number(a, j, "port", t->port);
    json_put_text(a, j, "role", table_text(role_words, (int)t->role));
    json_put_text(a, j, "name", t->name);
    json_put_text(a, j, "sni", t->sni);
    json_put_bool(a, j, "no_sni", t->no_sni);
    json_put_text(a, j, "expected", t->expected);
    put_expected(a, j, &t->expected_as);
    json_put_bool(a, j, "revocation", t->revocation);
    json_put_bool(a, j, "host_is_ip", t->host_is_ip);
    json_put_texts(a, j, "corrections", t->corrections, t->corrections_len);
}

static void put_ordered(struct arena *a, struct json *o,
                        const struct ordered *d)
{
    if (!d->names.len)
        return;
    struct json *j = json_put_object(a, o, "ordered");
    json_put_texts(a, j, "names", d->names.text, d->names.len);
    json_put_texts(a, j, "authorities", d->authorities.text,
                   d->authorities.len);
    json_put_text(a, j, "method", d->method);
    json_put_text(a, j, "account", d->account);
    json_put_text(a, j, "shown", d->shown);
}

static void put_record(struct arena *a, struct json *list,
                       const struct dns_record *r)
{
    struct json *j = json_add_object(a, list);

    json_put_text(a, j, "text", r->text);
    json_put_text(a, j, "host", r->host);
    json_put_number(a, j, "priority", r->priority);
    json_put_number(a, j, "weight", r->weight);
    json_put_number(a, j, "port", r->port);
}

static void put_answer(struct arena *a, struct json *list,
                       const struct dns_answer *d)
{
    struct json *j = json_add_object(a, list);

    json_put_text(a, j, "name", d->name);
    json_put_text(a, j, "type", table_text(dns_type_words, (int)d->type));
    json_put_text(a, j, "outcome",
                  table_text(dns_outcome_words, (int)d->outcome));
    json_put_text(a, j, "security",
                  table_text(dns_security_words, (int)d->security));
    json_put_text(a, j, "why", d->why);
    if (d->server)
        json_put_text(a, j, "server", d->server);
    json_put_texts(a, j, "alias", d->alias, d->alias_len);
    json_put_number(a, j, "ttl_s", d->ttl_s);
    struct json *records = json_put_array(a, j, "records");
    for (size_t i = 0; i < d->len; i++)
        put_record(a, records, &d->records[i]);
}

static void put_attempt(struct arena *a, struct json *o, const char *key,
                        const struct attempt *t)
{
    struct json *j = json_put_object(a, o, key);

    json_put_text(a, j, "outcome", table_text(outcome_words, (int)t->outcome));
    json_put_text(a, j, "detail", t->detail);
    json_put_number(a, j, "elapsed_ms", t->elapsed_ms);
}

/* The negotiation and the handshake, as they went. */
static void put_seen(struct arena *a, struct json *j, const struct cell *c)
{
    put_attempt(a, j, "connect", &c->connect);
    put_attempt(a, j, "greeting", &c->greeting);
    put_attempt(a, j, "starttls", &c->starttls);
    put_attempt(a, j, "handshake", &c->handshake);
    put_attempt(a, j, "inside", &c->inside);
    json_put_text(a, j, "banner", c->banner);
    json_put_text(a, j, "greeted_as", c->greeted_as);
    json_put_texts(a, j, "capabilities", c->capabilities, c->capabilities_len);
    json_put_texts(a, j, "inside_capabilities", c->inside_capabilities,
                   c->inside_capabilities_len);
    json_put_bool(a, j, "plain_text", c->plain_text);
    json_put_bool(a, j, "wants_tls", c->wants_tls);
    json_put_number(a, j, "alert", c->alert);
    json_put_text(a, j, "tls_version", c->tls_version);
    json_put_text(a, j, "cipher", c->cipher);
    struct json *chain = json_put_array(a, j, "chain");
    for (size_t i = 0; i < c->chain_len; i++)
        json_add_number(a, chain, (double)c->chain[i]);
}

static void put_cell(struct arena *a, struct json *list, const struct cell *c)
{
    struct json *j = json_add_object(a, list);

    json_put_text(a, j, "host", c->host);
    json_put_text(a, j, "reference", c->reference);
    json_put_text(a, j, "address", c->address);
    json_put_number(a, j, "port", c->port);
    json_put_text(a, j, "service", c->service);
    json_put_text(a, j, "security",
                  table_text(security_words, (int)c->security));
    json_put_text(a, j, "sni", c->sni);
    json_put_text(a, j, "key_type",
                  table_text(key_type_words, (int)c->key_type));
    json_put_bool(a, j, "asked", c->asked);
    put_seen(a, j, c);
}

static void put_cert(struct arena *a, struct json *list,
                     const struct held_cert *h)
{
    struct json *j = json_add_object(a, list);

    json_put_text(a, j, "origin",
                  table_text(cert_origin_words, (int)h->origin));
    json_put_text(a, j, "der", base64_text(a, h->cert.der, h->cert.der_len));
}

static void put_fetch(struct arena *a, struct json *list, const struct fetch *f)
{
    struct json *j = json_add_object(a, list);

    json_put_text(a, j, "url", f->url);
    json_put_text(a, j, "address", f->address);
    put_attempt(a, j, "attempt", &f->attempt);
    json_put_number(a, j, "status", f->status);
    json_put_text(a, j, "location", f->location);
    json_put_text(a, j, "body", base64_text(a, f->body, f->body_len));
}

struct json *survey_to_json(struct arena *a, const struct survey *s)
{
    struct json *j = json_object(a);

    json_put_text(a, j, "schema", SURVEY_SCHEMA);
    json_put_number(a, j, "taken_at", (double)s->taken_at);
    json_put_number(a, j, "judged_at", (double)s->judged_at);
    json_put_text(a, j, "resolver", s->resolver);
    put_target(a, j, &s->target);
    put_ordered(a, j, &s->ordered);
    struct json *answers = json_put_array(a, j, "answers");
    for (size_t i = 0; i < s->answers_len; i++)
        put_answer(a, answers, &s->answers[i]);
    struct json *cells = json_put_array(a, j, "cells");
    for (size_t i = 0; i < s->cells_len; i++)
        put_cell(a, cells, &s->cells[i]);
    struct json *certs = json_put_array(a, j, "certificates");
    for (size_t i = 0; i < s->certs_len; i++)
        put_cert(a, certs, &s->certs[i]);
    struct json *fetches = json_put_array(a, j, "fetches");
    for (size_t i = 0; i < s->fetches_len; i++)
        put_fetch(a, fetches, &s->fetches[i]);
    return j;
}
