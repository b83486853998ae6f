#ifndef CERTMEND_SERVE_SESSIONS_H
#define CERTMEND_SERVE_SESSIONS_H
/*
 * sessions - who may ask: start tokens, cookies, form tokens
 *
 * A start token opens one session, once, within ten minutes; a session is a
 * cookie of 128 bits, with what only we could have made of them behind it. A
 * form's token is made of the session and the form's name, so no page of
 * somebody else can send one. Compared in constant time.
 */
#include "crypto/token.h"

#include <stdint.h>

enum {
    SESSIONS_MAX = 64,
    SESSIONS_A_MINUTE = 30, /* looks of one */
    SESSIONS_IDLE_MS = 24 * 60 * 60 * 1000,
    SESSIONS_START_MS = 10 * 60 * 1000,
    SESSIONS_STARTS = 8, /* start tokens that wait to be opened */
    SESSIONS_COOKIE = 2 * TOKEN_TEXT - 1,
};

struct serve_session {
    char id[TOKEN_TEXT]; /* "": free */
    int64_t seen_ms;     /* monotonic */
    int64_t minute_ms;   /* looks are counted since then */
    unsigned in_minute;
    unsigned open; /* looks of it that wait or run */
};

struct sessions {
    uint8_t key[TOKEN_KEY]; /* of the form tokens */
    bool is_open; /* anybody may have one (--public): one that had to make room
                     is known again by its cookie */
    struct serve_session items[SESSIONS_MAX];
    struct session_start {
        char token[TOKEN_TEXT]; /* "": none */
        int64_t made_ms;
    } starts[SESSIONS_STARTS];
};

MUST_CHECK bool sessions_init(struct sessions *all, struct err *err);

/* A fresh start token; the oldest goes where there are too many. */
MUST_CHECK bool sessions_start(struct sessions *all, int64_t now_ms,
                               const char **token, struct err *err);

/* NULL: there is no such token, or no longer. It is dead afterwards. */
struct serve_session *sessions_open(struct sessions *all, const char *token,
                                    int64_t now_ms);

/* One without a token (--public). The one that was idle longest goes. NULL:
 * this machine has no random numbers. */
struct serve_session *sessions_new(struct sessions *all, int64_t now_ms);

/* The cookie's value. */
void sessions_cookie(const struct sessions *all, const struct serve_session *s,
                     char out[SESSIONS_COOKIE]);

/* By its cookie. NULL: no such session. */
struct serve_session *sessions_find(struct sessions *all, const char *cookie,
                                    int64_t now_ms);

/* Counts one look. False: too many within a minute. */
bool sessions_may_ask(struct serve_session *s, int64_t now_ms);

/* 32 hexadecimal digits. `token` NULL fits nothing. */
const char *sessions_form_token(const struct sessions *all, struct arena *a,
                                const struct serve_session *s,
                                const char *form);
bool sessions_form_fits(const struct sessions *all, struct arena *a,
                        const struct serve_session *s, const char *form,
                        const char *token);

#endif
