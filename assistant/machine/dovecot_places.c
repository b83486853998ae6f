#include "machine/dovecot_places.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "machine/dovecot_ask.h"

/* What listens without being told to. */
static const struct {
    const char *service, *protocol, *listener;
    uint16_t port;
} usual[] = {
    { "imap-login", "imap", "imap", 143 },
    { "imap-login", "imap", "imaps", 993 },
    { "pop3-login", "pop3", "pop3", 110 },
    { "pop3-login", "pop3", "pop3s", 995 },
    { "submission-login", "submission", "submission", 587 },
    { "submission-login", "submission", "submissions", 465 },
    { "managesieve-login", "sieve", "sieve", 4190 },
    { "lmtp", "lmtp", NULL, 0 },
};

enum { USUAL = sizeof usual / sizeof *usual };

const char *dovecot_places_cert(const struct dovecot_settings *s)
{
    return s->is_24 ? "ssl_server_cert_file" : "ssl_cert";
}

const char *dovecot_places_key(const struct dovecot_settings *s)
{
    return s->is_24 ? "ssl_server_key_file" : "ssl_key";
}

struct dovecot_view {
    struct arena *arena;
    struct server_conf *conf;
    const struct dovecot_settings *s;
    struct dovecot_asking asking;
    bool is_by_protocol;        /* some setting stands in a "protocol" block */
    struct text_list names;     /* of all "local_name" blocks */
    struct text_list addresses; /* of all "local" blocks */
};

/* Where a client is: which blocks hold for it. */
struct client {
    const char *protocol, *name, *address; /* name: NULL where none fits */
};

static bool has_word(const char *list, const char *word)
{
    size_t len = strlen(word);

    for (const char *p = list; *(p += strspn(p, " \t"));) {
        size_t n = strcspn(p, " \t");
        if (n == len && strncasecmp(p, word, n) == 0)
            return true;
        p += n;
    }
    return false;
}

enum { NEVER = -1, OF_ALL, OF_PROTOCOL, OF_NAME, OF_ADDRESS = 4 };

/* One block of a path: how much it narrows; NEVER: it does not hold. */
static int block_fits(const char *block, const struct client *c)
{
    const char *space = strchr(block, ' ');
    const char *name = space ? space + 1 : "";

    if (strncmp(block, "protocol ", 9) == 0) {
        bool is_not = name[0] == '!';
        bool is_it = strcmp(name + is_not, c->protocol) == 0;
        return is_it != is_not ? OF_PROTOCOL : NEVER;
    }
    if (strncmp(block, "local_name ", 11) == 0)
        return c->name && has_word(name, c->name) ? OF_NAME : NEVER;
    if (strncmp(block, "local ", 6) == 0)
        return c->address && strcmp(name, c->address) == 0 ? OF_ADDRESS : NEVER;
    return NEVER;
}

static int fits(struct arena *a, const char *path, const struct client *c)
{
    int sum = OF_ALL;

    while (*path) {
        size_t len = strcspn(path + 1, "\x1f");
        int one = block_fits(arena_text_n(a, path + 1, len), c);
        if (one == NEVER)
            return NEVER;
        sum |= one;
        path += len + 1;
    }
    return sum;
}

static const char *literal_of(struct arena *a, const struct dovecot_settings *s,
                              const struct conf_setting *set);

/* The innermost of those that hold, of two the last; of those alone that say
 * `literal` unless that is NULL, and never `not`. */
static const struct conf_setting *best_but(struct arena *a,
                                           const struct dovecot_settings *s,
                                           const char *name,
                                           const struct client *c,
                                           const char *literal,
                                           const struct conf_setting * not )
{
    const struct conf_setting *found = NULL;
    int how = NEVER;

    for (size_t i = 0; i < s->all.len; i++) {
        const struct conf_setting *one = &s->all.items[i];
        int fit = strcmp(one->name, name) == 0 ? fits(a, one->block, c) : NEVER;
        if (fit == NEVER || fit < how || one == not ||
            (literal && strcmp(literal_of(a, s, one), literal) != 0))
            continue;
        found = one;
        how = fit;
    }
    return found;
}

static const struct conf_setting *best(struct arena *a,
                                       const struct dovecot_settings *s,
                                       const char *name, const struct client *c,
                                       const char *literal)
{
    return best_but(a, s, name, c, literal, NULL);
}

static bool is_quoted(const struct conf_setting *set)
{
    size_t len = strlen(set->value);
    char first = set->value[0];

    return len > 1 && (first == '"' || first == '\'') &&
           set->value[len - 1] == first;
}

/* As doveconf prints it. */
static const char *literal_of(struct arena *a, const struct dovecot_settings *s,
                              const struct conf_setting *set)
{
    const char *v = set->value;

    if (is_quoted(set))
        return arena_text_n(a, v + 1, strlen(v) - 2);
    if (!s->is_24 && v[0] == '<')
        return arena_printf(a, "<%s", v + 1 + strspn(v + 1, " \t"));
    return v;
}

static const char *folder_of(const struct dovecot_view *seen, size_t file)
{
    const char *path = seen->conf->files[file].path;
    const char *slash = strrchr(path, '/');

    return slash && slash > path
               ? arena_text_n(seen->arena, path, (size_t)(slash - path))
               : "/";
}

/* The span of the path alone: "<" and quotes are not in it. But where "<" is
 * missing, the quotes go, too. */
static void path_of(const struct dovecot_view *seen,
                    const struct conf_setting *set, struct conf_value *out)
{
    const char *v = set->value;
    size_t skip = 0, cut = 0;

    if (!seen->s->is_24 && v[0] == '<')
        skip = 1 + strspn(v + 1, " \t");
    else if (seen->s->is_24 && is_quoted(set))
        skip = cut = 1;
    out->span.at += skip;
    out->span.len -= skip + cut;
    v = literal_of(seen->arena, seen->s, set);
    if (!seen->s->is_24 && !is_quoted(set) && v[0] == '<')
        v++;
    if (v[0] == '<' || (seen->s->is_24 && strpbrk(v, "$%:")) || v[0] == '$' ||
        strncmp(v, "-----", 5) == 0)
        conf_doubt(
            out,
            arena_printf(seen->arena, "%s: this value is not understood.",
                         conf_span_place(seen->arena, seen->conf, set->span)));
    else if (*v)
        out->path = conf_path(seen->arena, folder_of(seen, set->span.file), v);
    if (!seen->s->is_24 && out->path && set->value[0] != '<')
        out->broken = "Without \"<\" in front Dovecot takes the name of the "
                      "file for what is in it.";
}

static const struct dovecot_answer *answer(struct dovecot_view *seen,
                                           const struct client *c,
                                           bool with_key)
{
    return dovecot_ask(seen->arena, seen->conf, &seen->asking,
                       seen->is_by_protocol ? c->protocol : "",
                       c->name ? c->name : "", with_key);
}

/* Which setting counts by what doveconf says; a doubt where it says what
 * stands nowhere. */
static const struct conf_setting *settle(struct dovecot_view *seen,
                                         const char *name,
                                         const struct client *c,
                                         struct conf_value *out)
{
    const struct conf_setting *set = best(seen->arena, seen->s, name, c, NULL);
    bool is_key = strcmp(name, dovecot_places_key(seen->s)) == 0;
    const char *literal = set ? literal_of(seen->arena, seen->s, set) : "";
    const struct dovecot_answer *said;
    const struct conf_setting *other;

    if (!seen->asking.first || c->address ||
        (is_key && !seen->s->is_24 && literal[0] != '<'))
        return set;
    said = answer(seen, c, is_key);
    const char *value = is_key ? said->key : said->cert;
    if (said->failure || !value) {
        conf_doubt(out, said->failure);
        return set;
    }
    other = best(seen->arena, seen->s, name, c, value);
    if (strcmp(value, literal) == 0 || other)
        return other ? other : set;
    conf_doubt(out, arena_printf(seen->arena,
                                 "Dovecot itself reads \"%s\" here, which "
                                 "was not found in its files.",
                                 conf_shown(seen->arena, value)));
    return set;
}

/* What would count without `winner`. */
static const struct conf_value *loser(const struct dovecot_view *seen,
                                      const char *name, const struct client *c,
                                      const struct conf_setting *winner)
{
    const struct conf_setting *set =
        best_but(seen->arena, seen->s, name, c, NULL, winner);
    struct conf_value out = { .setting = name };

    if (!set || set->is_scattered)
        return NULL;
    out.span = set->span;
    path_of(seen, set, &out);
    return arena_copy(seen->arena, &out, sizeof out);
}

static struct conf_value value_for(struct dovecot_view *seen, const char *name,
                                   const struct client *c)
{
    struct conf_value out = { .setting = name };
    const struct conf_setting *set = settle(seen, name, c, &out);

    out.is_default = !set;
    if (!set)
        return out;
    out.span = set->span;
    out.over = loser(seen, name, c, set);
    if (set->is_scattered) {
        out.path = literal_of(seen->arena, seen->s, set) + 1;
        conf_doubt(&out, arena_printf(seen->arena,
                                      "%s: this value goes on in another "
                                      "line.",
                                      conf_span_place(seen->arena, seen->conf,
                                                      set->span)));
        return out;
    }
    path_of(seen, set, &out);
    return out;
}

/* A certificate for another kind of key, or for clients of one address. */
static void doubt_others(const struct dovecot_view *seen,
                         const struct client *c, struct conf_value *cert)
{
    const char *alt =
        seen->s->is_24 ? "ssl_server_alt_cert_file" : "ssl_alt_cert";
    const struct conf_setting *second =
        best(seen->arena, seen->s, alt, c, NULL);

    if (second && *literal_of(seen->arena, seen->s, second))
        conf_doubt(cert, arena_printf(seen->arena,
                                      "%s names a second certificate, for "
                                      "another kind of key.",
                                      conf_span_place(seen->arena, seen->conf,
                                                      second->span)));
    for (size_t i = 0; i < seen->s->all.len; i++) {
        const struct conf_setting *one = &seen->s->all.items[i];
        if (strcmp(one->name, cert->setting) == 0 &&
            (strstr(one->block, "\x1flocal ") ||
             strstr(one->block, "\x1fremote ")))
            conf_doubt(cert,
                       arena_printf(seen->arena,
                                    "%s names another certificate for some "
                                    "addresses.",
                                    conf_span_place(seen->arena, seen->conf,
                                                    one->span)));
    }
}

/* 2.4 does not start with what 2.3 calls it. */
static void doubt_old_words(const struct dovecot_view *seen,
                            struct conf_value *cert)
{
    for (size_t i = 0; seen->s->is_24 && i < seen->s->all.len; i++) {
        const struct conf_setting *one = &seen->s->all.items[i];
        if (strcmp(one->name, "ssl_cert") == 0 ||
            strcmp(one->name, "ssl_key") == 0)
            conf_doubt(cert,
                       arena_printf(
                           seen->arena,
                           "%s: %s is a word of Dovecot 2.3, with "
                           "which 2.4 does not start.",
                           conf_span_place(seen->arena, seen->conf, one->span),
                           one->name));
    }
}

static const struct conf_setting *switch_for(struct arena *a,
                                             const struct dovecot_settings *s,
                                             const struct client *c)
{
    return best(a, s, "ssl", c, NULL);
}

static bool add_place(struct dovecot_view *seen, const struct client *c,
                      struct tls_place place, struct err *err)
{
    const struct conf_setting *on = switch_for(seen->arena, seen->s, c);

    place.sni = c->name;
    place.service = c->protocol;
    place.is_off =
        on && strcmp(literal_of(seen->arena, seen->s, on), "no") == 0;
    if (place.is_off)
        place.off = (struct conf_value){ .setting = "ssl", .span = on->span };
    place.cert = value_for(seen, dovecot_places_cert(seen->s), c);
    place.key = value_for(seen, dovecot_places_key(seen->s), c);
    doubt_others(seen, c, &place.cert);
    doubt_old_words(seen, &place.cert);
    return conf_place_add(seen->arena, seen->conf, &place, err);
}

/* A port, for each name that has a certificate of its own, and for the rest. */
static bool add_port(struct dovecot_view *seen, const char *protocol,
                     struct tls_place place, struct err *err)
{
    for (size_t i = 0; i < seen->names.len; i++) {
        struct client c = { protocol, seen->names.text[i], NULL };
        if (!add_place(seen, &c, place, err))
            return false;
    }
    for (size_t i = 0; i <= seen->addresses.len; i++) {
        struct client c = { .protocol = protocol };
        if (i > 0)
            c.address = place.address = seen->addresses.text[i - 1];
        if (!add_place(seen, &c, place, err))
            return false;
    }
    return true;
}

static const char *in_listener(const struct dovecot_view *seen,
                               const char *block, const char *name)
{
    const struct conf_setting *set =
        conf_settings_last(&seen->s->all, block, name);

    if (!set)
        set = conf_settings_last(
            &seen->s->all, block,
            arena_printf(seen->arena, "inet_listener_%s", name));
    return set ? literal_of(seen->arena, seen->s, set) : NULL;
}

static bool add_listener(struct dovecot_view *seen, const char *protocol,
                         const char *block, uint16_t port, struct err *err)
{
    const char *set = in_listener(seen, block, "port");
    const char *address = in_listener(seen, block, "address");
    struct tls_place place = { .port = port };

    if (set) {
        unsigned long number = strtoul(set, NULL, 10);
        place.port = number <= UINT16_MAX ? (uint16_t)number : 0;
    }
    if (address && *address && !strpbrk(address, "*, \t"))
        place.address = address;
    return !place.port || add_port(seen, protocol, place, err);
}

static const char *listener_block(struct arena *a, const char *service,
                                  const char *listener)
{
    return arena_printf(a, "%cservice %s%cinet_listener %s", DOVECOT_BLOCK,
                        service, DOVECOT_BLOCK, listener);
}

/* Listeners of other names, in the order in which they are met. */
static bool add_own_listeners(struct dovecot_view *seen, const char *service,
                              const char *protocol, struct err *err)
{
    const char *top = listener_block(seen->arena, service, "");
    struct text_list done = { .len = 0 };

    for (size_t i = 0; i < USUAL; i++)
        if (usual[i].listener)
            text_list_add(
                seen->arena, &done,
                listener_block(seen->arena, service, usual[i].listener));
    for (size_t i = 0; i < seen->s->all.len; i++) {
        const char *block = seen->s->all.items[i].block;
        if (strncmp(block, top, strlen(top)) != 0 ||
            text_list_has(&done, block))
            continue;
        text_list_add(seen->arena, &done, block);
        if (!add_listener(seen, protocol, block, 0, err))
            return false;
    }
    return true;
}

static bool add_listeners(struct dovecot_view *seen, struct err *err)
{
    for (size_t i = 0; i < USUAL; i++) {
        bool is_first =
            i == 0 || strcmp(usual[i].service, usual[i - 1].service) != 0;
        if (usual[i].listener &&
            !add_listener(seen, usual[i].protocol,
                          listener_block(seen->arena, usual[i].service,
                                         usual[i].listener),
                          usual[i].port, err))
            return false;
        if (is_first &&
            !add_own_listeners(seen, usual[i].service, usual[i].protocol, err))
            return false;
    }
    return true;
}

static bool is_of_tls(const struct dovecot_view *seen, const char *name)
{
    return strcmp(name, dovecot_places_cert(seen->s)) == 0 ||
           strcmp(name, dovecot_places_key(seen->s)) == 0;
}

static void look_at_blocks(struct dovecot_view *seen)
{
    static const char names[] = "\x1flocal_name ";

    for (size_t i = 0; i < seen->s->all.len; i++) {
        const struct conf_setting *one = &seen->s->all.items[i];
        const char *p = strstr(one->block, names);
        if (!is_of_tls(seen, one->name))
            continue;
        if (strstr(one->block, "\x1fprotocol "))
            seen->is_by_protocol = true;
        if (strncmp(one->block, "\x1flocal ", 7) == 0)
            text_list_add_new(seen->arena, &seen->addresses,
                              arena_text_n(seen->arena, one->block + 7,
                                           strcspn(one->block + 7, "\x1f")));
        for (p = p ? p + sizeof names - 1 : ""; *p && *p != DOVECOT_BLOCK;) {
            size_t len = strcspn(p, " \t\x1f");
            if (len)
                text_list_add_new(seen->arena, &seen->names,
                                  arena_text_n(seen->arena, p, len));
            p += len;
            p += strspn(p, " \t");
        }
    }
}

bool dovecot_places(struct arena *a, struct server_conf *conf,
                    const struct dovecot_settings *s, const char *asked,
                    struct err *err)
{
    struct dovecot_view seen = { .arena = a,
                                 .conf = conf,
                                 .s = s,
                                 .asking = { .first = asked,
                                             .is_24 = s->is_24 } };

    look_at_blocks(&seen);
    return add_listeners(&seen, err);
}

const struct conf_setting *dovecot_places_switch(
    struct arena *a, const struct dovecot_settings *s,
    const struct tls_place *place)
{
    struct client c = { place->service, place->sni, NULL };

    return switch_for(a, s, &c);
}
