#include "base/table.h"

#include <string.h>

int table_code(const struct word *table, const char *text)
{
    const struct word *row = table;

    while (row->text && (!text || strcmp(row->text, text) != 0))
        row++;
    return row->code;
}

const char *table_text(const struct word *table, int code)
{
    for (const struct word *row = table; row->text; row++)
        if (row->code == code)
            return row->text;
    return "?";
}
