#include "advise/causes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "check/check.h"
#include "survey_builder.h"

enum { CELLS = 4, FAULTS = 4 };

struct fault {
    const char *id;
    enum severity severity;
    unsigned at;        /* a bit for each cell: 465, 587, 993, mx:25 */
    const char *record; /* its param, or NULL */
};

static const struct row {
    const char *what;
    struct fault faults[FAULTS];
    const char *wholes[FAULTS]; /* of each, as sorted; NULL: it stands alone */
} rows[] = {
    { "a port that differs, and its wrong name",
      { { "port.divergent", SEV_ERROR, 1, NULL },
        { "name.mismatch.provider", SEV_ERROR, 3, NULL } },
      { "name.mismatch.provider", NULL } },
    { "a place where nothing else is wrong",
      { { "port.divergent", SEV_ERROR, 5, NULL },
        { "name.mismatch.provider", SEV_ERROR, 3, NULL } },
      { NULL, NULL } },
    { "two causes cover it: it is told with the first",
      { { "name.mismatch.provider", SEV_ERROR, 1, NULL },
        { "cert.expired", SEV_ERROR, 2, NULL },
        { "ip.divergent", SEV_ERROR, 3, NULL } },
      { NULL, NULL, "name.mismatch.provider" } },
    { "worse than what it could be because of",
      { { "sni.wrong_entry", SEV_ERROR, 1, NULL },
        { "name.mismatch.provider", SEV_WARNING, 1, NULL } },
      { NULL, NULL } },
    { "merely told",
      { { "port.divergent", SEV_ERROR, 1, NULL },
        { "name.mismatch.provider", SEV_INFO, 1, NULL } },
      { NULL, NULL } },
    { "a new certificate is there, the old one has expired",
      { { "port.divergent", SEV_ERROR, 1, NULL },
        { "cert.expired", SEV_ERROR, 3, NULL },
        { "daemon.stale", SEV_ERROR, 3, NULL } },
      { "daemon.stale", "daemon.stale", NULL } },
    { "name and trust are two faults",
      { { "name.placeholder_cert", SEV_ERROR, 1, NULL },
        { "trust.self_signed", SEV_ERROR, 1, NULL } },
      { NULL, NULL } },
    { "neither of two symptoms is the cause",
      { { "port.divergent", SEV_ERROR, 1, NULL },
        { "ip.divergent", SEV_ERROR, 1, NULL } },
      { NULL, NULL } },
    { "another host's certificate",
      { { "config.advertised_bad", SEV_ERROR, 1, "_imaps._tcp" },
        { "cert.expired", SEV_ERROR, 8, NULL } },
      { NULL, NULL } },
    { "entries of one settings file",
      { { "config.advertised_bad", SEV_WARNING, 0, "https://a" },
        { "config.advertised_bad", SEV_WARNING, 0, "https://a" },
        { "config.advertised_bad", SEV_WARNING, 0, "https://b" } },
      { NULL, "config.advertised_bad", NULL } },
    { "an entry that has its reason, and one of the same file",
      { { "config.advertised_bad", SEV_ERROR, 1, "https://a" },
        { "cert.expired", SEV_ERROR, 1, NULL },
        { "config.advertised_bad", SEV_WARNING, 0, "https://a" } },
      { "cert.expired", NULL, NULL } },
    { "nothing says which record",
      { { "config.advertised_bad", SEV_WARNING, 0, NULL },
        { "config.advertised_bad", SEV_WARNING, 0, NULL } },
      { NULL, NULL } },
    { "no encryption on two ports of a host, and on another host",
      { { "starttls.absent", SEV_ERROR, 1, NULL },
        { "starttls.absent", SEV_ERROR, 2, NULL },
        { "starttls.absent", SEV_ERROR, 8, NULL } },
      { NULL, "starttls.absent", NULL } },
};

static struct survey *survey(struct arena *a)
{
    static const struct built_cert cert = { .names = "mail.example.com" };
    struct survey *s = build_survey(a, "mail.example.com");
    size_t leaf = build_cert(s, &cert);

    build_cell(s, "192.0.2.1", 465, leaf);
    build_cell(s, "192.0.2.1", 587, leaf);
    build_cell(s, "192.0.2.1", 993, leaf);
    build_cell(s, "192.0.2.1", 25, leaf)->host = "mx.example.com";
    return s;
}

static struct findings found(struct arena *a, const struct row *row)
{
    struct findings out = { .arena = a };

    for (size_t i = 0; i < FAULTS && row->faults[i].id; i++) {
        const struct fault *fault = &row->faults[i];
        struct finding *f = finding_add(&out, check_find_def(fault->id),
                                        fault->severity, "So.");
        for (unsigned k = 0; k < CELLS; k++)
            if (fault->at >> k & 1)
                finding_cell(&out, f, k);
        finding_text(&out, f, "record", fault->record);
    }
    return out;
}

static void one_cause_is_one_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        const struct rules *rules = NULL;
        struct findings all = found(a, &rows[i]);
        struct err err;
        if (!rules_load(a, NULL, &rules, &err))
            fail_msg("%s", err.text);
        const struct finding *const *part_of =
            causes_find(rules, survey(a), &all);
        for (size_t k = 0; k < all.len; k++) {
            const char *got = part_of[k] ? part_of[k]->def->id : "none";
            const char *want = rows[i].wholes[k] ? rows[i].wholes[k] : "none";
            if (strcmp(got, want) != 0)
                fail_msg("%s: %s is told with %s, not %s", rows[i].what,
                         all.items[k].def->id, got, want);
        }
        arena_free(a);
    }
}

static const struct {
    const char *pattern, *id;
    bool fits;
} patterns[] = {
    { "*", "cert.expired", true },
    { "cert.*", "cert.expired", true },
    { "cert.*", "certain.thing", false },
    { "cert.expired", "cert.expired", true },
    { "cert.expired", "cert.expired_twice", false },
    { "", "cert.expired", false },
};

static void patterns_of_ids(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (causes_fits(patterns[i].pattern, patterns[i].id) !=
            patterns[i].fits)
            fail_msg("\"%s\" and %s", patterns[i].pattern, patterns[i].id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_cause_is_one_fault),
        cmocka_unit_test(patterns_of_ids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
