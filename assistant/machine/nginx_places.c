#include "machine/nginx_places.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "machine/conf_source.h"

enum nginx_context { NGINX_HTTP, NGINX_MAIL, NGINX_STREAM };

static const char *const contexts[] = { "http", "mail", "stream" };

struct nginx_view {
    struct arena *arena;
    struct server_conf *conf;
    const struct nginx_settings *s;
    enum nginx_context context;
    long top;               /* the http, mail or stream block */
    struct text_list taken; /* "address:port name": the first server has it */
    struct nginx_server *servers; /* as many as places */
    struct err *err;
};

/* One "listen", or what stands for none. */
struct nginx_listen {
    long index;          /* of its directive, or -1 */
    const char *socket;  /* "*:443", "192.0.2.7:25" */
    const char *address; /* NULL: all */
    uint16_t port, last; /* of a range */
    bool is_default;
};

static const struct nginx_directive *at(const struct nginx_view *v, long index)
{
    return &v->s->items[index];
}

static bool has_word(const struct nginx_directive *d, const char *word)
{
    for (size_t i = 1; i < d->len; i++)
        if (strcmp(d->words[i].text, word) == 0)
            return true;
    return false;
}

/* "443", "100-104"; false: it is none. */
static bool ports_of(const char *text, struct nginx_listen *out)
{
    char *end = NULL;
    unsigned long first = strtoul(text, &end, 10), last = first;

    if (end == text)
        return false;
    if (*end == '-')
        last = strtoul(end + 1, &end, 10);
    if (*end || first == 0 || first > last || last > UINT16_MAX)
        return false;
    out->port = (uint16_t)first;
    out->last = (uint16_t)last;
    return true;
}

/* "443", "*:443", "192.0.2.7", "[::]:443"; false: none that has a port. */
static bool read_socket(struct arena *a, const char *text, bool is_http,
                        struct nginx_listen *out)
{
    const char *close = text[0] == '[' ? strchr(text, ']') : NULL;
    const char *colon = strrchr(close ? close : text, ':');
    const char *address = NULL;

    out->port = out->last = 80;
    if (strncmp(text, "unix:", 5) == 0)
        return false;
    if (close)
        address = arena_text_n(a, text + 1, (size_t)(close - text) - 1);
    else if (colon)
        address = arena_text_n(a, text, (size_t)(colon - text));
    if (colon ? !ports_of(colon + 1, out)
              : !address && !ports_of(text, out) && !is_http)
        return false;
    if (!colon && !address && strspn(text, "0123456789-") != strlen(text))
        address = text;
    if (address && strcmp(address, "*") != 0 && strcmp(address, "::") != 0 &&
        strcmp(address, "0.0.0.0") != 0)
        out->address = address;
    out->socket =
        arena_printf(a, "%s:%d", address ? address : "*", (int)out->port);
    return true;
}

/* Is TLS spoken at once on this socket, because any server says so? */
static bool is_tls_socket(const struct nginx_view *v, const char *socket)
{
    for (long s = -1;
         (s = nginx_settings_find(v->s, v->top, "server", s)) >= 0;)
        for (long l = -1;
             (l = nginx_settings_find(v->s, s, "listen", l)) >= 0;) {
            struct nginx_listen other = { .index = l };
            if (at(v, l)->len > 1 && has_word(at(v, l), "ssl") &&
                read_socket(v->arena, at(v, l)->words[1].text,
                            v->context == NGINX_HTTP, &other) &&
                strcmp(other.socket, socket) == 0)
                return true;
        }
    return false;
}

/* The directive that counts for a server: its own, or that of the block around
 * all servers; -1: none. Of several the last. */
static long inherited(const struct nginx_view *v, long server, const char *name)
{
    const long blocks[] = { server, v->top };

    for (size_t i = 0; i < 2; i++) {
        long found = -1;
        for (long d = -1;
             (d = nginx_settings_find(v->s, blocks[i], name, d)) >= 0;)
            found = d;
        if (found >= 0)
            return found;
    }
    return -1;
}

static bool says(const struct nginx_view *v, long server, const char *name,
                 const char *word)
{
    long d = inherited(v, server, name);

    return d >= 0 && has_word(at(v, d), word);
}

static bool is_off(const struct nginx_view *v, long server,
                   const struct nginx_listen *l)
{
    if (is_tls_socket(v, l->socket) || says(v, server, "ssl", "on"))
        return false;
    return v->context != NGINX_MAIL || (!says(v, server, "starttls", "on") &&
                                        !says(v, server, "starttls", "only"));
}

static struct conf_value value_of(const struct nginx_view *v, const char *name,
                                  long index)
{
    struct conf_value out = { .setting = name, .is_default = index < 0 };
    const struct nginx_word *w;

    if (index < 0)
        return out;
    if (at(v, index)->len != 2) {
        out.span = at(v, index)->words[0].span;
        conf_doubt(&out, "One file is expected here.");
        return out;
    }
    w = &at(v, index)->words[1];
    out.span = w->span;
    if (strchr(w->text, '$'))
        conf_doubt(&out, "It is chosen at each connection.");
    else if (strncmp(w->text, "data:", 5) == 0 ||
             strncmp(w->text, "engine:", 7) == 0 ||
             strncmp(w->text, "store:", 6) == 0)
        conf_doubt(&out, "It is not in a file.");
    else if (*w->text)
        out.path = conf_path(v->arena, v->conf->dir, w->text);
    return out;
}

/* The block whose list of that name counts. */
static long holder(const struct nginx_view *v, long server, const char *name)
{
    return nginx_settings_find(v->s, server, name, -1) >= 0 ? server : v->top;
}

static bool add_place(struct nginx_view *v, struct nginx_server from,
                      struct tls_place place)
{
    size_t n = v->conf->places_len;

    if (v->context == NGINX_STREAM && place.is_off)
        conf_doubt(&place.cert, "The connection is passed on as it is: the "
                                "certificate is that of the server behind it.");
    if (!conf_place_add(v->arena, v->conf, &place, v->err))
        return false;
    v->servers = arena_grow(v->arena, v->servers, n, sizeof *v->servers);
    v->servers[n] = from;
    return true;
}

static bool add_pairs(struct nginx_view *v, long server,
                      const struct nginx_listen *l, struct tls_place place)
{
    struct nginx_server from = { server, l->index };
    static const char cert[] = "ssl_certificate", key[] = "ssl_certificate_key";
    long of_certs = holder(v, server, cert), of_keys = holder(v, server, key);
    long c = nginx_settings_find(v->s, of_certs, cert, -1);
    long k = nginx_settings_find(v->s, of_keys, key, -1);

    do {
        place.cert = value_of(v, cert, c);
        place.key = value_of(v, key, k);
        if (!add_place(v, from, place))
            return false;
        if (c >= 0)
            c = nginx_settings_find(v->s, of_certs, cert, c);
        if (k >= 0)
            k = nginx_settings_find(v->s, of_keys, key, k);
    } while (c >= 0);
    return true;
}

/* Of a list of names in a server. A name is the first server's that has it. */
static bool add_name(struct nginx_view *v, long server,
                     const struct nginx_listen *l, struct tls_place place,
                     const char *name)
{
    const char *mark = arena_printf(v->arena, "%s %s", l->socket, name);

    if (text_list_has(&v->taken, mark))
        return true;
    text_list_add(v->arena, &v->taken, mark);
    place.sni = name;
    return add_pairs(v, server, l, place);
}

static bool add_word(struct nginx_view *v, long server,
                     const struct nginx_listen *l,
                     const struct tls_place *place, const char *name)
{
    if (!*name || strcmp(name, "_") == 0 || name[0] == '~' || name[0] == '$' ||
        name[strlen(name) - 1] == '*')
        return true;
    if (name[0] != '.')
        return add_name(v, server, l, *place, name);
    return add_name(v, server, l, *place, name + 1) &&
           add_name(v, server, l, *place, arena_printf(v->arena, "*%s", name));
}

static bool add_names(struct nginx_view *v, long server,
                      const struct nginx_listen *l,
                      const struct tls_place *place)
{
    for (long d = -1;
         (d = nginx_settings_find(v->s, server, "server_name", d)) >= 0;)
        for (size_t i = 1; i < at(v, d)->len; i++)
            if (!add_word(v, server, l, place, at(v, d)->words[i].text))
                return false;
    return true;
}

/* A server whose names are a pattern on the same socket: which names those are
 * is not found out here. NULL: there is none. */
static const char *pattern_on(const struct nginx_view *v, const char *socket)
{
    for (long s = -1;
         (s = nginx_settings_find(v->s, v->top, "server", s)) >= 0;)
        for (long d = -1;
             (d = nginx_settings_find(v->s, s, "server_name", d)) >= 0;)
            for (size_t i = 1; i < at(v, d)->len; i++) {
                const struct nginx_word *w = &at(v, d)->words[i];
                struct nginx_listen other = { .index = -1 };
                long l = nginx_settings_find(v->s, s, "listen", -1);
                bool is_pattern =
                    w->text[0] == '~' || w->text[0] == '$' ||
                    (w->text[0] && w->text[strlen(w->text) - 1] == '*');
                if (is_pattern && l >= 0 && at(v, l)->len > 1 &&
                    read_socket(v->arena, at(v, l)->words[1].text, true,
                                &other) &&
                    strcmp(other.socket, socket) == 0)
                    return conf_span_place(v->arena, v->conf, w->span);
            }
    return NULL;
}

/* Is this the server for all other names of the socket? */
static bool is_for_others(const struct nginx_view *v, long server,
                          const struct nginx_listen *mine)
{
    long first = -1;

    for (long s = -1;
         (s = nginx_settings_find(v->s, v->top, "server", s)) >= 0;)
        for (long l = -1;
             (l = nginx_settings_find(v->s, s, "listen", l)) >= 0;) {
            struct nginx_listen other = { .index = l };
            if (at(v, l)->len < 2 ||
                !read_socket(v->arena, at(v, l)->words[1].text,
                             v->context == NGINX_HTTP, &other) ||
                strcmp(other.socket, mine->socket) != 0)
                continue;
            if (has_word(at(v, l), "default_server") ||
                has_word(at(v, l), "default"))
                return s == server;
            if (first < 0)
                first = s;
        }
    return first < 0 || first == server;
}

static bool add_socket(struct nginx_view *v, long server,
                       const struct nginx_listen *l)
{
    struct tls_place place = { .port = l->port,
                               .address = l->address,
                               .service = contexts[v->context],
                               .is_off = is_off(v, server, l) };
    size_t before;
    const char *pattern;

    if (!add_names(v, server, l, &place))
        return false;
    if (!is_for_others(v, server, l))
        return true;
    before = v->conf->places_len;
    pattern = pattern_on(v, l->socket);
    if (!add_pairs(v, server, l, place))
        return false;
    for (size_t i = before; pattern && i < v->conf->places_len; i++)
        conf_doubt(
            &v->conf->places[i].cert,
            arena_printf(v->arena,
                         "%s is a pattern, and which names fit it is not "
                         "found out here.",
                         pattern));
    return true;
}

static bool add_listen(struct nginx_view *v, long server,
                       struct nginx_listen *l)
{
    enum { RANGE_MAX = 256 };
    uint16_t last = l->last;

    if (last - l->port > RANGE_MAX)
        last = (uint16_t)(l->port + RANGE_MAX);
    for (; l->port <= last; l->port++) {
        if (!add_socket(v, server, l))
            return false;
        if (l->port == UINT16_MAX)
            break;
    }
    return true;
}

static bool add_server(struct nginx_view *v, long server)
{
    struct nginx_listen none = {
        .index = -1, .socket = "*:80", .port = 80, .last = 80
    };
    long l = nginx_settings_find(v->s, server, "listen", -1);

    if (l < 0)
        return v->context != NGINX_HTTP || add_listen(v, server, &none);
    for (; l >= 0; l = nginx_settings_find(v->s, server, "listen", l)) {
        struct nginx_listen one = { .index = l };
        if (at(v, l)->len > 1 &&
            read_socket(v->arena, at(v, l)->words[1].text,
                        v->context == NGINX_HTTP, &one) &&
            !add_listen(v, server, &one))
            return false;
    }
    return true;
}

bool nginx_places(struct arena *a, struct server_conf *conf,
                  const struct nginx_settings *s,
                  const struct nginx_server **servers, struct err *err)
{
    struct nginx_server *all = NULL;

    for (enum nginx_context c = NGINX_HTTP; c <= NGINX_STREAM; c++)
        for (long top = -1; (top = nginx_settings_find(
                                 s, NGINX_NONE, contexts[c], top)) >= 0;) {
            struct nginx_view v = { .arena = a,
                                    .conf = conf,
                                    .s = s,
                                    .context = c,
                                    .top = top,
                                    .servers = all,
                                    .err = err };
            for (long server = -1;
                 (server = nginx_settings_find(s, top, "server", server)) >= 0;)
                if (!add_server(&v, server))
                    return false;
            all = v.servers;
        }
    *servers = all;
    return true;
}
