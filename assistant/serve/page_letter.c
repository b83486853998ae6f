/*
 * page_letter - the letter to whoever can mend it: to copy, to mail, to print
 */
#include <string.h>

#include "report/report_words.h"
#include "report/ticket.h"
#include "run/letter.h"
#include "serve/serve_inside.h"

enum {
    LETTER_MAX = 256 * 1024,
    LINK_MAX = 2040, /* bytes of a mail link that every system passes on */
};

struct letter_page {
    struct arena *arena;
    const struct rules *rules;
    const struct json *report;
    enum recipient to;
    bool has_one; /* somebody can do something about it */
};

static bool is_for(const struct letter_page *l, enum recipient to)
{
    const struct ticket_request q = { l->report, to, rules_fixes(l->rules) };

    return ticket_is_for(&q);
}

/* Whom the page was asked for; else the first of those who can do something. */
static void choose(struct letter_page *l, const char *wanted)
{
    int asked = table_code(recipient_words, wanted ? wanted : "");

    for (int to = 0; to < TO_COUNT; to++)
        if (is_for(l, (enum recipient)to) && (!l->has_one || to == asked)) {
            l->to = (enum recipient)to;
            l->has_one = true;
        }
}

static void put_recipients(const struct letter_page *l, struct json *data)
{
    struct arena *a = l->arena;
    struct json *list = json_put_array(a, data, "to");

    for (int to = 0; to < TO_COUNT; to++) {
        const char *word = table_text(recipient_words, to);
        if (!is_for(l, (enum recipient)to))
            continue;
        struct json *one = json_add_object(a, list);
        json_put_text(a, one, "id", word);
        json_put_bool(a, json_put_object(a, one, "to_is"), word, true);
        json_put_bool(a, one, "is_chosen", to == (int)l->to);
    }
    json_put_bool(a, data, "has_several", list->len > 1);
}

/* RFC 6068: all but unreserved characters as "%2E"; a line ends with CRLF. */
static void put_encoded(struct buf *out, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *text; text++)
        if (*text == '\n')
            buf_text(out, "%0D%0A");
        else if (strchr(plain, *text))
            buf_char(out, *text);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
}

/* "Subject: ..." is the first line, and no part of the body. What is too long
 * for a link is to be pasted: `body` is then left out. */
static void put_mail_link(struct arena *a, const char *text, struct json *data)
{
    static const char head[] = "Subject: ";
    size_t line = strcspn(text, "\n");
    bool has_subject = strncmp(text, head, sizeof head - 1) == 0;
    const char *body = has_subject ? text + line : text;
    struct buf whole, bare;

    body += strspn(body, "\n");
    buf_init(&bare, a, LETTER_MAX);
    buf_text(&bare, "mailto:?subject=");
    if (has_subject)
        put_encoded(&bare, arena_text_n(a, text + sizeof head - 1,
                                        line - (sizeof head - 1)));
    buf_init(&whole, a, LETTER_MAX);
    buf_printf(&whole, "%s&body=", bare.text);
    put_encoded(&whole, body);
    bool fits = whole.len <= LINK_MAX;
    json_put_text(a, data, "mail_link", fits ? whole.text : bare.text);
    json_put_bool(a, data, "is_whole", fits);
}

static bool put_letter(const struct letter_page *l, const char *templates,
                       struct json *data, struct err *err)
{
    const struct letter_request q = { l->report, l->to, l->rules, templates };
    struct buf text;

    buf_init(&text, l->arena, LETTER_MAX);
    if (!letter_write(l->arena, &q, &text, err))
        return false;
    json_put_text(l->arena, data, "text", text.text);
    put_mail_link(l->arena, text.text, data);
    put_recipients(l, data);
    return true;
}

void page_letter(struct page_call *c)
{
    struct arena *a = c->request->arena;
    struct serve *s = c->serve;
    const struct report *r = page_report(c);
    struct letter_page l = { .arena = a, .rules = s->evaluation.rules };
    struct json *data = json_object(a);
    struct err err = { ERR_NONE, "" };

    if (!r) {
        page_reply_go(c, page_at(c, ""));
        return;
    }
    l.report = report_json(a, r);
    if (!l.rules && !rules_load(a, NULL, &l.rules, &err)) {
        page_reply_failed(c, &err);
        return;
    }
    choose(&l, web_request_query(c->request, "to"));
    json_put_text(a, data, "at", page_at(c, ""));
    json_put_text(a, data, "asked", report_asked(r));
    if (!l.has_one)
        json_put_text(a, data, "text", NULL);
    if (l.has_one && !put_letter(&l, s->options->look->templates, data, &err))
        page_reply_failed(c, &err);
    else
        page_reply(c, 200, "letter", data);
}
