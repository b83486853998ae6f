#include "act/live_wait.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/folder.h"
#include "base/json_file.h"

struct note {
    const char *certificate;
    int64_t first_seen;
    struct rollover count; /* its time to live, and what has gone by */
};

static const char *path_of(const struct store *s, const char *name)
{
    return arena_printf(s->arena, "%s/archive/%s/waiting.json", s->dir, name);
}

/* ---- its file ---- */

static bool write(const struct store *s, const char *name, const struct note *n,
                  struct err *err)
{
    struct json *j = json_object(s->arena);

    json_put_text(s->arena, j, "schema", "certmend.waiting/1");
    json_put_text(s->arena, j, "certificate", n->certificate);
    json_put_text(s->arena, j, "first_seen",
                  n->first_seen ? clock_text(s->arena, n->first_seen) : NULL);
    rollover_count_to_json(s->arena, &n->count, j);
    return json_file_write(s->arena, path_of(s, name), j, STORE_FILE_MAX,
                           FILE_PRIVATE, err);
}

/* The certificate's own, or an empty one: it begins. */
static struct note read_note(const struct store *s, const char *name,
                             const char *certificate, bool *is_there)
{
    const char *path = path_of(s, name);
    struct note n = { .certificate = certificate };
    const struct json *j = store_json(s, path);
    struct err ignored;

    *is_there = file_exists(path);
    if (!j)
        return n;
    const char *of = json_find_text(j, "certificate");
    const char *seen = json_find_text(j, "first_seen");
    if (of && strcmp(of, certificate) != 0) {
        *is_there = false;
        return n;
    }
    bool good = rollover_count_from_json(j, &n.count);
    if (!good || !seen || !clock_parse(seen, &n.first_seen, &ignored))
        n.first_seen = 0;
    return n;
}

/* ---- the count ---- */

/* What a resolver says may be what is left of a longer time. */
static void take_ttl(struct note *n, const struct dane_seen *seen)
{
    for (size_t i = 0; i < seen->len; i++) {
        const struct dns_answer *answer = seen->places[i].answer;
        if (answer->outcome != DNS_ANSWERED)
            continue;
        int64_t ttl_s = answer->ttl_s;
        if (!answer->server && ttl_s < DAY_S)
            ttl_s = DAY_S;
        if (ttl_s > n->count.ttl_s)
            n->count.ttl_s = ttl_s;
    }
    /* Nobody is left to say. */
    if (!n->count.ttl_s)
        n->count.ttl_s = DAY_S;
}

static void count(struct note *n, enum live_wait_state state,
                  const struct rollover_clock *now, struct live_wait *out)
{
    if (state == LIVE_WAIT_MISMATCH)
        n->first_seen = 0;
    if (state == LIVE_WAIT_FITS && !n->first_seen) {
        n->first_seen = now->now_s;
        rollover_wait_begin(&n->count, now);
    }
    n->count.last = n->first_seen ? n->count.last : *now;
    out->left_ms = rollover_wait_left_ms(&n->count, now);
    out->first_seen = n->first_seen;
}

bool live_wait_count(struct store *s, const char *name,
                     const struct live_wait_look *look, struct live_wait *out,
                     struct err *err)
{
    const struct rollover_clock now = rollover_now(s->arena);
    bool is_there = false;
    struct note n = read_note(s, name, look->certificate, &is_there);

    *out = (struct live_wait){
        .is_on = is_there || look->state == LIVE_WAIT_MISMATCH,
    };
    if (!out->is_on)
        return true;
    take_ttl(&n, look->seen);
    count(&n, look->state, &now, out);
    return write(s, name, &n, err);
}

void live_wait_end(struct store *s, const char *name)
{
    struct err ignored;
    bool dropped = folder_drop(path_of(s, name), &ignored);

    (void)dropped;
}
