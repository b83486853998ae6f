#include "machine/server_conf.h"

/*
 * To add one: its row, and a conf_x.c beside this with conf_x_is_it(),
 * conf_x_read() and the rest.
 */
const struct server_kind server_kinds[] = {
    { .software = NULL },
};

const struct server_kind *server_kind_of(const struct listener *l)
{
    for (const struct server_kind *k = server_kinds; k->software; k++)
        if (l->pid && k->is_it(l))
            return k;
    return NULL;
}
