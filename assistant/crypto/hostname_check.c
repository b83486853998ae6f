#include "crypto/hostname_check.h"

#include <string.h>

#include "model/name.h"

static bool is_host(const char *name)
{
    struct arena *a = arena_new();
    struct name_read read = name_read(a, name, strlen(name));
    bool is_normal = read.kind == NAME_HOST && strcmp(read.text, name) == 0;

    arena_free(a);
    return is_normal;
}

bool hostname_check(X509 *leaf, const char *name)
{
    static const unsigned flags = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    uint8_t ip[16];
    size_t ip_len = name ? name_ip_bytes(name, ip) : 0;
    bool covered = false;

    if (ip_len)
        covered = X509_check_ip(leaf, ip, ip_len, flags) == 1;
    else if (name && is_host(name))
        covered = X509_check_host(leaf, name, strlen(name), flags, NULL) == 1;
    ERR_clear_error();
    return covered;
}
