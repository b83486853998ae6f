#include <string.h>

#include "net/web_server.h"

const char *web_request_field(const struct web_request *q, const char *name)
{
    for (size_t i = 0; i < q->fields_len; i++)
        if (strcmp(q->fields[i].name, name) == 0)
            return q->fields[i].value;
    return NULL;
}

/* Of "name=value", parted by `part` and blanks. */
static const char *only_value(struct arena *a, const char *list, char part,
                              const char *name)
{
    const char parts[] = { part, ' ', '\0' };
    size_t name_len = strlen(name);
    const char *found = NULL;

    while (list && *list) {
        list += strspn(list, parts);
        size_t len = strcspn(list, parts);
        if (len > name_len && list[name_len] == '=' &&
            strncmp(list, name, name_len) == 0) {
            if (found)
                return NULL;
            found = arena_text_n(a, list + name_len + 1, len - name_len - 1);
        }
        list += len;
    }
    return found;
}

const char *web_request_cookie(const struct web_request *q, const char *name)
{
    return only_value(q->arena, q->cookie, ';', name);
}

const char *web_request_query(const struct web_request *q, const char *name)
{
    return only_value(q->arena, q->query, '&', name);
}
