#include "facts/other_clocks.h"

#include <string.h>

#include "base/clock.h"

/* When within the look it was said is not known; and nobody minds less. */
enum { LET_PASS_S = 10 * MINUTE_S, TOGETHER_S = 5 * MINUTE_S };

struct clock_reading {
    const char *host, *machine;
    int64_t says;
};

struct clock_readings {
    struct arena *arena;
    struct clock_reading *items;
    size_t len;
};

/* What several names of one machine have in common. */
static const char *machine_of(const struct survey *s, struct arena *a,
                              const char *host)
{
    struct text_list all = survey_addresses(s, a, host);

    return all.len ? all.text[0] : host;
}

static void read_clock(const struct survey *s, struct clock_readings *r,
                       const char *host, const char *text)
{
    int64_t says = 0;

    if (!host || !text || !clock_find_date(text, &says))
        return;
    const char *machine = machine_of(s, r->arena, host);
    for (size_t i = 0; i < r->len; i++)
        if (strcmp(r->items[i].machine, machine) == 0)
            return;
    r->items = arena_grow(r->arena, r->items, r->len, sizeof *r->items);
    r->items[r->len++] = (struct clock_reading){ host, machine, says };
}

/* "https://host:port/path" */
static const char *host_of(struct arena *a, const char *url)
{
    const char *at = strstr(url, "://");

    return at ? arena_text_n(a, at + 3, strcspn(at + 3, ":/?#")) : NULL;
}

static bool is_near(int64_t one, int64_t other, int64_t span_s)
{
    return one - other <= span_s && other - one <= span_s;
}

struct other_clocks other_clocks_of(const struct survey *s, struct arena *a)
{
    struct clock_readings r = { .arena = a };
    struct other_clocks found = { 0 };

    for (size_t i = 0; i < s->cells_len; i++)
        read_clock(s, &r, s->cells[i].host, s->cells[i].banner);
    for (size_t i = 0; i < s->fetches_len; i++)
        read_clock(s, &r, host_of(a, s->fetches[i].url), s->fetches[i].date);
    for (size_t i = 0; i < r.len; i++) {
        const struct clock_reading *one = &r.items[i];
        if (is_near(one->says, s->taken_at, LET_PASS_S))
            return (struct other_clocks){ 0 };
        if (!found.machines) {
            found.host = one->host;
            found.says = one->says;
        }
        found.machines += is_near(one->says, found.says, TOGETHER_S);
    }
    return found;
}
