#include "acme/retry_after.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

/* By clock_parse(), which knows how long a month is. */
static bool is_moment(const struct tm *read, int64_t *when_s)
{
    struct tm t = *read;
    char normal[64];
    struct err unused;

    if (t.tm_sec == 60) /* a leap second */
        t.tm_sec = 59;
    return strftime(normal, sizeof normal, "%Y-%m-%dT%H:%M:%SZ", &t) &&
           clock_parse(normal, when_s, &unused);
}

bool retry_after_date(const char *text, int64_t *when_s)
{
    enum { DATE_MAX = 40 };
    /* RFC 9110 5.6.7: what is sent, and two that are to be understood. */
    static const char *const forms[] = {
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %d %H:%M:%S %Y",
    };

    if (strlen(text) > DATE_MAX)
        return false;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct tm t = { .tm_year = 0 };
        const char *end = strptime(text, forms[i], &t);
        if (end && !*end)
            return is_moment(&t, when_s);
    }
    return false;
}

int64_t retry_after_read(const char *text, int64_t now_s)
{
    int64_t wait = 0;
    int64_t when = 0;

    if (!text || !*text)
        return -1;
    if (isdigit((unsigned char)*text)) {
        for (; isdigit((unsigned char)*text); text++)
            wait = wait < RETRY_AFTER_MAX_S ? wait * 10 + (*text - '0') : wait;
        if (*text)
            return -1;
    } else {
        if (!retry_after_date(text, &when))
            return -1;
        wait = when - now_s;
    }
    if (wait < 0)
        return 0;
    return wait < RETRY_AFTER_MAX_S ? wait : RETRY_AFTER_MAX_S;
}

int64_t retry_after_poll_ms(unsigned polls, int64_t retry_after_s)
{
    enum { FIRST_MS = 10, MOST_MS = 5000, DOUBLED_MAX = 9 };
    unsigned doubled = polls < DOUBLED_MAX ? polls : DOUBLED_MAX;
    int64_t own_ms = INT64_C(1) * FIRST_MS << doubled;

    if (retry_after_s > 0)
        return (retry_after_s < MINUTE_S ? retry_after_s : MINUTE_S) * 1000;
    return own_ms < MOST_MS ? own_ms : MOST_MS;
}
