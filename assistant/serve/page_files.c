/*
 * page_files - an answer to take away: the report, and what was seen
 */
#include "model/survey_json.h"
#include "serve/serve_inside.h"

enum { FILE_MAX = 128 * 1024 * 1024 };

static const char json_type[] = "application/json";

static void reply_json(struct page_call *c, const struct json *doc,
                       const char *name)
{
    struct buf out;

    buf_init(&out, c->request->arena, FILE_MAX);
    json_print(doc, true, &out);
    page_reply_file(c, json_type, name, out.text, out.len);
}

void page_report_json(struct page_call *c)
{
    const struct report *r = page_report(c);

    if (r)
        reply_json(c, report_json(c->request->arena, r),
                   "certmend-report.json");
    else
        page_reply_error(c, 404, "unknown");
}

void page_survey_json(struct page_call *c)
{
    const struct report *r = page_report(c);

    if (r)
        reply_json(c, survey_to_json(c->request->arena, r->survey),
                   "certmend-survey.json");
    else
        page_reply_error(c, 404, "unknown");
}

void page_report_html(struct page_call *c)
{
    const struct report *r = page_report(c);
    struct look_options o = *c->serve->options->look;
    struct err err = { ERR_NONE, "" };
    struct buf out;

    if (!r) {
        page_reply_error(c, 404, "unknown");
        return;
    }
    o.format = FORMAT_HTML;
    buf_init(&out, c->request->arena, FILE_MAX);
    if (!evaluation_render(c->request->arena, &o, r, &out, &err)) {
        page_reply_failed(c, &err);
        return;
    }
    page_reply_file(c, "text/html; charset=utf-8", "certmend-report.html",
                    out.text, out.len);
}
