#include "facts/http01.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "model/host_port.h"
#include "model/name.h"
#include "model/service.h"

enum { STATUS_OK = 200, STATUS_REDIRECT = 3, STEPS_MAX = 10 };

/* FNV-1a: a name for a file that is not there, nothing secret. */
static uint64_t hash(const char *text)
{
    uint64_t h = 14695981039346656037U;

    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 1099511628211U;
    return h;
}

const char *http01_token(struct arena *a, const char *host)
{
    return arena_printf(a, "certmend-%016" PRIx64, hash(host));
}

const char *http01_url(struct arena *a, const char *host)
{
    return arena_printf(a, "http://%s/.well-known/acme-challenge/%s",
                        host_port_bracketed(a, host), http01_token(a, host));
}

struct location {
    bool http;
    const char *host; /* as written, lower case; "" when there is none */
    uint16_t port;    /* 0: none that can be */
};

static bool starts_with(const char *text, const char *what)
{
    return strncasecmp(text, what, strlen(what)) == 0;
}

static struct location read_location(struct arena *a, const char *text)
{
    struct location to = { .host = "" };
    bool https = starts_with(text, "https://");

    to.http = https || starts_with(text, "http://");
    if (!to.http)
        return to;
    const char *at = text + strlen(https ? "https://" : "http://");
    size_t len = strcspn(at, "/:?#");
    struct name_read host = name_read(a, at, len);
    to.host = host.text ? host.text : "";
    to.port = https ? PORT_HTTPS : PORT_HTTP;
    if (at[len] == ':' && !host_port_number(at + len + 1, &to.port))
        to.port = 0;
    return to;
}

/* Boulder follows to 80 and 443 only; "example.com.well-known" is what a
 * rewrite without its slash makes. */
static enum http01_state judge_redirect(struct arena *a, const char *host,
                                        const char *location)
{
    if (!location)
        return HTTP01_BAD_REDIRECT;
    if (location[0] == '/' && location[1] != '/')
        return HTTP01_OPEN;
    struct location to = read_location(a, location);
    if (!to.http || !*to.host || name_is_below(to.host, "well-known") ||
        (to.port != PORT_HTTP && to.port != PORT_HTTPS))
        return HTTP01_BAD_REDIRECT;
    return strcmp(to.host, host) == 0 ? HTTP01_OPEN : HTTP01_ELSEWHERE;
}

static const struct fetch *find(const struct survey *s, const char *url,
                                const char *address)
{
    for (size_t i = 0; i < s->fetches_len; i++) {
        const struct fetch *f = &s->fetches[i];
        if (f->address && strcmp(f->url, url) == 0 &&
            strcmp(f->address, address) == 0)
            return f;
    }
    return NULL;
}

/* What this machine has put there came back. */
static bool is_ours(const struct survey *s, const struct fetch *f)
{
    const char *shown = s->ordered.shown;

    return shown && f->body_len == strlen(shown) &&
           memcmp(f->body, shown, f->body_len) == 0;
}

/* What is behind a certificate that does not suit us, an authority sees. */
static bool is_silent(const struct fetch *f)
{
    enum outcome o = f->attempt.outcome;

    return o == OUTCOME_REFUSED || o == OUTCOME_UNREACHABLE ||
           o == OUTCOME_TIMED_OUT || o == OUTCOME_CLOSED;
}

/* The end of the redirects, or as far as somebody has looked. `way` is what the
 * redirects say alone. */
static enum http01_state judge_end(const struct survey *s,
                                   const struct fetch *f, bool is_first,
                                   enum http01_state way)
{
    if (is_first && (f->attempt.outcome != OUTCOME_OK || !f->status))
        return HTTP01_UNREACHABLE;
    if (!f->status)
        return is_silent(f) ? HTTP01_SHUT_REDIRECT : way;
    if (f->status == STATUS_OK && is_ours(s, f))
        return HTTP01_OPEN;
    if (way != HTTP01_OPEN)
        return way;
    if (f->status == STATUS_OK)
        return HTTP01_CATCHALL;
    return s->ordered.shown ? HTTP01_ELSEWHERE : HTTP01_OPEN;
}

static bool redirects(const struct fetch *f)
{
    return f->attempt.outcome == OUTCOME_OK &&
           f->status / 100 == STATUS_REDIRECT;
}

struct http01 http01_judge_at(const struct survey *s, struct arena *a,
                              const char *host, const char *address)
{
    const struct fetch *first = find(s, http01_url(a, host), address);
    struct http01 out = { .state = HTTP01_UNKNOWN, .fetch = first };
    enum http01_state way = HTTP01_OPEN;

    if (!first)
        return out;
    for (int steps = 0; redirects(out.fetch); steps++) {
        const struct fetch *f = out.fetch;
        enum http01_state step = judge_redirect(a, host, f->location);
        out.state = steps == STEPS_MAX ? HTTP01_BAD_REDIRECT : step;
        if (out.state == HTTP01_BAD_REDIRECT)
            return out;
        way = step;
        bool is_whole = f->location[0] != '/';
        const struct fetch *next =
            is_whole ? survey_fetch(s, f->location) : NULL;
        if (!next) {
            out.next = is_whole ? f->location : NULL;
            return out;
        }
        out.fetch = next;
    }
    out.state = judge_end(s, out.fetch, out.fetch == first, way);
    return out;
}

struct http01_all http01_judge(const struct survey *s, struct arena *a,
                               const char *host)
{
    struct text_list its = survey_addresses(s, a, host);
    struct http01_all out = { .worst = HTTP01_UNKNOWN };
    bool open4 = false, bad4 = false;

    for (size_t i = 0; i < its.len; i++) {
        struct http01 one = http01_judge_at(s, a, host, its.text[i]);
        bool ip4 = !strchr(its.text[i], ':');
        bool bad = one.state > HTTP01_OPEN;
        if (bad)
            text_list_add(a, &out.unlike, its.text[i]);
        open4 |= ip4 && one.state == HTTP01_OPEN;
        bad4 |= ip4 && bad;
        if (!out.fetch || (bad && out.worst == HTTP01_OPEN)) {
            out.worst = one.state;
            out.fetch = one.fetch;
            out.address = its.text[i];
        }
    }
    out.only_ip6 = out.unlike.len && open4 && !bad4;
    return out;
}
