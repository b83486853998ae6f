#include "probe/ehlo_name.h"

#include <string.h>
#include <unistd.h>

#include "model/name.h"

const char *ehlo_name(struct arena *a)
{
    char text[256] = "";

    if (gethostname(text, sizeof text - 1) < 0)
        return NULL;
    struct name_read name = name_read(a, text, strlen(text));
    if (name.kind != NAME_HOST || name_labels(name.text) < 2 ||
        strchr(name.text, '_') || strncmp(name.text, "localhost.", 10) == 0)
        return NULL;
    return name.text;
}

const char *ehlo_name_literal(struct arena *a, const char *address)
{
    if (!address)
        return "[127.0.0.1]";
    return arena_printf(a, strchr(address, ':') ? "[IPv6:%s]" : "[%s]",
                        address);
}
