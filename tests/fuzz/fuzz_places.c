/*
 * What stands behind --connect-to, --listen and --now, and any host with its
 * port: taken or refused with a message; what is taken is an address or a name,
 * and reads the same when it is written again.
 */
#include "base/clock.h"
#include "model/host_port.h"
#include "model/name.h"
#include "net/connect_to.h"
#include "net/listen.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    const char *text = arena_text_n(a, (const char *)data, size);
    struct listen_place place = { .address = NULL };
    struct connect_to_list list = { .len = 0 };
    int64_t when_s = 0, again_s = 0;
    struct err err = { .kind = ERR_NONE };
    const char *host = NULL, *same = NULL;
    uint16_t port = 0, same_port = 0;

    if (host_port_read(a, text, &host, &port) && name_is_ip(host) &&
        (!host_port_read(a, host_port_text(a, host, port), &same, &same_port) ||
         strcmp(same, host) != 0 || same_port != port))
        abort();
    if (connect_to_add(a, &list, text, &err) &&
        (!list.rules->host || !list.rules->to_host ||
         strpbrk(list.rules->to_host, "[] \n")))
        abort();
    if (listen_parse(a, text, 80, &place, &err) && place.address &&
        !name_is_ip(place.address))
        abort();
    if (clock_parse(text, &when_s, &err) &&
        (!clock_parse(clock_text(a, when_s), &again_s, &err) ||
         again_s != when_s))
        abort();
    arena_free(a);
    return 0;
}
