#include "advise/confidence.h"

#include <string.h>

#include "advise/confidence_who.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/mail_ways.h"
#include "model/service.h"

enum { ALL = 100 };

/* One address of a place, or all of them: the first cell that shows it speaks
 * for the others, which differ in SNI or key type. */
struct spot {
    size_t seat;  /* first cell of the same host, port and address */
    size_t place; /* first cell of the same host and port */
    enum reach who;
    size_t addresses; /* of a place */
    bool counts;      /* of a place: there is something, or should be */
    double harm;      /* of a seat: 0 to 1 */
};

/* What was counted of the findings so far. */
struct tally {
    const struct confidence_table *table;
    const struct survey *survey;
    const struct findings *found;
    bool *counted;      /* for each finding */
    struct spot *spots; /* for each cell */
    double everybody;   /* 0 to 1: what shows at no place */
};

static bool same_place(const struct cell *a, const struct cell *b)
{
    return a->port == b->port && strcmp(a->host, b->host) == 0;
}

static bool is_expected(const struct survey *s, const struct cell *c)
{
    const struct mail_way *way = mail_way_of(s, c);

    return s->target.port != 0 || (way && way->published_at);
}

static void lay_spot(struct tally *t, size_t i)
{
    const struct survey *s = t->survey;
    const struct cell *c = &s->cells[i];
    struct spot *spot = &t->spots[i];

    *spot = (struct spot){ .seat = i, .place = i };
    for (size_t k = 0; k < i && spot->seat == i; k++) {
        if (!same_place(&s->cells[k], c))
            continue;
        spot->place = spot->place == i ? k : spot->place;
        if (strcmp(s->cells[k].address, c->address) == 0)
            spot->seat = k;
    }
    spot->who = confidence_who_at(s, c);
    struct spot *place = &t->spots[spot->place];
    place->addresses += spot->seat == i && c->asked;
    place->counts = place->counts || (client_view_counts(s, c) &&
                                      (cell_answered(c) || is_expected(s, c)));
}

static double part(int percent)
{
    return (double)percent / ALL;
}

/* How badly it hits whom it hits. */
static double harm_of(const struct confidence_table *t, const struct finding *f)
{
    double most = json_find_number(t->harm, f->def->id, t->error) / ALL;
    bool warns = f->severity == SEV_WARNING;

    return warns && t->error ? most * t->warning / t->error : most;
}

/* Who is hit the most. */
static enum reach who_of(const struct tally *t, const struct finding *f)
{
    const struct confidence_table *table = t->table;

    if (!f->cells_len)
        return confidence_who_about(t->survey, f, table);
    enum reach most = t->spots[f->cells[0]].who;
    for (size_t i = 1; i < f->cells_len; i++) {
        enum reach who = t->spots[f->cells[i]].who;
        most = table->who[who] > table->who[most] ? who : most;
    }
    return most;
}

static double weight_of(const struct tally *t, const struct finding *f)
{
    return harm_of(t->table, f) * part(t->table->who[who_of(t, f)]);
}

static bool is_senders(const struct tally *t, size_t cell)
{
    enum reach who = t->spots[cell].who;

    return who == REACH_EXCHANGER || who == REACH_BACKUP;
}

/* Programs take any of the addresses. */
static double harm_at(const struct tally *t, size_t place)
{
    double harm = 0;
    size_t len = t->spots[place].addresses;

    for (size_t i = place; i < t->survey->cells_len; i++)
        if (t->spots[i].place == place && t->spots[i].seat == i)
            harm += t->spots[i].harm;
    return len > 1 ? harm / (double)len : harm;
}

/* Part of the harm for the worst place, the rest by how many are harmed. */
static double lost_by(const struct tally *t, bool senders)
{
    double worst = 0, sum = 0, all = 0, one = part(t->table->one_place);

    for (size_t i = 0; i < t->survey->cells_len; i++) {
        const struct spot *spot = &t->spots[i];
        if (spot->place != i || is_senders(t, i) != senders)
            continue;
        double weight = part(t->table->who[spot->who]);
        double harm = harm_at(t, i);
        worst = harm * weight > worst ? harm * weight : worst;
        sum += spot->counts ? harm * weight : 0;
        all += spot->counts ? weight : 0;
    }
    return all > 0 ? one * worst + (1 - one) * sum / all : worst;
}

/* The worst of an id that is counted, told at its first finding. */
static double weight_of_id(const struct tally *t, size_t at)
{
    const struct finding *all = t->found->items;
    double most = 0;

    for (size_t i = 0; i < t->found->len; i++) {
        if (!t->counted[i] || all[i].def != all[at].def)
            continue;
        if (i < at)
            return 0;
        double weight = weight_of(t, &all[i]);
        most = weight > most ? weight : most;
    }
    return most;
}

/* The chance that is left by all faults but the worst. */
static double left_by_further(const struct tally *t)
{
    double left = 1, worst = 0, share = part(t->table->further);

    for (size_t i = 0; i < t->found->len; i++) {
        const struct finding *f = &t->found->items[i];
        if (!t->counted[i] || json_has_text(t->table->beside, f->def->id))
            continue;
        double weight = weight_of_id(t, i);
        double less = weight < worst ? weight : worst;
        worst = weight > worst ? weight : worst;
        left *= 1 - share * less;
    }
    return left;
}

/* Something that is wrong costs a point at least. */
static int lost_so_far(const struct tally *t)
{
    double left = (1 - lost_by(t, false)) * (1 - lost_by(t, true)) *
                  (1 - t->everybody) * left_by_further(t);
    int lost = ALL - (int)(left * ALL + 0.5);

    if (lost < 1)
        return 1;
    return lost > ALL ? ALL : lost;
}

static void count(struct tally *t, size_t at)
{
    const struct finding *f = &t->found->items[at];
    double harm = harm_of(t->table, f), weight = weight_of(t, f);

    t->counted[at] = true;
    for (size_t i = 0; i < f->cells_len; i++) {
        struct spot *seat = &t->spots[t->spots[f->cells[i]].seat];
        seat->harm = harm > seat->harm ? harm : seat->harm;
    }
    if (!f->cells_len && weight > t->everybody)
        t->everybody = weight;
}

/* Where it shows, of all the places of the same people. */
static void count_places(const struct tally *t, const struct finding *f,
                         struct deduction *d)
{
    for (size_t i = 0; f->cells_len && i < t->survey->cells_len; i++) {
        const struct spot *spot = &t->spots[i];
        bool hit = false;
        if (spot->seat != i || is_senders(t, i) != is_senders(t, f->cells[0]))
            continue;
        for (size_t k = 0; k < f->cells_len; k++)
            hit = hit || t->spots[f->cells[k]].seat == i;
        d->hit += hit;
        d->of += hit || t->spots[spot->place].counts;
    }
}

/* Of the fault that the finding is told with. */
static void deduct(const struct tally *t, struct deduction *list, size_t *len,
                   size_t finding, int points)
{
    const struct finding *f = &t->found->items[finding];
    struct deduction *d = NULL;

    for (size_t i = 0; i < *len; i++)
        if (list[i].finding == finding)
            d = &list[i];
    if (!d) {
        d = &list[(*len)++];
        *d = (struct deduction){ .finding = finding, .who = who_of(t, f) };
        count_places(t, f, d);
    }
    d->points += points;
}

static size_t index_of(const struct findings *found, const struct finding *f)
{
    return (size_t)(f - found->items);
}

struct confidence confidence_of(const struct judging *j, const struct survey *s,
                                const struct findings *found,
                                const struct finding *const *part_of)
{
    struct tally t = { .table = &j->confidence, .survey = s, .found = found };
    struct deduction *list =
        arena_alloc(found->arena, found->len + 1, sizeof *list);
    struct confidence out = { .items = list };

    t.counted = arena_alloc(found->arena, found->len + 1, sizeof *t.counted);
    t.spots = arena_alloc(found->arena, s->cells_len + 1, sizeof *t.spots);
    for (size_t i = 0; i < s->cells_len; i++)
        lay_spot(&t, i);
    /* Faults first, then what is told with them: that it costs is rare. */
    for (int parts = 0; parts < 2; parts++) {
        for (size_t i = 0; i < found->len; i++) {
            const struct finding *whole = part_of ? part_of[i] : NULL;
            if (found->items[i].severity == SEV_INFO || !whole != !parts)
                continue;
            count(&t, i);
            int lost = lost_so_far(&t);
            if (lost > out.lost)
                deduct(&t, list, &out.len, whole ? index_of(found, whole) : i,
                       lost - out.lost);
            out.lost = lost > out.lost ? lost : out.lost;
        }
    }
    return out;
}
