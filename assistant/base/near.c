#include "base/near.h"

#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t near_mistakes(const char *a, const char *b)
{
    /* Rows of the table of all beginnings: before the last, last, this one. */
    size_t rows[3][NEAR_MAX + 1];
    size_t a_len = strnlen(a, NEAR_MAX + 1), b_len = strnlen(b, NEAR_MAX + 1);

    if (a_len > NEAR_MAX || b_len > NEAR_MAX)
        return NEAR_MAX + 1;
    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *now = rows[i % 3];
        const size_t *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t other = last[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = least(other, least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

void near_try(struct near_search *n, const char *beginning, const char *meant)
{
    size_t most = strnlen(n->typed, NEAR_MAX) > 5 ? 2 : 1;
    size_t mistakes = near_mistakes(n->typed, beginning);

    if (mistakes > most || (n->best && mistakes >= n->mistakes))
        return;
    n->best = meant;
    n->mistakes = mistakes;
}
