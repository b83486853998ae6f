#include "report/provider.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define REPORT(host, findings, endpoints, fixes)                               \
    "{\"asked\":{\"host\":\"" host "\"},\"findings\":[" findings               \
    "],\"endpoints\":[" endpoints "],\"fixes\":[" fixes "]}"
#define PLACE(host, address)                                                   \
    "{\"host\":\"" host "\",\"address\":\"" address                            \
    "\",\"port\":465,\"asked\":true,\"sni\":\"x\",\"state\":\"faulty\"}"
#define FAULT(id, where, offered)                                              \
    "{\"id\":\"" id "\",\"severity\":\"error\",\"where\":[\"" where            \
    "\"],\"params\":{\"offered\":[" offered "]}}"
#define USE(hostname)                                                          \
    "{\"id\":\"use-hostname\",\"params\":{\"hostname\":\"" hostname "\"}}"

static const struct fix_def use_hostname = { .id = "use-hostname",
                                             .kind = FIX_HOSTNAME };
static const struct fix_defs defs = { &use_hostname, 1 };

static const struct row {
    const char *what, *report, *domain, *address;
} rows[] = {
    { "the name that a fix has found",
      REPORT("mail.example.org",
             FAULT("name.mismatch.provider", "192.0.2.1:465",
                   "\"other.example.com\""),
             PLACE("mail.example.org", "192.0.2.1"),
             USE("server42.example.net")),
      "example.net", "192.0.2.1" },
    { "the customer's own other name tells nothing",
      REPORT("mail.example.org", FAULT("cert.expired", "192.0.2.1:465", ""),
             PLACE("mail.example.org", "192.0.2.1"), USE("smtp.example.org")),
      NULL, "192.0.2.1" },
    { "a host of another domain serves it",
      REPORT("example.org", FAULT("cert.expired", "192.0.2.2:465", ""),
             PLACE("mail.example.org", "192.0.2.1") "," PLACE("mx.example.net",
                                                              "192.0.2.2"),
             ""),
      "example.net", "192.0.2.2" },
    { "what is not blamed is not asked",
      REPORT("example.org", FAULT("cert.expired", "192.0.2.1:465", ""),
             PLACE("mail.example.org", "192.0.2.1") "," PLACE("mx.example.net",
                                                              "192.0.2.2"),
             ""),
      NULL, "192.0.2.1" },
    { "a certificate of the provider's",
      REPORT("mail.example.org",
             FAULT("name.mismatch.provider", "192.0.2.1:465",
                   "\"*.hosting.example.net\",\"example.net\""),
             PLACE("mail.example.org", "192.0.2.1"), ""),
      "example.net", "192.0.2.1" },
    { "a certificate of several domains is nobody's",
      REPORT("mail.example.org",
             FAULT("name.mismatch.provider", "192.0.2.1:465",
                   "\"a.example.net\",\"b.example.com\""),
             PLACE("mail.example.org", "192.0.2.1"), ""),
      NULL, "192.0.2.1" },
    { "a way out of the folder is no name",
      REPORT("mail.example.org", FAULT("cert.expired", "../../etc/x:465", ""),
             PLACE("mail.example.org", "../../etc/x"), USE("../../etc/passwd")),
      NULL, NULL },
    { "nothing is known", "{}", NULL, NULL },
};

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void test_provider(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        struct json *report = NULL;
        struct err err;
        if (!json_parse(a, rows[i].report, strlen(rows[i].report), "report",
                        &report, &err))
            fail_msg("%s: %s", rows[i].what, err.text);
        struct provider p = provider_of(a, report, &defs);
        if (!same(p.domain, rows[i].domain) ||
            !same(p.address, rows[i].address))
            fail_msg("%s: %s at %s", rows[i].what,
                     p.domain ? p.domain : "nobody",
                     p.address ? p.address : "nowhere");
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_provider),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
