#include "facts/autoconfig.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/own.h"
#include "model/name.h"

enum {
    DEPTH_MAX = 32,
    VALUE_MAX = 255, /* bytes of a host name, a port, a word */
    CODES = 256,
    CODE_ASCII = 128,
};

/* The vocabulary of one kind of file. */
struct vocabulary {
    const char *root;
    const char *servers[2]; /* elements that hold one server */
    bool by_attribute;      /* its type is an attribute, not an element */
};

static const struct vocabulary vocabularies[] = {
    { "clientConfig", { "incomingServer", "outgoingServer" }, true },
    { "Autodiscover", { "Protocol", NULL }, false },
};

/* One server as far as it was read. */
struct server_text {
    char type[VALUE_MAX + 1];
    char host[VALUE_MAX + 1];
    char port[VALUE_MAX + 1];
    char socket[VALUE_MAX + 1];
    char tls[VALUE_MAX + 1]; /* Autodiscover's <SSL> */
};

struct settings_reading {
    struct arena *arena;
    XML_Parser parser;
    const char *domain;
    const struct vocabulary *words; /* NULL: the root is no settings file's */
    struct autoconfig *out;
    struct autoconfig_server *servers;
    struct server_text server;
    int depth;
    int server_depth; /* of the server's element; 0: outside */
    char *into;       /* the value under way, or NULL */
    size_t into_len;
    bool too_long;
};

static void stop(struct settings_reading *r, const char *why)
{
    r->out->state = AUTOCONFIG_BROKEN;
    r->out->why = why;
    XML_StopParser(r->parser, XML_FALSE);
}

/* "ns:name": some files bring a prefix. */
static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

static void begin_file(struct settings_reading *r, const char *root)
{
    for (size_t i = 0; i < sizeof vocabularies / sizeof *vocabularies; i++)
        if (strcmp(root, vocabularies[i].root) == 0)
            r->words = &vocabularies[i];
    if (r->words)
        r->out->state = AUTOCONFIG_READ;
    else
        XML_StopParser(r->parser, XML_FALSE);
}

static bool opens_server(const struct settings_reading *r, const char *name)
{
    for (size_t i = 0; i < 2; i++)
        if (r->words->servers[i] && strcmp(name, r->words->servers[i]) == 0)
            return true;
    return false;
}

static void begin_server(struct settings_reading *r,
                         const XML_Char **attributes)
{
    r->server = (struct server_text){ .type = "" };
    r->server_depth = r->depth;
    for (size_t i = 0; r->words->by_attribute && attributes[i]; i += 2)
        if (strcmp(attributes[i], "type") == 0)
            (void)snprintf(r->server.type, sizeof r->server.type, "%s",
                           attributes[i + 1]);
}

/* The value of an element within a server; the first of each counts, which for
 * socketType is what programs take. */
static char *value_of(struct settings_reading *r, const char *name)
{
    struct server_text *s = &r->server;
    const struct {
        const char *name;
        char *into;
    } known[] = {
        { "hostname", s->host },     { "Server", s->host },
        { "port", s->port },         { "Port", s->port },
        { "socketType", s->socket }, { "Encryption", s->socket },
        { "SSL", s->tls },           { "Type", s->type },
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0 && !*known[i].into)
            return known[i].into;
    return NULL;
}

static void XMLCALL on_start(void *arg, const XML_Char *name,
                             const XML_Char **attributes)
{
    struct settings_reading *r = arg;

    if (++r->depth > DEPTH_MAX) {
        stop(r, "its elements are nested too deep");
        return;
    }
    if (r->depth == 1) {
        begin_file(r, local(name));
        return;
    }
    r->into = NULL;
    if (r->server_depth && r->depth == r->server_depth + 1)
        r->into = value_of(r, local(name));
    else if (!r->server_depth && opens_server(r, local(name)))
        begin_server(r, attributes);
    r->into_len = 0;
}

static void XMLCALL on_text(void *arg, const XML_Char *text, int len)
{
    struct settings_reading *r = arg;
    size_t room = VALUE_MAX - r->into_len;

    if (!r->into || len <= 0)
        return;
    size_t n = (size_t)len < room ? (size_t)len : room;
    r->too_long = r->too_long || n < (size_t)len;
    memcpy(r->into + r->into_len, text, n);
    r->into_len += n;
    r->into[r->into_len] = '\0';
}

/* ---- a server that is whole ---- */

static const char *family_of(const char *type)
{
    static const char *const families[] = { "imap", "pop3", "smtp" };

    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (strcasecmp(type, families[i]) == 0)
            return families[i];
    return NULL;
}

static const char *trimmed(struct arena *a, const char *text)
{
    size_t len = strlen(text);

    name_trim(&text, &len);
    return arena_text_n(a, text, len);
}

static const char *host_of(struct settings_reading *r)
{
    static const char blank[] = "%EMAILDOMAIN%";
    const char *text = trimmed(r->arena, r->server.host);
    const char *at = strstr(text, blank);

    if (at)
        text = arena_printf(r->arena, "%.*s%s%s", (int)(at - text), text,
                            r->domain, at + sizeof blank - 1);
    struct name_read read = name_read(r->arena, text, strlen(text));
    /* Some programs pass over a name with an underscore, and others go there.
     */
    return read.kind == NAME_BAD ? NULL : read.text;
}

static uint16_t port_of(struct settings_reading *r)
{
    const char *text = trimmed(r->arena, r->server.port);
    size_t digits = strspn(text, "0123456789");
    long port =
        digits && digits <= 5 && !text[digits] ? strtol(text, NULL, 10) : 0;

    return port > 0 && port <= UINT16_MAX ? (uint16_t)port : 0;
}

/* Autodiscover says whether, the port says how. */
static enum autoconfig_socket by_port(const struct server_text *s,
                                      uint16_t port)
{
    static const uint16_t upgraded[] = { 143, 110, 25, 587 };

    if (strcasecmp(s->tls, "off") == 0 || strcasecmp(s->socket, "None") == 0)
        return AUTOCONFIG_PLAIN;
    for (size_t i = 0; i < sizeof upgraded / sizeof *upgraded; i++)
        if (upgraded[i] == port)
            return AUTOCONFIG_STARTTLS;
    return AUTOCONFIG_TLS;
}

/* false: a way to connect that nobody here knows. */
static bool socket_of(struct settings_reading *r, uint16_t port,
                      enum autoconfig_socket *out)
{
    const char *text = trimmed(r->arena, r->server.socket);

    if (!r->words->by_attribute) {
        *out = by_port(&r->server, port);
        return true;
    }
    if (strcasecmp(text, "SSL") == 0 || strcasecmp(text, "TLS") == 0)
        *out = AUTOCONFIG_TLS;
    else if (strcasecmp(text, "STARTTLS") == 0)
        *out = AUTOCONFIG_STARTTLS;
    else if (strcasecmp(text, "plain") == 0)
        *out = AUTOCONFIG_PLAIN;
    else
        return false;
    return true;
}

static void keep_server(struct settings_reading *r)
{
    struct autoconfig_server s = {
        .family = family_of(trimmed(r->arena, r->server.type)),
        .host = host_of(r),
        .port = port_of(r),
    };

    if (r->too_long || !s.family || !s.host || !s.port ||
        !socket_of(r, s.port, &s.socket))
        return;
    if (r->out->len == AUTOCONFIG_SERVERS_MAX) {
        stop(r, "it names more servers than anybody has");
        return;
    }
    r->servers =
        arena_grow(r->arena, r->servers, r->out->len, sizeof *r->servers);
    r->servers[r->out->len++] = s;
    r->out->servers = r->servers;
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
    struct settings_reading *r = arg;

    (void)name;
    r->into = NULL;
    if (r->server_depth && r->depth == r->server_depth) {
        r->server_depth = 0;
        keep_server(r);
        r->too_long = false;
    }
    r->depth--;
}

/* ---- what is not read ---- */

/* A page of HTML begins so too, and is nobody's fault. */
static void XMLCALL on_doctype(void *arg, const XML_Char *name,
                               const XML_Char *system, const XML_Char *public,
                               int has_subset)
{
    struct settings_reading *r = arg;

    (void)system, (void)public, (void)has_subset;
    if (strcasecmp(name, "html") == 0) {
        XML_StopParser(r->parser, XML_FALSE);
        return;
    }
    stop(r, "it brings a DOCTYPE, which no settings file needs");
}

/* Old files of Windows; the one-byte encoding that they are all in. What it
 * adds to Latin-1 stands in no host name. */
static int XMLCALL on_encoding(void *arg, const XML_Char *name,
                               XML_Encoding *out)
{
    (void)arg;
    if (strcasecmp(name, "windows-1252") != 0 &&
        strcasecmp(name, "cp1252") != 0)
        return XML_STATUS_ERROR;
    for (int i = 0; i < CODES; i++)
        out->map[i] = i;
    out->data = NULL;
    out->convert = NULL;
    out->release = NULL;
    return XML_STATUS_OK;
}

/* A file that begins as one, for the words of a fault. */
static bool means_settings(const char *bytes, size_t len)
{
    for (size_t i = 0; i < sizeof vocabularies / sizeof *vocabularies; i++) {
        const char *tag = vocabularies[i].root;
        size_t tag_len = strlen(tag);
        for (size_t at = 1; at + tag_len <= len; at++)
            if (bytes[at - 1] == '<' && memcmp(bytes + at, tag, tag_len) == 0)
                return true;
    }
    return false;
}

static void set_handlers(struct settings_reading *r)
{
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    XML_SetUnknownEncodingHandler(r->parser, on_encoding, NULL);
}

void autoconfig_read(struct arena *a, const void *bytes, size_t len,
                     const char *domain, struct autoconfig *out)
{
    struct settings_reading r = { .arena = a, .domain = domain, .out = out };

    *out = (struct autoconfig){ .state = AUTOCONFIG_NONE };
    if (!len)
        return;
    if (len >= AUTOCONFIG_MAX && means_settings(bytes, len)) {
        out->state = AUTOCONFIG_BROKEN;
        out->why = "it is too big to be one";
        return;
    }
    if (len >= AUTOCONFIG_MAX)
        return;
    r.parser = XML_ParserCreate(NULL);
    if (!r.parser)
        return;
    set_handlers(&r);
    enum XML_Status status = XML_Parse(r.parser, bytes, (int)len, XML_TRUE);
    enum XML_Error error = XML_GetErrorCode(r.parser);
    bool was_meant = r.words || means_settings(bytes, len);
    if (status != XML_STATUS_OK && error != XML_ERROR_ABORTED && was_meant) {
        out->state = AUTOCONFIG_BROKEN;
        out->why =
            arena_printf(a, "line %lu: %s",
                         (unsigned long)XML_GetCurrentLineNumber(r.parser),
                         XML_ErrorString(error));
    }
    XML_ParserFree(r.parser);
}
