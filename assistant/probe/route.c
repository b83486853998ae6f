#include "probe/route.h"

#include <string.h>

static const struct connect_to *find(const struct probe_options *o,
                                     const char *host, uint16_t port)
{
    for (size_t i = 0; i < o->connect_to_len; i++) {
        const struct connect_to *rule = &o->connect_to[i];
        bool host_fits = !rule->host[0] || strcmp(rule->host, host) == 0;
        bool port_fits = !rule->port || rule->port == port;
        if (host_fits && port_fits)
            return rule;
    }
    return NULL;
}

const char *route_source(const struct probe_options *o, const char *host,
                         uint16_t port)
{
    const struct connect_to *rule = find(o, host, port);

    return rule && rule->to_host[0] ? rule->to_host : host;
}

struct dial_place route_dial(const struct probe_options *o, const char *host,
                             const char *address, uint16_t port)
{
    const struct connect_to *by_host = find(o, host, port);
    const struct connect_to *rule = by_host ? by_host : find(o, address, port);
    struct dial_place to = { .address = address, .port = port };

    if (rule && rule->to_port)
        to.port = rule->to_port;
    if (rule && !by_host && rule->to_host[0])
        to.address = rule->to_host;
    return to;
}
