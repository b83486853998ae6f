/* Which names belong on a certificate: those that lead here, with reasons. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "facts/san_plan.h"
#include "survey_builder.h"

#define MAIL  "mail.example.com"
#define HERE  "192.0.2.1"
#define THERE "192.0.2.2"

static const struct {
    const char *what;
    const char *name, *address; /* where it leads; NULL: nowhere */
    const char *owner;          /* of a record that names it, or NULL */
    enum dns_type type;
    bool on_certificate;
    bool expected;
} rows[] = {
    { "MX that leads here", "mx.example.com", HERE, "example.com", DNS_MX,
      false, true },
    { "MX that leads elsewhere", "mx.example.com", THERE, "example.com", DNS_MX,
      false, false },
    { "MX of another domain", "mx.example.net", HERE, "example.com", DNS_MX,
      false, false },
    { "SRV target", "post.example.com", HERE, "_submissions._tcp.example.com",
      DNS_SRV, false, true },
    { "autoconfig", "autoconfig.example.com", HERE, NULL, DNS_A, false, true },
    { "autodiscover elsewhere", "autodiscover.example.com", THERE, NULL, DNS_A,
      false, false },
    { "imap by custom", "imap.example.com", HERE, NULL, DNS_A, false, true },
    { "on the certificate", "box.example.com", HERE, NULL, DNS_A, true, true },
    { "on it, gone from the DNS", "box.example.com", NULL, NULL, DNS_A, true,
      false },
    { "on it, led away", "box.example.com", THERE, NULL, DNS_A, true, false },
    { "on it, of somebody else", "box.example.net", HERE, NULL, DNS_A, true,
      false },
    { "not on it, known to nobody", "box.example.com", HERE, NULL, DNS_A, false,
      false },
    { "an underscore on it", "a_b.example.com", HERE, NULL, DNS_A, true,
      false },
    { "the bare domain on it", "example.com", HERE, NULL, DNS_A, true, true },
};

static const char *why_of(const struct uses *uses, const char *name)
{
    for (size_t i = 0; i < uses->len; i++)
        if (strcmp(uses->items[i].name, name) == 0)
            return uses->items[i].why;
    return NULL;
}

static void names_have_to_lead_here(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        struct survey *s = build_survey(a, MAIL);
        struct built_cert cert = {
            .names = rows[i].on_certificate ? rows[i].name : "x.example.org",
            .issuer = BUILT_SELF,
        };
        build_record(s, MAIL, DNS_A, HERE);
        build_cell(s, HERE, 465, build_cert(s, &cert));
        if (rows[i].address)
            build_record(s, rows[i].name, DNS_A, rows[i].address);
        if (rows[i].owner)
            build_record(s, rows[i].owner, rows[i].type, rows[i].name);
        struct uses uses = san_plan(s, a);
        const char *why = why_of(&uses, rows[i].name);
        if (!uses.len || strcmp(uses.items[0].name, MAIL) != 0)
            fail_msg("%s: the asked name does not come first", rows[i].what);
        if ((why != NULL) != rows[i].expected)
            fail_msg("%s: taken because %s", rows[i].what, why ? why : "-");
        arena_free(a);
    }
}

/* Names of another domain, beside one that makes the certificate the person's
 * own, or not. */
static const struct {
    const char *what;
    const char *name, *address, *beside;
    bool expected;
} others[] = {
    { "on the person's own", "box.example.net", HERE, "box.example.com", true },
    { "... by a star", "box.example.net", HERE, "*.example.com", true },
    { "... but led away", "box.example.net", THERE, "box.example.com", false },
    { "... but a star", "*.example.net", HERE, "box.example.com", false },
    { "on somebody else's", "box.example.net", HERE, "www.example.net", false },
};

static void other_domains_stay_on_ones_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct arena *a = arena_new();
        struct survey *s = build_survey(a, MAIL);
        struct built_cert cert = {
            .names = arena_printf(a, "%s %s", others[i].name, others[i].beside),
            .issuer = BUILT_SELF,
        };
        build_record(s, MAIL, DNS_A, HERE);
        build_record(s, others[i].name, DNS_A, others[i].address);
        build_cell(s, HERE, 465, build_cert(s, &cert));
        struct uses uses = san_plan(s, a);
        if ((why_of(&uses, others[i].name) != NULL) != others[i].expected)
            fail_msg("%s: not %d", others[i].what, others[i].expected);
        arena_free(a);
    }
}

/* However many: the authority's limit is no reason to forget one here. */
static void none_of_many_is_forgotten(void **state)
{
    enum { MANY = 150 };
    struct arena *a = arena_new();
    struct survey *s = build_survey(a, MAIL);
    struct built_cert cert = { .names = "", .issuer = BUILT_SELF };

    (void)state;
    build_record(s, MAIL, DNS_A, HERE);
    for (int i = 0; i < MANY; i++) {
        const char *name =
            arena_printf(a, "h%d.example.%s", i, i % 2 ? "com" : "net");
        build_record(s, name, DNS_A, HERE);
        cert.names = arena_printf(a, "%s%s%s", cert.names, i ? " " : "", name);
    }
    build_cell(s, HERE, 465, build_cert(s, &cert));
    assert_int_equal(san_plan(s, a).len, MANY + 1);
    arena_free(a);
}

/* A clean certificate stays where it is, and so do its names. */
static void what_is_clean_is_not_replaced(void **state)
{
    struct arena *a = arena_new();
    struct survey *s = build_survey(a, MAIL);
    struct built_cert web = { .names = MAIL " www.example.com" };
    struct built_cert mail = { .names = "box.example.com",
                               .issuer = BUILT_SELF };
    struct text_list none = { 0 };

    (void)state;
    build_record(s, MAIL, DNS_A, HERE);
    build_record(s, "www.example.com", DNS_A, HERE);
    build_record(s, "box.example.com", DNS_A, HERE);
    build_cell(s, HERE, 443, build_cert(s, &web));
    build_cell(s, HERE, 465, build_cert(s, &mail));
    struct uses uses = san_plan(s, a);
    struct going_names gone = san_plan_going(s, a, &none);
    assert_null(why_of(&uses, "www.example.com"));
    assert_non_null(why_of(&uses, "box.example.com"));
    assert_int_equal(gone.len, 1);
    assert_string_equal(gone.items[0].name, "box.example.com");
    arena_free(a);
}

static const struct {
    const char *what;
    const char *served;  /* on the certificate beside x.example.com */
    const char *address; /* of the first of them; NULL: NXDOMAIN */
    const char *kept;    /* the order */
    enum going why;      /* GOING_COUNT: it does not go */
} goers[] = {
    { "it is kept", "box.example.com", HERE, "box.example.com", GOING_COUNT },
    { "a star covers it", "box.example.com", HERE, "*.example.com",
      GOING_COUNT },
    { "a star does not cover two labels", "a.box.example.com", HERE,
      "*.example.com", GOING_LEFT_OUT },
    { "it was forgotten", "box.example.net", HERE, MAIL, GOING_LEFT_OUT },
    { "elsewhere", "box.example.net", THERE, MAIL, GOING_ELSEWHERE },
    { "nowhere", "box.example.net", NULL, MAIL, GOING_NOWHERE },
    { "nobody asked", "box.example.net", "", MAIL, GOING_UNKNOWN },
    { "underscore", "a_b.example.com", HERE, MAIL, GOING_UNISSUABLE },
    { "of a home network", "box.lan", HERE, MAIL, GOING_UNISSUABLE },
    { "a star", "*.example.com", NULL, "box.example.com", GOING_STAR },
    { "a star that is kept", "*.example.com", NULL, "*.example.com",
      GOING_COUNT },
    { "an address", "IP:9.9.9.9", HERE, MAIL, GOING_ADDRESS },
    { "a private address", "IP:10.0.0.1", HERE, MAIL, GOING_UNISSUABLE },
};

static void record(struct survey *s, const char *name, const char *address)
{
    if (address && *address)
        build_record(s, name, DNS_A, address);
    else if (!address) {
        build_answer(s, name, DNS_A, DNS_NXDOMAIN);
        build_answer(s, name, DNS_AAAA, DNS_NXDOMAIN);
    }
}

static void what_goes_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof goers / sizeof *goers; i++) {
        struct arena *a = arena_new();
        struct survey *s = build_survey(a, MAIL);
        struct built_cert cert = {
            .names = arena_printf(a, "x.example.com %s", goers[i].served),
            .issuer = BUILT_SELF,
        };
        const char *kept[] = { "x.example.com", goers[i].kept };
        struct text_list list = { kept, 2 };
        build_record(s, MAIL, DNS_A, HERE);
        record(s, goers[i].served, goers[i].address);
        build_cell(s, HERE, 465, build_cert(s, &cert));
        struct going_names gone = san_plan_going(s, a, &list);
        enum going why = gone.len ? gone.items[0].why : GOING_COUNT;
        if (why != goers[i].why || gone.len > 1)
            fail_msg("%s: %zu go, the first by reason %d", goers[i].what,
                     gone.len, (int)why);
        arena_free(a);
    }
}

/* A provider's: only what leads here for certain counts. */
static void of_anothers_what_leads_here(void **state)
{
    struct arena *a = arena_new();
    struct survey *s = build_survey(a, MAIL);
    struct built_cert cert = {
        .names = "*.example.net box.example.net web.example.net a.example.net",
    };
    const char *kept[] = { MAIL };
    struct text_list list = { kept, 1 };

    (void)state;
    build_record(s, MAIL, DNS_A, HERE);
    build_record(s, "box.example.net", DNS_A, HERE);
    build_record(s, "web.example.net", DNS_A, THERE);
    build_cell(s, HERE, 465, build_cert(s, &cert));
    struct going_names gone = san_plan_going(s, a, &list);
    assert_int_equal(gone.len, 1);
    assert_string_equal(gone.items[0].name, "box.example.net");
    assert_int_equal(gone.items[0].why, GOING_FOREIGN);
    arena_free(a);
}

static const struct {
    const char *name;
    bool expected;
} names[] = {
    { MAIL, true },
    { "*.example.com", true },
    { "example.com", true },
    { "com", false },
    { "co.uk", false },
    { "*.co.uk", false },
    { "mail", false },
    { "mail.lan", false },
    { "192.0.2.1", false },
    { "10.0.0.1", false },
    { "127.0.0.1", false },
    { "2001:db8::1", false },
    { "9.9.9.9", true },
    { "2620:fe::fe", true },
    { "a_b.example.com", false },
    { "a.*.example.com", false },
    { "1.2.3.4.5.6.7.8.example.com", true },
    { "1.2.3.4.5.6.7.8.9.example.com", false },
};

static void only_some_names_can_be_had(void **state)
{
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (san_plan_issuable(NULL, a, names[i].name) != names[i].expected)
            fail_msg("%s: not %d", names[i].name, names[i].expected);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_to_lead_here),
        cmocka_unit_test(other_domains_stay_on_ones_own),
        cmocka_unit_test(none_of_many_is_forgotten),
        cmocka_unit_test(what_is_clean_is_not_replaced),
        cmocka_unit_test(what_goes_is_told),
        cmocka_unit_test(of_anothers_what_leads_here),
        cmocka_unit_test(only_some_names_can_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
