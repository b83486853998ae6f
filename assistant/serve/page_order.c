/*
 * page_order - what an order would do: its plan, its gates, and the command
 *
 * Nothing is ordered from a page, and no authority is asked.
 */
#include <string.h>

#include "base/clock.h"
#include "base/shell_word.h"
#include "report/report_words.h"
#include "run/issue_request.h"
#include "serve/serve_inside.h"

enum { COMMAND_MAX = 64 * 1024 };

/* The fix that brings the certificate, as wanted_names_of() reads it. */
static const struct fix *bringer(const struct report *r)
{
    for (size_t i = 0; i < r->plan->len; i++)
        if (json_find(r->plan->items[i].params, "names"))
            return &r->plan->items[i];
    return NULL;
}

static void put_gates(struct arena *a, const struct fix *fix, struct json *data)
{
    struct json *gates = json_put_array(a, data, "gates");
    bool is_shut = false;

    for (size_t i = 0; i < fix->gates_len; i++) {
        struct json *gate = json_add_object(a, gates);
        json_put_bool(a, gate, "open", fix->gates[i].open);
        json_put_text(a, gate, "detail", fix->gates[i].detail);
        is_shut = is_shut || !fix->gates[i].open;
    }
    json_put_bool(a, data, "has_gates", gates->len > 0);
    json_put_bool(a, data, "is_shut", is_shut);
}

/* "certmend issue mail.example.com"; a key that is kept is the person's to
 * name. */
static const char *command(struct arena *a, const struct wanted_names *names,
                           const char *behind)
{
    struct buf out;

    buf_init(&out, a, COMMAND_MAX);
    buf_text(&out, "certmend issue");
    for (size_t i = 0; i < names->len; i++) {
        buf_char(&out, ' ');
        shell_word(&out, names->text[i]);
    }
    if (names->challenge && strcmp(names->challenge, "http-01") != 0)
        buf_printf(&out, " --challenge %s", names->challenge);
    if (names->keep_key)
        buf_text(&out, " --key FILE");
    buf_text(&out, behind);
    return out.text;
}

/* Without a fault of our own there is a plan; else the page says why not. */
static void put_plan(struct arena *a, const struct wanted_names *names,
                     struct json *data)
{
    struct issue_request q = { .names = *names };
    struct json *plan = NULL;
    struct err err = { ERR_NONE, "" };
    int64_t there_s = 0;

    q.names.keep_key = false; /* which file that is, nobody has said yet */
    bool made = issue_request_plan(a, &q, &plan, &err);
    const char *until = made ? json_find_text(plan, "there_until") : NULL;
    if (made) {
        json_put_bool(a, plan, "has_costs", json_find(plan, "costs")->len);
        json_put_bool(a, plan, "has_names_that_go",
                      json_find(plan, "names_that_go")->len);
    }
    json_put(a, data, "plan", plan);
    json_put_text(a, data, "why", made ? NULL : err.text);
    json_put_text(a, data, "there",
                  until && clock_parse(until, &there_s, &err)
                      ? clock_day(a, there_s)
                      : NULL);
}

void page_order(struct page_call *c)
{
    struct arena *a = c->request->arena;
    const struct report *r = page_report(c);
    const struct fix *fix = r ? bringer(r) : NULL;
    struct wanted_names names = { .text = NULL };
    struct json *data = json_object(a);
    struct err err = { ERR_NONE, "" };

    if (!fix ||
        !wanted_names_of(a, &names, report_json(a, r), report_asked(r), &err)) {
        page_reply_error(c, 404, "unknown");
        return;
    }
    json_put_text(a, data, "at", page_at(c, ""));
    json_put_texts(a, data, "names", names.text, names.len);
    json_put_text(a, data, "challenge", names.challenge);
    json_put_bool(a, data, "keeps_key", names.keep_key);
    put_gates(a, fix, data);
    put_plan(a, &names, data);
    json_put_text(a, data, "command", command(a, &names, ""));
    json_put_text(a, data, "command_apply", command(a, &names, " --apply"));
    page_reply(c, 200, "order", data);
}
