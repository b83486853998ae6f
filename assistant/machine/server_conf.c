#include "machine/server_conf.h"

#include <string.h>
#include <strings.h>

#include "machine/managed.h"

/* Its files are not ours to read with our rights, nor are its programs to run.
 */
static const char *elsewhere(struct arena *a, const struct listener *l)
{
    if (l->container)
        return arena_printf(a,
                            "It runs in %s: change it where that is set up, or "
                            "its next start brings the old files back.",
                            l->container);
    if (strcmp(l->root, "/") != 0)
        return "It sees another folder as \"/\" than certmend does: run "
               "certmend there.";
    return NULL;
}

bool server_conf_read(struct arena *a, const struct listener *l,
                      struct server_conf *out, struct err *err)
{
    struct server_conf conf = { .kind = server_kind_of(l),
                                .listener = l,
                                .root = { -1, l->root },
                                .user = "root" };

    if (!conf.kind)
        return err_set(err, ERR_INPUT,
                       "the configuration of %s is not one that certmend reads",
                       l->program ? l->program : "this program");
    conf.print_only = elsewhere(a, l);
    if (!conf.print_only) {
        if (!machine_root_open(a, l->root, &conf.root, err))
            return false;
        if (!conf.kind->read(a, &conf, err)) {
            server_conf_close(&conf);
            return false;
        }
        if (!conf.print_only)
            conf.print_only = managed_by(a, &conf);
    }
    *out = conf;
    return true;
}

void server_conf_close(struct server_conf *conf)
{
    machine_root_close(&conf->root);
}

int tls_place_fit(const struct tls_place *p, const char *sni)
{
    if (!p->sni)
        return 2;
    if (!sni)
        return 1;
    if (strcasecmp(p->sni, sni) == 0)
        return 4;
    const char *dot = strchr(sni, '.');
    bool below = dot && p->sni[0] == '*' && strcasecmp(p->sni + 1, dot) == 0;
    return below ? 3 : 0;
}

const struct tls_place *tls_place_for(const struct server_conf *conf,
                                      uint16_t port, const char *sni)
{
    const struct tls_place *best = NULL;

    for (size_t i = 0; i < conf->places_len; i++) {
        const struct tls_place *p = &conf->places[i];
        if (p->port != port)
            continue;
        if (tls_place_fit(p, sni) > (best ? tls_place_fit(best, sni) : 0))
            best = p;
    }
    return best;
}
