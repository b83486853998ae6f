#include "acme/retry_after.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

struct date {
    char month[4];
    int day, year, hour, minute, second;
};

static int month_number(const char *word)
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr",
                                          "May", "Jun", "Jul", "Aug",
                                          "Sep", "Oct", "Nov", "Dec" };

    for (int i = 0; i < 12; i++)
        if (strcmp(months[i], word) == 0)
            return i + 1;
    return 0;
}

/* The three forms of RFC 9110 5.6.7; behind the weekday, whose name is not
 * looked at. */
static bool read_parts(const char *text, struct date *d)
{
    int end = 0;

    if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n",
               &d->day, d->month, &d->year, &d->hour, &d->minute, &d->second,
               &end) == 6 &&
        end && !text[end])
        return true;
    end = 0;
    if (sscanf(text, "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n",
               &d->day, d->month, &d->year, &d->hour, &d->minute, &d->second,
               &end) == 6 &&
        end && !text[end]) {
        d->year += 2000;
        return true;
    }
    end = 0;
    return sscanf(text, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n",
                  d->month, &d->day, &d->hour, &d->minute, &d->second, &d->year,
                  &end) == 6 &&
           end && !text[end];
}

static bool in_range(int n, int from, int to)
{
    return n >= from && n <= to;
}

bool retry_after_date(const char *text, int64_t *when_s)
{
    struct date d = { .year = 0 };
    char normal[64];
    struct err unused;

    if (strlen(text) > 40 || !read_parts(text, &d) ||
        !in_range(d.year, 0, 9999) || !in_range(d.day, 1, 31) ||
        !in_range(d.hour, 0, 23) || !in_range(d.minute, 0, 59) ||
        !in_range(d.second, 0, 60) || !month_number(d.month))
        return false;
    snprintf(normal, sizeof normal, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year,
             month_number(d.month), d.day, d.hour, d.minute,
             d.second == 60 ? 59 : d.second);
    return clock_parse(normal, when_s, &unused);
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
