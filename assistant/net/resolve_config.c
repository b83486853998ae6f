#include "net/resolve_config.h"

#include <string.h>

#include "base/file.h"
#include "model/host_port.h"
#include "model/name.h"
#include "model/service.h"

enum { ANCHOR_MAX = 1024 * 1024 };

/* Debian's dns-root-data, unbound's own, Fedora's, dnssec-trigger's. */
static const char *const anchor_files[] = {
    "/usr/share/dns/root.key",
    "/var/lib/unbound/root.key",
    "/etc/unbound/root.key",
    "/etc/trusted-key.key",
};

/* A file without a key would have everything be "proven unsigned". */
static bool check_anchor(struct arena *a, const char *path, struct err *err)
{
    const char *text = NULL;
    size_t len = 0;

    if (!file_read(a, path, ANCHOR_MAX, &text, &len, err))
        return err_add(err, "trust anchor");
    if (!strstr(text, "DNSKEY") && !strstr(text, "DS"))
        return err_set(err, ERR_INPUT,
                       "trust anchor: %s holds no DS or DNSKEY record", path);
    return true;
}

static const char *find_anchor(struct arena *a)
{
    struct err unused;

    for (size_t i = 0; i < sizeof anchor_files / sizeof *anchor_files; i++)
        if (check_anchor(a, anchor_files[i], &unused))
            return anchor_files[i];
    return NULL;
}

bool resolve_config_read(struct arena *a, const struct resolver_options *o,
                         struct resolve_config *out, struct err *err)
{
    struct resolve_config c = { .server = NULL };
    const char *address = NULL;
    uint16_t port = PORT_DNS;

    if (o->server && (!host_port_read(a, o->server, &address, &port) || !port ||
                      !name_is_ip(address)))
        return err_set(err, ERR_USAGE,
                       "resolver: an address such as 192.0.2.1 or 192.0.2.1:53 "
                       "was wanted, not \"%s\"",
                       arena_printable(a, o->server, strlen(o->server)));
    if (address)
        c.server = arena_printf(a, "%s@%u", address, port);
    if (!o->no_dnssec && o->trust_anchor) {
        if (!check_anchor(a, o->trust_anchor, err))
            return false;
        c.anchor = o->trust_anchor;
        c.guessed = o->anchor_is_guess;
    }
    bool lab = address && name_ip_is_loopback(address);
    if (!o->no_dnssec && !o->trust_anchor && !lab) {
        c.anchor = find_anchor(a);
        c.guessed = c.anchor;
    }
    *out = c;
    return true;
}
