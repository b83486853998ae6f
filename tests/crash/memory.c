/*
 * memory - loaded before libc: the MEMORY_AT-th allocation is refused, or, with
 * MEMORY_MODE "sticky", that one and all behind it. MEMORY_LOG gets how many
 * there were.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);

static long counted;
static long due = -1;
static int sticky;

/* getenv() allocates nothing. */
static int is_refused(void)
{
    if (due < 0) {
        const char *at = getenv("MEMORY_AT");
        const char *mode = getenv("MEMORY_MODE");

        due = at ? atol(at) : 0;
        sticky = mode && strcmp(mode, "sticky") == 0;
    }
    counted++;
    if (!due || counted < due || (counted > due && !sticky))
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return is_refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return is_refused() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *p, size_t size)
{
    return is_refused() ? NULL : __libc_realloc(p, size);
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("MEMORY_LOG");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;

    if (fd < 0)
        return;
    dprintf(fd, "%ld\n", counted);
    close(fd);
}
