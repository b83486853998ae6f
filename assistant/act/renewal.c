#include "act/renewal.h"

#include <stdlib.h>
#include <string.h>

#include "acme/acme_explanation.h"
#include "base/clock.h"

enum {
    SHORT_LIFE_S = 10 * DAY_S,
    ARI_PAUSE_MAX_S = DAY_S, /* acme_ari_ask() never says a later one */
    PAUSE_MAX_S = DAY_S,
    PAUSE_SHARE = 8, /* of what is left: a timer twice a day has many turns */
    TOLD_MAX = 100,  /* lines */
};

/* The same for the same certificate: 0 to 1 out of its digest. */
static double chance_of(const struct cert *c)
{
    char digits[9] = "";

    memcpy(digits, c->sha256_hex, strnlen(c->sha256_hex, 8));
    return (double)strtoul(digits, NULL, 16) / 4294967295.0;
}

static int64_t by_lifetime(const struct cert *c)
{
    int64_t life_s = c->not_after - c->not_before;

    return c->not_after - (life_s < SHORT_LIFE_S ? life_s / 2 : life_s / 3);
}

/* Whatever became of it so far. */
static int64_t first_moment(const struct renewal *r, const struct cert *c,
                            int64_t now_s)
{
    int64_t moment = acme_ari_moment(&r->ari, chance_of(c), now_s);

    return r->has_ari && moment < c->not_after ? moment : by_lifetime(c);
}

int64_t renewal_moment(const struct renewal *r, const struct cert *c,
                       int64_t now_s)
{
    int64_t moment = first_moment(r, c, now_s);

    if (moment < r->next_try)
        moment = r->next_try;
    return moment > now_s ? moment : now_s;
}

bool renewal_is_late(const struct renewal *r, const struct cert *c,
                     int64_t now_s)
{
    return r->failures && r->next_try > now_s &&
           first_moment(r, c, now_s) <= now_s;
}

bool renewal_wants_ari(const struct renewal *r, int64_t now_s)
{
    return !r->has_ari || now_s >= r->ari.retry_at ||
           r->ari.retry_at > now_s + ARI_PAUSE_MAX_S;
}

static int64_t least_s(const struct acme_problem *no)
{
    static const int64_t least[] = {
        [ACME_AGAIN_LATER] = HOUR_S,
        [ACME_AGAIN_MENDED] = 0,
        [ACME_AGAIN_NEVER] = DAY_S,
    };

    return no && !no->retry_at ? least[acme_explanation_again(no)] : 0;
}

/* The longest that may be waited from now on. */
static int64_t pause_max(const struct cert *c, int64_t now_s)
{
    int64_t left_s = c->not_after - now_s;
    int64_t share_s = left_s / PAUSE_SHARE;

    if (left_s > 0 && left_s < HOUR_S)
        return left_s;
    if (share_s < HOUR_S)
        return HOUR_S;
    return share_s < PAUSE_MAX_S ? share_s : PAUSE_MAX_S;
}

void renewal_failed(struct renewal *r, const struct cert *c, int64_t now_s,
                    const struct acme_problem *no)
{
    static const int64_t pauses_s[] = { MINUTE_S, 10 * MINUTE_S, 100 * MINUTE_S,
                                        PAUSE_MAX_S };
    size_t last = sizeof pauses_s / sizeof *pauses_s - 1;
    size_t which = r->failures < (int64_t)last ? (size_t)r->failures : last;
    int64_t latest = now_s + pause_max(c, now_s);

    r->failures++;
    r->next_try = now_s + pauses_s[which];
    if (r->next_try < now_s + least_s(no))
        r->next_try = now_s + least_s(no);
    if (no && no->retry_at > r->next_try)
        r->next_try = no->retry_at;
    if (r->next_try > latest)
        r->next_try = latest;
}

struct json *renewal_to_json(struct arena *a, const struct renewal *r)
{
    struct json *o = json_object(a);

    if (r->has_ari) {
        struct json *ari = json_put_object(a, o, "ari");
        json_put_text(a, ari, "start", clock_text(a, r->ari.start));
        json_put_text(a, ari, "end", clock_text(a, r->ari.end));
        json_put_text(a, ari, "why", r->ari.why_url);
        json_put_text(a, ari, "retry_at", clock_text(a, r->ari.retry_at));
    }
    json_put_number(a, o, "failures", (double)r->failures);
    json_put_text(a, o, "next_try",
                  r->next_try ? clock_text(a, r->next_try) : NULL);
    if (r->to_run)
        json_put_bool(a, o, "to_run", true);
    if (r->to_look)
        json_put_bool(a, o, "to_look", true);
    if (r->told_len)
        json_put_texts(a, o, "told", r->told, r->told_len);
    return o;
}

static bool read_time(const struct json *o, const char *key, int64_t *out)
{
    const char *text = json_find_text(o, key);
    struct err unused;

    return text && clock_parse(text, out, &unused);
}

/* It goes to a terminal, whoever wrote it. */
static void read_told(struct arena *a, const struct json *list,
                      struct renewal *out)
{
    const char **told = NULL;

    JSON_EACH (item, list) {
        if (item->type != JSON_TEXT || out->told_len == TOLD_MAX)
            continue;
        told = arena_grow(a, told, out->told_len, sizeof *told);
        told[out->told_len++] =
            arena_printable(a, item->text, strlen(item->text));
    }
    out->told = told;
}

struct renewal renewal_from_json(struct arena *a, const struct json *j,
                                 int64_t now_s)
{
    const struct json *ari = json_find(j, "ari");
    double failures = json_find_number(j, "failures", 0);
    struct renewal r = { .failures = 0 };

    r.has_ari = read_time(ari, "start", &r.ari.start) &&
                read_time(ari, "end", &r.ari.end) &&
                read_time(ari, "retry_at", &r.ari.retry_at) &&
                r.ari.start < r.ari.end;
    r.ari.why_url = arena_text(a, json_find_text(ari, "why"));
    if (failures > 0 && failures < 1e6)
        r.failures = (int64_t)failures;
    if (!read_time(j, "next_try", &r.next_try) ||
        r.next_try > now_s + PAUSE_MAX_S)
        r.next_try = 0;
    r.to_run = json_find_bool(j, "to_run");
    r.to_look = json_find_bool(j, "to_look");
    read_told(a, json_find(j, "told"), &r);
    return r;
}
