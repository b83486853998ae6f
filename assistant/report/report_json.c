#include "report/report.h"

#include "base/clock.h"
#include "base/version.h"
#include "facts/cell_state.h"
#include "facts/mail_ways.h"
#include "report/report_gaps.h"
#include "report/report_words.h"

enum { SURE = 100 };

static const char *const verdict_texts[] = {
    [VERDICT_OK] = "ok",
    [VERDICT_PROBLEMS] = "problems",
    [VERDICT_UNTESTED] = "untested",
};

static void put_asked(struct arena *a, struct json *o, const struct survey *s)
{
    const struct target *t = &s->target;
    struct json *j = json_put_object(a, o, "asked");

    json_put_text(a, j, "input", t->input);
    if (t->label)
        json_put_text(a, j, "label", t->label);
    json_put_text(a, j, "host", t->host);
    json_put_text(a, j, "domain", t->domain);
    json_put_text(a, j, "role", table_text(role_words, (int)t->role));
    json_put_texts(a, j, "corrections", t->corrections, t->corrections_len);
}

/* How sure a program can be to get through: every deduction is told, and they
 * add up. */
static void put_confidence(struct arena *a, struct json *o,
                           const struct report *r)
{
    struct json *list = json_array(a);
    const struct confidence *sure = &r->plan->confidence;
    bool unseen = report_verdict(r) == VERDICT_UNTESTED;

    for (size_t i = 0; i < sure->len; i++) {
        const struct deduction *d = &sure->items[i];
        struct json *j = json_add_object(a, list);
        json_put_text(a, j, "finding", r->findings->items[d->finding].def->id);
        json_put_number(a, j, "points", d->points);
        json_put_text(a, j, "why", report_deduction(a, r, d));
        json_put_text(a, j, "who", table_text(reach_words, (int)d->who));
        json_put_number(a, j, "places", (double)d->hit);
        json_put_number(a, j, "of", (double)d->of);
    }
    if (unseen) {
        struct json *j = json_add_object(a, list);
        json_put_text(a, j, "finding", NULL);
        json_put_number(a, j, "points", SURE);
        json_put_text(a, j, "why", "Nothing could be looked at");
    }
    json_put_number(a, o, "confidence", unseen ? 0 : SURE - sure->lost);
    json_put(a, o, "deductions", list);
}

/* How it was come by. */
static const char *source_of(const struct survey *s, const struct cell *c)
{
    const struct mail_way *way = mail_way_of(s, c);

    if (!c->asked)
        return "proof";
    if (way)
        return table_text(way_source_words, (int)way->source);
    return s->target.kind == TARGET_DOMAIN ? "mx" : "asked";
}

static void put_endpoint(struct arena *a, struct json *list,
                         const struct survey *s, const struct cell *c)
{
    struct json *j = json_add_object(a, list);
    bool is_file = s->target.kind == TARGET_FILE;
    bool named = c->chain_len && c->reference;
    const struct attempt *steps[] = { &c->connect, &c->greeting, &c->starttls,
                                      &c->handshake, &c->inside };
    int elapsed_ms = 0;

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        elapsed_ms += steps[i]->elapsed_ms;
    json_put_text(a, j, "host", c->host);
    json_put_text(a, j, "address", c->address);
    json_put_number(a, j, "port", c->port);
    json_put_text(a, j, "service", c->service);
    json_put_text(a, j, "security",
                  is_file ? "none"
                          : table_text(security_words, (int)c->security));
    json_put_text(a, j, "sni", c->sni);
    json_put_bool(a, j, "asked", c->asked);
    json_put_text(a, j, "source", source_of(s, c));
    json_put_text(a, j, "state",
                  table_text(state_words, (int)cell_state(s, c)));
    /* Without a certificate or a name there is no answer, not a "no". */
    json_put(a, j, "name_ok", named ? json_bool(a, c->verdict.name_ok) : NULL);
    json_put(a, j, "trusted",
             c->chain_len ? json_bool(a, cell_is_trusted(s, c)) : NULL);
    json_put_text(a, j, "tls_version", c->tls_version);
    json_put_text(a, j, "certificate",
                  c->chain_len ? s->certs[c->chain[0]].cert.sha256_hex : NULL);
    json_put_number(a, j, "elapsed_ms", elapsed_ms);
}

/* Anchors and what prove/ made up are nobody's certificates here. */
static bool is_listed(const struct survey *s, size_t cert)
{
    if (s->certs[cert].origin == CERT_SENT)
        return true;
    for (size_t i = 0; i < s->cells_len; i++)
        for (size_t k = 0; k < s->cells[i].chain_len; k++)
            if (s->cells[i].chain[k] == cert)
                return true;
    return false;
}

static void put_certificate(struct arena *a, struct json *list,
                            const struct held_cert *h)
{
    struct json *j = json_add_object(a, list);
    const struct cert *c = &h->cert;

    json_put_text(a, j, "sha256", c->sha256_hex);
    json_put_bool(a, j, "malformed", h->malformed);
    json_put_text(a, j, "subject", c->subject);
    json_put_texts(a, j, "dns_names", c->dns_names.text, c->dns_names.len);
    json_put_texts(a, j, "ip_names", c->ip_names.text, c->ip_names.len);
    json_put_text(a, j, "issuer", c->issuer);
    json_put_text(a, j, "serial", c->serial_hex);
    json_put_text(a, j, "not_before",
                  h->malformed ? NULL : clock_text(a, c->not_before));
    json_put_text(a, j, "not_after",
                  h->malformed ? NULL : clock_text(a, c->not_after));
    json_put_text(a, j, "key_type",
                  table_text(key_type_words, (int)c->key_type));
    json_put_number(a, j, "key_bits", c->key_bits);
    json_put_text(a, j, "spki_sha256", c->spki_sha256_hex);
    json_put_bool(a, j, "is_ca", c->is_ca);
    json_put_bool(a, j, "self_signed", c->self_signed);
}

static void put_finding(struct arena *a, struct json *list,
                        const struct report *r, size_t at)
{
    const struct finding *f = &r->findings->items[at];
    const struct finding *whole = plan_part_of(r->plan, at);
    struct json *j = json_add_object(a, list);

    json_put_text(a, j, "id", f->def->id);
    json_put_text(a, j, "severity",
                  table_text(severity_words, (int)f->severity));
    struct text_list where = report_where(a, r->survey, f);
    json_put_texts(a, j, "where", where.text, where.len);
    json_put_text(a, j, "title", f->def->title);
    json_put_text(a, j, "detail", f->detail);
    json_put_text(a, j, "why", f->def->why);
    json_put_text(a, j, "source", f->def->source);
    json_put_text(a, j, "part_of", whole ? whole->def->id : NULL);
    json_put(a, j, "params", f->params ? f->params : json_object(a));
}

static void put_gates(struct arena *a, struct json *o, const struct fix *f)
{
    struct json *list = json_put_array(a, o, "gates");

    for (size_t i = 0; i < f->gates_len; i++) {
        struct json *j = json_add_object(a, list);
        json_put_text(a, j, "id", f->gates[i].id);
        json_put_text(a, j, "state", f->gates[i].open ? "open" : "shut");
        json_put_text(a, j, "detail", f->gates[i].detail);
    }
}

static void put_fix(struct arena *a, struct json *list, const struct fix *f,
                    size_t rank)
{
    struct json *j = json_add_object(a, list);

    json_put_text(a, j, "id", f->def->id);
    json_put_number(a, j, "rank", (double)rank);
    json_put_text(a, j, "title", f->title ? f->title : f->def->title);
    json_put_text(a, j, "why", f->why);
    json_put_text(a, j, "actor", table_text(actor_words, (int)f->def->actor));
    json_put_text(a, j, "effort", f->def->effort);
    json_put_text(a, j, "risk", table_text(risk_words, (int)f->def->risk));
    if (f->def->brings != BRINGS_NOTHING)
        json_put_text(a, j, "brings",
                      table_text(brings_words, (int)f->def->brings));
    json_put_texts(a, j, "clears", f->clears, f->clears_len);
    struct json *proof = json_put_object(a, j, "proof");
    json_put_text(a, proof, "kind", table_text(proof_words, (int)f->proof));
    json_put_text(a, proof, "detail", f->proof_detail);
    put_gates(a, j, f);
    json_put(a, j, "params", f->params ? f->params : json_object(a));
    json_put_texts(a, j, "steps", f->steps, f->steps_len);
    json_put_text(a, j, "recheck", f->recheck);
}

/* What was left out and why; an all-clear says nothing about it. */
static void put_gaps(struct arena *a, struct json *o, const struct survey *s)
{
    struct report_gaps gaps = report_gaps(a, s);
    struct json *list = json_put_array(a, o, "not_looked_at");

    for (size_t i = 0; i < gaps.len; i++) {
        struct json *j = json_add_object(a, list);
        json_put_text(a, j, "what", gaps.items[i].what);
        json_put_text(a, j, "why", gaps.items[i].why);
    }
}

struct json *report_json(struct arena *a, const struct report *r)
{
    const struct survey *s = r->survey;
    struct json *j = json_object(a);

    json_put_text(a, j, "schema", "certmend.report/1");
    json_put_text(a, json_put_object(a, j, "tool"), "version",
                  CERTMEND_VERSION);
    json_put_text(a, j, "looked_at", clock_text(a, s->taken_at));
    json_put_text(a, j, "judged_at", clock_text(a, s->judged_at));
    put_asked(a, j, s);
    json_put_text(a, j, "verdict", verdict_texts[report_verdict(r)]);
    put_confidence(a, j, r);
    put_gaps(a, j, s);
    struct json *endpoints = json_put_array(a, j, "endpoints");
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].key_type == KEY_UNKNOWN || s->cells[i].chain_len)
            put_endpoint(a, endpoints, s, &s->cells[i]);
    struct json *certificates = json_put_array(a, j, "certificates");
    for (size_t i = 0; i < s->certs_len; i++)
        if (is_listed(s, i))
            put_certificate(a, certificates, &s->certs[i]);
    struct json *findings = json_put_array(a, j, "findings");
    for (size_t i = 0; i < r->findings->len; i++)
        put_finding(a, findings, r, i);
    struct json *fixes = json_put_array(a, j, "fixes");
    for (size_t i = 0; i < r->plan->len; i++)
        put_fix(a, fixes, &r->plan->items[i], i + 1);
    return j;
}
