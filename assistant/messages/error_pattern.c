#include "messages/error_pattern.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "messages/error_pattern_place.h"
#include "messages/error_pattern_table.h"
#include "messages/error_pattern_text.h"
#include "model/name.h"

enum {
    CAPTURE_MAX = 300,    /* bytes behind the last piece */
    HIDDEN_NAME_MAX = 20, /* letters where a name should be, and is none */
    WEIGHT_OF_CA = 1000, /* what a CA says says more than any program's words */
};

/* A message seen in the text: letters[from, to). */
struct hit {
    const struct meaning *meaning; /* NULL: none */
    const char *client, *sample;
    bool of_ca, library;
    size_t from, to;
    size_t weight;
    struct pasted_place host, found;
};

struct pattern_search {
    struct arena *arena;
    struct error_pattern_text text;
    size_t from, to; /* letters that are looked at */
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

    if (!error_pattern_text_may_hold(t, p->letters, p->len))
        return nowhere;
    for (; from + p->len <= end; from++) {
        const char *first =
            memchr(t->letters + from, *p->letters, end - from - p->len + 1);
        if (!first)
            return nowhere;
        from = (size_t)(first - t->letters);
        if (memcmp(first, p->letters, p->len) == 0 &&
            error_pattern_text_whole(t, from, from + p->len) &&
            (!p->exactly ||
             error_pattern_text_is(t, from, from + p->len, p->exactly)))
            return from;
    }
    return nowhere;
}

static size_t plain_at(const struct error_pattern_text *t, size_t letter)
{
    return letter < t->len ? t->at[letter] : t->plain_len;
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

/* Who pastes a message may hide the name in it, by a word or two; a sentence
 * in its place is another message. */
static bool is_named(const struct hit *hit, enum gap gap, size_t letters)
{
    const char *name = gap == GAP_HOST ? hit->host.host : hit->found.host;

    return (gap != GAP_HOST && gap != GAP_FOUND) || name ||
           letters <= HIDDEN_NAME_MAX;
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
                 : s->to;
        if (at == nowhere || (next && at + next->len > s->to))
            return false;
        capture(s, w->pieces[i].behind,
                error_pattern_text_behind(&s->text, found.to),
                plain_at(&s->text, at), &found);
        if (next && !is_named(&found, w->pieces[i].behind, at - found.to))
            return false;
        found.to = next ? at + next->len : found.to;
    }
    *hit = found;
    return true;
}

static bool match(struct pattern_search *s, const struct wording *w,
                  struct hit *hit)
{
    size_t from = find_piece(&s->text, &w->pieces[0], s->from, s->to);

    while (from != nowhere && !match_at(s, w, from, hit))
        from = find_piece(&s->text, &w->pieces[0], from + 1, s->to);
    return from != nowhere;
}

static bool match_any(struct pattern_search *s, const struct wordings *texts,
                      struct hit *hit)
{
    size_t i = 0;

    while (i < texts->len && !match(s, &texts->items[i], hit))
        i++;
    return i < texts->len;
}

static void add_hit(struct pattern_search *s, const struct hit *hit)
{
    s->hits = arena_grow(s->arena, s->hits, s->len, sizeof *s->hits);
    s->hits[s->len++] = *hit;
}

static void add_hits(struct pattern_search *s, const struct message *m)
{
    for (size_t i = 0; i < m->texts.len; i++) {
        struct hit hit = { 0 };
        if (!match(s, &m->texts.items[i], &hit))
            continue;
        hit.meaning = m->meaning;
        hit.client = m->client;
        hit.library = m->library;
        hit.sample = m->sample;
        add_hit(s, &hit);
    }
}

static bool same_word(const char *wanted, const char *said)
{
    return !wanted || (said && strcasecmp(wanted, said) == 0);
}

/* "2001:db8::1: Fetching http://NAME/...": a CA tells where it looked. With an
 * address in brackets there is no name, which could have another one. */
static bool tells_ip6(const struct pattern_search *s)
{
    const char *p = s->text.plain + plain_at(&s->text, s->from);
    const char *end = s->text.plain + plain_at(&s->text, s->to);
    uint8_t bytes[16];

    while (p < end) {
        size_t len = strcspn(p, " \"'(),");
        size_t address = len;
        while (address && p[address - 1] == ':')
            address--;
        if (name_ip_bytes(arena_text_n(s->arena, p, address), bytes) == 16)
            return !strstr(p, "//[");
        p += len + 1;
    }
    return false;
}

/* How sure it is that a CA speaks. */
enum speaker { SPEAKER_ANY, SPEAKER_ACME, SPEAKER_CA };

/* The first row that fits what lies between s->from and s->to; NULL: none. */
static const struct problem_row *find_problem(
    struct pattern_search *s, const struct error_pattern_table *table,
    const struct ca_problem *p, enum speaker speaker, struct hit *hit)
{
    for (size_t i = 0; i < table->problems_len; i++) {
        const struct problem_row *row = &table->problems[i];
        bool may = same_word(row->type, p->type) &&
                   same_word(row->challenge, p->challenge) &&
                   (speaker >= SPEAKER_ACME || !row->context) &&
                   (speaker == SPEAKER_CA || row->texts.len) &&
                   (!row->by_ip6 || tells_ip6(s));
        if (may && (!row->texts.len || match_any(s, &row->texts, hit)))
            return row;
    }
    return NULL;
}

const struct problem_row *error_pattern_row_of_ca(
    const struct error_pattern_table *table, const struct ca_problem *p)
{
    struct arena *a = arena_new();
    struct pattern_search s = {
        .arena = a,
        .text = error_pattern_text_read(a, p->detail, strlen(p->detail)),
    };
    struct hit unused;

    s.to = s.text.len;
    error_pattern_text_index(a, &s.text);
    const struct problem_row *row =
        find_problem(&s, table, p, SPEAKER_CA, &unused);
    arena_free(a);
    return row;
}

/* The word in plain[from, ...), letters only; "" where none begins there. */
static const char *word_at(struct arena *a, const struct error_pattern_text *t,
                           size_t from)
{
    while (from < t->plain_len && !isalnum((unsigned char)t->plain[from]))
        from++;
    size_t to = from;
    while (to < t->plain_len && isalpha((unsigned char)t->plain[to]))
        to++;
    return arena_text_n(a, t->plain + from, to - from);
}

/* "urn:ietf:params:acme:error:caa", and "Type: caa Detail: ..." of certbot:
 * the next type in letters[from, ...), and where it ends; NULL: no more. */
static const char *next_type(struct pattern_search *s, size_t from,
                             size_t *begins, size_t *ends)
{
    static const struct piece error = { "acmeerror", 9, GAP_END, NULL };
    static const struct piece type = { "type", 4, GAP_END, NULL };
    static const struct piece detail = { "detail", 6, GAP_END, NULL };
    const struct error_pattern_text *t = &s->text;

    for (; from < t->len; from++) {
        size_t urn = find_piece(t, &error, from, t->len);
        size_t said = find_piece(t, &type, from, urn < t->len ? urn : t->len);
        size_t len = said != nowhere ? type.len : error.len;
        from = said != nowhere ? said : urn;
        if (from == nowhere)
            return NULL;
        const char *word =
            word_at(s->arena, t, error_pattern_text_behind(t, from + len));
        size_t end = from + len + strlen(word);
        if (!*word ||
            (said != nowhere &&
             find_piece(t, &detail, end, end + detail.len) == nowhere))
            continue;
        *begins = from;
        *ends = end;
        return word;
    }
    return NULL;
}

static const char *challenge_in(struct pattern_search *s,
                                const struct error_pattern_table *table)
{
    const char *found = NULL;
    struct hit unused;

    for (size_t i = 0; i < table->challenges_len; i++) {
        if (!match_any(s, &table->challenges[i].texts, &unused))
            continue;
        if (found)
            return NULL; /* it speaks of several */
        found = table->challenges[i].challenge;
    }
    return found;
}

/* What a CA says between s->from and s->to. */
static void add_problem(struct pattern_search *s,
                        const struct error_pattern_table *table,
                        const char *type, size_t type_from, size_t type_to)
{
    const struct ca_problem p = { type, challenge_in(s, table), "" };
    struct hit hit = { .from = type_from, .to = type_to }, host;
    enum speaker speaker = type ? SPEAKER_CA
                           : match_any(s, &table->contexts, &host)
                               ? SPEAKER_ACME
                               : SPEAKER_ANY;
    const struct problem_row *row = find_problem(s, table, &p, speaker, &hit);

    if (!row)
        return;
    hit.meaning = row->meaning;
    hit.client = "ACME client";
    hit.of_ca = true;
    hit.weight += WEIGHT_OF_CA;
    if (match_any(s, &table->hosts, &host))
        hit.host = host.host;
    if (type && type_from < hit.from)
        hit.from = type_from; /* the words behind the type belong to it */
    if (type && hit.to < type_to + ERROR_PATTERN_GAP_MAX)
        hit.to = type_to + ERROR_PATTERN_GAP_MAX;
    if (hit.to > s->to)
        hit.to = s->to;
    add_hit(s, &hit);
}

/* Each type that is said begins a problem of its own. */
static void add_problems(struct pattern_search *s,
                         const struct error_pattern_table *table)
{
    size_t begins = 0, ends = 0, next = 0, next_ends = 0;
    const char *type = next_type(s, 0, &begins, &ends);

    s->from = 0;
    do {
        const char *after = type ? next_type(s, ends, &next, &next_ends) : NULL;
        s->to = after ? next : s->text.len;
        add_problem(s, table, type, begins, ends);
        s->from = s->to;
        type = after;
        begins = next;
        ends = next_ends;
    } while (type);
    s->from = 0;
    s->to = s->text.len;
}

static bool says_more(const struct hit *a, const struct hit *b)
{
    bool vague = a->meaning->vague;

    if (vague != b->meaning->vague)
        return !vague;
    return a->weight > b->weight;
}

/* The hit that says most; of equals the one that stands first in the table. */
static struct hit *find_best(struct pattern_search *s)
{
    struct hit *best = NULL;

    for (size_t i = 0; i < s->len; i++)
        if (s->hits[i].meaning && (!best || says_more(&s->hits[i], best)))
            best = &s->hits[i];
    return best;
}

/* The same words do not count twice. */
static void drop_overlapping(struct pattern_search *s, struct hit taken)
{
    for (size_t i = 0; i < s->len; i++)
        if (s->hits[i].from < taken.to && taken.from < s->hits[i].to)
            s->hits[i].meaning = NULL;
}

static void add_candidates(struct arena *a, const struct text_list *from,
                           struct text_list *out)
{
    for (size_t i = 0; i < from->len; i++)
        text_list_add_new(a, out, from->text[i]);
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

/* What the names in the message make of its meaning. */
static const struct meaning *meaning_of(const struct error_pattern_table *table,
                                        const struct hit *hit)
{
    bool number = hit->host.host && name_is_ip(hit->host.host);

    if (is_intercepted(table, hit))
        return table->intercepted;
    return number && hit->meaning == table->mismatch && table->addressed
               ? table->addressed
               : hit->meaning;
}

static void tell(struct arena *a, const struct error_pattern_table *table,
                 const struct hit *hit, struct error_pattern *out)
{
    const struct meaning *meaning = meaning_of(table, hit);

    add_candidates(a, &meaning->findings, &out->candidates);
    if (!out->place.host)
        out->place = hit->host;
    if (out->recognised)
        return;
    out->recognised = true;
    out->of_ca = hit->of_ca;
    out->client = hit->client;
    out->sample = hit->sample;
    out->meaning = meaning->id;
    out->means = meaning->means;
    out->look = meaning->look;
}

/* Who says it: where a library's words were recognised, the program that says
 * the same there in words of its own, or shows itself by a sign. */
static const char *client_of(struct pattern_search *s,
                             const struct error_pattern_table *table,
                             const struct hit *hit)
{
    struct hit unused;

    for (size_t i = 0; hit->library && i < s->len; i++) {
        const struct hit *other = &s->hits[i];
        if (other->meaning == hit->meaning && !other->library &&
            other->from < hit->to && hit->from < other->to)
            return other->client;
    }
    for (size_t i = 0; hit->library && i < table->signs_len; i++)
        if (match_any(s, &table->signs[i].texts, &unused))
            return table->signs[i].client;
    return hit->client;
}

struct error_pattern error_pattern_read(struct arena *a,
                                        const struct error_pattern_table *table,
                                        const char *text, size_t len)
{
    struct pattern_search s = { .arena = a,
                                .text = error_pattern_text_read(a, text, len) };
    struct error_pattern out = { .recognised = false };

    s.to = s.text.len;
    error_pattern_text_index(a, &s.text);
    for (size_t i = 0; i < table->messages_len; i++)
        add_hits(&s, &table->messages[i]);
    add_problems(&s, table);
    for (struct hit *h = find_best(&s); h; h = find_best(&s)) {
        struct hit best = *h;
        if (!out.recognised)
            best.client = client_of(&s, table, &best);
        if (!best.meaning->vague || !out.recognised)
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
