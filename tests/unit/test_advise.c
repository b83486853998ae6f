#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "advise/facts.h"
#include "advise/match.h"
#include "advise/recheck.h"
#include "advise/software.h"
#include "facts/candidate.h"
#include "facts/cell_state.h"
#include "facts/hostname_match.h"
#include "facts/san_plan.h"
#include "survey_builder.h"

#define HERE  "192.0.2.1"
#define THERE "192.0.2.2"
#define MAIL  "mail.example.com"

static const struct {
    const char *what, *want, *value;
    bool holds;
} matches[] = {
    { "the same text", "\"a\"", "\"a\"", true },
    { "another text", "\"a\"", "\"b\"", false },
    { "the unknown", "\"a\"", NULL, false },
    { "the unknown is not no", "false", NULL, false },
    { "no", "false", "false", true },
    { "a number", "465", "465", true },
    { "a number is no text", "465", "\"465\"", false },
    { "any of a list", "[\"a\",\"b\"]", "\"b\"", true },
    { "none of a list", "[\"a\",\"b\"]", "\"c\"", false },
    { "in a list fact", "\"b\"", "[\"a\",\"b\"]", true },
    { "any in a list fact", "[\"c\",\"a\"]", "[\"a\",\"b\"]", true },
    { "not in a list fact", "\"c\"", "[\"a\",\"b\"]", false },
    { "at least", "{\"min\":4}", "4", true },
    { "less than least", "{\"min\":4}", "3", false },
    { "at most", "{\"max\":4}", "4", true },
    { "more than most", "{\"max\":4}", "5", false },
    { "between", "{\"min\":2,\"max\":4}", "3", true },
    { "a text in a range", "{\"min\":2}", "\"3\"", false },
};

static struct json *read(struct arena *a, const char *text)
{
    struct json *j = NULL;
    struct err err;
    if (text && !json_parse(a, text, strlen(text), "row", &j, &err))
        fail_msg("%s", err.text);
    return j;
}

static void matching(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof matches / sizeof *matches; i++) {
        struct arena *a = arena_new();
        bool holds =
            match_value(read(a, matches[i].want), read(a, matches[i].value));
        if (holds != matches[i].holds)
            fail_msg("%s: %d, not %d", matches[i].what, holds,
                     matches[i].holds);
        arena_free(a);
    }
}

static const struct {
    const char *banner, *name;
} banners[] = {
    { "mail.example.com ESMTP Postfix (Debian/GNU)", "postfix" },
    { "mx ESMTP Exim 4.96 Mon, 23 Nov 2026", "exim" },
    { "[CAPABILITY IMAP4rev1] Dovecot (Debian) ready.", "dovecot" },
    { "mail.example.com Microsoft ESMTP MAIL Service ready", "exchange" },
    { "mail.example.com ESMTP Postcow", "mailcow" },
    { "mail.example.com ESMTP", NULL },
    { NULL, NULL },
};

static void software(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof banners / sizeof *banners; i++) {
        struct cell c = { .banner = banners[i].banner };
        const char *name = software_of(NULL, &c);
        if (!name != !banners[i].name ||
            (name && strcmp(name, banners[i].name) != 0))
            fail_msg("%s: %s", banners[i].banner, name ? name : "nothing");
    }
}

/* mail.example.com on HERE, with the provider's wildcard on 465 and 587. */
static struct survey *provider(struct arena *a)
{
    struct survey *s = build_survey(a, MAIL);
    struct built_cert spec = {
        .names = "*.hosting.example.net www.example.com other.example.org"
    };
    size_t leaf = build_cert(s, &spec);
    build_record(s, MAIL, DNS_A, HERE);
    build_cell(s, HERE, 465, leaf)->greeted_as = "box.hosting.example.net";
    build_cell(s, HERE, 587, leaf);
    build_record(s, "1.2.0.192.in-addr.arpa", DNS_PTR, "ptr.example.net");
    build_record(s, "example.com", DNS_MX, "mx.example.com");
    return s;
}

/* Best first: the own domain, then what the machine says, then the rest. */
static void candidates(void **state)
{
    static const char *const expected[] = {
        "smtp.example.com", "imap.example.com", "pop.example.com",
        "mx.example.com",   "www.example.com",  "box.hosting.example.net",
        "ptr.example.net",  "other.example.org"
    };
    (void)state;
    struct arena *a = arena_new();
    struct survey *s = provider(a);
    struct text_list names = candidate_names(s, a);
    assert_int_equal(names.len, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < names.len; i++)
        assert_string_equal(names.text[i], expected[i]);
    arena_free(a);
}

/* A look at another host, as a second pass does it. */
static struct cell *other(struct survey *s, const char *host,
                          const char *address, uint16_t port, size_t leaf)
{
    struct cell *c = build_cell(s, address, port, leaf);
    c->host = c->reference = c->sni = host;
    c->asked = false;
    build_verdict(s, c, leaf);
    return c;
}

static uint16_t offered_port(const struct survey *s, const char *host)
{
    struct candidate_offer offer;
    candidate_offer(s, host, &offer);
    return offer.port;
}

static void seen_clean(void **state)
{
    static const char box[] = "box.hosting.example.net";
    (void)state;
    struct arena *a = arena_new();
    struct survey *s = provider(a);
    assert_false(candidate_leads_here(s, box));
    build_record(s, box, DNS_A, HERE);
    assert_true(candidate_leads_here(s, box));
    assert_false(candidate_seen_clean(s, box, 587));
    other(s, box, HERE, 587, 0);
    assert_true(candidate_seen_clean(s, box, 587));
    assert_false(candidate_seen_clean(s, box, 465));
    assert_int_equal(offered_port(s, box), 587);
    other(s, box, HERE, 465, 0);
    assert_int_equal(offered_port(s, box), 465);
    s->target.port = 587;
    assert_int_equal(offered_port(s, box), 587);
    /* A second address, never looked at and not the target's. */
    build_record(s, box, DNS_AAAA, "2001:db8::2");
    assert_false(candidate_seen_clean(s, box, 587));
    assert_int_equal(offered_port(s, box), 0);
    arena_free(a);
}

/* What is right today under the typed name must not be lost. */
static void gained_and_lost(void **state)
{
    static const char box[] = "box.hosting.example.net";
    (void)state;
    struct arena *a = arena_new();
    struct survey *s = provider(a);
    struct built_cert mine = { .names = MAIL };
    build_record(s, box, DNS_A, HERE);
    size_t right = build_cert(s, &mine);
    build_cell(s, HERE, 993, right);
    other(s, box, HERE, 993, 0);
    assert_int_equal(offered_port(s, box), 0); /* 993 is right already */
    other(s, box, HERE, 465, 0);
    struct candidate_offer offer;
    candidate_offer(s, box, &offer);
    assert_int_equal(offer.port, 465);
    assert_int_equal(offer.right_len, 2);
    assert_int_equal(offer.lost_len, 0);
    assert_int_equal(offer.left, 0); /* 465 does the work of 587 */
    build_cell(s, HERE, 995, right);
    build_cell(s, HERE, 110, right);
    candidate_offer(s, box, &offer);
    assert_int_equal(offer.lost_len, 2);
    assert_int_equal(offer.lost[0], 995);
    assert_true(candidate_cures(s, box, 587));
    assert_false(candidate_cures(s, box, 995));
    arena_free(a);
}

static const struct {
    const char *host;
    enum candidate_tie tie;
} ties[] = {
    { "www.example.com", TIE_DOMAIN },
    { "box.hosting.example.net", TIE_MACHINE }, /* it greets so */
    { "ptr.example.net", TIE_MACHINE },
    { "another.example.net", TIE_CERTIFICATE }, /* as PTR and greeting are */
    { "other.example.org", TIE_NONE },          /* one name of three */
};

static void tied_to_the_machine(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ties / sizeof *ties; i++) {
        struct arena *a = arena_new();
        struct survey *s = provider(a);
        struct built_cert its = { .names = ties[i].host };
        struct candidate_offer offer;
        build_record(s, ties[i].host, DNS_A, HERE);
        other(s, ties[i].host, HERE, 465, build_cert(s, &its));
        candidate_offer(s, ties[i].host, &offer);
        if (offer.port != 465 || offer.tie != ties[i].tie)
            fail_msg("%s: port %u, tie %d", ties[i].host, offer.port,
                     offer.tie);
        arena_free(a);
    }
}

static void every_address(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct survey *s = build_survey(a, MAIL);
    struct built_cert good = { .names = MAIL };
    struct built_cert old = { .names = MAIL, .ends_in_days = -1 };
    size_t leaf = build_cert(s, &good);
    build_record(s, MAIL, DNS_A, HERE);
    build_record(s, MAIL, DNS_A, THERE);
    build_cell(s, HERE, 465, leaf);
    assert_false(candidate_seen_clean(s, MAIL, 465));
    build_cell(s, THERE, 465, leaf);
    assert_true(candidate_seen_clean(s, MAIL, 465));
    build_cell(s, HERE, 587, leaf);
    build_cell(s, THERE, 587, build_cert(s, &old));
    assert_false(candidate_seen_clean(s, MAIL, 587));
    build_cell_without_sni(s, HERE, 465, build_cert(s, &old));
    assert_true(candidate_seen_clean(s, MAIL, 465));
    arena_free(a);
}

/* Who does not know all addresses has not looked at all of them. */
static void unknown_addresses(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct survey *s = build_survey(a, MAIL);
    struct built_cert good = { .names = MAIL };
    build_record(s, MAIL, DNS_A, HERE);
    build_cell(s, HERE, 465, build_cert(s, &good));
    build_answer(s, MAIL, DNS_AAAA, DNS_NODATA);
    assert_true(candidate_seen_clean(s, MAIL, 465));
    s->answers[1].outcome = DNS_SERVFAIL;
    assert_false(candidate_seen_clean(s, MAIL, 465));
    s->answers[1].outcome = DNS_TIMED_OUT;
    assert_false(candidate_leads_here(s, MAIL));
    assert_false(candidate_clean_anywhere(s, MAIL, 465));
    s->answers[1].outcome = DNS_NODATA;
    s->answers[0].security = DNS_BOGUS;
    assert_false(candidate_seen_clean(s, MAIL, 465));
    arena_free(a);
}

/* Nothing that a check would call an error is offered. */
static void not_of_today(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct survey *s = build_survey(a, MAIL);
    struct built_cert good = { .names = MAIL };
    size_t leaf = build_cert(s, &good);
    build_record(s, MAIL, DNS_A, HERE);
    struct cell *c = build_cell(s, HERE, 587, leaf);
    assert_true(cell_is_clean(s, c));
    built_cert(s, leaf)->signature = "sha1WithRSAEncryption";
    assert_false(cell_is_clean(s, c));
    assert_false(candidate_seen_clean(s, MAIL, 587));
    built_cert(s, leaf)->signature = "sha256WithRSAEncryption";
    c->wants_tls = true;
    assert_true(candidate_other_mode(s, c));
    c->tls_version = "TLSv1";
    assert_false(candidate_other_mode(s, c));
    arena_free(a);
}

/* A hostile certificate costs what a large one costs, and once. */
static void very_many_names(void **state)
{
    enum { MANY = 100 * 1000, LATE = CERT_NAMES_READ };
    (void)state;
    struct arena *a = arena_new();
    struct survey *s = build_survey(a, MAIL);
    struct built_cert spec = { .names = "x" };
    size_t leaf = build_cert(s, &spec);
    struct text_list *names = &built_cert(s, leaf)->dns_names;
    names->text = arena_alloc(a, MANY, sizeof *names->text);
    names->len = MANY;
    for (size_t i = 0; i < MANY; i++)
        names->text[i] = "x";
    names->text[LATE] = "late.example.com";
    names->text[LATE - 1] = "in-time.example.com";
    build_record(s, MAIL, DNS_A, HERE);
    build_cell(s, HERE, 465, leaf);
    build_cell(s, HERE, 587, leaf);
    assert_non_null(survey_new_leaf(s, 0));
    assert_null(survey_new_leaf(s, 1));
    struct text_list found = candidate_names(s, a);
    assert_string_equal(found.text[found.len - 1], "in-time.example.com");
    struct hostname_match hostname_match =
        hostname_match_cert(built_cert(s, leaf), MAIL);
    assert_int_equal(hostname_match.kind, MATCH_SIBLING);
    assert_string_equal(hostname_match.pattern, "in-time.example.com");
    hostname_match =
        hostname_match_cert(built_cert(s, leaf), "late.example.com");
    assert_int_equal(hostname_match.kind, MATCH_COVERED);
    arena_free(a);
}

static const struct {
    const char *name;
    bool issuable;
} names[] = {
    { MAIL, true },
    { "example.com", true },
    { "com", false },
    { "co.uk", false },
    { "mail.lan", false },
    { "localhost", false },
    { "192.0.2.1", false },
    { "2001:db8::1", false },
    { "a_b.example.com", false },
    { "*.example.com", true },
    { "*.com", false },
};

static void issuable(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (san_plan_issuable(NULL, a, names[i].name) != names[i].issuable)
            fail_msg("%s: not %d", names[i].name, names[i].issuable);
    }
    arena_free(a);
}

static void every_fact_is_sound(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct survey *s = provider(a);
    struct finding f = { .severity = SEV_ERROR, .params = json_object(a) };
    size_t cell = 0;
    static const struct finding_def def = { "x", "X", "Y", "Z" };
    f.def = &def;
    f.cells = &cell;
    f.cells_len = 1;
    struct context now;
    context_read(s, &now);
    for (const struct fact *fact = facts; fact->word; fact++) {
        const struct json *value = facts_value(fact, &now, &f);
        if (facts_find(fact->word) != fact)
            fail_msg("%s: the word comes twice", fact->word);
        if (!strchr(fact->word, '.') || !fact->about)
            fail_msg("%s: no group, or nothing about it", fact->word);
        if (value && value->type != fact->type)
            fail_msg("%s: type %d, not %d", fact->word, (int)value->type,
                     (int)fact->type);
    }
    arena_free(a);
}

static const struct {
    const char *host, *params, *expected;
    uint16_t port;
} commands[] = {
    { MAIL, "{}", "certmend check mail.example.com", 0 },
    { MAIL, "{}", "certmend check mail.example.com:587", 587 },
    { MAIL, "{\"port\":465}", "certmend check mail.example.com:465", 587 },
    { MAIL, "{\"hostname\":\"a.example.net\",\"port\":993}",
      "certmend check a.example.net:993", 0 },
    { "2001:db8::1", "{}", "certmend check '[2001:db8::1]:465'", 465 },
};

static void recheck(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct arena *a = arena_new();
        struct survey *s = build_survey(a, commands[i].host);
        s->target.port = commands[i].port;
        struct fix fix = { .params = read(a, commands[i].params) };
        assert_string_equal(recheck_command(a, s, &fix), commands[i].expected);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matching),
        cmocka_unit_test(software),
        cmocka_unit_test(candidates),
        cmocka_unit_test(seen_clean),
        cmocka_unit_test(gained_and_lost),
        cmocka_unit_test(tied_to_the_machine),
        cmocka_unit_test(every_address),
        cmocka_unit_test(unknown_addresses),
        cmocka_unit_test(not_of_today),
        cmocka_unit_test(very_many_names),
        cmocka_unit_test(issuable),
        cmocka_unit_test(every_fact_is_sound),
        cmocka_unit_test(recheck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
