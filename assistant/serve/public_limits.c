#include "serve/public_limits.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/name.h"

static const struct {
    const char *about;
    unsigned bits4, bits6; /* 0: not an address */
    struct {
        unsigned most;
        int64_t ms; /* 0: no such window */
    } windows[PUBLIC_WINDOWS];
} limits[] = {
    [PUBLIC_CLIENT] = { "client",
                        32,
                        64,
                        { { 6, MINUTE_S * 1000LL }, { 60, DAY_S * 1000LL } } },
    [PUBLIC_DOMAIN] = { "domain", 0, 0, { { 4, HOUR_S * 1000LL }, { 0, 0 } } },
    [PUBLIC_NET] = { "net", 24, 48, { { 4, HOUR_S * 1000LL }, { 0, 0 } } },
};
static_assert(sizeof limits / sizeof *limits == PUBLIC_LIMITS,
              "how often, of each");

bool public_limits_init(struct public_limits *l, struct err *err)
{
    *l = (struct public_limits){ .key = { 0 } };
    return token_key(l->key, err);
}

/* Of the block: what stands behind its bits is left out. */
static const char *block_of(struct arena *a, const char *ip, unsigned bits4,
                            unsigned bits6)
{
    uint8_t bytes[16] = { 0 };
    size_t len = name_ip_bytes(ip, bytes);
    unsigned bits = len == 4 ? bits4 : bits6;

    for (size_t i = bits / 8; i < len; i++)
        bytes[i] = 0;
    return arena_printf(a, "%s/%u", name_ip_text(a, bytes, len), bits);
}

const char *public_limits_block(struct arena *a, enum public_limit kind,
                                const char *who)
{
    if (name_is_ip(who))
        return block_of(a, who, limits[kind].bits4, limits[kind].bits6);
    const char *domain = name_domain(a, who);
    return domain ? domain : arena_text(a, who);
}

static void hash_of(const struct public_limits *l, enum public_limit kind,
                    const char *who, char out[TOKEN_TEXT])
{
    struct arena *a = arena_new();

    token_of(l->key,
             arena_printf(a, "%s %s", limits[kind].about,
                          public_limits_block(a, kind, who)),
             out);
    arena_free(a);
}

static size_t set_of(const char hash[TOKEN_TEXT])
{
    char digits[9] = "";

    memcpy(digits, hash, sizeof digits - 1);
    return strtoul(digits, NULL, 16) % PUBLIC_LIMITS_SETS;
}

static const struct public_count *find(const struct public_limits *l,
                                       const char hash[TOKEN_TEXT])
{
    const struct public_count *set = l->counts[set_of(hash)];

    for (size_t i = 0; i < PUBLIC_LIMITS_WAYS; i++)
        if (strcmp(set[i].who, hash) == 0)
            return &set[i];
    return NULL;
}

int64_t public_limits_wait_ms(const struct public_limits *l,
                              enum public_limit kind, const char *who,
                              unsigned times, int64_t now_ms)
{
    char hash[TOKEN_TEXT];
    int64_t wait_ms = 0;

    hash_of(l, kind, who, hash);
    const struct public_count *c = find(l, hash);
    for (size_t i = 0; i < PUBLIC_WINDOWS; i++) {
        int64_t window_ms = limits[kind].windows[i].ms;
        int64_t since_ms = c ? c->windows[i].since_ms : now_ms;
        bool over = now_ms - since_ms >= window_ms;
        unsigned count = c && !over ? c->windows[i].count : 0;
        int64_t left_ms = over ? window_ms : since_ms + window_ms - now_ms;
        bool full = window_ms && count + times > limits[kind].windows[i].most;
        if (full && left_ms > wait_ms)
            wait_ms = left_ms;
    }
    return wait_ms;
}

/* The one that is counted already; else a free one, or the one that was idle
 * longest. */
static struct public_count *place_for(struct public_limits *l,
                                      const char hash[TOKEN_TEXT])
{
    struct public_count *set = l->counts[set_of(hash)];
    struct public_count *best = &set[0];

    for (size_t i = 0; i < PUBLIC_LIMITS_WAYS; i++) {
        if (strcmp(set[i].who, hash) == 0)
            return &set[i];
        if (best->who[0] && (!set[i].who[0] || set[i].seen_ms < best->seen_ms))
            best = &set[i];
    }
    *best = (struct public_count){ .who = "" };
    memcpy(best->who, hash, sizeof best->who);
    return best;
}

void public_limits_count(struct public_limits *l, enum public_limit kind,
                         const char *who, int64_t now_ms)
{
    char hash[TOKEN_TEXT];

    hash_of(l, kind, who, hash);
    struct public_count *c = place_for(l, hash);
    c->seen_ms = now_ms;
    for (size_t i = 0; i < PUBLIC_WINDOWS; i++) {
        bool over =
            now_ms - c->windows[i].since_ms >= limits[kind].windows[i].ms;
        if (!c->windows[i].count || over) {
            c->windows[i].since_ms = now_ms;
            c->windows[i].count = 0;
        }
        c->windows[i].count++;
    }
}
