#ifndef CERTMEND_ACME_RETRY_AFTER_H
#define CERTMEND_ACME_RETRY_AFTER_H
/*
 * retry_after - how long a server wants us to wait: Retry-After (RFC 9110
 * 10.2.3), in seconds or as a date (5.6.7, its old forms too)
 */
#include "base/err.h"

#include <stdint.h>

enum { RETRY_AFTER_MAX_S = 7 * 24 * 3600 };

/* Seconds from `now_s`, 0 to RETRY_AFTER_MAX_S; -1: not understood, or NULL. */
int64_t retry_after_read(const char *text, int64_t now_s);

/* An HTTP date. */
MUST_CHECK bool retry_after_date(const char *text, int64_t *when_s);

/* How long to wait before asking for the n-th time (from 0) what has become
 * of something, in milliseconds: as told, up to a minute, or else ever
 * longer. */
int64_t retry_after_poll_ms(unsigned polls, int64_t retry_after_s);

#endif
