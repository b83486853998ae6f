/* After a reload: what counts as worse than it was to be. */
#include "fixture.h"

#include "run/wire_look.h"
#include "survey_builder.h"

#define HOST    "mail.example.com"
#define ADDRESS "192.0.2.1"

static const struct finding_def one = { "one", "One", "Why.", "RFC 1" };
static const struct finding_def other = { "other", "Other", "Why.", "RFC 2" };

enum { OLD, NEW, STRANGE, GONE }; /* what a port shows */

struct seen { /* of ports 25 and 993, and of one that is no part of it, 8443 */
    int at25, at993;
    const struct finding_def *def; /* found; NULL: nothing */
    uint16_t port;                 /* 0: at no place */
    enum severity severity;
};

static const struct {
    const char *what;
    struct seen expected, now;
    const char *worse; /* part of the only sentence; NULL: none */
} rows[] = {
    { "as it was to be",
      { NEW, NEW, NULL, 0, 0 },
      { NEW, NEW, NULL, 0, 0 },
      NULL },
    { "not taken up",
      { NEW, NEW, NULL, 0, 0 },
      { NEW, OLD, NULL, 0, 0 },
      "993 still shows another certificate" },
    { "a third certificate",
      { NEW, NEW, NULL, 0, 0 },
      { STRANGE, NEW, NULL, 0, 0 },
      "25 still shows another certificate" },
    { "no TLS any more",
      { NEW, NEW, NULL, 0, 0 },
      { NEW, GONE, NULL, 0, 0 },
      "993 does not answer with TLS" },
    { "a new fault",
      { NEW, NEW, NULL, 0, 0 },
      { NEW, NEW, &one, 25, SEV_ERROR },
      "25: seen" },
    { "a new warning at no place",
      { NEW, NEW, NULL, 0, 0 },
      { NEW, NEW, &one, 0, SEV_WARNING },
      "seen" },
    { "something to know is no fault",
      { NEW, NEW, NULL, 0, 0 },
      { NEW, NEW, &one, 25, SEV_INFO },
      NULL },
    { "what was expected to stay",
      { NEW, NEW, &one, 25, SEV_ERROR },
      { NEW, NEW, &one, 25, SEV_ERROR },
      NULL },
    { "less bad than expected",
      { NEW, NEW, &one, 25, SEV_ERROR },
      { NEW, NEW, &one, 25, SEV_WARNING },
      NULL },
    { "worse than expected",
      { NEW, NEW, &one, 25, SEV_WARNING },
      { NEW, NEW, &one, 25, SEV_ERROR },
      "25: seen" },
    { "the same elsewhere",
      { NEW, NEW, &one, 25, SEV_ERROR },
      { NEW, NEW, &one, 993, SEV_ERROR },
      "993: seen" },
    { "another there",
      { NEW, NEW, &one, 25, SEV_ERROR },
      { NEW, NEW, &other, 25, SEV_ERROR },
      "25: seen" },
};

static size_t add_cell(struct survey *s, uint16_t port, int shows)
{
    static const char *const names[] = { HOST, HOST, "x.example.org" };

    if (shows == GONE) {
        build_dead_cell(s, ADDRESS, port, OUTCOME_REFUSED);
        return s->cells_len - 1;
    }
    struct built_cert spec = { .names = names[shows],
                               .ends_in_days = shows == OLD ? 10 : 80 };
    size_t leaf = build_cert(s, &spec);
    /* The builder numbers what it makes; here the kind is the identity. */
    built_cert(s, leaf)->sha256_hex = arena_printf(arena, "kind-%d", shows);
    build_cell(s, ADDRESS, port, leaf);
    return s->cells_len - 1;
}

static struct report play(const struct seen *seen)
{
    struct survey *s = build_survey(arena, HOST);
    struct findings *found = arena_alloc(arena, 1, sizeof *found);

    found->arena = arena;
    size_t cells[] = { add_cell(s, 25, seen->at25),
                       add_cell(s, 993, seen->at993) };
    if (seen->def) {
        struct finding *f =
            finding_add(found, seen->def, seen->severity, "seen");
        if (seen->port)
            finding_cell(found, f, cells[seen->port == 993]);
    }
    return (struct report){ .survey = s, .findings = found };
}

/* Both ports are to show the new one. */
static struct wire_change change_of(const struct report *before)
{
    static struct cert_list chain;
    static struct wire_place places[2];
    static const uint16_t others[] = { 8443 };

    chain.items = arena_alloc(arena, 1, sizeof *chain.items);
    chain.items[0].cert.sha256_hex = arena_printf(arena, "kind-%d", NEW);
    chain.len = 1;
    for (size_t i = 0; i < 2; i++)
        places[i] = (struct wire_place){ i, &chain };
    return (struct wire_change){ .survey = before->survey,
                                 .found = before->findings,
                                 .places = places,
                                 .places_len = 2,
                                 .others = others,
                                 .others_len = 1 };
}

static void test_worse(void **state)
{
    static const struct seen before = { OLD, OLD, NULL, 0, 0 };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct report first = play(&before), to_be = play(&rows[i].expected),
                      now = play(&rows[i].now);
        struct wire_change c = change_of(&first);
        struct wire_expected e = { .survey = to_be.survey,
                                   .found = *to_be.findings };
        struct text_list worse = wire_worse(arena, &c, &e, &now);
        const char *said = worse.len ? worse.text[0] : NULL;
        if (worse.len > 1 || !said != !rows[i].worse ||
            (said && !strstr(said, rows[i].worse)))
            fail_msg("%s: %zu, \"%s\", not \"%s\"", rows[i].what, worse.len,
                     said ? said : "", rows[i].worse ? rows[i].worse : "");
    }
}

static void test_other_ports(void **state)
{
    static const struct {
        int before, now;
        bool worse;
    } cases[] = {
        { OLD, OLD, false },     { OLD, NEW, false },   { OLD, STRANGE, true },
        { OLD, GONE, true },     { GONE, GONE, false }, { STRANGE, OLD, true },
        { GONE, STRANGE, true },
    };
    static const struct seen plain = { OLD, OLD, NULL, 0, 0 };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct report first = play(&plain);
        struct wire_change c = change_of(&first);
        struct survey *before = build_survey(arena, HOST);
        struct survey *now = build_survey(arena, HOST);
        struct text_list worse = { 0 };
        add_cell(before, 8443, cases[i].before);
        add_cell(now, 8443, cases[i].now);
        wire_worse_others(arena, &c, (const struct survey *[]){ before },
                          (const struct survey *[]){ now }, &worse);
        if ((worse.len > 0) != cases[i].worse)
            fail_msg("%zu: %d, then %d: %s", i, cases[i].before, cases[i].now,
                     worse.len ? worse.text[0] : "not told");
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_worse, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_ports, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
