#include "check/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "check_cases.h"
#include "facts/validity.h"

/* The sentences of "How it judges", one by one. */

static const struct built_cert good = { .names = HOST };
static const struct built_cert foreign = { .names = "vps1.example.net" };
static const struct built_cert own = { .names = HOST, .issuer = BUILT_SELF };

static int setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static struct findings judged(const struct survey *s)
{
    struct findings found = { .arena = s->arena };

    check_all(s, &found);
    return found;
}

static void expect(const struct survey *s, const char *what, const char *id,
                   enum severity severity)
{
    struct findings found = judged(s);
    const struct finding *f = finding_find(&found, id);

    if (!f && severity != SEV_COUNT)
        fail_msg("%s: expected %s, got nothing", what, id);
    if (f && f->severity != severity)
        fail_msg("%s: %s: expected %s, got %s", what, id,
                 table_text(severity_words, (int)severity),
                 table_text(severity_words, (int)f->severity));
}

static struct survey *on_port(struct arena *a, uint16_t port,
                              const struct built_cert *cert)
{
    struct survey *s = build_survey(a, HOST);

    build_record(s, HOST, DNS_A, ADDR);
    build_cell(s, ADDR, port, build_cert(s, cert));
    return s;
}

static const struct who {
    const char *what;
    enum target_kind kind;
    enum role role;
    uint16_t asked, port;
    enum severity name, trust;
    const char *name_id;
} whos[] = {
    { "a bare host, 587", TARGET_HOST, ROLE_MUA, 0, 587, SEV_ERROR, SEV_ERROR,
      "name.mismatch.provider" },
    { "a bare host, 25", TARGET_HOST, ROLE_MUA, 0, 25, SEV_INFO, SEV_INFO,
      "name.mx_mismatch" },
    { "a bare host, 443", TARGET_HOST, ROLE_MUA, 0, 443, SEV_INFO, SEV_INFO,
      "name.mismatch.provider" },
    { "a web host, 443", TARGET_HOST, ROLE_HTTPS, 0, 443, SEV_ERROR, SEV_ERROR,
      "name.mismatch.provider" },
    { "443 asked for", TARGET_HOST, ROLE_HTTPS, 443, 443, SEV_ERROR, SEV_ERROR,
      "name.mismatch.provider" },
    { "25 asked for by a server", TARGET_HOST, ROLE_MX, 25, 25, SEV_INFO,
      SEV_INFO, "name.mx_mismatch" },
    { "25 asked for by a mail program", TARGET_HOST, ROLE_MUA, 25, 25,
      SEV_ERROR, SEV_ERROR, "name.mismatch.provider" },
    { "a domain, 25", TARGET_DOMAIN, ROLE_MX, 0, 25, SEV_INFO, SEV_INFO,
      "name.mx_mismatch" },
    { "587 asked for", TARGET_HOST, ROLE_MUA, 587, 587, SEV_ERROR, SEV_ERROR,
      "name.mismatch.provider" },
};

static void severity_depends_on_who_connects(void **state)
{
    for (size_t i = 0; i < sizeof whos / sizeof *whos; i++) {
        const struct who *w = &whos[i];
        struct survey *s = on_port(*state, w->port, &foreign);
        struct survey *t = on_port(*state, w->port, &own);
        s->target.kind = t->target.kind = w->kind;
        s->target.role = t->target.role = w->role;
        s->target.port = t->target.port = w->asked;
        expect(s, w->what, w->name_id, w->name);
        expect(t, w->what, "trust.self_signed", w->trust);
    }
}

static const struct plain {
    const char *what;
    enum target_kind kind;
    enum role role;
    uint16_t asked, port;
    enum severity absent, refused;
} plains[] = {
    { "587 of a bare host", TARGET_HOST, ROLE_MUA, 0, 587, SEV_ERROR,
      SEV_ERROR },
    { "143 of a bare host", TARGET_HOST, ROLE_MUA, 0, 143, SEV_ERROR,
      SEV_ERROR },
    { "110 asked for", TARGET_HOST, ROLE_MUA, 110, 110, SEV_ERROR, SEV_ERROR },
    { "25 of a bare host", TARGET_HOST, ROLE_MUA, 0, 25, SEV_INFO,
      SEV_WARNING },
    { "25 of a domain", TARGET_DOMAIN, ROLE_MX, 0, 25, SEV_WARNING,
      SEV_WARNING },
    { "25 asked for", TARGET_HOST, ROLE_MX, 25, 25, SEV_WARNING, SEV_WARNING },
};

static void starttls_is_a_promise(void **state)
{
    for (size_t i = 0; i < sizeof plains / sizeof *plains; i++) {
        const struct plain *p = &plains[i];
        struct survey *s = on_port(*state, p->port, &good);
        struct cell *c = &s->cells[0];
        s->target.kind = p->kind;
        s->target.role = p->role;
        s->target.port = p->asked;
        c->handshake.outcome = OUTCOME_NOT_TRIED;
        c->chain_len = 0;
        c->starttls.outcome = OUTCOME_NOT_OFFERED;
        expect(s, p->what, "starttls.absent", p->absent);
        c->starttls.outcome = OUTCOME_REFUSED;
        expect(s, p->what, "starttls.refused", p->refused);
    }
}

static void only_what_was_asked_speaks(void **state)
{
    struct survey *s = on_port(*state, 465, &good);
    struct cell *c = build_cell(s, ADDR, 587, build_cert(s, &foreign));

    c->asked = false;
    assert_int_equal(judged(s).len, 1); /* dns.private_address: 192.0.2.1 */
    expect(s, "asked", "dns.private_address", SEV_INFO);
}

static void looks_without_sni_yield_sni_findings_only(void **state)
{
    struct survey *s = on_port(*state, 465, &good);

    build_cell_without_sni(s, ADDR, 465, build_cert(s, &own));
    struct findings found = judged(s);
    for (size_t i = 0; i < found.len; i++) {
        const char *id = found.items[i].def->id;
        if (strncmp(id, "sni.", 4) != 0 && strncmp(id, "dns.", 4) != 0)
            fail_msg("without SNI: %s", id);
    }
    s->target.no_sni = true;
    expect(s, "--no-sni", "trust.self_signed", SEV_ERROR);
}

static size_t count_of(const struct findings *found, const char *start)
{
    size_t count = 0;

    for (size_t i = 0; i < found->len; i++)
        count += strncmp(found->items[i].def->id, start, strlen(start)) == 0;
    return count;
}

static void one_name_finding_per_certificate_and_name(void **state)
{
    struct survey *s = with_cert(*state, HOST, foreign);

    build_cell(s, ADDR, 25, build_cert(s, &foreign));
    build_cell(s, ADDR, 443, build_cert(s, &foreign));
    struct findings found = judged(s);
    assert_int_equal(count_of(&found, "name."), 1);
    const struct finding *f = finding_find(&found, "name.mismatch.provider");
    assert_non_null(f);
    assert_int_equal(f->cells_len, 5);
    assert_int_equal(f->severity, SEV_ERROR);
    assert_string_equal(json_find_text(f->params, "name"), HOST);
    assert_true(
        json_has_text(json_find(f->params, "offered"), "vps1.example.net"));
    assert_true(json_has_text(json_find(f->params, "services"), "submission"));
    assert_true(json_has_text(json_find(f->params, "ports"), "993"));
    assert_int_equal((int)json_find_number(f->params, "port", 0), 465);

    build_cell(s, ADDR, 995,
               build_cert(s, &(struct built_cert){ .names = "a.example.org" }));
    found = judged(s);
    assert_int_equal(count_of(&found, "name."), 2);
}

static void other_faults_are_told_beside_the_name(void **state)
{
    struct built_cert bad = { .names = "vps1.example.net",
                              .issuer = BUILT_SELF,
                              .starts_in_days = -93,
                              .ends_in_days = -3 };
    struct survey *s = with_cert(*state, HOST, bad);

    expect(s, "name", "name.mismatch.provider", SEV_ERROR);
    expect(s, "trust", "trust.self_signed", SEV_ERROR);
    expect(s, "time", "cert.expired", SEV_ERROR);
    expect(s, "overdue is over", "cert.renewal_overdue", SEV_COUNT);
}

/* No chain that fails goes without a word, whatever the reason. */
static void every_trust_fault_is_told(void **state)
{
    for (int code = 0; code < TRUST_CODE_COUNT; code++)
        for (int depth = 0; depth < 3; depth++) {
            struct survey *s = on_port(*state, 465, &good);
            struct trust_fault fault = { depth, (enum trust_code)code, NULL };
            s->cells[0].verdict.trusted = false;
            s->cells[0].verdict.faults = &fault;
            s->cells[0].verdict.faults_len = 1;
            struct findings found = judged(s);
            if (findings_worst(&found) != SEV_ERROR)
                fail_msg("%s at depth %d: nothing said",
                         table_text(trust_words, code), depth);
        }
}

static void the_most_telling_name_fault_wins(void **state)
{
    static const struct {
        const char *what, *host;
        struct built_cert cert;
        const char *expected;
    } rows[] = {
        { "a placeholder beside a CN that fits",
          HOST,
          { .names = "localhost", .cn = HOST },
          "name.placeholder_cert" },
        { "a machine's own name, self-signed",
          HOST,
          { .names = "debian", .issuer = BUILT_SELF },
          "name.placeholder_cert" },
        { "a machine's own name from an authority",
          HOST,
          { .names = "debian" },
          "name.mismatch.provider" },
        { "Plesk",
          HOST,
          { .cn = "Plesk", .issuer = BUILT_SELF },
          "name.placeholder_cert" },
        { "localhost beside a real name",
          HOST,
          { .names = "localhost www.example.com" },
          "name.mismatch.sibling" },
        { "a star too shallow beside a sibling",
          "a.b.example.com",
          { .names = "www.example.com *.example.com" },
          "name.wildcard_depth" },
        { "a star and the apex asked",
          "example.com",
          { .names = "www.example.com *.example.com" },
          "name.apex_not_in_wildcard" },
        { "a CN of the same domain",
          HOST,
          { .cn = "www.example.com" },
          "name.mismatch.sibling" },
        { "a CN of another domain",
          HOST,
          { .cn = "www.example.net" },
          "name.mismatch.provider" },
        { "no name at all", HOST, { .names = NULL }, "name.mismatch.provider" },
        { "an address and another one",
          ADDR,
          { .names = "IP:192.0.2.9" },
          "name.ip_reference" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct survey *s = with_cert(*state, rows[i].host, rows[i].cert);
        struct findings found = judged(s);
        size_t odd = count_of(&found, "name.empty_or_odd_san");
        if (count_of(&found, "name.") - odd != 1)
            fail_msg("%s: %zu name findings", rows[i].what,
                     count_of(&found, "name."));
        expect(s, rows[i].what, rows[i].expected, SEV_ERROR);
    }
}

static void a_renewal_is_judged_by_its_own_lifetime(void **state)
{
    static const struct {
        const char *what;
        int starts, ends;
        enum severity expected;
    } rows[] = {
        { "60 of 61 days left", -1, 60, SEV_COUNT },
        { "29 of 90 days left: a timer still has time", -61, 29, SEV_COUNT },
        { "23 of 90 days left", -67, 23, SEV_COUNT },
        { "22 of 90 days left", -68, 22, SEV_WARNING },
        { "3 of 6 days left", -3, 3, SEV_COUNT },
        { "2 of 6 days left", -4, 2, SEV_COUNT },
        { "1 of 6 days left", -5, 1, SEV_WARNING },
        { "12 of 45 days left", -33, 12, SEV_COUNT },
        { "11 of 45 days left", -34, 11, SEV_WARNING },
        { "31 of 365 days left, bought", -334, 31, SEV_COUNT },
        { "29 of 365 days left, bought", -336, 29, SEV_WARNING },
        { "31 of 199 days left, bought", -168, 31, SEV_COUNT },
        { "29 of 199 days left, bought", -170, 29, SEV_WARNING },
        { "three of ten years left, private", -2555, 1095, SEV_COUNT },
        { "31 days of ten years left", -3619, 31, SEV_COUNT },
        { "29 days of ten years left", -3621, 29, SEV_WARNING },
        { "29 of 101 days left", -72, 29, SEV_WARNING },
        { "29 of 100 days left", -71, 29, SEV_COUNT },
        { "24 of 100 days left", -76, 24, SEV_WARNING },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct built_cert cert = { .names = HOST,
                                   .starts_in_days = rows[i].starts,
                                   .ends_in_days = rows[i].ends };
        expect(with_cert(*state, HOST, cert), rows[i].what,
               "cert.renewal_overdue", rows[i].expected);
    }
}

/* The partner of the port comes first, and each bad port has its own. */
static void divergent_ports_name_the_good_one(void **state)
{
    struct survey *s = on_port(*state, 465, &good);

    build_cell(s, ADDR, 993, s->cells[0].chain[0]);
    build_cell(s, ADDR, 143, build_cert(s, &foreign));
    struct findings found = judged(s);
    const struct finding *f = finding_find(&found, "port.divergent");
    assert_non_null(f);
    assert_int_equal((int)json_find_number(f->params, "port", 0), 143);
    assert_int_equal((int)json_find_number(f->params, "good_port", 0), 993);
}

static void a_file_is_judged_as_what_is_served(void **state)
{
    struct survey *s = with_cert(*state, HOST, foreign);
    struct cell *c = &s->cells[0];

    s->cells_len = 1;
    s->target = (struct target){ .kind = TARGET_FILE,
                                 .input = "cert.pem",
                                 .path = "cert.pem",
                                 .name = HOST };
    c->service = "file";
    c->port = 0;
    c->address = "";
    expect(s, "with a name", "name.mismatch.provider", SEV_ERROR);
    c->reference = c->sni = s->target.name = NULL;
    assert_int_equal(judged(s).len, 0);
    s->judged_at = TEST_NOW_S + (int64_t)61 * 86400;
    expect(s, "later", "cert.expired", SEV_ERROR);
}

static void a_stale_program_is_worse_when_it_is_over(void **state)
{
    struct built_cert old = { .names = HOST,
                              .starts_in_days = -80,
                              .ends_in_days = 10 };
    struct survey *s = on_port(*state, 465, &old);

    build_cell(s, ADDR, 443, build_cert(s, &good));
    expect(s, "overdue", "daemon.stale", SEV_WARNING);
    s->judged_at = TEST_NOW_S + (int64_t)11 * 86400;
    expect(s, "over", "daemon.stale", SEV_ERROR);
}

static void an_expected_certificate_is_missed(void **state)
{
    static const char stale[] = "daemon.stale";
    struct survey *s = on_port(*state, 465, &good);
    size_t other =
        build_cert(s, &(struct built_cert){ .names = HOST " x.example.org" });
    size_t wrong = build_cert(s, &foreign);

    s->target.expected = cell_leaf(s, &s->cells[0])->sha256_hex;
    expect(s, "it is there", stale, SEV_COUNT);
    build_cell(s, ADDR, 443, other);
    expect(s, "on the web", stale, SEV_INFO);
    build_cell(s, ADDR, 993, wrong);
    expect(s, "a wrong name beside it", stale, SEV_WARNING);
    build_cell(s, ADDR, 143, other);
    expect(s, "another for the same name", stale, SEV_ERROR);
    s->target.expected = NULL;
    expect(s, "none is expected", stale, SEV_COUNT);
}

static void one_of_two_key_types_is_expected(void **state)
{
    struct survey *s = on_port(*state, 465, &good);
    size_t other =
        build_cert(s, &(struct built_cert){ .names = HOST " x.example.org" });

    build_cell(s, ADDR, 465, other)->key_type = KEY_RSA;
    s->target.expected = s->certs[other].cert.sha256_hex;
    expect(s, "the RSA key has it", "daemon.stale", SEV_COUNT);
}

static void the_worst_comes_first(void **state)
{
    struct survey *s = with_cert(*state, HOST, foreign);

    build_cell(s, ADDR, 25, build_cert(s, &own));
    struct findings found = judged(s);
    assert_true(found.len > 1);
    for (size_t i = 1; i < found.len; i++)
        assert_true(found.items[i - 1].severity >= found.items[i].severity);
}

/* RFC 5280 4.1.2.5: notAfter is the last second of its validity. */
static void the_last_second_is_valid(void **state)
{
    static const struct {
        const char *what;
        int64_t left_s;
        enum severity expected;
    } rows[] = {
        { "a second before it", 1, SEV_COUNT },
        { "the last second", 0, SEV_COUNT },
        { "a second after it", -1, SEV_ERROR },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct survey *s = on_port(*state, 465, &good);
        s->judged_at = s->certs[0].cert.not_after - rows[i].left_s;
        expect(s, rows[i].what, "cert.expired", rows[i].expected);
        assert_int_equal(validity_is_over(s, &s->certs[0].cert),
                         rows[i].expected == SEV_ERROR);
    }
}

/* What a half-finished look leaves behind must not matter to any check. */
static void no_outcome_upsets_a_check(void **state)
{
    static const uint16_t ports[] = { 25, 465, 587, 443, 993 };

    for (int step = 0; step < 4; step++)
        for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
            for (size_t p = 0; p < sizeof ports / sizeof *ports; p++) {
                struct survey *s = build_survey(*state, HOST);
                struct cell *c = build_dead_cell(s, ADDR, ports[p], OUTCOME_OK);
                struct attempt *steps[] = { &c->connect, &c->greeting,
                                            &c->starttls, &c->handshake };
                steps[step]->outcome = (enum outcome)outcome;
                judged(s);
                s->target.port = ports[p];
                judged(s);
            }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(severity_depends_on_who_connects),
        T(starttls_is_a_promise),
        T(only_what_was_asked_speaks),
        T(looks_without_sni_yield_sni_findings_only),
        T(one_name_finding_per_certificate_and_name),
        T(other_faults_are_told_beside_the_name),
        T(every_trust_fault_is_told),
        T(the_most_telling_name_fault_wins),
        T(a_renewal_is_judged_by_its_own_lifetime),
        T(divergent_ports_name_the_good_one),
        T(a_file_is_judged_as_what_is_served),
        T(a_stale_program_is_worse_when_it_is_over),
        T(an_expected_certificate_is_missed),
        T(one_of_two_key_types_is_expected),
        T(the_worst_comes_first),
        T(the_last_second_is_valid),
        T(no_outcome_upsets_a_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
