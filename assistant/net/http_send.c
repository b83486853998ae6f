#include <ctype.h>
#include <string.h>

#include "base/clock.h"
#include "base/version.h"
#include "model/host_port.h"
#include "net/connection.h"
#include "net/http_inside.h"

enum { ADDRESSES_MAX = 2048, ADDRESS_MAX = 48 }; /* bytes */

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

    if (code == CURLE_COULDNT_CONNECT)
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

void http_finish(struct transfer *x, CURLcode code)
{
    const struct libcurl *api = &x->http->api;
    struct http_reply *r = &x->reply;
    const char *location = NULL;
    long status = 0;

    r->attempt = attempt_of(x, code);
    api->easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    api->easy_getinfo(x->easy, CURLINFO_REDIRECT_URL, &location);
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

/* The URL's host goes to the addresses we were given and nowhere else, under
 * a name that exists for this request only (RFC 6761 6.4). */
static void dial(struct transfer *x, const struct http_request *q)
{
    const struct libcurl *api = &x->http->api;
    struct buf to;

    buf_init(&to, x->arena, ADDRESSES_MAX);
    buf_printf(&to, "dial.invalid:%u:", (unsigned)q->port);
    for (size_t i = 0; i < q->addresses_len; i++) {
        if (to.max - to.len < ADDRESS_MAX) /* half an address is another one */
            break;
        buf_printf(&to, "%s%s", i ? "," : "",
                   host_port_bracketed(x->arena, q->addresses[i]));
    }
    x->resolve = api->slist_append(NULL, to.text);
    x->connect_to = api->slist_append(
        NULL, arena_printf(x->arena, "::dial.invalid:%u", (unsigned)q->port));
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
        { CURLOPT_SSL_VERIFYPEER, 1 },
        { CURLOPT_SSL_VERIFYHOST, 2 },
        { CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
        { CURLOPT_TIMEOUT_MS, (long)q->wait_ms },
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        api->easy_setopt(x->easy, numbers[i].option, numbers[i].value);
    api->easy_setopt(x->easy, CURLOPT_URL, q->url);
    api->easy_setopt(x->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    api->easy_setopt(x->easy, CURLOPT_PROXY, "");
    api->easy_setopt(x->easy, CURLOPT_USERAGENT, "certmend/" CERTMEND_VERSION);
    if (x->http->ca_file)
        api->easy_setopt(x->easy, CURLOPT_CAINFO, x->http->ca_file);
}

void http_send(struct http *h, struct arena *a, const struct http_request *q,
               http_answered *done, void *arg)
{
    struct transfer *x = arena_alloc(a, 1, sizeof *x);

    *x = (struct transfer){ .http = h, .arena = a, .done = done, .arg = arg };
    x->began_ms = clock_monotonic_ms();
    x->easy = h->api.easy_init();
    x->next = h->exchanges;
    h->exchanges = x;
    take_down(x, q->body_max ? q->body_max : FETCH_MAX);
    set_options(x, q);
    say(x, q);
    dial(x, q);
    h->api.multi_add_handle(h->multi, x->easy);
}
