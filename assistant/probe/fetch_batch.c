#include "probe/fetch_batch.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/x509_read.h"
#include "model/name.h"

enum {
    FETCH_WAIT_MS = 10 * 1000,
    LIST_WAIT_MS = 30 * 1000,
    ADDRESSES_MAX = 16, /* of one host */
    FETCHES_MAX = 64,   /* certificates may name as many places as they like */
};

struct fetch_run {
    struct fetch_batch *batch;
    const struct fetch_request *request;
    struct http_place place;
    const char *source; /* whose addresses; NULL: no URL we fetch */
    struct fetch_turn turn;
    struct text_list to; /* addresses */
    int64_t wait_ms;
    const char *held_back;         /* why none of them may be asked; or NULL */
    bool is_out;                   /* tried; `came` is waited for */
    const struct http_reply *came; /* NULL: not tried, or not yet */
};

static void release(struct fetch_batch *b)
{
    if (--b->open == 0)
        b->done(b->arg);
}

static void came_back(void *arg, const struct http_reply *reply)
{
    struct fetch_run *e = arg;

    e->came = reply;
    fetch_line_done(e->batch->line, &e->turn, reply->is_silent);
    release(e->batch);
}

bool fetch_batch_plan(struct fetch_batch *b,
                      const struct probe_requests *requests, struct err *err)
{
    struct arena *a = b->survey->arena;

    b->len = requests->fetches_len < FETCHES_MAX ? requests->fetches_len
                                                 : FETCHES_MAX;
    b->items = arena_alloc(a, b->len, sizeof *b->items);
    if (b->len && !*b->http && !http_new(&b->options, b->http, err))
        return false;
    for (size_t i = 0; i < b->len; i++) {
        struct fetch_run *e = &b->items[i];
        *e = (struct fetch_run){ .batch = b, .request = &requests->fetches[i] };
        if (http_place(*b->http, a, e->request->url, &e->place))
            e->source = connect_to_source(&b->options.connect_to, e->place.host,
                                          e->place.port);
    }
    return true;
}

const char *fetch_batch_host(const struct fetch_batch *b, size_t i)
{
    return b->items[i].source;
}

/* A stranger's certificate or record may name a router or a service of this
 * machine. What is checked is what is connected to, so that no second answer of
 * the DNS comes between. Where --connect-to leads a name, whoever runs us has
 * said so. */
static bool may_go(const struct fetch_run *e, const char *address)
{
    bool is_address = name_is_ip(e->place.host);
    bool is_mapped = strcmp(e->source, e->place.host) != 0;

    if (is_mapped && !is_address)
        return true;
    return name_ip_may_lead(
        e->request->named_at,
        name_ip_reach(is_address ? e->place.host : address));
}

/* NULL: it is nobody's business but ours. */
static const char *why_not(const struct fetch_run *e, const char *address)
{
    const struct public_address_rule *rule = e->batch->options.public_only;
    const char *no = public_address_no_name(rule, e->place.host);

    return no ? no : public_address_no(rule, address);
}

static struct text_list addresses_of(struct fetch_run *e)
{
    const struct survey *s = e->batch->survey;
    struct arena *a = s->arena;
    struct text_list all = { 0 };
    size_t kept = 0;

    if (!e->request->address) {
        all = survey_addresses(s, a, e->source);
    } else {
        all.text = arena_alloc(a, 1, sizeof *all.text);
        all.text[all.len++] = e->request->address;
    }
    for (size_t i = 0; i < all.len && kept < ADDRESSES_MAX; i++)
        if (may_go(e, all.text[i]))
            all.text[kept++] = all.text[i];
        else if (!e->held_back)
            e->held_back = why_not(e, all.text[i]);
    all.len = kept;
    return all;
}

/* Did a certificate name this as the list of the revoked ones, and are they
 * wanted? Lists of big authorities are long. */
static bool is_list_url(const struct survey *s, const char *url)
{
    for (size_t i = 0; s->target.revocation && i < s->certs_len; i++) {
        const char *named = s->certs[i].cert.crl_url;
        if (named && strcmp(named, url) == 0)
            return true;
    }
    return false;
}

static void go(void *arg)
{
    struct fetch_run *e = arg;
    struct fetch_batch *b = e->batch;
    bool is_list = is_list_url(b->survey, e->request->url);
    int64_t waited_ms = clock_monotonic_ms() - e->turn.since_ms;
    struct http_request get = {
        .method = "GET",
        .url = e->request->url,
        .addresses = e->to.text,
        .addresses_len = e->to.len,
        .wait_ms = e->wait_ms,
        .body_max = is_list ? FETCH_LIST_MAX : FETCH_MAX,
    };

    b->in_line--;
    if (waited_ms > b->waited_ms)
        b->waited_ms = waited_ms;
    http_send(*b->http, b->survey->arena, &get, came_back, e);
}

static void set_out(struct fetch_run *e, int64_t left_ms)
{
    struct fetch_batch *b = e->batch;
    bool is_list = is_list_url(b->survey, e->request->url);
    int64_t wait_ms = is_list ? LIST_WAIT_MS : FETCH_WAIT_MS;

    e->to = addresses_of(e);
    if (!e->to.len)
        return;
    struct connect_place to = connect_to_place(
        &b->options.connect_to, e->place.host, e->to.text[0], e->place.port);
    e->turn = (struct fetch_turn){
        .whose = b, .address = to.address, .port = to.port, .go = go, .arg = e
    };
    e->wait_ms = left_ms < wait_ms ? left_ms : wait_ms;
    e->is_out = true;
    b->open++;
    b->in_line++;
    fetch_line_ask(b->line, &e->turn);
}

void fetch_batch_start(struct fetch_batch *b, int64_t left_ms)
{
    b->open = 1; /* it is not done before all have set out */
    for (size_t i = 0; i < b->len; i++)
        if (b->items[i].source)
            set_out(&b->items[i], left_ms);
    release(b);
}

/* All of them leave before another one's turn comes, which might be one of
 * theirs. */
void fetch_batch_drop(const struct fetch_batch *b)
{
    void (*const parts[])(struct fetch_line * l,
                          const struct fetch_turn *t) = { fetch_line_leave,
                                                          fetch_line_left };

    for (size_t part = 0; part < 2; part++)
        for (size_t i = 0; i < b->len; i++)
            if (b->items[i].is_out && !b->items[i].came)
                parts[part](b->line, &b->items[i].turn);
}

bool fetch_batch_waits(const struct fetch_batch *b)
{
    for (size_t i = 0; i < b->len; i++)
        if (b->items[i].is_out && !b->items[i].came)
            return true;
    return false;
}

/* Did a certificate name this as the place of its issuer? */
static bool is_issuer_url(const struct survey *s, const char *url)
{
    for (size_t i = 0; i < s->certs_len; i++) {
        const char *named = s->certs[i].cert.issuer_url;
        if (named && strcmp(named, url) == 0)
            return true;
    }
    return false;
}

static void keep_certificates(struct survey *s, const struct fetch *f)
{
    struct cert_list certs = { 0 };
    struct err unused;

    if (f->status != 200 || !is_issuer_url(s, f->url) ||
        !x509_read_file(s->arena, (const char *)f->body, f->body_len, f->url,
                        &certs, &unused))
        return; /* the fetch itself stays in the survey and tells */
    for (size_t i = 0; i < certs.len; i++) {
        certs.items[i].origin = CERT_FETCHED;
        survey_cert_add(s, &certs.items[i]);
    }
}

/* RFC 9110 6.6.1 */
static const char *date_of(struct arena *a, const struct http_reply *reply)
{
    const char *date = http_header(reply, "date");

    return date ? arena_printable(a, date, strlen(date)) : NULL;
}

void fetch_batch_record(const struct fetch_batch *b)
{
    for (size_t i = 0; i < b->len; i++) {
        const struct fetch_run *e = &b->items[i];
        struct fetch f = { .url = e->request->url,
                           .address = e->request->address,
                           .attempt.detail = e->to.len ? NULL : e->held_back };
        if (e->came) {
            f.attempt = e->came->attempt;
            f.status = e->came->status;
            f.location = e->came->location;
            f.date = date_of(b->survey->arena, e->came);
            f.body = e->came->body;
            f.body_len = e->came->body_len;
        }
        survey_fetch_add(b->survey, &f);
        keep_certificates(b->survey, &f);
    }
}
