#include "net/web_gate.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "model/name.h"

enum {
    LINES_MAX = 64,
    PATH_MAX_LEN = 256, /* bytes, with the query */
};

enum web_gate_fault {
    MALFORMED,
    HOST,
    METHOD,
    PATH,
    FRAMING,
    LENGTH,
    TYPE,
    ELSEWHERE,
    PEER,
    PROXY,
};

#define OPEN_ANEW "Open the address that certmend shows when it starts.\n"

static const struct web_gate_refusal refusals[] = {
    [MALFORMED] = { 400, "This is no request as a browser sends it.\n" },
    [HOST] = { 421, "Nothing is served under this name. A page that is not "
                    "certmend's may have sent you here.\n" OPEN_ANEW },
    [METHOD] = { 405, "Pages are read and forms are sent here, nothing "
                      "else.\n" },
    [PATH] = { 404, "There is no such page.\n" OPEN_ANEW },
    [FRAMING] = { 400, "It is not clear where this request ends.\n" },
    [LENGTH] = { 411, "A form has to say how long it is.\n" },
    [TYPE] = { 415, "Only forms are taken here.\n" },
    [ELSEWHERE] = { 403, "This was sent by a page that is not certmend's, so "
                         "nothing was done.\n" OPEN_ANEW },
    [PEER] = { 403, "certmend is reached through its web server only.\n" },
    [PROXY] = { 400, "The web server in front of certmend has to say who asks "
                     "(X-Forwarded-For).\n" },
};

static const struct web_gate_refusal *refuse(enum web_gate_fault why)
{
    return &refusals[why];
}

/* RFC 9110 5.6.2: what a header's name is made of. */
static bool is_token(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("!#$%&'*+-.^_`|~", *c))
            return false;
    return *name != '\0';
}

static bool is_printable(const char *value)
{
    for (const char *c = value; *c; c++)
        if ((unsigned char)*c < 0x20 ? *c != '\t' : *c == 0x7f)
            return false;
    return true;
}

static size_t count(const struct web_gate_request *q, const char *name)
{
    size_t found = 0;

    for (size_t i = 0; i < q->len; i++)
        found += strcasecmp(q->lines[i].name, name) == 0;
    return found;
}

/* The last one of that name, or NULL. */
static const char *find(const struct web_gate_request *q, const char *name)
{
    for (size_t i = q->len; i-- > 0;)
        if (strcasecmp(q->lines[i].name, name) == 0)
            return q->lines[i].value;
    return NULL;
}

static bool is_wellformed(const struct web_gate_request *q)
{
    static const char *const once[] = {
        "Host",           "Origin",         "Cookie",         "Content-Type",
        "Content-Length", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest",
    };

    if (q->len > LINES_MAX)
        return false;
    for (size_t i = 0; i < q->len; i++)
        if (!is_token(q->lines[i].name) || !is_printable(q->lines[i].value))
            return false;
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        if (count(q, once[i]) > 1)
            return false;
    return true;
}

static const char *lower(struct arena *a, const char *text)
{
    char *low = arena_copy(a, text, strlen(text) + 1);

    for (char *c = low; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return low;
}

/* Nothing is decoded: what a page of ours links to is plain. */
static bool is_plain(const char *text, size_t len, const char *also)
{
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr(also, text[i]))
            return false;
    return true;
}

static bool read_target(struct arena *a, const char *target,
                        struct web_gate_pass *pass)
{
    size_t len = strcspn(target, "?");
    const char *query = target[len] ? target + len + 1 : NULL;

    if (strlen(target) > PATH_MAX_LEN || !is_plain(target, len, "/-_.") ||
        (query && !is_plain(query, strlen(query), "-_.=&")))
        return false;
    pass->path = arena_text_n(a, target, len);
    pass->query = arena_text(a, query);
    /* "//", "/./" and "/../" are other people's ways of writing a path; no
     * path of ours has ".." in a name. */
    return !strstr(pass->path, "//") && !strstr(pass->path, "/.") &&
           !strstr(pass->path, "..");
}

/*
 * Fetch Metadata: who has the browser send this? A link from anywhere may be
 * followed, in a window of its own; nothing else may be had from elsewhere. A
 * browser that does not say is judged by Host, Origin and cookie alone.
 */
static bool is_fetched_by_us(const struct web_gate_request *q,
                             enum web_method method)
{
    const char *site = find(q, "Sec-Fetch-Site");
    const char *mode = find(q, "Sec-Fetch-Mode");
    const char *dest = find(q, "Sec-Fetch-Dest");

    if (!site || strcmp(site, "same-origin") == 0)
        return true;
    if (method == WEB_POST)
        return false;
    return strcmp(site, "none") == 0 ||
           (mode && strcmp(mode, "navigate") == 0 && dest &&
            strcmp(dest, "document") == 0);
}

static bool is_from_us(struct arena *a, const struct web_gate_rules *r,
                       const struct web_gate_request *q, const char *host,
                       enum web_method method)
{
    const char *origin = find(q, "Origin");
    const char *ours =
        r->origin ? r->origin : arena_printf(a, "http://%s", host);

    if (origin ? strcmp(origin, ours) != 0 : method == WEB_POST)
        return false;
    return is_fetched_by_us(q, method);
}

static bool is_number(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

static bool is_form(const char *type)
{
    static const char form[] = "application/x-www-form-urlencoded";

    return type && strncasecmp(type, form, sizeof form - 1) == 0 &&
           strchr("; \t", type[sizeof form - 1]);
}

static const struct web_gate_refusal *judge_body(
    const struct web_gate_request *q, enum web_method method)
{
    const char *length = find(q, "Content-Length");

    if (find(q, "Transfer-Encoding") || (length && !is_number(length)))
        return refuse(FRAMING);
    if (method == WEB_GET)
        return length && strspn(length, "0") != strlen(length) ? refuse(FRAMING)
                                                               : NULL;
    if (!length)
        return refuse(LENGTH);
    return is_form(find(q, "Content-Type")) ? NULL : refuse(TYPE);
}

/* What the proxy itself has added stands last. NULL: no address. */
static const char *last_client(struct arena *a, const char *forwarded)
{
    const char *comma = strrchr(forwarded, ',');
    const char *last = comma ? comma + 1 : forwarded;

    last += strspn(last, " \t");
    struct name_read read = name_read(a, last, strlen(last));
    return read.kind == NAME_IP4 || read.kind == NAME_IP6 ? read.text : NULL;
}

static const struct web_gate_refusal *judge_client(
    struct arena *a, const struct web_gate_rules *r,
    const struct web_gate_request *q, struct web_gate_pass *pass)
{
    const char *forwarded = find(q, "X-Forwarded-For");

    pass->client = q->peer;
    if (!r->proxy)
        return NULL;
    if (strcmp(q->peer, r->proxy) != 0)
        return refuse(PEER);
    pass->client = forwarded ? last_client(a, forwarded) : NULL;
    return pass->client ? NULL : refuse(PROXY);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

const struct web_gate_refusal *web_gate_judge(struct arena *a,
                                              const struct web_gate_rules *r,
                                              const struct web_gate_request *q,
                                              struct web_gate_pass *pass)
{
    const char *host = lower(a, or_empty(find(q, "Host")));
    bool post = strcmp(q->method, "POST") == 0;
    struct web_gate_pass p = { .method = post ? WEB_POST : WEB_GET };
    const struct web_gate_refusal *no = NULL;

    if (!is_wellformed(q))
        return refuse(MALFORMED);
    if (!*host || !text_list_has(&r->hosts, host))
        return refuse(HOST);
    if (!post && strcmp(q->method, "GET") != 0)
        return refuse(METHOD);
    /* "http://other/" and "//other/" name a host, too. */
    if (q->target[0] != '/' || q->target[1] == '/')
        return refuse(HOST);
    if (!read_target(a, q->target, &p))
        return refuse(PATH);
    no = judge_client(a, r, q, &p);
    if (no)
        return no;
    if (!is_from_us(a, r, q, host, p.method))
        return refuse(ELSEWHERE);
    no = judge_body(q, p.method);
    if (no)
        return no;
    p.cookie = arena_text(a, or_empty(find(q, "Cookie")));
    p.accept_language = arena_text(a, or_empty(find(q, "Accept-Language")));
    *pass = p;
    return NULL;
}
