/* Which names belong on a certificate: those that lead here, with reasons. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "model/in_use.h"
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
        struct uses uses = in_use(s, a);
        const char *why = why_of(&uses, rows[i].name);
        if (!uses.len || strcmp(uses.items[0].name, MAIL) != 0)
            fail_msg("%s: the asked name does not come first", rows[i].what);
        if ((why != NULL) != rows[i].expected)
            fail_msg("%s: taken because %s", rows[i].what, why ? why : "-");
        arena_free(a);
    }
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
        if (in_use_issuable(a, names[i].name) != names[i].expected)
            fail_msg("%s: not %d", names[i].name, names[i].expected);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_to_lead_here),
        cmocka_unit_test(only_some_names_can_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
