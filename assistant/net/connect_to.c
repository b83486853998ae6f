#include "net/connect_to.h"

#include <string.h>

#include "base/buf.h"
#include "model/host_port.h"
#include "model/name.h"

/*
 * The next of the fields between colons, an address in brackets kept whole;
 * moves *at behind it. NULL when there is none.
 */
static const char *next_field(struct arena *a, const char **at)
{
    const char *from = *at;

    if (!from)
        return NULL;
    bool bracketed = *from == '[' && strchr(from, ']');
    const char *colon = strchr(bracketed ? strchr(from, ']') : from, ':');
    *at = colon ? colon + 1 : NULL;
    size_t len = colon ? (size_t)(colon - from) : strlen(from);
    if (bracketed && len >= 2 && from[len - 1] == ']')
        return arena_text_n(a, from + 1, len - 2);
    return arena_text_n(a, from, len);
}

static bool read_port_field(const char *text, uint16_t *port, struct err *err)
{
    size_t digits = host_port_number(text, port);

    if (*text && (text[digits] || !*port))
        return err_set(err, ERR_USAGE,
                       "a number from 1 to %d was wanted, not \"%s\"",
                       UINT16_MAX, text);
    return true;
}

static bool read_host_field(struct arena *a, const char *text,
                            const char **host, struct err *err)
{
    struct name_read name = name_read(a, text, strlen(text));

    if (*text && name.kind == NAME_BAD)
        return err_set(err, ERR_USAGE, "\"%.100s\" is no host: %s", text,
                       name.why);
    *host = *text ? name.text : "";
    return true;
}

bool connect_to_add(struct arena *a, struct connect_to_list *list,
                    const char *text, struct err *err)
{
    struct connect_to rule = { 0 };
    const char *at = text;
    const char *host = next_field(a, &at);
    const char *port = next_field(a, &at);
    const char *to_host = next_field(a, &at);
    const char *to_port = next_field(a, &at);

    if (!to_port || at)
        return err_set(err, ERR_USAGE,
                       "HOST:PORT:ADDR:PORT was wanted, not \"%s\"", text);
    if (!read_host_field(a, host, &rule.host, err) ||
        !read_port_field(port, &rule.port, err) ||
        !read_host_field(a, to_host, &rule.to_host, err) ||
        !read_port_field(to_port, &rule.to_port, err))
        return false;
    list->rules = arena_grow(a, list->rules, list->len, sizeof *list->rules);
    list->rules[list->len++] = rule;
    return true;
}

static void put(struct buf *out, const char *host, uint16_t port)
{
    buf_printf(out, "%s:", host_port_bracketed(out->arena, host));
    if (port)
        buf_printf(out, "%u", port);
}

const char *connect_to_text(struct arena *a, const struct connect_to *rule)
{
    struct buf text;

    buf_init(&text, a, 1024);
    put(&text, rule->host, rule->port);
    buf_char(&text, ':');
    put(&text, rule->to_host, rule->to_port);
    return text.text;
}

static const struct connect_to *find(const struct connect_to_list *list,
                                     const char *host, uint16_t port)
{
    for (size_t i = 0; i < list->len; i++) {
        const struct connect_to *rule = &list->rules[i];
        bool host_fits = !rule->host[0] || strcmp(rule->host, host) == 0;
        bool port_fits = !rule->port || rule->port == port;
        if (host_fits && port_fits)
            return rule;
    }
    return NULL;
}

const char *connect_to_source(const struct connect_to_list *list,
                              const char *host, uint16_t port)
{
    const struct connect_to *rule = find(list, host, port);

    return rule && rule->to_host[0] ? rule->to_host : host;
}

struct connect_place connect_to_place(const struct connect_to_list *list,
                                      const char *host, const char *address,
                                      uint16_t port)
{
    const struct connect_to *by_host = find(list, host, port);
    const struct connect_to *rule =
        by_host ? by_host : find(list, address, port);
    struct connect_place to = { .address = address, .port = port };
    /* Else connect_to_source() has led to this address already. */
    bool is_still_there = !by_host || strcmp(host, address) == 0;

    if (rule && rule->to_port)
        to.port = rule->to_port;
    if (rule && is_still_there && rule->to_host[0])
        to.address = rule->to_host;
    return to;
}
