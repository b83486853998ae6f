#ifndef CERTMEND_BASE_CLOCK_H
#define CERTMEND_BASE_CLOCK_H
/*
 * clock - the only place that asks what time it is
 *
 * Wall-clock times are Unix seconds, UTC, in int64_t. Durations are measured
 * on the monotonic clock in milliseconds.
 */
#include "base/arena.h"

#include <stdint.h>

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

int64_t clock_now_s(void);
int64_t clock_monotonic_ms(void);

/* Milliseconds since this machine was started, sleep included; nobody can set
 * it. */
int64_t clock_boot_ms(void);
/* Another text after each start; "": the system has none. */
const char *clock_boot_id(struct arena *a);

/* The years 0 to 9999: what RFC 3339 and a certificate can say. */
#define CLOCK_FIRST_S INT64_C(-62167219200)
#define CLOCK_LAST_S  INT64_C(253402300799)

/* RFC 3339, in UTC: "2026-11-23T12:00:00Z". */
const char *clock_text(struct arena *a, int64_t when_s);

/* For people, in UTC: "23 November 2026", "23 November 2026 at 12:00 UTC". */
const char *clock_day(struct arena *a, int64_t when_s);
const char *clock_moment(struct arena *a, int64_t when_s);

/* Reads RFC 3339 with "Z" or an offset, or a bare date (midnight UTC). */
MUST_CHECK bool clock_parse(const char *text, int64_t *when_s, struct err *err);

/* The first date of RFC 5322 3.3 in a text, as mail servers greet with and web
 * servers send: "28 Nov 2026 17:24:02 +0100", or "GMT". Of another zone it is
 * none. */
bool clock_find_date(const char *text, int64_t *when_s);

#endif
