#include "net/http.h"

#include <string.h>

#include "base/memory.h"
#include "net/http_inside.h"

static void release(struct transfer *x)
{
    struct http *h = x->http;
    struct transfer **link = &h->exchanges;

    while (*link != x)
        link = &(*link)->next;
    *link = x->next;
    h->api.multi_remove_handle(h->multi, x->easy);
    h->api.easy_cleanup(x->easy);
    h->api.slist_free_all(x->connect_to);
    h->api.slist_free_all(x->resolve);
    h->api.slist_free_all(x->said);
}

static struct transfer *exchange_of(const struct http *h, const CURL *easy)
{
    struct transfer *x = h->exchanges;

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
        struct transfer *x = exchange_of(h, message->easy_handle);
        http_finish(x, message->data.result);
        release(x);
        x->done(x->arg, &x->reply);
    }
}

bool http_new(struct loop *loop, const char *ca_file, struct http **out,
              struct err *err)
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
    http_limit(h, HTTP_FILES);
    *out = h;
    return true;
}

void http_limit(struct http *h, size_t most)
{
    h->api.multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)most);
}

void http_free(struct http *h)
{
    if (!h)
        return;
    while (h->exchanges)
        release(h->exchanges);
    h->api.multi_cleanup(h->multi);
    libcurl_loop_leave(&h->glue);
    arena_free(h->arena);
}

bool http_place(struct http *h, struct arena *a, const char *url,
                struct http_place *out)
{
    return libcurl_split(&h->api, a, url, out);
}

/* Whoever asked by http_ask(). */
struct asker {
    struct arena *arena;
    const char *url;
    http_done *done;
    void *arg;
};

static void fetched(void *arg, const struct http_reply *reply)
{
    struct asker *asker = arg;
    struct fetch *fetch = arena_alloc(asker->arena, 1, sizeof *fetch);

    *fetch = (struct fetch){
        .url = asker->url,
        .attempt = reply->attempt,
        .status = reply->status,
        .location = reply->location,
        .body = reply->body,
        .body_len = reply->body_len,
    };
    asker->done(asker->arg, fetch);
}

void http_ask(struct http *h, struct arena *a, const struct http_get *get,
              http_done *done, void *arg)
{
    struct asker *asker = arena_alloc(a, 1, sizeof *asker);
    struct http_request q = {
        .method = "GET",
        .url = get->url,
        .addresses = get->addresses,
        .addresses_len = get->addresses_len,
        .port = get->port,
        .wait_ms = get->wait_ms,
        .body_max = get->body_max,
    };

    *asker = (struct asker){
        .arena = a, .url = arena_text(a, get->url), .done = done, .arg = arg
    };
    http_send(h, a, &q, fetched, asker);
}
