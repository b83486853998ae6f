#include "run/here_where.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

#include "base/shell_word.h"
#include "model/name.h"
#include "net/socket_address.h"

bool here_where_read(struct arena *a, struct here_where *out, struct err *err)
{
    struct here_where w = { { NULL, 0 } };
    struct ifaddrs *all = NULL;

    if (getifaddrs(&all) != 0)
        return err_set(err, ERR_SYSTEM,
                       "the addresses of this machine cannot be listed");
    for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
        struct sockaddr_storage at;
        if (!i->ifa_addr || (i->ifa_addr->sa_family != AF_INET &&
                             i->ifa_addr->sa_family != AF_INET6))
            continue;
        memset(&at, 0, sizeof at);
        memcpy(&at, i->ifa_addr,
               i->ifa_addr->sa_family == AF_INET ? sizeof(struct sockaddr_in)
                                                 : sizeof(struct sockaddr_in6));
        const char *text = socket_address_ip(a, &at);
        if (text)
            text_list_add_new(a, &w.addresses, text);
    }
    freeifaddrs(all);
    *out = w;
    return true;
}

bool here_where_is_own(const struct here_where *w, const char *address)
{
    return name_ip_is_loopback(address) ||
           text_list_has(&w->addresses, address);
}

const char *here_where_not(struct arena *a, const struct target *t)
{
    const char *name = t->host ? t->host : t->input;
    struct buf rule;

    buf_init(&rule, a, 1000);
    shell_word(&rule, arena_printf(a, "%s::127.0.0.1:", name));
    return arena_printf(
        a,
        "%s is not this machine: none of its addresses is one of ours, so "
        "nothing was read here. Run this on the mail server itself; where its "
        "address is that of a router in front of it, add --connect-to %s",
        t->input, rule.text);
}

bool here_where_is_any(const char *address)
{
    return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

/* The exact address, then every one of its family, then "::" for both. */
static int nearness(const struct listener *l, const char *address)
{
    bool v6 = strchr(address, ':') != NULL;

    if (strcmp(l->address, address) == 0)
        return 3;
    if (!here_where_is_any(l->address))
        return 0;
    return (strcmp(l->address, "::") == 0) == v6 ? 2 : v6 ? 0 : 1;
}

const struct listener *here_where_listener(const struct listeners *all,
                                           const struct connect_place *where)
{
    const struct listener *best = NULL;
    int nearest = 0;

    for (size_t i = 0; i < all->len; i++) {
        const struct listener *l = &all->items[i];
        int near = l->port == where->port && !l->other_net
                       ? nearness(l, where->address)
                       : 0;
        if (near > nearest) {
            best = l;
            nearest = near;
        }
    }
    if (best)
        return best;
    /* What the kernel hands on to a container listens in its network alone. */
    for (size_t i = 0; i < all->len; i++) {
        const struct listener *l = &all->items[i];
        if (l->other_net && l->container && l->port == where->port)
            return l;
    }
    return NULL;
}
