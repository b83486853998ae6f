#include "crypto/ssl_memory.h"

#include <openssl/crypto.h>

#include "base/memory.h"

static void *get(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return memory_get(size);
}

static void *resize(void *p, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return memory_resize(p, size);
}

static void release(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    memory_release(p);
}

void ssl_memory_set(void)
{
    (void)CRYPTO_set_mem_functions(get, resize, release);
}
