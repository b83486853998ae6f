#include "check/foreign_service.h"

#include <string.h>
#include <strings.h>

#include "facts/knowledge.h"

/* ".example.com" is the end of its names; the domain itself is theirs too. */
static bool is_theirs(const char *name, const char *end)
{
    size_t len = strlen(name), tail = strlen(end);

    return (len >= tail && strcasecmp(name + len - tail, end) == 0) ||
           strcasecmp(name, end + 1) == 0;
}

static bool has_name(const struct foreign_service *row, const char *name)
{
    for (size_t i = 0; i < row->names_end.len; i++)
        if (is_theirs(name, row->names_end.text[i]))
            return true;
    return false;
}

static bool has_all(const struct foreign_service *row, const struct cert *leaf)
{
    for (size_t i = 0; i < leaf->dns_names.len; i++)
        if (!has_name(row, leaf->dns_names.text[i]))
            return false;
    return leaf->dns_names.len > 0;
}

const char *foreign_service_of(const struct survey *s, const struct cert *leaf)
{
    const struct known *k = &knowledge_of(s)->known;

    for (size_t i = 0; i < k->foreign_len; i++)
        if (has_all(&k->foreign[i], leaf))
            return k->foreign[i].name;
    return NULL;
}
