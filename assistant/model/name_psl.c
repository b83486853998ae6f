#include "model/name.h"

#include <libpsl.h>
#include <string.h>

/* The list that was built into the library: no file is opened. */
static const psl_ctx_t *suffixes(void)
{
    return psl_builtin();
}

static const char *registrable(const char *host)
{
    if (!host || name_is_ip(host))
        return NULL;
    return psl_registrable_domain(suffixes(), host);
}

const char *name_domain(struct arena *a, const char *host)
{
    return arena_text(a, registrable(host));
}

bool name_is_public_suffix(const char *host)
{
    return host && !name_is_ip(host) && psl_is_public_suffix(suffixes(), host);
}

bool name_same_domain(const char *a, const char *b)
{
    const char *first = registrable(a), *second = registrable(b);

    return first && second && strcmp(first, second) == 0;
}

bool name_is_internal(const char *host)
{
    /* RFC 6761, 6762 appendix G, 7686, 8375; ".internal" by ICANN in 2024,
     * and what routers and installers hand out. ".test" and ".example" are
     * left out: they stand for public names. */
    static const char *const zones[] = {
        "local",   "lan",       "internal", "home.arpa", "home",
        "corp",    "mail",      "private",  "intranet",  "localdomain",
        "invalid", "localhost", "onion",
    };

    if (!host || name_is_ip(host))
        return false;
    if (name_labels(host) < 2)
        return true;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        if (name_is_below(host, zones[i]))
            return true;
    return false;
}

bool name_has_known_end(const char *host)
{
    static const int listed = PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE;
    const char *dot = host ? strrchr(host, '.') : NULL;

    if (!dot || name_is_ip(host))
        return false;
    /* RFC 6761: stand for public names in documents and tests. */
    if (strcmp(dot, ".test") == 0 || strcmp(dot, ".example") == 0)
        return true;
    return name_is_internal(host) ||
           psl_is_public_suffix2(suffixes(), dot + 1, listed);
}
