#include "base/text.h"

#include <string.h>

bool text_is_among(const char *text, const char *const *list, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return false;
}
