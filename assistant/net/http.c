#include "net/http.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "net/libcurl.h"
#include "net/libcurl_loop.h"
#include "net/wire.h"

struct request {
    struct http *http;
    struct arena *arena; /* the caller's */
    http_done *done;
    void *arg;
    struct fetch fetch;
    struct buf body;
    int64_t began_ms;
    CURL *easy;
    struct curl_slist *connect_to, *resolve;
    struct request *next; /* under way */
};

enum { ADDRESSES_MAX = 2048 };

struct http {
    struct arena *arena;
    struct libcurl api;
    const char *ca_file;
    CURLM *multi;
    struct libcurl_loop glue;
    struct request *requests;
};

/* One socket of libcurl's; small, and lives as long as the http does. */
struct contact {
    struct http *http;
    curl_socket_t fd;
    unsigned what; /* enum watch_for; 0: none of libcurl's any more */
    struct watch watch;
};

static const struct {
    CURLcode code;
    enum outcome outcome;
} meanings[] = {
    { CURLE_OK, OUTCOME_WORKED },
    { CURLE_COULDNT_CONNECT, OUTCOME_UNREACHABLE },
    { CURLE_OPERATION_TIMEDOUT, OUTCOME_TIMED_OUT },
    { CURLE_GOT_NOTHING, OUTCOME_CLOSED },
    { CURLE_SEND_ERROR, OUTCOME_CLOSED },
    { CURLE_RECV_ERROR, OUTCOME_CLOSED },
    { CURLE_PARTIAL_FILE, OUTCOME_CLOSED },
};

static enum outcome outcome_of(const struct request *r, CURLcode code)
{
    if (code == CURLE_WRITE_ERROR && r->body.full)
        return OUTCOME_WORKED; /* we had enough */
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].code == code)
            return meanings[i].outcome;
    return OUTCOME_NONSENSE;
}

static struct attempt attempt_of(const struct request *r, CURLcode code)
{
    const struct libcurl *api = &r->http->api;
    struct attempt out = { .outcome = outcome_of(r, code) };
    const char *why = api->easy_strerror(code);
    long error = 0;

    if (code == CURLE_COULDNT_CONNECT)
        api->easy_getinfo(r->easy, CURLINFO_OS_ERRNO, &error);
    if (error) {
        out.outcome = wire_outcome((int)error);
        why = strerror((int)error);
    }
    if (out.outcome != OUTCOME_WORKED)
        out.detail = arena_text(r->arena, why);
    out.elapsed_ms = (int32_t)(clock_monotonic_ms() - r->began_ms);
    return out;
}

static void fill(struct request *r, CURLcode code)
{
    const struct libcurl *api = &r->http->api;
    struct fetch *f = &r->fetch;
    const char *location = NULL;
    long status = 0;

    f->attempt = attempt_of(r, code);
    api->easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
    api->easy_getinfo(r->easy, CURLINFO_REDIRECT_URL, &location);
    f->status = (int)status;
    if (location)
        f->location = arena_printable(r->arena, location, strlen(location));
    f->body = arena_copy(r->arena, r->body.text, r->body.len);
    f->body_len = r->body.len;
}

static void release(struct request *r)
{
    struct http *h = r->http;
    struct request **link = &h->requests;

    while (*link != r)
        link = &(*link)->next;
    *link = r->next;
    h->api.multi_remove_handle(h->multi, r->easy);
    h->api.easy_cleanup(r->easy);
    h->api.slist_free_all(r->connect_to);
    h->api.slist_free_all(r->resolve);
}

static struct request *request_of(const struct http *h, const CURL *easy)
{
    struct request *r = h->requests;

    while (r->easy != easy)
        r = r->next;
    return r;
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
        struct request *r = request_of(h, message->easy_handle);
        fill(r, message->data.result);
        release(r);
        r->done(r->arg, &r->fetch);
    }
}

bool http_new(struct loop *loop, const char *ca_file, struct http **out,
              struct err *err)
{
    struct libcurl api;

    if (!libcurl_load(&api, err))
        return false;
    CURLM *multi = api.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK
                       ? api.multi_init()
                       : NULL;
    if (!multi)
        return err_set(err, ERR_SYSTEM, "HTTP: libcurl cannot be set up here");
    struct arena *a = arena_new();
    struct http *h = arena_alloc(a, 1, sizeof *h);
    *h = (struct http){
        .arena = a, .api = api, .ca_file = ca_file, .multi = multi
    };
    h->glue = (struct libcurl_loop){
        .arena = a,
        .loop = loop,
        .api = &h->api,
        .multi = multi,
        .moved = collect,
        .arg = h,
    };
    libcurl_loop_join(&h->glue);
    *out = h;
    return true;
}

void http_free(struct http *h)
{
    if (!h)
        return;
    while (h->requests)
        release(h->requests);
    h->api.multi_cleanup(h->multi);
    libcurl_loop_leave(&h->glue);
    arena_free(h->arena);
}

bool http_place(struct http *h, struct arena *a, const char *url,
                struct http_place *out)
{
    return libcurl_split(&h->api, a, url, out);
}

static size_t keep(char *bytes, size_t size, size_t count, void *arg)
{
    struct request *r = arg;

    buf_bytes(&r->body, bytes, size * count);
    return r->body.full ? 0 : size * count;
}

/* The URL's host goes to the addresses we were given and nowhere else, under
 * a name that exists for this request only (RFC 6761 6.4). */
static void dial(struct request *r, const struct http_get *get)
{
    const struct libcurl *api = &r->http->api;
    struct buf to;

    buf_init(&to, r->arena, ADDRESSES_MAX);
    buf_printf(&to, "dial.invalid:%u:", (unsigned)get->port);
    for (size_t i = 0; i < get->addresses_len; i++) {
        bool is_ip6 = strchr(get->addresses[i], ':') != NULL;
        buf_printf(&to, is_ip6 ? "%s[%s]" : "%s%s", i ? "," : "",
                   get->addresses[i]);
    }
    r->resolve = api->slist_append(NULL, to.text);
    r->connect_to = api->slist_append(
        NULL, arena_printf(r->arena, "::dial.invalid:%u", (unsigned)get->port));
    api->easy_setopt(r->easy, CURLOPT_RESOLVE, r->resolve);
    api->easy_setopt(r->easy, CURLOPT_CONNECT_TO, r->connect_to);
}

static void set_options(struct request *r, const struct http_get *get)
{
    const struct libcurl *api = &r->http->api;
    static const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        { CURLOPT_NOSIGNAL, 1 },
        { CURLOPT_FOLLOWLOCATION, 0 },
        { CURLOPT_FORBID_REUSE, 1 },
        { CURLOPT_FRESH_CONNECT, 1 },
        { CURLOPT_SSL_VERIFYPEER, 1 },
        { CURLOPT_SSL_VERIFYHOST, 2 },
        { CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        api->easy_setopt(r->easy, numbers[i].option, numbers[i].value);
    api->easy_setopt(r->easy, CURLOPT_URL, get->url);
    api->easy_setopt(r->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    api->easy_setopt(r->easy, CURLOPT_PROXY, "");
    api->easy_setopt(r->easy, CURLOPT_USERAGENT, "certmend");
    api->easy_setopt(r->easy, CURLOPT_TIMEOUT_MS, (long)get->wait_ms);
    api->easy_setopt(r->easy, CURLOPT_WRITEFUNCTION, keep);
    api->easy_setopt(r->easy, CURLOPT_WRITEDATA, r);
    if (r->http->ca_file)
        api->easy_setopt(r->easy, CURLOPT_CAINFO, r->http->ca_file);
    dial(r, get);
}

void http_ask(struct http *h, struct arena *a, const struct http_get *get,
              http_done *done, void *arg)
{
    struct request *r = arena_alloc(a, 1, sizeof *r);

    *r = (struct request){ .http = h, .arena = a, .done = done, .arg = arg };
    r->fetch.url = arena_text(a, get->url);
    r->began_ms = clock_monotonic_ms();
    r->easy = h->api.easy_init();
    r->next = h->requests;
    h->requests = r;
    buf_init(&r->body, a, FETCH_MAX);
    set_options(r, get);
    h->api.multi_add_handle(h->multi, r->easy);
}
