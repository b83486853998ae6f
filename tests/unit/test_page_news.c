#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "advise/template.h"
#include "advise/text_source.h"
#include "page/page_news.h"
#include "scene.h"

#define HERE "192.0.2.1"
#define MAIL "mail.example.com"
#define HOST "server42.example.net"

/* What a look has met. */
enum seen {
    SEEN_PROVIDER, /* another name, which is right at HOST */
    SEEN_HOST,     /* a look at HOST:465 */
    SEEN_CHAIN,
    SEEN_EXPIRED,
    SEEN_ONE_EXPIRED, /* 993 only */
    SEEN_BOTH,        /* expired, and the chain has a gap */
    SEEN_RIGHT,
    SEEN_NOTHING,
    SEEN_ONE, /* right at 465, and silent at 993 */
    SEEN_COUNT,
};

static const struct {
    struct scene_cert one, other; /* at 465; at 993 */
    const char *host;
    uint16_t port; /* that was asked for */
    bool dead;
} looks[SEEN_COUNT] = {
    [SEEN_PROVIDER] = { { .names = HOST }, { .names = HOST }, MAIL, 0, false },
    [SEEN_HOST] = { { .names = HOST }, { .names = NULL }, HOST, 465, false },
    [SEEN_CHAIN] = { { .names = MAIL, .chain = SCENE_FETCHED },
                     { .names = MAIL, .chain = SCENE_FETCHED },
                     MAIL,
                     0,
                     false },
    [SEEN_EXPIRED] = { { .names = MAIL, .ends_in_days = -3 },
                       { .names = MAIL, .ends_in_days = -3 },
                       MAIL,
                       0,
                       false },
    [SEEN_ONE_EXPIRED] = { { .names = MAIL },
                           { .names = MAIL, .ends_in_days = -3 },
                           MAIL,
                           0,
                           false },
    [SEEN_BOTH] = { { .names = MAIL,
                      .chain = SCENE_FETCHED,
                      .ends_in_days = -3 },
                    { .names = MAIL,
                      .chain = SCENE_FETCHED,
                      .ends_in_days = -3 },
                    MAIL,
                    0,
                    false },
    [SEEN_RIGHT] = { { .names = MAIL }, { .names = MAIL }, MAIL, 0, false },
    [SEEN_NOTHING] = { { .names = MAIL }, { .names = MAIL }, MAIL, 0, true },
    [SEEN_ONE] = { { .names = MAIL }, { .names = MAIL }, MAIL, 0, false },
};

static void kill(struct cell *c)
{
    c->connect.outcome = OUTCOME_TIMED_OUT;
    c->greeting.outcome = c->handshake.outcome = OUTCOME_NOT_TRIED;
    c->chain_len = 0;
}

static void add_cells(struct scene *at, enum seen seen)
{
    const char *host = looks[seen].host;
    bool two = looks[seen].other.names &&
               looks[seen].other.ends_in_days != looks[seen].one.ends_in_days;
    size_t other = two ? scene_cert(at, &looks[seen].other) : 0;
    size_t one = scene_cert(at, &looks[seen].one);
    struct cell *c = scene_cell(at, host, HERE, 465, one);

    if (looks[seen].dead)
        kill(c);
    if (!looks[seen].other.names)
        return;
    c = scene_cell(at, host, HERE, 993, two ? other : one);
    if (looks[seen].dead || seen == SEEN_ONE)
        kill(c);
    if (seen == SEEN_PROVIDER)
        for (uint16_t i = 0; i < 2; i++)
            scene_cell(at, HOST, HERE, i ? 993 : 465, one)->asked = false;
}

static struct report look(struct scene *at, enum seen seen, int minutes)
{
    scene_open(at, looks[seen].host);
    at->survey->target.port = looks[seen].port;
    at->survey->judged_at += minutes * 60;
    scene_address(at, MAIL, HERE);
    scene_address(at, HOST, HERE);
    add_cells(at, seen);
    scene_judge(at);
    return (struct report){ at->survey, &at->found, &at->plan };
}

/* The block of the page, without its tags. */
static const char *said(struct arena *a, const struct json *news)
{
    struct text_source from = { .arena = a, .fix = "page" };
    struct template_options o = { .name = "news",
                                  .escape = TEMPLATE_HTML,
                                  .partial = text_source_partial,
                                  .arg = &from };
    struct json *page = json_object(a);
    struct buf out, text;
    struct err err;
    bool tag = false;

    json_put(a, page, "news", news);
    buf_init(&out, a, 64 * 1024);
    buf_init(&text, a, 64 * 1024);
    if (!template_render(text_source_find(&from, "news"), page, &o, &out, &err))
        fail_msg("%s", err.text);
    for (const char *c = out.text; *c; c++) {
        tag = tag || *c == '<';
        bool blank = *c == '\n' || *c == ' ';
        if (!tag && !(blank && text.len && text.text[text.len - 1] == ' '))
            buf_char(&text, blank ? ' ' : *c);
        tag = tag && *c != '>';
    }
    return text.text;
}

static const struct row {
    const char *what;
    enum seen before, now;
    const char *tried; /* a fix, or NULL */
    const char *kind;
    size_t rows;
    const char *next;
    const char *says[8], *not_says[3];
} rows[] = {
    { "another name, right there",
      SEEN_PROVIDER,
      SEEN_HOST,
      "use-hostname",
      "mended",
      1,
      HOST,
      { "Mended: " HOST " works",
        "At " HOST ", port 465: 1 fault is gone, nothing new came.", "Gone: ",
        "What changed since 12:00 UTC", "at " MAIL ":465", "wrong name",
        "right certificate", "Do the same wherever " MAIL " is entered" },
      { "Still", "missing", "not looked at" } },
    { "the chain is whole",
      SEEN_CHAIN,
      SEEN_RIGHT,
      "serve-full-chain",
      "mended",
      1,
      NULL,
      { "Mended: " MAIL " works", "1 fault is gone, nothing new came.",
        "Ports 465 and 993", "chain incomplete", "right certificate" },
      { "Do the same", "New:", "At " MAIL } },
    { "nothing was done",
      SEEN_CHAIN,
      SEEN_CHAIN,
      "serve-full-chain",
      "same",
      0,
      NULL,
      { "Still the same",
        "No fault is gone, nothing new came, 1 is still there.",
        "still the certificate from before, chain incomplete",
        "What may be missing", "still holds one certificate" },
      { "Mended", "What changed" } },
    { "nothing was done, and nobody says what was tried",
      SEEN_EXPIRED,
      SEEN_EXPIRED,
      NULL,
      "same",
      0,
      NULL,
      { "Still the same", "expired" },
      { "What may be missing" } },
    { "one port of two",
      SEEN_EXPIRED,
      SEEN_ONE_EXPIRED,
      "renew-certificate",
      "better",
      1,
      NULL,
      { "Better, and not all is well yet", "Port 465" },
      { "Mended", "Port 993", "What may be missing" } },
    { "the other way round",
      SEEN_ONE_EXPIRED,
      SEEN_EXPIRED,
      NULL,
      "worse",
      1,
      NULL,
      { "Now something else is wrong", "Port 465" },
      { "Mended" } },
    { "one fault of two",
      SEEN_BOTH,
      SEEN_EXPIRED,
      "serve-full-chain",
      "better",
      1,
      NULL,
      { "Better", "1 fault is gone, nothing new came, 2 are still there." },
      { "New:" } },
    { "one fault for another, graver",
      SEEN_CHAIN,
      SEEN_EXPIRED,
      "serve-full-chain",
      "worse",
      1,
      NULL,
      { "1 fault is gone, 2 new ones came.", "Gone: ", "New: " },
      { "Mended" } },
    { "all was well",
      SEEN_RIGHT,
      SEEN_RIGHT,
      NULL,
      "same",
      0,
      NULL,
      { "Nothing is wrong, as before" },
      { "fault is gone", "still there" } },
    { "all was well, and is no longer",
      SEEN_RIGHT,
      SEEN_EXPIRED,
      NULL,
      "worse",
      1,
      NULL,
      { "No fault is gone", "new one" },
      { "Better" } },
    { "nobody answers any more",
      SEEN_CHAIN,
      SEEN_NOTHING,
      "serve-full-chain",
      "untested",
      1,
      NULL,
      { "could not be looked at", "says nothing about the certificate",
        "no answer" },
      { "Mended", "is gone", "Gone: " } },
    { "the port that was wrong does not answer any more",
      SEEN_ONE_EXPIRED,
      SEEN_ONE,
      NULL,
      "untested",
      2,
      NULL,
      { "Port 993 did not answer this time",
        "says nothing about the certificate", "no answer" },
      { "Mended", "is gone", "Gone: " } },
    { "one is mended, and the other is silent now",
      SEEN_EXPIRED,
      SEEN_ONE,
      "renew-certificate",
      "untested",
      2,
      NULL,
      { "Port 993 did not answer this time", "right certificate" },
      { "Mended", "Gone: " } },
    { "all was well, and one is silent now",
      SEEN_RIGHT,
      SEEN_ONE,
      NULL,
      "untested",
      1,
      NULL,
      { "Port 993 did not answer this time" },
      { "as before" } },
    { "one never answered",
      SEEN_ONE,
      SEEN_ONE,
      NULL,
      "same",
      0,
      NULL,
      { "Nothing is wrong, as before" },
      { "did not answer" } },
    { "somebody answers, and all is well",
      SEEN_NOTHING,
      SEEN_RIGHT,
      NULL,
      "mended",
      1,
      NULL,
      { "Mended: " MAIL " works", "no answer", "right certificate" },
      { "Still" } },
    { "somebody answers, and something is wrong",
      SEEN_NOTHING,
      SEEN_EXPIRED,
      NULL,
      "better",
      1,
      NULL,
      { "It answers now, and something is wrong" },
      { "Mended" } },
};

static void check_said(const struct row *row, const char *text)
{
    for (size_t i = 0; i < 8 && row->says[i]; i++)
        if (!strstr(text, row->says[i]))
            fail_msg("%s: \"%s\" is not in: %s", row->what, row->says[i], text);
    for (size_t i = 0; i < 3 && row->not_says[i]; i++)
        if (strstr(text, row->not_says[i]))
            fail_msg("%s: \"%s\" is in: %s", row->what, row->not_says[i], text);
}

static void test_news(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct scene before, now;
        struct report was = look(&before, row->before, 0);
        struct report is = look(&now, row->now, 5);
        const struct page_news_request q = {
            .before = &was,
            .now = &is,
            .tried = row->tried ? scene_fix(&before, row->tried) : NULL,
        };
        if (row->tried && !q.tried)
            fail_msg("%s: there is no %s", row->what, row->tried);
        struct json *news = page_news(now.arena, &q);
        const char *text = said(now.arena, news);
        if (strcmp(json_find_text(news, "kind"), row->kind) != 0)
            fail_msg("%s: %s, not %s", row->what, json_find_text(news, "kind"),
                     row->kind);
        if (json_find(news, "rows")->len != row->rows)
            fail_msg("%s: %zu rows: %s", row->what,
                     json_find(news, "rows")->len, text);
        const char *next = json_find_text(news, "next");
        if (!next != !row->next || (next && strcmp(next, row->next) != 0))
            fail_msg("%s: next %s", row->what, next ? next : "none");
        check_said(row, text);
        scene_close(&before);
        scene_close(&now);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_news),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
