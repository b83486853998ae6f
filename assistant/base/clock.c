#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/file.h"

int64_t clock_now_s(void)
{
    return (int64_t)time(NULL);
}

int64_t clock_monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_boot_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *clock_boot_id(struct arena *a)
{
    enum { ID_MAX = 64 };
    const char *text = NULL;
    size_t len = 0;
    struct err ignored;

    if (!file_read(a, "/proc/sys/kernel/random/boot_id", ID_MAX, &text, &len,
                   &ignored))
        return "";
    return arena_text_n(a, text, strcspn(text, "\n"));
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t days_from_civil(int64_t y, int m, int d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

const char *clock_text(struct arena *a, int64_t when_s)
{
    time_t when = (time_t)when_s;
    struct tm tm;

    if (!gmtime_r(&when, &tm))
        return "?";
    return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
                        tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                        tm.tm_sec);
}

const char *clock_day(struct arena *a, int64_t when_s)
{
    static const char *const months[] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December",
    };
    time_t when = (time_t)when_s;
    struct tm tm;

    if (!gmtime_r(&when, &tm))
        return "?";
    return arena_printf(a, "%d %s %d", tm.tm_mday, months[tm.tm_mon],
                        tm.tm_year + 1900);
}

const char *clock_moment(struct arena *a, int64_t when_s)
{
    const char *text = clock_text(a, when_s);
    const char *time = strchr(text, 'T');

    return arena_printf(a, "%s at %.5s UTC", clock_day(a, when_s),
                        time ? time + 1 : text);
}

static int days_in_month(int y, int m)
{
    static const int days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

    return m == 2 && leap ? 29 : days[m - 1];
}

struct civil {
    int y, mo, d, h, mi, s;
};

static bool is_real(const struct civil *c)
{
    bool date = c->mo >= 1 && c->mo <= 12 && c->d >= 1 &&
                c->d <= days_in_month(c->y, c->mo);
    return date && c->h <= 23 && c->mi <= 59 && c->s <= 60;
}

/* "", "Z" or "+hh:mm": seconds east of UTC. */
static bool parse_zone(const char *text, int *east_s)
{
    unsigned h = 0, m = 0;
    int n = 0;

    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0) {
        *east_s = 0;
        return true;
    }
    if (text[0] != '+' && text[0] != '-')
        return false;
    if (sscanf(text + 1, "%2u:%2u%n", &h, &m, &n) != 2 || n != 5 ||
        text[6] != '\0' || h > 23 || m > 59)
        return false;
    *east_s = (int)(h * HOUR_S + m * MINUTE_S) * (text[0] == '-' ? -1 : 1);
    return true;
}

/* Digits where the shape has 0, the same character elsewhere. */
static bool has_shape(const char *text, const char *shape)
{
    for (; *shape; shape++, text++) {
        bool digit = *text >= '0' && *text <= '9';
        if (*shape == '0' ? !digit : *shape != *text)
            return false;
    }
    return true;
}

/* RFC 3339 5.6 allows fractions of a second; whole ones are enough here. */
static const char *after_fraction(const char *text)
{
    if (text[0] != '.' || text[1] < '0' || text[1] > '9')
        return text;
    text++;
    while (*text >= '0' && *text <= '9')
        text++;
    return text;
}

bool clock_parse(const char *text, int64_t *when_s, struct err *err)
{
    struct civil c = { 0 };
    int east_s = 0;
    bool dated = has_shape(text, "0000-00-00");
    bool timed = has_shape(text, "0000-00-00T00:00:00");

    if (dated)
        sscanf(text, "%4d-%2d-%2d", &c.y, &c.mo, &c.d);
    if (timed)
        sscanf(text + 11, "%2d:%2d:%2d", &c.h, &c.mi, &c.s);
    bool good = timed ? parse_zone(after_fraction(text + 19), &east_s)
                      : dated && text[10] == '\0';
    int64_t when = days_from_civil(c.y, c.mo, c.d) * DAY_S + c.h * HOUR_S +
                   c.mi * MINUTE_S + c.s - east_s;
    if (!good || !is_real(&c) || when < CLOCK_FIRST_S || when > CLOCK_LAST_S)
        return err_set(err, ERR_USAGE,
                       "a time like 2026-11-23T12:00:00Z was wanted, "
                       "not \"%s\"",
                       text);
    *when_s = when;
    return true;
}

static int month_of(const char *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int i = 0; i < 12; i++)
        if (strncmp(text, months + 3 * i, 3) == 0)
            return i + 1;
    return 0;
}

/* " GMT", " UTC", " +0100": seconds east of UTC. */
static bool mail_zone(const char *text, int *east_s)
{
    unsigned h = 0, m = 0;

    *east_s = 0;
    if (strncmp(text, " GMT", 4) == 0 || strncmp(text, " UTC", 4) == 0)
        return true;
    if (!has_shape(text, " +0000") && !has_shape(text, " -0000"))
        return false;
    sscanf(text + 2, "%2u%2u", &h, &m);
    *east_s = (int)(h * HOUR_S + m * MINUTE_S) * (text[1] == '-' ? -1 : 1);
    return h <= 23 && m <= 59;
}

/* Behind the day of the month: " Nov 2026 17:24:02 +0100". */
static bool read_date(const char *text, int day, int64_t *when_s)
{
    static const char shape[] = " 0000 00:00:00";
    struct civil c = { .d = day };
    int east_s = 0;

    c.mo = *text == ' ' ? month_of(text + 1) : 0;
    if (!c.mo || !has_shape(text + 4, shape))
        return false;
    sscanf(text + 4, " %4d %2d:%2d:%2d", &c.y, &c.h, &c.mi, &c.s);
    if (!is_real(&c) || !mail_zone(text + 4 + strlen(shape), &east_s))
        return false;
    *when_s = days_from_civil(c.y, c.mo, c.d) * DAY_S + c.h * HOUR_S +
              c.mi * MINUTE_S + c.s - east_s;
    return true;
}

bool clock_find_date(const char *text, int64_t *when_s)
{
    for (const char *p = text; *p; p++) {
        bool begins = *p >= '0' && *p <= '9' && (p == text || p[-1] == ' ');
        if (!begins)
            continue;
        size_t len = strspn(p, "0123456789");
        int day = len == 1   ? p[0] - '0'
                  : len == 2 ? (p[0] - '0') * 10 + p[1] - '0'
                             : 0;
        if (day && read_date(p + len, day, when_s))
            return true;
    }
    return false;
}
