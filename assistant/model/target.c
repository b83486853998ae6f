#include "model/target.h"

#include "model/host_port.h"
#include "model/service.h"
#include "model/target_text.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"
#define BLANKS " \t"

const struct word role_words[] = {
    { "mua", ROLE_MUA },
    { "mx", ROLE_MX },
    { "https", ROLE_HTTPS },
    { NULL, ROLE_COUNT },
};
static_assert(sizeof role_words / sizeof *role_words == ROLE_COUNT + 1,
              "a word per role");

/* Words that people write in front of "://" and that say something else or
 * more than the name of a service. */
static const struct alias {
    const char *scheme;
    const char *service; /* NULL: it names none */
    const char *read_as;
} aliases[] = {
    { "https", "https", "the web service" },
    { "http", "https", "the web service over TLS" },
    { "smtps", "submissions", "submissions" },
    { "imap4", "imap", "imap" },
    { "pop", "pop3", "pop3" },
    { "pops", "pop3s", "pop3s" },
    { "managesieve", "sieve", "sieve" },
    { "xmpp-client", "xmpp", "xmpp" },
    { "xmpps-client", "xmpps", "xmpps" },
    { "ssl", NULL, NULL },
    { "tls", NULL, NULL },
    { "starttls", NULL, NULL },
    { "mailto", NULL, NULL },
    { NULL, NULL, NULL },
};

/* A target being read: `rest` is what has not been dealt with yet. */
struct typed {
    struct arena *arena;
    struct target t;
    const char *rest;
    bool is_url; /* a service was named in front */
    const struct alias *alias;
};

static void correct(struct typed *p, const char *sentence)
{
    struct target *t = &p->t;
    size_t len = t->corrections_len;
    const char **longer = arena_alloc(p->arena, len + 1, sizeof *longer);

    if (len)
        memcpy(longer, t->corrections, len * sizeof *longer);
    longer[len] = sentence;
    t->corrections = longer;
    t->corrections_len = len + 1;
}

static bool refuse(const struct typed *p, struct err *err, const char *why)
{
    return err_set(err, ERR_USAGE, "looking at \"%s\": %s",
                   target_text_short(p->arena, p->t.input), why);
}

/* A part of the input as a message may quote it. */
static const char *quoted(struct arena *a, const char *text)
{
    return target_text_short(a, arena_printable(a, text, strlen(text)));
}

static void unwrap(struct typed *p)
{
    unsigned off;

    p->rest = target_text_unwrap(p->arena, p->rest, &off);
    if (off & TARGET_TEXT_BLANKS)
        correct(p, "the blanks around it were dropped");
    if (off & TARGET_TEXT_MARKS)
        correct(p, "the quotes or punctuation around it were dropped");
}

static const struct alias *alias_find(const char *scheme)
{
    for (const struct alias *alias = aliases; alias->scheme; alias++)
        if (strcasecmp(alias->scheme, scheme) == 0)
            return alias;
    return NULL;
}

static const struct service *scheme_service(const char *scheme)
{
    for (const struct service *s = services; s->name; s++)
        if (strcasecmp(s->name, scheme) == 0)
            return s;
    return NULL;
}

/* "imaps://host"; also "imaps:host", where what follows is no port. */
static bool take_scheme(struct typed *p, struct err *err)
{
    size_t len = strcspn(p->rest, ":");
    const char *colon = p->rest + len;
    bool slashes = strncmp(colon, "://", 3) == 0;
    const char *scheme = arena_text_n(p->arena, p->rest, len);
    const struct alias *alias = alias_find(scheme);
    const struct service *service = scheme_service(scheme);

    if (!*colon || colon[1 + strspn(colon + 1, DIGITS)] == '\0')
        return true;
    if (!service && !alias && slashes)
        return refuse(p, err,
                      arena_printf(p->arena,
                                   "\"%s\" is no service that is known here; "
                                   "write imaps://, submission:// or the like, "
                                   "or just the host name",
                                   quoted(p->arena, scheme)));
    if (!service && !alias)
        return true;
    if (alias)
        service = service_find(alias->service);
    p->alias = alias;
    p->is_url = slashes || service;
    p->t.service = service ? service->name : NULL;
    p->t.port = service ? service->port : 0;
    p->rest = colon + (slashes ? 3 : 1);
    return true;
}

/* Whoever is named before "@" and whatever stands behind the host. */
static void take_surroundings(struct typed *p)
{
    size_t len = target_text_authority(p->rest);
    const char *at = target_text_at(p->rest, len);
    const char *path = p->rest + len;

    if (*path && strcmp(path, "/") != 0)
        correct(p, "only the host name of the pasted address was used");
    const char *host = at ? at + 1 : p->rest;
    const char *user = p->rest;
    p->rest = arena_text_n(p->arena, host, (size_t)(path - host));
    if (!at)
        return;
    if (p->is_url || memchr(user, ':', (size_t)(at - user)))
        correct(p, "the user name before the @ was left out");
    else
        p->t.kind = TARGET_DOMAIN;
}

/* Where the port begins that was typed behind the host, or NULL. */
static const char *port_part(const char *text, size_t *host_len)
{
    size_t len = *text == '[' ? strcspn(text, "]") : 0;
    size_t sign;

    len += strcspn(text + len, ":," BLANKS);
    sign = strspn(text + len, ":," BLANKS);
    const char *port = text + len + sign;
    if (strncasecmp(port, "port", 4) == 0 && sign)
        port += 4 + strspn(port + 4, ":= \t");
    bool colon = memchr(text + len, ':', sign) != NULL;
    if (!sign || (!colon && !*port) || (!colon && !strchr(DIGITS, *port)))
        return NULL;
    *host_len = len;
    return port;
}

static bool take_port(struct typed *p, struct err *err)
{
    size_t host_len;
    const char *port =
        name_is_ip(p->rest) ? NULL : port_part(p->rest, &host_len);

    if (!port)
        return true;
    p->rest = arena_text_n(p->arena, p->rest, host_len);
    if (!*port) {
        correct(p, "the colon without a port behind it was dropped");
        return true;
    }
    uint16_t number = 0;
    size_t len = host_port_number(port, &number);
    if (port[len] || !number)
        return refuse(p, err,
                      arena_printf(p->arena,
                                   "\"%s\" is no port; write a number from 1 "
                                   "to 65535, as in mail.example.com:587",
                                   quoted(p->arena, port)));
    p->t.port = number;
    return true;
}

static void tell_alias(struct typed *p)
{
    const struct alias *alias = p->alias;

    if (alias && alias->service)
        correct(p, arena_printf(p->arena, "%s:// was read as %s on port %d",
                                alias->scheme, alias->read_as, p->t.port));
    if (alias && !alias->service)
        correct(p,
                arena_printf(p->arena, "%s: names no service and was dropped",
                             alias->scheme));
}

static void tell_repairs(struct typed *p, const struct name_read *read)
{
    if (read->repairs & NAME_REPAIR_DOT)
        correct(p, "the trailing dot was dropped");
    if (read->repairs & NAME_REPAIR_IDN)
        correct(p, arena_printf(p->arena, "%s is written %s in certificates",
                                name_for_people(p->arena, read->text),
                                read->text));
}

static bool take_host(struct typed *p, struct err *err)
{
    const char *host = p->rest;

    if (strchr(host, '*'))
        return refuse(p, err,
                      "a wildcard stands for many hosts; name the one that "
                      "mail programs are set to, such as mail.example.com");
    if (host[0] == '.' && host[1] && host[1] != '.') {
        correct(p, "the leading dot was dropped");
        host++;
    }
    struct name_read read = name_read(p->arena, host, strlen(host));
    if (read.kind == NAME_BAD)
        return refuse(p, err,
                      arena_printf(p->arena,
                                   "a host name was wanted, and \"%s\" has %s; "
                                   "write it like mail.example.com",
                                   quoted(p->arena, host), read.why));
    tell_repairs(p, &read);
    p->t.host = read.text;
    p->t.host_is_ip = read.kind != NAME_HOST;
    if (p->t.kind == TARGET_DOMAIN && p->t.host_is_ip) {
        correct(p, "the user name before the @ was left out");
        p->t.kind = TARGET_HOST;
    }
    if (p->t.kind == TARGET_DOMAIN)
        p->t.domain = read.text;
    return true;
}

bool target_parse(struct arena *a, const char *text, struct target *out,
                  struct err *err)
{
    struct typed p = {
        .arena = a,
        .t = { .input = target_text_printable(a, text) },
        .rest = text,
    };

    unwrap(&p);
    if (!take_scheme(&p, err))
        return false;
    take_surroundings(&p);
    if (!take_port(&p, err))
        return false;
    tell_alias(&p);
    if (!take_host(&p, err))
        return false;
    *out = p.t;
    return true;
}

const char *target_reference(const struct target *t)
{
    return t->name ? t->name : t->host;
}
