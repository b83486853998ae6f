#include "base/text.h"

#include <string.h>

bool text_is_among(const char *text, const char *const *list, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return false;
}

bool text_list_has(const struct text_list *list, const char *text)
{
    return text_is_among(text, list->text, list->len);
}

void text_list_add(struct arena *a, struct text_list *list, const char *text)
{
    list->text = arena_grow(a, list->text, list->len, sizeof *list->text);
    list->text[list->len++] = text;
}

void text_list_add_new(struct arena *a, struct text_list *list,
                       const char *text)
{
    if (!text_list_has(list, text))
        text_list_add(a, list, text);
}

void text_list_tell(struct buf *out, const char *const *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (i > 0)
            buf_text(out, i + 1 == len ? " and " : ", ");
        buf_text(out, text[i]);
    }
}

void text_list_tell_most(struct buf *out, const char *const *text, size_t len,
                         size_t most)
{
    for (size_t i = 0; i < len && i < most; i++)
        buf_printf(out, "%s%s", i ? ", " : "", text[i]);
    if (len > most)
        buf_printf(out, " and %zu more", len - most);
}

const char *text_number(struct arena *a, int64_t number)
{
    static const char *const ones[] = { "no",    "one",  "two", "three",
                                        "four",  "five", "six", "seven",
                                        "eight", "nine", "ten", "eleven",
                                        "twelve" };
    static const char *const tens[] = {
        "twenty", "thirty",  "forty",  "fifty",
        "sixty",  "seventy", "eighty", "ninety"
    };

    if (number >= 0 && number < (int64_t)(sizeof ones / sizeof *ones))
        return ones[number];
    if (number >= 20 && number < 100 && number % 10 == 0)
        return tens[number / 10 - 2];
    return arena_printf(a, "%lld", (long long)number);
}
