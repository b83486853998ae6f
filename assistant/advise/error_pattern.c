#include "advise/error_pattern.h"

#include <string.h>

#include "advise/error_pattern_place.h"
#include "advise/error_pattern_table.h"
#include "advise/error_pattern_text.h"
#include "model/name.h"

enum { CAPTURE_MAX = 300 }; /* bytes behind the last piece */

/* A message seen in the text: letters[from, to). */
struct hit {
    const struct message *message; /* NULL: none */
    size_t from, to;
    size_t weight;
    struct pasted_place host, found;
};

struct pattern_search {
    struct arena *arena;
    struct error_pattern_text text;
    struct hit *hits;
    size_t len;
};

static const size_t nowhere = (size_t)-1;

/* The first place in letters[from, to) where the piece stands as a whole
 * word. */
static size_t find_piece(const struct error_pattern_text *t,
                         const struct piece *p, size_t from, size_t to)
{
    size_t end = to < t->len ? to : t->len;

    for (; from + p->len <= end; from++) {
        const char *first =
            memchr(t->letters + from, *p->letters, end - from - p->len + 1);
        if (!first)
            return nowhere;
        from = (size_t)(first - t->letters);
        if (memcmp(first, p->letters, p->len) == 0 &&
            error_pattern_text_whole(t, from, from + p->len))
            return from;
    }
    return nowhere;
}

static size_t plain_at(const struct error_pattern_text *t, size_t letter)
{
    return letter < t->len ? t->at[letter] : t->plain_len;
}

static size_t plain_behind(const struct error_pattern_text *t, size_t letter)
{
    return (size_t)t->at[letter - 1] + 1;
}

/* What stands in the gap plain[from, to). */
static void capture(struct pattern_search *s, enum gap gap, size_t from,
                    size_t to, struct hit *hit)
{
    const struct error_pattern_text *t = &s->text;
    bool both = gap == GAP_HOST_FOUND || gap == GAP_FOUND_HOST;
    bool host_first = gap == GAP_HOST || gap == GAP_HOST_FOUND;

    if (gap == GAP_ANY || gap == GAP_END)
        return;
    size_t end = to > from + CAPTURE_MAX ? from + CAPTURE_MAX : to;
    const char *sign = both ? strstr(t->plain + from, "!=") : NULL;
    size_t middle = sign ? (size_t)(sign - t->plain) : end;
    struct pasted_place first =
        error_pattern_place_within(s->arena, t, from, middle);
    struct pasted_place second =
        error_pattern_place_within(s->arena, t, middle, end);
    hit->host = host_first ? first : both ? second : hit->host;
    hit->found = !host_first ? first : both ? second : hit->found;
}

/* The wording with its first piece at `from`. */
static bool match_at(struct pattern_search *s, const struct wording *w,
                     size_t from, struct hit *hit)
{
    struct hit found = { .from = from, .weight = w->weight };

    found.to = from + w->pieces[0].len;
    for (size_t i = 0; i < w->len; i++) {
        const struct piece *next = i + 1 < w->len ? &w->pieces[i + 1] : NULL;
        size_t at =
            next ? find_piece(&s->text, next, found.to,
                              found.to + ERROR_PATTERN_GAP_MAX + next->len)
                 : s->text.len;
        if (at == nowhere)
            return false;
        capture(s, w->pieces[i].behind, plain_behind(&s->text, found.to),
                plain_at(&s->text, at), &found);
        found.to = next ? at + next->len : found.to;
    }
    *hit = found;
    return true;
}

static bool match(struct pattern_search *s, const struct wording *w,
                  struct hit *hit)
{
    size_t from = find_piece(&s->text, &w->pieces[0], 0, s->text.len);

    while (from != nowhere && !match_at(s, w, from, hit))
        from = find_piece(&s->text, &w->pieces[0], from + 1, s->text.len);
    return from != nowhere;
}

static void add_hits(struct pattern_search *s, const struct message *m)
{
    for (size_t i = 0; i < m->wordings_len; i++) {
        struct hit hit = { 0 };
        if (!match(s, &m->wordings[i], &hit))
            continue;
        hit.message = m;
        s->hits = arena_grow(s->arena, s->hits, s->len, sizeof *s->hits);
        s->hits[s->len++] = hit;
    }
}

static bool says_more(const struct hit *a, const struct hit *b)
{
    bool vague = a->message->meaning->vague;

    if (vague != b->message->meaning->vague)
        return !vague;
    return a->weight > b->weight;
}

/* The hit that says most; of equals the one that stands first in the table. */
static struct hit *find_best(struct pattern_search *s)
{
    struct hit *best = NULL;

    for (size_t i = 0; i < s->len; i++)
        if (s->hits[i].message && (!best || says_more(&s->hits[i], best)))
            best = &s->hits[i];
    return best;
}

/* The same words do not count twice. */
static void drop_overlapping(struct pattern_search *s, struct hit taken)
{
    for (size_t i = 0; i < s->len; i++)
        if (s->hits[i].from < taken.to && taken.from < s->hits[i].to)
            s->hits[i].message = NULL;
}

static void add_candidates(struct arena *a, const struct names_list *from,
                           struct names_list *out)
{
    for (size_t i = 0; i < from->len; i++) {
        size_t k = 0;
        while (k < out->len && strcmp(out->text[k], from->text[i]) != 0)
            k++;
        if (k < out->len)
            continue;
        out->text = arena_grow(a, out->text, out->len, sizeof *out->text);
        out->text[out->len++] = from->text[i];
    }
}

/* A name that only one provider can have a certificate for, and somebody
 * else's on the certificate: the connection was led astray. */
static bool is_intercepted(const struct error_pattern_table *table,
                           const struct hit *hit)
{
    const char *wanted = hit->host.host, *found = hit->found.host;

    return wanted && found &&
           error_pattern_place_of(wanted, &table->big_providers) &&
           !error_pattern_place_of(found, &table->big_providers);
}

static void tell(struct arena *a, const struct error_pattern_table *table,
                 const struct hit *hit, struct error_pattern *out)
{
    const struct meaning *meaning =
        is_intercepted(table, hit) ? table->intercepted : hit->message->meaning;

    add_candidates(a, &meaning->findings, &out->candidates);
    if (!out->place.host)
        out->place = hit->host;
    if (out->recognised)
        return;
    out->recognised = true;
    out->client = hit->message->client;
    out->sample = hit->message->sample;
    out->meaning = meaning->id;
    out->means = meaning->means;
    out->look = meaning->look;
}

struct error_pattern error_pattern_read(struct arena *a,
                                        const struct error_pattern_table *table,
                                        const char *text, size_t len)
{
    struct pattern_search s = { .arena = a,
                                .text = error_pattern_text_read(a, text, len) };
    struct error_pattern out = { .recognised = false };

    for (size_t i = 0; i < table->messages_len; i++)
        add_hits(&s, &table->messages[i]);
    for (struct hit *h = find_best(&s); h; h = find_best(&s)) {
        struct hit best = *h;
        if (!best.message->meaning->vague || !out.recognised)
            tell(a, table, &best, &out);
        drop_overlapping(&s, best);
    }
    if (!out.place.host)
        out.place =
            error_pattern_place_likeliest(a, &s.text, &table->strangers);
    if (!out.place.port)
        out.place.port = error_pattern_place_port(a, &s.text, out.place.host);
    return out;
}
