/* With arguments: saved surveys, of which no finding may be taken away at a
 * loss. */
#include "advise/confidence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "advise/causes.h"
#include "base/file.h"
#include "check/check.h"
#include "facts/mail_ways.h"
#include "model/survey_json.h"
#include "run/evaluation.h"
#include "survey_builder.h"

#define HERE  "192.0.2.1"
#define THERE "192.0.2.2"

enum { CELLS_MAX = 10, SURVEY_MAX = 64 * 1024 * 1024, SETS = 3000 };

/* ---- a host and a domain in which everything can go wrong ---- */

enum { H_465, H_587, H_993, H_993_THERE, H_25, H_443, H_LEN };
enum { D_FIRST, D_BACKUP, D_PUBLISHED, D_SPARE, D_BOX, D_GUESS, D_LEN };

static void cell_of(struct survey *s, const char *host, const char *address,
                    uint16_t port, size_t leaf)
{
    s->target.host = host;
    struct cell *c = build_cell(s, address, port, leaf);
    c->host = arena_text(s->arena, host);
}

static struct survey *a_host(struct arena *a)
{
    static const struct built_cert good = { .names = "mail.example.com" };
    struct survey *s = build_survey(a, "mail.example.com");
    size_t leaf = build_cert(s, &good);

    build_cell(s, HERE, 465, leaf);
    build_cell(s, HERE, 587, leaf);
    build_cell(s, HERE, 993, leaf);
    build_cell(s, THERE, 993, leaf);
    build_cell(s, HERE, 25, leaf);
    build_cell(s, HERE, 443, leaf);
    return s;
}

static struct survey *a_domain(struct arena *a)
{
    static const struct built_cert good = { .names = "*.example.com" };
    static const size_t at[] = { D_PUBLISHED, D_SPARE, D_BOX, D_GUESS };
    static const size_t of_cell[D_LEN] = {
        [D_FIRST] = SIZE_MAX, [D_BACKUP] = SIZE_MAX, [D_PUBLISHED] = 0,
        [D_SPARE] = 1,        [D_BOX] = 2,           [D_GUESS] = 3
    };
    static const struct dns_record exchangers[] = {
        { .host = "mx1.example.com", .priority = 10 },
        { .host = "mx2.example.com", .priority = 20 },
    };
    struct survey *s = build_survey(a, "example.com");
    struct mail_ways *ways = arena_alloc(a, 1, sizeof *ways);
    size_t leaf = build_cert(s, &good);

    cell_of(s, "mx1.example.com", HERE, 25, leaf);
    cell_of(s, "mx2.example.com", THERE, 25, leaf);
    cell_of(s, "in.example.com", HERE, 993, leaf);
    cell_of(s, "old.example.com", HERE, 993, leaf);
    cell_of(s, "mx1.example.com", HERE, 993, leaf);
    cell_of(s, "imap.example.com", HERE, 993, leaf);
    s->target.kind = TARGET_DOMAIN;
    s->target.host = s->target.domain = "example.com";
    build_answer(s, "example.com", DNS_MX, DNS_ANSWERED);
    s->answers[s->answers_len - 1].records = exchangers;
    s->answers[s->answers_len - 1].len = 2;
    ways->items = arena_alloc(a, 4, sizeof *ways->items);
    ways->len = 4;
    for (size_t i = 0; i < 4; i++)
        ways->items[i] = (struct mail_way){ .source = WAY_SRV,
                                            .host = s->cells[at[i]].host,
                                            .port = 993,
                                            .cells = &at[i],
                                            .cells_len = 1 };
    ways->items[0].published_at = ways->items[1].published_at = "_imaps._tcp";
    ways->items[0].is_first = true;
    ways->items[2].source = WAY_MX;
    ways->items[3].source = WAY_GUESS;
    ways->of_cell = of_cell;
    ways->of_cell_len = D_LEN;
    s->ways = ways;
    return s;
}

/* ---- how much findings cost ---- */

struct fault {
    const char *id; /* NULL ends */
    enum severity severity;
    unsigned at;       /* a bit for each cell; 0: at no place */
    const char *about; /* a host, or NULL */
};

/* An id that no table names counts like any. */
static const struct finding_def *def_of(const char *id)
{
    static const struct finding_def unheard = { "x.unheard", "X", "Y", "Z" };
    const struct finding_def *def = check_find_def(id);

    return def ? def : &unheard;
}

static struct findings *found(struct arena *a, const struct fault *faults)
{
    struct findings *out = arena_alloc(a, 1, sizeof *out);

    out->arena = a;
    for (; faults->id; faults++) {
        struct finding *f =
            finding_add(out, def_of(faults->id), faults->severity, "So.");
        for (unsigned i = 0; i < CELLS_MAX; i++)
            if (faults->at >> i & 1)
                finding_cell(out, f, i);
        if (faults->about)
            finding_text(out, f, "host", faults->about);
    }
    findings_sort(out);
    return out;
}

static const struct rules *table(struct arena *a)
{
    const struct rules *rules = NULL;
    struct err err;

    if (!rules_load(a, NULL, &rules, &err))
        fail_msg("%s", err.text);
    return rules;
}

static struct confidence weigh(const struct rules *rules,
                               const struct survey *s,
                               const struct findings *all)
{
    return confidence_of(rules_judging(rules), s, all,
                         causes_find(rules, s, all));
}

static int sum_of(const struct confidence *c)
{
    int sum = 0;

    for (size_t i = 0; i < c->len; i++) {
        if (c->items[i].points < 1)
            fail_msg("a deduction of %d points", c->items[i].points);
        sum += c->items[i].points;
    }
    return sum;
}

#define BIT(n) (1u << (n))
#define ANY    "name.mismatch.provider"
#define PAIR   3

static const struct row {
    const char *what; /* the first costs more than the second */
    struct survey *(*survey)(struct arena *a);
    struct fault more[PAIR], less[PAIR];
} rows[] = {
    { "an error, a warning",
      a_host,
      { { ANY, SEV_ERROR, BIT(H_465), NULL } },
      { { ANY, SEV_WARNING, BIT(H_465), NULL } } },
    { "a warning, nothing",
      a_host,
      { { ANY, SEV_WARNING, BIT(H_465), NULL } },
      { { ANY, SEV_INFO, BIT(H_465), NULL } } },
    { "all ports, one port",
      a_host,
      { { ANY, SEV_ERROR, BIT(H_465) | BIT(H_587), NULL } },
      { { ANY, SEV_ERROR, BIT(H_465), NULL } } },
    { "both addresses, one of them",
      a_host,
      { { ANY, SEV_ERROR, BIT(H_993) | BIT(H_993_THERE), NULL } },
      { { ANY, SEV_ERROR, BIT(H_993), NULL } } },
    { "a port of one address, one of two",
      a_host,
      { { ANY, SEV_ERROR, BIT(H_465), NULL } },
      { { ANY, SEV_ERROR, BIT(H_993_THERE), NULL } } },
    { "a client port, port 25",
      a_host,
      { { ANY, SEV_ERROR, BIT(H_465), NULL } },
      { { ANY, SEV_ERROR, BIT(H_25), NULL } } },
    { "port 25, the web",
      a_host,
      { { ANY, SEV_ERROR, BIT(H_25), NULL } },
      { { ANY, SEV_ERROR, BIT(H_443), NULL } } },
    { "a further fault, none",
      a_host,
      { { ANY, SEV_ERROR, BIT(H_465), NULL },
        { "cert.expired", SEV_ERROR, BIT(H_465), NULL } },
      { { ANY, SEV_ERROR, BIT(H_465), NULL } } },
    { "no such name, an id that no table has",
      a_host,
      { { "dns.nxdomain", SEV_ERROR, 0, NULL } },
      { { "x.unheard", SEV_ERROR, 0, NULL } } },
    { "an id that no table has, a warning of it",
      a_host,
      { { "x.unheard", SEV_ERROR, BIT(H_465), NULL } },
      { { "x.unheard", SEV_WARNING, BIT(H_465), NULL } } },
    { "the first exchanger, a backup",
      a_domain,
      { { ANY, SEV_ERROR, BIT(D_FIRST), NULL } },
      { { ANY, SEV_ERROR, BIT(D_BACKUP), NULL } } },
    { "about the first exchanger, about a backup",
      a_domain,
      { { "sts.mx_not_listed", SEV_ERROR, 0, "mx1.example.com" } },
      { { "sts.mx_not_listed", SEV_ERROR, 0, "mx2.example.com" } } },
    { "about nobody, about a backup",
      a_domain,
      { { "sts.syntax", SEV_WARNING, 0, NULL } },
      { { "sts.syntax", SEV_WARNING, 0, "mx2.example.com" } } },
    { "published first, published as a spare",
      a_domain,
      { { ANY, SEV_ERROR, BIT(D_PUBLISHED), NULL } },
      { { ANY, SEV_ERROR, BIT(D_SPARE), NULL } } },
    { "published, a mail host",
      a_domain,
      { { ANY, SEV_ERROR, BIT(D_PUBLISHED), NULL } },
      { { ANY, SEV_ERROR, BIT(D_BOX), NULL } } },
    { "a mail host, a guess",
      a_domain,
      { { ANY, SEV_ERROR, BIT(D_BOX), NULL } },
      { { ANY, SEV_ERROR, BIT(D_GUESS), NULL } } },
    { "a host that is published and gone, a spare",
      a_domain,
      { { "config.advertised_bad", SEV_ERROR, 0, "in.example.com" } },
      { { "config.advertised_bad", SEV_ERROR, 0, "old.example.com" } } },
    { "who writes and who reads, who reads",
      a_domain,
      { { ANY, SEV_ERROR, BIT(D_PUBLISHED) | BIT(D_FIRST), NULL } },
      { { ANY, SEV_ERROR, BIT(D_PUBLISHED), NULL } } },
};

static void who_how_badly_how_many(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        const struct rules *rules = table(a);
        struct survey *s = rows[i].survey(a);
        struct confidence more = weigh(rules, s, found(a, rows[i].more));
        struct confidence less = weigh(rules, s, found(a, rows[i].less));
        if (more.lost <= less.lost || more.lost > 100)
            fail_msg("%s: %d and %d points are lost", rows[i].what, more.lost,
                     less.lost);
        assert_int_equal(sum_of(&more), more.lost);
        assert_int_equal(sum_of(&less), less.lost);
        arena_free(a);
    }
}

/* What only tells where the other shows is free, and told with it. */
static void beside_costs_nothing(void **state)
{
    static const struct fault both[] = {
        { ANY, SEV_ERROR, BIT(H_465), NULL },
        { "port.divergent", SEV_ERROR, BIT(H_465), NULL },
        { NULL, SEV_INFO, 0, NULL },
    };
    const struct fault one[] = { both[0], both[2] };
    struct arena *a = arena_new();
    const struct rules *rules = table(a);
    struct survey *s = a_host(a);
    struct confidence with = weigh(rules, s, found(a, both));

    (void)state;
    assert_int_equal(with.lost, weigh(rules, s, found(a, one)).lost);
    assert_int_equal(with.len, 1);
    assert_int_equal(with.items[0].who, REACH_ASKED);
    assert_int_equal(with.items[0].hit, 1);
    assert_int_equal(with.items[0].of, 6);
    arena_free(a);
}

/* ---- what is found beside never makes it better ---- */

static struct findings without(struct arena *a, const struct findings *all,
                               size_t one)
{
    struct findings left = { .arena = a };

    left.items = arena_alloc(a, all->len + 1, sizeof *left.items);
    for (size_t i = 0; i < all->len; i++)
        if (i != one)
            left.items[left.len++] = all->items[i];
    return left;
}

/* The index of a finding that may not be taken away; all->len: none. */
static size_t loss(const struct rules *rules, const struct survey *s,
                   const struct findings *all)
{
    struct confidence whole = weigh(rules, s, all);

    if (whole.lost < 0 || whole.lost > 100 || sum_of(&whole) != whole.lost)
        return 0;
    for (size_t i = 0; i < all->len; i++) {
        struct findings left = without(all->arena, all, i);
        if (weigh(rules, s, &left).lost > whole.lost)
            return i;
    }
    return all->len;
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void fewer_findings_are_never_worse(void **state)
{
    static const char *const ids[] = {
        ANY,
        "cert.expired",
        "daemon.stale",
        "port.divergent",
        "ip.divergent",
        "sni.wrong_entry",
        "dns.nxdomain",
        "keytype.divergent",
        "x.unheard",
        "config.advertised_bad",
    };
    struct arena *kept = arena_new();
    const struct rules *rules = table(kept);
    uint32_t seed = 7;

    (void)state;
    for (int set = 0; set < SETS; set++) {
        struct arena *a = arena_new();
        struct survey *s = set % 2 ? a_host(a) : a_domain(a);
        struct fault faults[7] = { { .id = NULL } };
        size_t len = 1 + next(&seed) % 6;
        for (size_t i = 0; i < len; i++)
            faults[i] = (struct fault){ .id = ids[next(&seed) % 10],
                                        .severity = next(&seed) % SEV_COUNT,
                                        .at = next(&seed) % BIT(D_LEN) };
        const struct findings *all = found(a, faults);
        size_t bad = loss(rules, s, all);
        if (bad < all->len)
            fail_msg("set %d: better with %s than without", set,
                     all->items[bad].def->id);
        arena_free(a);
    }
    arena_free(kept);
}

/* ---- saved surveys ---- */

static bool judged(struct arena *a, struct evaluation *j, const char *path,
                   struct report *out, struct err *err)
{
    const char *text = NULL;
    struct json *doc = NULL;
    struct survey *s = NULL;
    size_t len = 0;

    return file_read(a, path, SURVEY_MAX, &text, &len, err) &&
           json_parse(a, text, len, path, &doc, err) &&
           survey_from_json(a, doc, path, &s, err) &&
           evaluation_saved(j, s, out, err);
}

static bool never_better(const char *path)
{
    struct arena *a = arena_new();
    struct look_options o;
    struct evaluation j;
    struct report r;
    struct err err;
    bool fine = false;

    look_options_init(&o);
    look_options_settle(&o);
    if (!evaluation_open(a, &o, &j, &err) || !judged(a, &j, path, &r, &err)) {
        printf("%s: %s\n", path, err.text);
        arena_free(a);
        return false;
    }
    size_t bad = r.findings->len ? loss(j.rules, r.survey, r.findings) : 0;
    fine = bad == r.findings->len;
    if (!fine)
        printf("%s: better with %s than without\n", path,
               r.findings->items[bad].def->id);
    evaluation_close(&j);
    arena_free(a);
    return fine;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_how_badly_how_many),
        cmocka_unit_test(beside_costs_nothing),
        cmocka_unit_test(fewer_findings_are_never_worse),
    };
    int bad = 0;

    if (argc < 2)
        return cmocka_run_group_tests(tests, NULL, NULL);
    for (int i = 1; i < argc; i++)
        bad += !never_better(argv[i]);
    return bad != 0;
}
