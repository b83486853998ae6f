#include "serve/sessions.h"

#include <string.h>

bool sessions_init(struct sessions *all, struct err *err)
{
    *all = (struct sessions){ .key = { 0 } };
    return token_key(all->key, err);
}

/* ---- start tokens ---- */

bool sessions_start(struct sessions *all, int64_t now_ms, const char **token,
                    struct err *err)
{
    struct session_start *oldest = &all->starts[0];

    for (size_t i = 0; i < SESSIONS_STARTS; i++) {
        struct session_start *s = &all->starts[i];
        if (!s->token[0] || (oldest->token[0] && s->made_ms < oldest->made_ms))
            oldest = s;
    }
    if (!token_make(oldest->token, err))
        return false;
    oldest->made_ms = now_ms;
    *token = oldest->token;
    return true;
}

struct serve_session *sessions_open(struct sessions *all, const char *token,
                                    int64_t now_ms)
{
    struct session_start *fits = NULL;

    for (size_t i = 0; i < SESSIONS_STARTS; i++) {
        struct session_start *s = &all->starts[i];
        if (s->token[0] && now_ms - s->made_ms > SESSIONS_START_MS)
            s->token[0] = '\0';
        if (s->token[0] && token_equal(s->token, token))
            fits = s;
    }
    if (!fits)
        return NULL;
    fits->token[0] = '\0';
    return sessions_new(all, now_ms);
}

/* ---- sessions ---- */

/* Who waits for an answer keeps the session. */
static bool goes_before(const struct serve_session *a,
                        const struct serve_session *b)
{
    if (!a->id[0] || !b->id[0])
        return !a->id[0] && b->id[0];
    if (a->open != b->open && (!a->open || !b->open))
        return !a->open;
    return a->seen_ms < b->seen_ms;
}

static struct serve_session *take(struct sessions *all, int64_t now_ms)
{
    struct serve_session *s = &all->items[0];

    for (size_t i = 1; i < SESSIONS_MAX; i++)
        if (goes_before(&all->items[i], s))
            s = &all->items[i];
    *s = (struct serve_session){ .seen_ms = now_ms, .minute_ms = now_ms };
    return s;
}

struct serve_session *sessions_new(struct sessions *all, int64_t now_ms)
{
    char id[TOKEN_TEXT];
    struct err unused;

    if (!token_make(id, &unused))
        return NULL;
    struct serve_session *s = take(all, now_ms);
    memcpy(s->id, id, sizeof s->id);
    return s;
}

void sessions_cookie(const struct sessions *all, const struct serve_session *s,
                     char out[SESSIONS_COOKIE])
{
    memcpy(out, s->id, TOKEN_TEXT - 1);
    token_of(all->key, s->id, out + TOKEN_TEXT - 1);
}

/* The id of a cookie that we have made. */
static bool read_cookie(const struct sessions *all, const char *cookie,
                        char id[TOKEN_TEXT])
{
    char mac[TOKEN_TEXT];

    if (strlen(cookie) != SESSIONS_COOKIE - 1)
        return false;
    memcpy(id, cookie, TOKEN_TEXT - 1);
    id[TOKEN_TEXT - 1] = '\0';
    token_of(all->key, id, mac);
    return token_equal(mac, cookie + TOKEN_TEXT - 1);
}

struct serve_session *sessions_find(struct sessions *all, const char *cookie,
                                    int64_t now_ms)
{
    struct serve_session *fits = NULL;
    char id[TOKEN_TEXT];

    if (!read_cookie(all, cookie, id))
        return NULL;
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        struct serve_session *s = &all->items[i];
        if (s->id[0] && now_ms - s->seen_ms > SESSIONS_IDLE_MS && !s->open)
            s->id[0] = '\0';
        if (s->id[0] && token_equal(s->id, id))
            fits = s;
    }
    if (!fits && all->is_open) {
        fits = take(all, now_ms);
        memcpy(fits->id, id, sizeof fits->id);
    }
    if (fits)
        fits->seen_ms = now_ms;
    return fits;
}

bool sessions_may_ask(struct serve_session *s, int64_t now_ms)
{
    enum { MINUTE_MS = 60 * 1000 };

    if (now_ms - s->minute_ms >= MINUTE_MS) {
        s->minute_ms = now_ms;
        s->in_minute = 0;
    }
    if (s->in_minute >= SESSIONS_A_MINUTE)
        return false;
    s->in_minute++;
    return true;
}

/* ---- forms ---- */

const char *sessions_form_token(const struct sessions *all, struct arena *a,
                                const struct serve_session *s, const char *form)
{
    char token[TOKEN_TEXT];

    token_of(all->key, arena_printf(a, "%s %s", s->id, form), token);
    return arena_text(a, token);
}

bool sessions_form_fits(const struct sessions *all, struct arena *a,
                        const struct serve_session *s, const char *form,
                        const char *token)
{
    return token && token_equal(sessions_form_token(all, a, s, form), token);
}
