#include "net/http.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/version.h"
#include "model/host_port.h"
#include "model/name.h"
#include "net/connection.h"
#include "net/libcurl.h"
#include "net/libcurl_gate.h"
#include "net/libcurl_loop.h"
#include "net/libcurl_proxy.h"
#include "net/lookup.h"

enum { ADDRESSES_MAX = 2048, ADDRESS_MAX = 48 }; /* bytes */

/* One request on its way. */
struct transfer {
    struct http *http;
    struct arena *arena; /* the caller's */
    http_answered *done;
    void *arg;
    struct http_place place;
    const bool *stopped;
    int64_t wait_ms;
    struct http_reply reply;
    struct http_header *headers; /* of the reply, so far */
    size_t header_bytes;
    bool headers_full; /* more, or longer ones, than we take */
    struct buf body;
    int64_t began_ms;
    CURL *easy;
    struct curl_slist *connect_to, *resolve, *said;
    char *why;             /* libcurl's words: CURL_ERROR_SIZE bytes */
    struct timer end_soon; /* it leads nowhere */
    struct transfer *next;
};

struct http {
    struct arena *arena;
    struct libcurl api;
    struct http_options options;
    struct lookups lookups;
    CURLM *multi;
    struct libcurl_loop glue;
    struct transfer *transfers; /* under way */
};

/* ---- the reply ---- */

static const struct {
    CURLcode code;
    enum outcome outcome;
} meanings[] = {
    { CURLE_OK, OUTCOME_OK },
    { CURLE_COULDNT_CONNECT, OUTCOME_UNREACHABLE },
    { CURLE_OPERATION_TIMEDOUT, OUTCOME_TIMED_OUT },
    { CURLE_GOT_NOTHING, OUTCOME_CLOSED },
    { CURLE_SEND_ERROR, OUTCOME_CLOSED },
    { CURLE_RECV_ERROR, OUTCOME_CLOSED },
    { CURLE_PARTIAL_FILE, OUTCOME_CLOSED },
    { CURLE_PEER_FAILED_VERIFICATION, OUTCOME_UNTRUSTED },
    { CURLE_SSL_ISSUER_ERROR, OUTCOME_UNTRUSTED },
};

static enum outcome outcome_of(const struct transfer *x, CURLcode code)
{
    if (code == CURLE_WRITE_ERROR && x->body.full)
        return OUTCOME_OK; /* we had enough */
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].code == code)
            return meanings[i].outcome;
    return OUTCOME_PROTOCOL_ERROR;
}

static const char *words_for(const struct transfer *x, CURLcode code)
{
    if (x->headers_full)
        return "the header of the answer is too long";
    return x->why[0] ? x->why : x->http->api.easy_strerror(code);
}

static struct attempt attempt_of(const struct transfer *x, CURLcode code)
{
    const struct libcurl *api = &x->http->api;
    struct attempt out = { .outcome = outcome_of(x, code) };
    const char *why = words_for(x, code);
    long error = 0;

    bool at_proxy = x->http->options.proxy && code != CURLE_OK &&
                    libcurl_proxy_stopped(api, x->arena, x->easy,
                                          x->http->options.proxy, code, &out);
    if (at_proxy)
        why = out.detail;
    else if (code == CURLE_COULDNT_CONNECT)
        api->easy_getinfo(x->easy, CURLINFO_OS_ERRNO, &error);
    if (error) {
        out.outcome = connection_outcome((int)error);
        why = strerror((int)error);
    }
    if (out.outcome != OUTCOME_OK)
        out.detail = arena_printable(x->arena, why, strlen(why));
    out.elapsed_ms = (int32_t)(clock_monotonic_ms() - x->began_ms);
    return out;
}

static void finish(struct transfer *x, CURLcode code)
{
    const struct libcurl *api = &x->http->api;
    struct http_reply *r = &x->reply;
    const char *location = NULL;
    double connect_s = 0;
    long status = 0;

    r->attempt = attempt_of(x, code);
    api->easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    api->easy_getinfo(x->easy, CURLINFO_REDIRECT_URL, &location);
    api->easy_getinfo(x->easy, CURLINFO_CONNECT_TIME, &connect_s);
    r->is_silent = r->attempt.outcome == OUTCOME_TIMED_OUT && !(connect_s > 0);
    r->status = (int)status;
    if (location)
        r->location = arena_printable(x->arena, location, strlen(location));
    r->headers = x->headers;
    r->body = (const uint8_t *)x->body.text;
    r->body_len = x->body.len;
    r->cut = x->body.full;
}

const char *http_header(const struct http_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->headers_len; i++)
        if (strcmp(reply->headers[i].name, name) == 0)
            return reply->headers[i].value;
    return NULL;
}

static size_t keep_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct transfer *x = arg;

    buf_bytes(&x->body, bytes, size * count);
    return x->body.full ? 0 : size * count;
}

static void add_header(struct transfer *x, const char *line, const char *colon,
                       const char *end)
{
    size_t name_len = (size_t)(colon - line);
    char *name = arena_alloc(x->arena, name_len + 1, 1);
    const char *value = colon + 1;

    for (size_t i = 0; i < name_len; i++)
        name[i] = (char)tolower((unsigned char)line[i]);
    while (value < end && isspace((unsigned char)*value))
        value++;
    while (end > value && isspace((unsigned char)end[-1]))
        end--;
    size_t *len = &x->reply.headers_len;
    x->headers = arena_grow(x->arena, x->headers, *len, sizeof *x->headers);
    x->headers[*len] = (struct http_header){
        .name = name,
        .value = arena_text_n(x->arena, value, (size_t)(end - value)),
    };
    *len += 1;
}

/* One line of the header. A status line begins a new one: what came before
 * was an interim answer (RFC 9110 15.2). */
static size_t keep_header(char *bytes, size_t size, size_t count, void *arg)
{
    struct transfer *x = arg;
    size_t len = size * count;
    const char *colon = memchr(bytes, ':', len);

    if (len >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
        x->reply.headers_len = 0;
    else if (colon && x->reply.headers_len < HTTP_HEADERS_MAX)
        add_header(x, bytes, colon, bytes + len);
    x->header_bytes += len;
    x->headers_full = x->header_bytes > HTTP_HEADER_BYTES_MAX;
    return x->headers_full ? 0 : len;
}

/* ---- the session ---- */

static void release(struct transfer *x)
{
    struct http *h = x->http;
    struct transfer **link = &h->transfers;

    while (*link != x)
        link = &(*link)->next;
    *link = x->next;
    timer_stop(&x->end_soon);
    h->api.multi_remove_handle(h->multi, x->easy);
    h->api.easy_cleanup(x->easy);
    h->api.slist_free_all(x->connect_to);
    h->api.slist_free_all(x->resolve);
    h->api.slist_free_all(x->said);
}

static struct transfer *transfer_of(const struct http *h, const CURL *easy)
{
    struct transfer *x = h->transfers;

    while (x->easy != easy)
        x = x->next;
    return x;
}

/* Something has moved: whatever is finished now is told. */
static void collect(void *arg)
{
    struct http *h = arg;
    int left = 0;
    CURLMsg *message = NULL;

    while ((message = h->api.multi_info_read(h->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        struct transfer *x = transfer_of(h, message->easy_handle);
        finish(x, message->data.result);
        release(x);
        x->done(x->arg, &x->reply);
    }
}

bool http_new(const struct http_options *o, struct http **out, struct err *err)
{
    struct libcurl api;

    if (!libcurl_load(&api, err))
        return false;
    CURLcode code =
        api.global_init(CURL_GLOBAL_DEFAULT, memory_get, memory_release,
                        memory_resize, memory_text, memory_get_zeroed);
    CURLM *multi = code == CURLE_OK ? api.multi_init() : NULL;
    if (!multi)
        return err_set(err, ERR_SYSTEM, "HTTP: libcurl cannot be set up here");
    struct arena *a = arena_new();
    struct http *h = arena_alloc(a, 1, sizeof *h);
    *h = (struct http){
        .arena = a,
        .api = api,
        .options = *o,
        .lookups = { .arena = a, .resolver = o->resolver },
        .multi = multi,
    };
    h->glue = (struct libcurl_loop){
        .arena = a,
        .loop = o->loop,
        .api = &h->api,
        .multi = multi,
        .moved = collect,
        .arg = h,
    };
    libcurl_loop_join(&h->glue);
    h->api.multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                        (long)(o->most ? o->most : HTTP_FILES));
    *out = h;
    return true;
}

void http_free(struct http *h)
{
    if (!h)
        return;
    while (h->transfers)
        release(h->transfers);
    h->api.multi_cleanup(h->multi);
    libcurl_loop_leave(&h->glue);
    arena_free(h->arena);
}

bool http_place(struct http *h, struct arena *a, const char *url,
                struct http_place *out)
{
    const char *at = NULL;
    uint16_t port = 0;

    if (!libcurl_split(&h->api, a, url, &at, &port))
        return false;
    struct name_read host = name_read(a, at, strlen(at));
    if (host.kind == NAME_BAD) /* libcurl has undone its %XX */
        return false;
    *out = (struct http_place){ .host = host.text, .port = port };
    return true;
}

/* ---- the request ---- */

/* A proxy is asked for one address: IPv4, which more of them can go to. */
static void through_proxy(struct transfer *x, const char *const *addresses,
                          size_t len)
{
    const struct libcurl *api = &x->http->api;
    size_t first = 0;

    for (size_t i = len; i-- > 0;)
        if (!strchr(addresses[i], ':'))
            first = i;
    struct connect_place to =
        connect_to_place(&x->http->options.connect_to, x->place.host,
                         addresses[first], x->place.port);
    x->connect_to = api->slist_append(
        NULL, arena_printf(x->arena, "::%s:%u",
                           host_port_bracketed(x->arena, to.address), to.port));
    api->easy_setopt(x->easy, CURLOPT_CONNECT_TO, x->connect_to);
}

/* The URL's host goes to these addresses and nowhere else, under a name that
 * exists for this request only (RFC 6761 6.4). They share a port: an address
 * that a rule sends to another one is left out. */
static void set_addresses(struct transfer *x, const char *const *addresses,
                          size_t len)
{
    const struct libcurl *api = &x->http->api;
    const struct http_place *from = &x->place;
    uint16_t port = 0;
    struct buf list;

    buf_init(&list, x->arena, ADDRESSES_MAX);
    for (size_t i = 0; i < len; i++) {
        struct connect_place to = connect_to_place(
            &x->http->options.connect_to, from->host, addresses[i], from->port);
        if (list.max - list.len < ADDRESS_MAX) /* half of one is another one */
            break;
        if (i > 0 && to.port != port)
            continue;
        port = to.port;
        buf_printf(&list, "%s%s", i ? "," : "",
                   host_port_bracketed(x->arena, to.address));
    }
    x->resolve = api->slist_append(
        NULL, arena_printf(x->arena, "peer.invalid:%u:%s", port, list.text));
    x->connect_to = api->slist_append(
        NULL, arena_printf(x->arena, "::peer.invalid:%u", port));
    api->easy_setopt(x->easy, CURLOPT_RESOLVE, x->resolve);
    api->easy_setopt(x->easy, CURLOPT_CONNECT_TO, x->connect_to);
}

static void say(struct transfer *x, const struct http_request *q)
{
    const struct libcurl *api = &x->http->api;

    for (size_t i = 0; i < q->headers_len; i++)
        x->said = api->slist_append(x->said, q->headers[i]);
    if (x->said)
        api->easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->said);
    if (strcmp(q->method, "HEAD") == 0)
        api->easy_setopt(x->easy, CURLOPT_NOBODY, 1L);
    if (strcmp(q->method, "POST") == 0) {
        api->easy_setopt(x->easy, CURLOPT_POST, 1L);
        api->easy_setopt(x->easy, CURLOPT_POSTFIELDS, q->body);
        api->easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)q->body_len);
    }
}

static void take_down(struct transfer *x, size_t most)
{
    const struct libcurl *api = &x->http->api;

    buf_init(&x->body, x->arena, most);
    x->why = arena_alloc(x->arena, CURL_ERROR_SIZE, 1);
    api->easy_setopt(x->easy, CURLOPT_ERRORBUFFER, x->why);
    api->easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, keep_body);
    api->easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
    api->easy_setopt(x->easy, CURLOPT_HEADERFUNCTION, keep_header);
    api->easy_setopt(x->easy, CURLOPT_HEADERDATA, x);
}

static void set_options(struct transfer *x, const struct http_request *q)
{
    const struct libcurl *api = &x->http->api;
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        { CURLOPT_NOSIGNAL, 1 },
        { CURLOPT_FOLLOWLOCATION, 0 },
        { CURLOPT_FORBID_REUSE, !q->keep },
        { CURLOPT_FRESH_CONNECT, !q->keep },
        { CURLOPT_SSL_VERIFYPEER, !q->is_unproven },
        { CURLOPT_SSL_VERIFYHOST, q->is_unproven ? 0 : 2 },
        { CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        api->easy_setopt(x->easy, numbers[i].option, numbers[i].value);
    api->easy_setopt(x->easy, CURLOPT_URL, q->url);
    api->easy_setopt(x->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    libcurl_proxy_set(api, x->arena, x->easy, x->http->options.proxy);
    libcurl_gate_set(api, x->easy, &x->http->options);
    api->easy_setopt(x->easy, CURLOPT_USERAGENT, "certmend/" CERTMEND_VERSION);
    if (x->http->options.ca_file)
        api->easy_setopt(x->easy, CURLOPT_CAINFO, x->http->options.ca_file);
}

static void leads_nowhere(void *arg)
{
    struct transfer *x = arg;

    release(x);
    x->done(x->arg, &x->reply);
}

static void end_nowhere(struct transfer *x, const char *why)
{
    x->reply.nowhere = arena_text(x->arena, why);
    x->reply.attempt = (struct attempt){ .outcome = OUTCOME_UNREACHABLE,
                                         .detail = x->reply.nowhere };
    x->end_soon = (struct timer){ .call = leads_nowhere, .arg = x };
    timer_set(x->http->options.loop, &x->end_soon, 0);
}

/* It was never asked, which says nothing of it. */
static void hold_back(struct transfer *x, const char *why)
{
    end_nowhere(x, why);
    x->reply.attempt.outcome = OUTCOME_NOT_TRIED;
}

static void go(struct transfer *x, const char *const *addresses, size_t len)
{
    const struct libcurl *api = &x->http->api;
    int64_t left_ms = x->began_ms + x->wait_ms - clock_monotonic_ms();
    struct text_list all = {
        arena_copy(x->arena, addresses, len * sizeof *addresses), len
    };
    const char *why = NULL;
    struct text_list to = libcurl_gate_addresses(x->arena, &x->http->options,
                                                 &x->place, &all, &why);

    if (why) {
        hold_back(x, why);
        return;
    }
    if (x->http->options.proxy)
        through_proxy(x, to.text, to.len);
    else
        set_addresses(x, to.text, to.len);
    api->easy_setopt(x->easy, CURLOPT_TIMEOUT_MS,
                     left_ms > 1 ? (long)left_ms : 1L);
    api->multi_add_handle(x->http->multi, x->easy);
}

static void looked_up(void *arg, const struct lookup_answer *answer)
{
    struct transfer *x = arg;

    if (answer->why)
        end_nowhere(x, answer->why);
    else if (x->stopped && *x->stopped)
        end_nowhere(x, "it was stopped");
    else
        go(x, answer->addresses, answer->len);
}

void http_send(struct http *h, struct arena *a, const struct http_request *q,
               http_answered *done, void *arg)
{
    struct transfer *x = arena_alloc(a, 1, sizeof *x);

    *x = (struct transfer){ .http = h,
                            .arena = a,
                            .done = done,
                            .arg = arg,
                            .stopped = q->stopped,
                            .wait_ms = q->wait_ms };
    x->began_ms = clock_monotonic_ms();
    x->easy = h->api.easy_init();
    x->next = h->transfers;
    h->transfers = x;
    take_down(x, q->body_max ? q->body_max : FETCH_MAX);
    set_options(x, q);
    say(x, q);
    if (!http_place(h, a, q->url, &x->place))
        end_nowhere(x, "it is no address");
    else if (libcurl_gate_place(h->options.public_only, &x->place))
        hold_back(x, libcurl_gate_place(h->options.public_only, &x->place));
    else if (q->addresses_len)
        go(x, q->addresses, q->addresses_len);
    else
        lookup(&h->lookups, a,
               connect_to_source(&h->options.connect_to, x->place.host,
                                 x->place.port),
               looked_up, x);
}
