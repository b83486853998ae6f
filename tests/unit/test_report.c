#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "advise/advise.h"
#include "advise/confidence.h"
#include "base/file.h"
#include "sample.h"
#include "schema.h"

static const struct finding_def mismatch = {
    "name.mismatch.provider",
    "The certificate is made out to the provider's machine",
    "Mail programs compare the name that was typed.",
    "RFC 9525 6.3",
};
static const struct finding_def input_note = {
    "name.bad_input",
    "What was typed had to be put right first",
    "A mail program may not be as kind.",
    "RFC 6066 3",
};
static const struct fix_def use_hostname = {
    .id = "use-hostname",
    .title = "Use another name",
    .actor = ACTOR_USER,
    .effort = "2 minutes",
};
static const struct fix_def ask_provider = {
    .id = "ask-provider",
    .title = "Ask the provider for a certificate with your name",
    .actor = ACTOR_PROVIDER,
    .risk = RISK_RELOAD,
    .effort = "some days",
};

/* As the rules that are built in say. */
static const struct judging *judging(struct arena *a)
{
    const struct rules *rules = NULL;
    struct err err;

    if (!rules_load(a, NULL, &rules, &err))
        fail_msg("%s", err.text);
    return rules_judging(rules);
}

static struct report *report_on(struct arena *a, struct survey *s)
{
    struct report *r = arena_alloc(a, 1, sizeof *r);
    struct findings *found = arena_alloc(a, 1, sizeof *found);
    struct plan *plan = arena_alloc(a, 1, sizeof *plan);

    found->arena = a;
    plan->arena = a;
    plan->judging = judging(a);
    *r = (struct report){ s, found, plan };
    return r;
}

/* Findings and plans are const to a report; the tests fill them first. */
static struct report *broken(struct arena *a)
{
    static const char *const clears[] = { "name.mismatch.provider" };
    static const char *const steps[] = {
        "Open the account's settings and replace the SMTP server by this:\n"
        "    server42.hosting.example.net",
        "Leave everything else as it is.",
    };
    static struct gate gates[] = {
        { "acme.caa_forbids", false, "The CAA record forbids it." },
    };
    static struct findings found;
    static struct fix fixes[2];
    static struct plan plan;
    struct report *r = report_on(a, sample_survey(a));

    found = (struct findings){ .arena = a };
    struct finding *f =
        finding_add(&found, &mismatch, SEV_ERROR,
                    "The certificate is for server42.hosting.example.net and "
                    "*.hosting.example.net, not for mail.example.com.");
    finding_cell(&found, f, 0);
    finding_text(&found, f, "name", "mail.example.com");
    fixes[0] = (struct fix){
        .def = &use_hostname,
        .title = "Use server42.hosting.example.net as the server name",
        .why = "It is the same machine, and its certificate fits that name.",
        .params = json_object(a),
        .clears = clears,
        .clears_len = 1,
        .proof = PROOF_PROBED,
        .proof_detail = "port 587 shows the right certificate for it.",
        .steps = steps,
        .steps_len = 2,
        .recheck = "certmend check server42.hosting.example.net:587",
    };
    json_put_text(a, fixes[0].params, "hostname",
                  "server42.hosting.example.net");
    fixes[1] = (struct fix){ .def = &ask_provider,
                             .params = json_object(a),
                             .gates = gates,
                             .gates_len = 1 };
    plan = (struct plan){
        .arena = a, .items = fixes, .len = 2, .judging = judging(a)
    };
    plan.confidence = confidence_of(plan.judging, r->survey, &found, NULL);
    r->findings = &found;
    r->plan = &plan;
    return r;
}

static struct report *healthy(struct arena *a)
{
    struct survey *s = sample_survey(a);

    s->cells[0].verdict.name_ok = true;
    return report_on(a, s);
}

static struct report *noted(struct arena *a)
{
    static struct findings found;
    struct report *r = healthy(a);

    found = (struct findings){ .arena = a };
    struct finding *f =
        finding_add(&found, &input_note, SEV_INFO,
                    "\"mail.example.com.\" was read as mail.example.com.");
    f->subject = "mail.example.com";
    r->findings = &found;
    return r;
}

static struct report *left_out(struct arena *a)
{
    static const struct dns_record addresses[] = { { .host = "192.0.2.10" },
                                                   { .host = "192.0.2.11" },
                                                   { .host = "192.0.2.12" } };
    static const struct dns_answer answer = { .name = "mail.example.com",
                                              .type = DNS_A,
                                              .outcome = DNS_ANSWERED,
                                              .records = addresses,
                                              .len = 3 };
    struct survey *s = sample_survey(a);
    struct cell *cells = s->cells;

    s->answers_len = 0;
    survey_answer_add(s, &answer);
    cells[0].verdict.name_ok = true;
    cells[1].port = PORT_SMTP;
    cells[1].service = "smtp";
    cells[1].connect.outcome = OUTCOME_TIMED_OUT;
    cells[2].address = "2001:db8::10";
    cells[2].connect.outcome = OUTCOME_UNREACHABLE;
    return report_on(a, s);
}

static struct report *silent(struct arena *a)
{
    struct survey *s = sample_survey(a);

    s->cells[0] = sample_cell("submission", "2001:db8::10");
    s->cells[0].connect.outcome = OUTCOME_UNREACHABLE;
    return report_on(a, s);
}

static struct report *in_a_file(struct arena *a)
{
    static const size_t chain[] = { 0 };
    static const struct target target = { .kind = TARGET_FILE,
                                          .input = "cert.pem",
                                          .path = "cert.pem" };
    struct survey *s = survey_new(a, &target, TEST_NOW_S);
    struct held_cert leaf = sample_cert(a, "server42.hosting.example.net");
    struct attempt worked = { OUTCOME_OK, NULL, 0 };

    survey_cert_add(s, &leaf);
    survey_cell_add(s, &(struct cell){ .host = "",
                                       .address = "",
                                       .service = "file",
                                       .asked = true,
                                       .connect = worked,
                                       .handshake = worked,
                                       .alert = -1,
                                       .chain = chain,
                                       .chain_len = 1,
                                       .verdict = { .done = true,
                                                    .trusted = true,
                                                    .path = chain,
                                                    .path_len = 1 } });
    return report_on(a, s);
}

static struct report *(*const makers[])(struct arena *) = { broken, healthy,
                                                            noted,  left_out,
                                                            silent, in_a_file };

/* cmocka cuts what it prints: told from the first line that differs on. */
static void expect(const char *what, const char *got, const char *wanted)
{
    size_t line = 0;

    if (strcmp(got, wanted) == 0)
        return;
    for (size_t i = 0; got[i] && got[i] == wanted[i]; i++)
        if (got[i] == '\n')
            line = i + 1;
    fail_msg("%s: got\n%.300s\nwanted\n%.300s", what, got + line,
             wanted + line);
}

static const struct row {
    const char *what;
    struct report *(*make)(struct arena *);
    enum verdict_word verdict;
    int confidence;
    const char *text, *nagios;
} rows[] = {
    { "broken", broken, VERDICT_PROBLEMS, 20,
      "One thing is wrong with mail.example.com.\n"
      "\n"
      "  You asked for     The server's certificate is for\n"
      "  -------------     -------------------------------\n"
      "  mail.example.com  server42.hosting.example.net\n"
      "                    *.hosting.example.net\n"
      "                    signed by R12\n"
      "                    valid from 24 October 2026 to 22 January 2027\n"
      "\n"
      "mail.example.com at 192.0.2.10\n"
      "    587  Mail from users (STARTTLS)          wrong name\n"
      "                                             "
      "(server42.hosting.example.net)\n"
      "  closed: 465\n"
      "  no answer: 993\n"
      "\n"
      "What is wrong\n"
      "  The certificate is made out to the provider's machine\n"
      "    [name.mismatch.provider]\n"
      "    The certificate is for server42.hosting.example.net and\n"
      "    *.hosting.example.net, not for mail.example.com.\n"
      "    Mail programs compare the name that was typed.\n"
      "    Seen at 192.0.2.10:587\n"
      "\n"
      "Confidence that mail gets through: 20 of 100\n"
      "   -80  The certificate is made out to the provider's machine\n"
      "\n"
      "The best way: Use server42.hosting.example.net as the server name\n"
      "  It is the same machine, and its certificate fits that name.\n"
      "  Who: whoever sets up the mail program. Effort: 2 minutes. Risk: "
      "none.\n"
      "  Tried from here: port 587 shows the right certificate for it.\n"
      "  1. Open the account's settings and replace the SMTP server by this:\n"
      "         server42.hosting.example.net\n"
      "  2. Leave everything else as it is.\n"
      "  Then look again:\n"
      "    certmend check server42.hosting.example.net:587\n"
      "\n"
      "Other ways\n"
      "  - Ask the provider for a certificate with your name (the hosting "
      "provider;\n"
      "    some days): not ready yet\n",
      "CERTMEND CRITICAL - One thing is wrong with mail.example.com. The "
      "certificate is made out to the provider's machine (port 587). The "
      "certificate ends on 2027-01-22, 60 days.\n" },
    { "healthy", healthy, VERDICT_OK, 100,
      "All is well with mail.example.com: the right certificate on port "
      "587.\n"
      "\n"
      "Looked at mail.example.com at 192.0.2.10\n"
      "    587  Mail from users (STARTTLS)          right certificate, 60 days "
      "left\n"
      "  closed: 465\n"
      "  no answer: 993\n"
      "\n"
      "Not looked at\n"
      "  IPv6: left out, as -4 asks.\n",
      "CERTMEND OK - All is well with mail.example.com: the right certificate "
      "on port 587. No answer on port 993. The certificate ends on 2027-01-22, "
      "60 days.\n" },
    { "noted", noted, VERDICT_OK, 100,
      "All is well with mail.example.com: the right certificate on port 587.\n"
      "\n"
      "Looked at mail.example.com at 192.0.2.10\n"
      "    587  Mail from users (STARTTLS)          right certificate, 60 days "
      "left\n"
      "  closed: 465\n"
      "  no answer: 993\n"
      "\n"
      "Not looked at\n"
      "  IPv6: left out, as -4 asks.\n"
      "\n"
      "Worth knowing\n"
      "  What was typed had to be put right first. \"mail.example.com.\" was "
      "read as\n"
      "  mail.example.com.\n",
      "CERTMEND OK - All is well with mail.example.com: the right certificate "
      "on port 587. No answer on port 993. The certificate ends on 2027-01-22, "
      "60 days.\n" },
    { "much is left out", left_out, VERDICT_OK, 100,
      "All is well with mail.example.com: the right certificate on port 587.\n"
      "\n"
      "Looked at mail.example.com at 192.0.2.10\n"
      "    587  Mail from users (STARTTLS)          right certificate, 60 days "
      "left\n"
      "  no answer: 25\n"
      "\n"
      "Looked at mail.example.com at 2001:db8::10\n"
      "  not reachable from here: 993\n"
      "\n"
      "Not looked at\n"
      "  port 25 of mail.example.com: no answer, and many networks block this "
      "port on\n"
      "  the way out; ask again from another network.\n"
      "  mail.example.com at 2001:db8::10: this computer has no IPv6 "
      "connection "
      "to it.\n"
      "  2 more addresses of mail.example.com: there are too many to look at "
      "them all.\n"
      "  IPv6: left out, as -4 asks.\n",
      "CERTMEND OK - All is well with mail.example.com: the right certificate "
      "on port 587. No answer on ports 25 and 993. The certificate ends on "
      "2027-01-22, 60 days.\n" },
    { "silent", silent, VERDICT_UNTESTED, 0,
      "mail.example.com could not be looked at: nothing answered here. That "
      "says\n"
      "nothing about its certificate.\n"
      "\n"
      "mail.example.com at 2001:db8::10\n"
      "  not reachable from here: 587\n"
      "\n"
      "mail.example.com at 192.0.2.10\n"
      "  closed: 465\n"
      "  no answer: 993\n",
      "CERTMEND UNKNOWN - mail.example.com could not be looked at: nothing "
      "answered here. That says nothing about its certificate.\n" },
    { "a file", in_a_file, VERDICT_OK, 100, "All is well with cert.pem.\n",
      "CERTMEND OK - All is well with cert.pem. The certificate ends on "
      "2027-01-22, 60 days.\n" },
};

static const struct report_limits no_limits;

static void test_golden(void **state)
{
    struct report_alarm alarm;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct arena *a = arena_new();
        const struct report *r = row->make(a);
        struct buf text, nagios;
        buf_init(&text, a, 100000);
        buf_init(&nagios, a, 100000);
        report_text(a, r, &text);
        report_nagios(a, r, &no_limits, &alarm);
        report_nagios_line(&alarm, &nagios);
        expect(row->what, text.text, row->text);
        expect(row->what, nagios.text, row->nagios);
        assert_int_equal(report_verdict(r), row->verdict);
        double sure = json_find_number(report_json(a, r), "confidence", -1);
        if ((int)sure != row->confidence)
            fail_msg("%s: confidence %d, wanted %d", row->what, (int)sure,
                     row->confidence);
        arena_free(a);
    }
}

/* 60 of about 90 days are left. */
static const struct limit_row {
    const char *what;
    struct report *(*make)(struct arena *);
    struct report_limits limits;
    enum alarm_status status;
    const char *line;
} limit_rows[] = {
    { "days enough",
      healthy,
      { { true, false, 30 }, { true, false, 7 } },
      ALARM_OK,
      "CERTMEND OK - All is well with mail.example.com: the right certificate "
      "on port 587. No answer on port 993. The certificate ends on 2027-01-22, "
      "60 days. | days=60;30;7\n" },
    { "exactly as many are enough",
      healthy,
      { { true, false, 60 }, { false, false, 0 } },
      ALARM_OK,
      "CERTMEND OK - All is well with mail.example.com: the right certificate "
      "on port 587. No answer on port 993. The certificate ends on 2027-01-22, "
      "60 days. | days=60;60;\n" },
    { "fewer than asked for",
      healthy,
      { { true, false, 61 }, { true, false, 7 } },
      ALARM_WARNING,
      "CERTMEND WARNING - mail.example.com works, but its certificate ends "
      "soon. No answer on port 993. Less than 61 days are left, on port 587. "
      "The certificate ends on 2027-01-22, 60 days. | days=60;61;7\n" },
    { "a share of its life",
      healthy,
      { { true, true, 90 }, { true, true, 80 } },
      ALARM_CRITICAL,
      "CERTMEND CRITICAL - mail.example.com works, but its certificate ends "
      "soon. No answer on port 993. Less than 80 % of its life is left, on "
      "port 587. The certificate ends on 2027-01-22, 60 days. | "
      "days=60;81;72 life=66%;90;80\n" },
    { "a limit makes no fault less grave",
      broken,
      { { true, false, 30 }, { true, false, 7 } },
      ALARM_CRITICAL,
      "CERTMEND CRITICAL - One thing is wrong with mail.example.com. The "
      "certificate is made out to the provider's machine (port 587). The "
      "certificate ends on 2027-01-22, 60 days. | days=60;30;7\n" },
    { "nothing was seen",
      silent,
      { { true, false, 30 }, { true, false, 7 } },
      ALARM_UNKNOWN,
      "CERTMEND UNKNOWN - mail.example.com could not be looked at: nothing "
      "answered here. That says nothing about its certificate.\n" },
};

static void test_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof limit_rows / sizeof *limit_rows; i++) {
        const struct limit_row *row = &limit_rows[i];
        struct arena *a = arena_new();
        struct report_alarm alarm;
        struct buf line;
        buf_init(&line, a, 10000);
        report_nagios(a, row->make(a), &row->limits, &alarm);
        report_nagios_line(&alarm, &line);
        expect(row->what, line.text, row->line);
        if (alarm.status != row->status)
            fail_msg("%s: status %d", row->what, (int)alarm.status);
        arena_free(a);
    }
}

static void test_json(void **state)
{
    struct arena *a = arena_new();
    const struct json *j = report_json(a, broken(a));
    const struct json *endpoint = json_find(j, "endpoints")->first;
    const struct json *finding = json_find(j, "findings")->first;
    const struct json *fix = json_find(j, "fixes")->first;
    const struct json *proof = json_find(fix, "proof");

    (void)state;
    assert_string_equal(json_find_text(j, "verdict"), "problems");
    assert_string_equal(json_find_text(endpoint, "state"), "faulty");
    assert_int_equal(json_find(endpoint, "name_ok")->type, JSON_BOOL);
    assert_true(json_find_bool(endpoint, "trusted"));
    assert_string_equal(json_find_text(endpoint->next, "state"), "refused");
    assert_int_equal(json_find(endpoint->next, "name_ok")->type, JSON_NULL);
    assert_int_equal(json_find(j, "certificates")->len, 2);
    assert_true(json_has_text(json_find(finding, "where"), "192.0.2.10:587"));
    assert_int_equal((int)json_find_number(fix, "rank", 0), 1);
    assert_string_equal(json_find_text(proof, "kind"), "probed");
    assert_int_equal((int)json_find_number(fix->next, "rank", 0), 2);
    const struct json *gate = json_find(fix->next, "gates")->first;
    assert_string_equal(json_find_text(gate, "state"), "shut");
    const struct json *cut = json_find(j, "deductions")->first;
    assert_int_equal((int)json_find_number(cut, "points", 0), 80);

    endpoint = json_find(report_json(a, in_a_file(a)), "endpoints")->first;
    assert_string_equal(json_find_text(endpoint, "service"), "file");
    assert_string_equal(json_find_text(endpoint, "security"), "none");
    assert_string_equal(json_find_text(endpoint, "state"), "verified");
    arena_free(a);
}

static void test_schema(void **state)
{
    static const char path[] = "assistant/report/report.schema.json";
    struct arena *a = arena_new();
    const char *text = NULL;
    size_t len = 0;
    struct json *schema = NULL;
    struct err err = { 0 };

    (void)state;
    if (!file_read(a, path, 1 << 20, &text, &len, &err) ||
        !json_parse(a, text, len, path, &schema, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        const struct json *j = report_json(a, makers[i](a));
        const char *fault = schema_fault(a, schema, j, "report");
        if (fault)
            fail_msg("report %zu: %s", i, fault);
    }
    assert_non_null(schema_fault(a, schema, json_object(a), "report"));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_schema),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
