#ifndef CERTMEND_SERVE_SESSIONS_H
#define CERTMEND_SERVE_SESSIONS_H
/*
 * sessions - who may ask: start tokens, cookies, form tokens
 *
 * A start token opens one session, once, within ten minutes; a session is a
 * cookie of 128 bits. A form's token is made of the session and the form's
 * name, so no page of somebody else can send one. Compared in constant time.
 */
#include "crypto/token.h"

#include <stdint.h>

enum {
    SESSIONS_MAX = 64,
    SESSIONS_START_MS = 10 * 60 * 1000,
    SESSIONS_STARTS = 8, /* start tokens that wait to be opened */
};

struct serve_session {
    char id[TOKEN_TEXT]; /* the cookie's value; "": free */
    int64_t seen_ms;     /* monotonic */
    int64_t minute_ms;   /* looks are counted since ... */
    unsigned in_minute;
    bool busy; /* a look of it runs */
};

struct sessions {
    uint8_t key[TOKEN_KEY]; /* of the form tokens */
    struct serve_session items[SESSIONS_MAX];
    struct {
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

/* One without a token (--public); the one that was idle longest goes. */
struct serve_session *sessions_new(struct sessions *all, int64_t now_ms);

/* NULL: no such session. */
struct serve_session *sessions_find(struct sessions *all, const char *id,
                                    int64_t now_ms);

/* 32 hexadecimal digits. */
const char *sessions_form_token(const struct sessions *all, struct arena *a,
                                const struct serve_session *s,
                                const char *form);
bool sessions_form_fits(const struct sessions *all,
                        const struct serve_session *s, const char *form,
                        const char *token);

#endif
