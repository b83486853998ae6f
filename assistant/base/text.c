#include "base/text.h"

#include <string.h>

bool text_is_among(const char *text, const char *const *list, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return false;
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
