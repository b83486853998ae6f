#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Without stdio and atexit(): both may want memory, or a lock that is held. */
void memory_is_out(void)
{
    static const char words[] = "certmend: out of memory\n";

    if (write(STDERR_FILENO, words, sizeof words - 1) < 0)
        _exit(2); /* nobody is there to be told */
    _exit(2);
}

static void *checked(void *p, size_t size)
{
    if (!p && size)
        memory_is_out();
    return p;
}

void *memory_get(size_t size)
{
    return checked(size ? malloc(size) : NULL, size);
}

void *memory_get_zeroed(size_t count, size_t size)
{
    return checked(count && size ? calloc(count, size) : NULL,
                   count ? size : 0);
}

void *memory_resize(void *p, size_t size)
{
    if (size)
        return checked(realloc(p, size), size);
    free(p);
    return NULL;
}

char *memory_text(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(memory_get(size), text, size);
}

void memory_release(void *p)
{
    free(p);
}
