#include "messages/error_pattern_word.h"

#include <ctype.h>
#include <string.h>

#include "model/host_port.h"
#include "model/name.h"
#include "model/service.h"

uint16_t error_pattern_word_port(const char *text)
{
    uint16_t port = 0;

    host_port_number(text, &port);
    return port;
}

/* "smtp://", "ssl://": gives back what stands behind it. */
static const char *take_scheme(struct arena *a, const char *word,
                               struct error_pattern_word *out)
{
    const char *mark = strstr(word, "://");

    if (!mark)
        return word;
    const char *scheme = arena_text_n(a, word, (size_t)(mark - word));
    const struct service *service = service_find(scheme);
    out->link = strncmp(scheme, "http", 4) == 0;
    out->place.port = service && !out->link ? service->port : 0;
    return mark + 3;
}

/* "DNS:mail.example.com": what is stuck before a name. */
static const char *take_label(const char *word)
{
    const char *p = word;

    while (isalpha((unsigned char)*p))
        p++;
    return p > word && *p == ':' &&
                   (isalpha((unsigned char)p[1]) || p[1] == '_')
               ? p + 1
               : word;
}

static size_t name_length(const char *word)
{
    if (*word == '[')
        return strcspn(word, "]") + (strchr(word, ']') != NULL);
    if (name_is_ip(word))
        return strlen(word);
    return strcspn(word, "/[?#:");
}

/* "[192.0.2.1]" or "/192.0.2.1" behind the name: where it leads to. */
static const char *take_address(const char *rest,
                                struct error_pattern_word *out)
{
    size_t len = strspn(rest + (*rest != '\0'), "0123456789abcdefABCDEF:.");

    if (*rest == '[' && rest[len + 1] == ']') {
        out->addressed = true;
        return rest + len + 2;
    }
    if (*rest == '/' && isdigit((unsigned char)rest[1])) {
        out->addressed = true;
        return rest + strcspn(rest, ":");
    }
    out->link |= *rest == '/' && rest[1];
    return rest;
}

/* NULL where it is neither host nor address. Top-level domains have two
 * letters at least, so "e.g" is none. Where the proof of a name stands, the
 * name is meant. */
static const char *read_host(struct arena *a, const char *text, size_t len)
{
    static const char proof[] = "_acme-challenge.";
    struct name_read name = name_read(a, text, len);

    if (name.kind != NAME_HOST)
        return name.text;
    const char *end = strrchr(name.text, '.');
    if (!end || strlen(end) <= 2)
        return NULL;
    return strncmp(name.text, proof, sizeof proof - 1) == 0
               ? name.text + sizeof proof - 1
               : name.text;
}

bool error_pattern_word_read(struct arena *a, const char *word,
                             struct error_pattern_word *out)
{
    struct error_pattern_word w = { 0 };

    if (strchr(word, '@'))
        return false; /* a person */
    word = take_label(take_scheme(a, word, &w));
    size_t len = name_length(word);
    w.place.host = len ? read_host(a, word, len) : NULL;
    if (!w.place.host)
        return false;
    const char *rest = take_address(word + len, &w);
    uint16_t port = *rest == ':' ? error_pattern_word_port(rest + 1) : 0;
    if (port)
        w.place.port = port;
    w.addressed |= service_at(port) != NULL;
    *out = w;
    return true;
}
