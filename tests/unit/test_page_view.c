#include "page/page_view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "advise/confidence.h"
#include "page/page_render.h"
#include "sample.h"

/*
 * What a look has shown, as a page: the sample's survey, changed a little, with
 * findings and fixes made by hand.
 */
enum { PAGE_MAX = 4 * 1000 * 1000 };

static const struct finding_def mismatch = {
    "name.mismatch.provider", "The certificate is for somebody else's name",
    "Programs compare the name that was typed.", "RFC 9525 6.3"
};
static const struct finding_def expired = { "cert.expired",
                                            "The certificate has expired",
                                            "Programs refuse it.",
                                            "RFC 5280 4.1.2.5" };
static const struct finding_def elsewhere = { "chain.incomplete",
                                              "A link is missing", "Why.",
                                              "RFC 8446" };
static const struct fix_def use_hostname = { .id = "use-hostname",
                                             .title = "Use another name",
                                             .actor = ACTOR_USER,
                                             .kind = FIX_HOSTNAME,
                                             .effort = "2 minutes" };
static const struct fix_def reload = { .id = "reload-service",
                                       .title = "Reload the mail service",
                                       .actor = ACTOR_YOU,
                                       .kind = FIX_SERVER,
                                       .risk = RISK_RELOAD,
                                       .effort = "1 minute" };
static const struct fix_def renew = { .id = "renew-certificate",
                                      .title = "Renew the certificate",
                                      .actor = ACTOR_YOU,
                                      .kind = FIX_RENEWAL,
                                      .brings = BRINGS_CERTIFICATE,
                                      .effort = "10 minutes" };
static const struct fix_def letter = { .id = "ask-provider",
                                       .title = "Ask whoever runs the server",
                                       .actor = ACTOR_PROVIDER,
                                       .kind = FIX_LETTER,
                                       .effort = "1 to 3 days" };

struct bench {
    struct arena *arena;
    struct survey *survey;
    struct findings findings;
    struct plan plan;
    struct report report;
};

static struct bench *bench_of(struct survey *s, struct arena *a)
{
    struct bench *b = arena_alloc(a, 1, sizeof *b);

    b->arena = a;
    b->survey = s;
    b->findings.arena = a;
    b->plan.arena = a;
    b->report = (struct report){ s, &b->findings, &b->plan };
    return b;
}

static struct finding *add_finding(struct bench *b,
                                   const struct finding_def *def,
                                   enum severity severity)
{
    return finding_add(&b->findings, def, severity, "What was seen.");
}

static struct fix *add_fix(struct bench *b, const struct fix_def *def)
{
    struct plan *p = &b->plan;

    p->items = arena_grow(b->arena, p->items, p->len, sizeof *p->items);
    p->items[p->len] = (struct fix){ .def = def,
                                     .rule_id = "x",
                                     .title = def->title,
                                     .why = "Why it is so.",
                                     .params = json_object(b->arena),
                                     .recheck = "certmend check x" };
    return &p->items[p->len++];
}

/* ---- what is shown ---- */

static struct bench *wrong_name(struct arena *a)
{
    struct bench *b = bench_of(sample_survey(a), a);
    struct fix *f = NULL;

    finding_cell(&b->findings, add_finding(b, &mismatch, SEV_ERROR), 0);
    f = add_fix(b, &use_hostname);
    json_put_text(a, f->params, "hostname", "server42.hosting.example.net");
    json_put_number(a, f->params, "port", 465);
    json_put_text(a, f->params, "security", "implicit");
    f->proof = PROOF_PROBED;
    f->proof_detail = "Port 465 was looked at.";
    json_put_text(a, add_fix(b, &letter)->params, "request", "Please mend it.");
    return b;
}

static struct bench *out_of_date(struct arena *a)
{
    struct bench *b = bench_of(sample_survey(a), a);
    static struct gate gates[] = { { "x", false, "A record forbids it." },
                                   { "y", true, "The port is open." } };
    struct cert *leaf = &b->survey->certs[0].cert;

    leaf->not_after = b->survey->judged_at - 3 * 86400;
    b->survey->cells[0].verdict.name_ok = true;
    finding_cell(&b->findings, add_finding(b, &expired, SEV_ERROR), 0);
    struct fix *f = add_fix(b, &renew);
    json_put_texts(a, f->params, "names", NULL, 0);
    f->gates = gates;
    f->gates_len = 2;
    json_put_text(a, add_fix(b, &letter)->params, "request", "Please mend it.");
    return b;
}

static struct bench *with_warning(struct arena *a)
{
    struct bench *b = bench_of(sample_survey(a), a);

    b->survey->cells[0].verdict.name_ok = true;
    finding_cell(&b->findings, add_finding(b, &elsewhere, SEV_WARNING), 0);
    add_fix(b, &reload);
    return b;
}

static struct bench *healthy(struct arena *a)
{
    struct bench *b = bench_of(sample_survey(a), a);

    b->survey->cells[0].verdict.name_ok = true;
    return b;
}

/* As between exchangers, which take any certificate. */
static struct bench *nobody_minds(struct arena *a)
{
    return bench_of(sample_survey(a), a);
}

static struct bench *silent(struct arena *a)
{
    struct bench *b = bench_of(sample_survey(a), a);

    b->survey->cells_len = 0;
    return b;
}

/* What a stranger can put there, in each place where it is shown. */
static const char bad[] = "\"><script>x</script></style>{{csrf_again}}<!--";

static struct bench *hostile(struct arena *a)
{
    struct bench *b = wrong_name(a);
    static const char *names[] = { bad, "<b>two</b>" };
    struct cert *leaf = &b->survey->certs[0].cert;
    struct dns_record records[] = { { .text = bad, .host = bad } };

    leaf->dns_names = (struct text_list){ names, 2 };
    leaf->subject = leaf->subject_cn = leaf->issuer = leaf->issuer_cn = bad;
    b->survey->cells[0].banner = bad;
    b->survey->cells[0].tls_version = bad;
    b->survey->cells[0].host = b->survey->cells[0].reference = bad;
    b->survey->cells[1].address = bad;
    survey_answer_add(b->survey, &(struct dns_answer){ .name = bad,
                                                       .type = DNS_TXT,
                                                       .records = records,
                                                       .len = 1,
                                                       .server = bad });
    b->findings.items[0].detail = bad;
    b->findings.items[0].subject = bad;
    b->plan.items[0].title = b->plan.items[0].why = bad;
    b->plan.items[0].proof_detail = bad;
    json_put_text(a, b->plan.items[1].params, "more", bad);
    return b;
}

/* ---- the rows ---- */

#define SERVED .at = "/a/ID", .csrf_again = "token"

static const struct row {
    const char *what;
    struct bench *(*make)(struct arena *a);
    struct page_view_options options;
    const char *wanted[6], *unwanted[4];
} rows[] = {
    { "a wrong name, for Gmail",
      wrong_name,
      { SERVED, .client = "gmail" },
      { "One thing is wrong with ", "not the same", "Tried from here",
        ">In Gmail\n</h3>", ">SMTP Server\n</dt>", "<span>SSL\n</span>" },
      { ">In Outlook", "Server Name\n</dt>", "the names match" } },
    { "for Thunderbird",
      wrong_name,
      { SERVED, .client = "thunderbird" },
      { ">In Thunderbird\n</h3>", ">Server Name\n</dt>",
        "data-copy=\"server42.hosting.example.net\"",
        "href=\"/a/ID?for=gmail\"", "aria-current=\"true\"" },
      { "SMTP Server", "In Gmail: the cog" } },
    { "for a printer",
      wrong_name,
      { SERVED, .client = "website" },
      { "On a printer or scanner", ">SMTP Host\n</dt>" },
      { "In Gmail: the cog" } },
    { "in one file: all programs, closed",
      wrong_name,
      { 0 },
      { "In Gmail: the cog", "On an iPhone or iPad: Settings",
        "<details class=\"way\">", "Then look again" },
      { "data-copy", "<form", "href=\"/a", "Downloads" } },
    { "who runs the server gets the fix of the server",
      out_of_date,
      { SERVED, .client = "server" },
      { "<h2 id=\"fix\">Renew the certificate</h2>", "Open</span>",
        "Shut</span>", "A record forbids it.", "/a/ID/request", "Who: you" },
      { "The server shows" } },
    { "who has a mail program gets the letter",
      out_of_date,
      { SERVED, .client = "outlook" },
      { "<h2 id=\"fix\">Ask whoever runs the server</h2>",
        "href=\"/a/ID/letter\"", "Best fix for you</p>", "behind the button" },
      { "Best fix for you,", "certmend ticket" } },
    { "with --public no key is made",
      out_of_date,
      { SERVED, .client = "server", .is_public = true },
      { "Renew the certificate" },
      { "/a/ID/request" } },
    { "dates on the tags, and how long ago",
      out_of_date,
      { SERVED },
      { "on port 587 shows a certificate that ran out 3 days ago", "Today",
        "Good until", "too late" },
      { "not the same", "You asked for" } },
    { "a warning is no failure",
      with_warning,
      { SERVED },
      { "works, but one thing needs care", "Works, with care",
        "verdict is-warning" },
      { "Will fail" } },
    { "a healthy server",
      healthy,
      { SERVED },
      { "Nothing is wrong with ", "the names match",
        "If your program still complains", "What this rests on",
        "after a program has logged in", "Port 587 shows a certificate" },
      { "class=\"card card-best", "Not yours to mend" } },
    { "nothing is wrong, and no certificate fits",
      nobody_minds,
      { SERVED },
      { "Nothing is wrong with <span class=\"whole\">mail.",
        "Who connects to port 587 does not insist on a certificate that fits" },
      { "shows a certificate", "until ." } },
    { "nothing was seen: no number",
      silent,
      { SERVED },
      { "Could not look at ", "Not determined", "verdict is-unknown",
        "Look again</button>" },
      { "of 100", "class=\"tags\"", "Will fail" } },
    { "a port's time, and why it is not judged",
      wrong_name,
      { SERVED },
      { "28 ms", "Wrong name", "No answer", "Closed", "Written in RFC 9525" },
      { NULL } },
    { "printed, everything is open",
      wrong_name,
      { SERVED, .is_print = true },
      { "<details class=\"way\" open>" },
      { "<details class=\"way\">" } },
    { "what strangers say",
      hostile,
      { SERVED, .client = "gmail" },
      { "&quot;&gt;&lt;script&gt;x&lt;/script&gt;", "{{csrf_again}}" },
      { "<script>x", "</style>{{", "<b>two", "<!--" } },
    { "what strangers say, in one file",
      hostile,
      { 0 },
      { "&quot;&gt;&lt;script&gt;x&lt;/script&gt;" },
      { "<script", "</style>{{", "<b>two", "<!--" } },
};

static const char *page_of(struct arena *a, const struct row *row)
{
    struct bench *b = row->make(a);
    struct err err = { 0 };
    struct buf out;
    const struct page_request p = {
        .name = "answer",
        .title = "Answer",
        .data = page_view(a, &b->report, &row->options),
        .served = row->options.at != NULL,
        .style_hash = "x",
    };

    buf_init(&out, a, PAGE_MAX);
    if (!page_render(a, &p, &out, &err))
        fail_msg("%s: %s", row->what, err.text);
    return out.text;
}

/* As it is read: a host name's places to be broken at are no text. */
static const char *without_breaks(struct arena *a, const char *page)
{
    static const char mark[] = "<wbr>";
    struct buf out;

    buf_init(&out, a, PAGE_MAX);
    for (const char *next; (next = strstr(page, mark)); page = next) {
        buf_bytes(&out, page, (size_t)(next - page));
        next += sizeof mark - 1;
    }
    buf_text(&out, page);
    return out.text;
}

static void test_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        const struct row *row = &rows[i];
        const char *page = strstr(without_breaks(a, page_of(a, row)), "<main");
        assert_non_null(page);
        for (size_t k = 0; k < 6 && row->wanted[k]; k++)
            if (!strstr(page, row->wanted[k]))
                fail_msg("%s: \"%s\" is not in:\n%s", row->what, row->wanted[k],
                         page);
        for (size_t k = 0; k < 4 && row->unwanted[k]; k++)
            if (strstr(page, row->unwanted[k]))
                fail_msg("%s: \"%s\" is in:\n%s", row->what, row->unwanted[k],
                         page);
        arena_free(a);
    }
}

/* A host name of 64 KB is shown, and not in 64 thousand pieces. */
static void test_long_name(void **state)
{
    struct arena *a = arena_new();
    struct bench *b = healthy(a);
    const struct page_view_options o = { SERVED };
    enum { LEN = 64 * 1024 };
    char *name = arena_alloc(a, LEN + 1, 1);

    (void)state;
    for (size_t i = 0; i < LEN; i++)
        name[i] = i % 2 ? '.' : 'a';
    b->survey->cells[0].reference = b->survey->target.host = name;
    const struct json *view = page_view(a, &b->report, &o);
    const struct json *asked = json_find(json_find(view, "tags"), "asked");
    size_t bytes = 0;
    assert_in_range(asked->len, 2, 1000);
    JSON_EACH (piece, asked)
        bytes += strlen(json_find_text(piece, "text"));
    assert_int_equal(bytes, LEN);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_long_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
