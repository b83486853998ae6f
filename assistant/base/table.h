#ifndef CERTMEND_BASE_TABLE_H
#define CERTMEND_BASE_TABLE_H
/*
 * table - text <-> number, for closed sets
 *
 * A table ends with a row whose text is NULL; its code answers "no such
 * word". An enum's table has one row per value and is closed with a
 * static_assert on its length.
 */

struct word {
    const char *text;
    int code;
};

int table_code(const struct word *table, const char *text);

/* The text of `code`; "?" where the table lacks it, which is our own bug. */
const char *table_text(const struct word *table, int code);

#endif
