#include "model/host_port.h"

#include <stdlib.h>
#include <string.h>

#include "model/name.h"

size_t host_port_number(const char *text, uint16_t *out)
{
    enum { DIGITS_MAX = 5 };
    size_t digits = strspn(text, "0123456789");

    if (!digits || digits > DIGITS_MAX)
        return 0;
    unsigned long number = strtoul(text, NULL, 10);
    if (number > UINT16_MAX)
        return 0;
    *out = (uint16_t)number;
    return digits;
}

/* Brackets included; 0: they are empty, or not closed. */
static size_t host_len(const char *text)
{
    if (*text == '[') {
        size_t len = strcspn(text, "]");
        return text[len] && len > 1 ? len + 1 : 0;
    }
    return name_is_ip(text) ? strlen(text) : strcspn(text, ":");
}

bool host_port_read(struct arena *a, const char *text, const char **host,
                    uint16_t *port)
{
    bool brackets = *text == '[';
    size_t len = host_len(text);
    uint16_t number = 0;

    if (!*text || (brackets && !len))
        return false;
    if (text[len]) {
        size_t digits =
            text[len] == ':' ? host_port_number(text + len + 1, &number) : 0;
        if (!digits || text[len + 1 + digits])
            return false;
        *port = number;
    }
    *host = arena_text_n(a, text + brackets, len - 2 * brackets);
    return true;
}

const char *host_port_bracketed(struct arena *a, const char *host)
{
    return strchr(host, ':') ? arena_printf(a, "[%s]", host) : host;
}

const char *host_port_text(struct arena *a, const char *host, uint16_t port)
{
    if (!port)
        return host;
    return arena_printf(a, "%s:%u", host_port_bracketed(a, host),
                        (unsigned)port);
}
