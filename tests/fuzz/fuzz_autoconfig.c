/* A settings file of a stranger. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "facts/autoconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct autoconfig c;

    autoconfig_read(a, data, size, "example.org", &c);
    for (size_t i = 0; i < c.len; i++)
        if (!c.servers[i].port || strpbrk(c.servers[i].host, " \n\"'$<>&;"))
            abort();
    arena_free(a);
    return 0;
}
