#include "act/rollover.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/folder.h"
#include "base/json_file.h"

const struct word rollover_stage_words[] = {
    { "publish", ROLLOVER_PUBLISH }, { "wait", ROLLOVER_WAIT },
    { "order", ROLLOVER_ORDER },     { "serve", ROLLOVER_SERVE },
    { "settle", ROLLOVER_SETTLE },   { "retire", ROLLOVER_RETIRE },
    { NULL, ROLLOVER_STAGE_COUNT },
};
static_assert(sizeof rollover_stage_words / sizeof *rollover_stage_words ==
                  ROLLOVER_STAGE_COUNT + 1,
              "a word per stage");

static const char *path_of(const struct store *s, const char *name)
{
    return arena_printf(s->arena, "%s/rollover/%s.json", s->dir, name);
}

/* ---- time ---- */

struct rollover_clock rollover_now(struct arena *a)
{
    return (struct rollover_clock){ clock_boot_id(a), clock_boot_ms(),
                                    clock_now_s() };
}

static bool same_boot(const struct rollover *r,
                      const struct rollover_clock *now)
{
    bool same_id = r->last.boot && strcmp(r->last.boot, now->boot) == 0;

    /* Without an id only a clock that runs backwards tells. */
    return same_id && (now->boot[0] || r->last.boot_ms <= now->boot_ms);
}

static int64_t at_least_none(int64_t ms)
{
    return ms > 0 ? ms : 0;
}

/* After a new start no more than the clock says too: in a store that was
 * carried to another machine, that one may have run for months. A machine that
 * was put back to an older state counts from there. */
static int64_t went_by(const struct rollover *r,
                       const struct rollover_clock *now)
{
    if (same_boot(r, now))
        return at_least_none(now->boot_ms - r->last.boot_ms);
    int64_t by_clock_ms = (now->now_s - r->last.now_s) * 1000;
    return at_least_none(by_clock_ms < now->boot_ms ? by_clock_ms
                                                    : now->boot_ms);
}

void rollover_wait_begin(struct rollover *r, const struct rollover_clock *now)
{
    r->waited_ms = 0;
    r->last = *now;
}

int64_t rollover_wait_left_ms(struct rollover *r,
                              const struct rollover_clock *now)
{
    int64_t ttl_s =
        r->ttl_s < ROLLOVER_TTL_MAX_S ? r->ttl_s : ROLLOVER_TTL_MAX_S;

    r->waited_ms += went_by(r, now);
    r->last = *now;
    return at_least_none(2 * ttl_s * 1000 - r->waited_ms);
}

int64_t rollover_clock_jump(const struct rollover *r,
                            const struct rollover_clock *now)
{
    if (!same_boot(r, now))
        return 0;
    return (now->now_s - r->last.now_s) -
           (now->boot_ms - r->last.boot_ms) / 1000;
}

/* ---- its file ---- */

static void put_places(struct arena *a, struct json *to,
                       const struct rollover *r)
{
    struct json *places = json_put_array(a, to, "records");

    for (size_t i = 0; i < r->len; i++) {
        const struct rollover_place *p = &r->places[i];
        struct json *j = json_add_object(a, places);
        json_put_text(a, j, "owner", p->owner);
        json_put_texts(a, j, "old", p->old.text, p->old.len);
        json_put_texts(a, j, "next", p->next.text, p->next.len);
    }
}

void rollover_count_to_json(struct arena *a, const struct rollover *r,
                            struct json *to)
{
    json_put_number(a, to, "ttl_s", (double)r->ttl_s);
    json_put_number(a, to, "waited_ms", (double)r->waited_ms);
    json_put_text(a, to, "boot", r->last.boot);
    json_put_number(a, to, "boot_ms", (double)r->last.boot_ms);
    json_put_text(a, to, "at", clock_text(a, r->last.now_s));
}

static struct json *to_json(struct arena *a, const struct rollover *r)
{
    struct json *j = json_object(a);

    json_put_text(a, j, "schema", "certmend.rollover/1");
    json_put_text(a, j, "stage",
                  table_text(rollover_stage_words, (int)r->stage));
    json_put_text(a, j, "old_key", r->old_key);
    json_put_text(a, j, "next_key", r->rollover_key);
    put_places(a, j, r);
    rollover_count_to_json(a, r, j);
    return j;
}

bool rollover_write(struct store *s, const char *name, const struct rollover *r,
                    struct err *err)
{
    const char *folder = arena_printf(s->arena, "%s/rollover", s->dir);

    if (!folder_make(folder, FOLDER_PRIVATE, err))
        return false;
    folder_sweep(folder);
    return json_file_write(s->arena, path_of(s, name), to_json(s->arena, r),
                           STORE_FILE_MAX, FILE_PRIVATE, err);
}

static bool read_places(struct arena *a, const struct json *list,
                        struct rollover *out)
{
    JSON_EACH (item, list) {
        struct rollover_place p = { .owner = json_find_text(item, "owner") };
        if (!p.owner || !json_read_texts(a, json_find(item, "old"), &p.old) ||
            !json_read_texts(a, json_find(item, "next"), &p.next) ||
            !p.next.len)
            return false;
        out->places = arena_grow(a, out->places, out->len, sizeof p);
        out->places[out->len++] = p;
    }
    return out->len > 0;
}

static int64_t number(const struct json *j, const char *key)
{
    double n = json_find_number(j, key, 0);

    return n > 0 && n < 1e12 ? (int64_t)n : 0;
}

bool rollover_count_from_json(const struct json *j, struct rollover *out)
{
    const char *at = json_find_text(j, "at");
    struct err ignored;

    out->ttl_s = number(j, "ttl_s");
    out->waited_ms = number(j, "waited_ms");
    out->last.boot = json_find_text(j, "boot");
    out->last.boot_ms = number(j, "boot_ms");
    return out->last.boot && at && clock_parse(at, &out->last.now_s, &ignored);
}

/* What cannot be read is not guessed at: the wrong record might go. */
static bool from_json(struct arena *a, const struct json *j,
                      struct rollover *out)
{
    const char *stage = json_find_text(j, "stage");
    int code =
        stage ? table_code(rollover_stage_words, stage) : ROLLOVER_STAGE_COUNT;

    *out = (struct rollover){
        .stage = (enum rollover_stage)code,
        .old_key = json_find_text(j, "old_key"),
        .rollover_key = json_find_text(j, "next_key"),
    };
    return code != ROLLOVER_STAGE_COUNT && out->old_key && out->rollover_key &&
           rollover_count_from_json(j, out) &&
           read_places(a, json_find(j, "records"), out);
}

bool rollover_read(const struct store *s, const char *name,
                   struct rollover **out, struct err *err)
{
    const char *path = path_of(s, name);
    struct rollover *r = arena_alloc(s->arena, 1, sizeof *r);
    struct json *j = NULL;

    *out = NULL;
    if (!file_exists(path))
        return true;
    if (!json_file_read(s->arena, path, STORE_FILE_MAX, &j, err))
        return false;
    if (!from_json(s->arena, j, r))
        return err_set(err, ERR_INPUT,
                       "%s: how far the rollover has come was wanted in it, "
                       "and cannot be read; take it away to begin anew",
                       path);
    *out = r;
    return true;
}

bool rollover_end(struct store *s, const char *name, struct err *err)
{
    return folder_drop(path_of(s, name), err);
}
