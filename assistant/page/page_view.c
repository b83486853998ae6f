#include "page/page_view.h"

#include <string.h>

#include "facts/client_view.h"
#include "page/page_chain.h"
#include "page/page_parts.h"
#include "page/page_text.h"
#include "report/report_gaps.h"
#include "report/report_words.h"

/* ---- for those who want to know more ---- */

static const struct {
    const char *key;
    enum page_mark mark;
} severities[] = {
    [SEV_INFO] = { "info", MARK_INFO },
    [SEV_WARNING] = { "warning", MARK_WARNING },
    [SEV_ERROR] = { "error", MARK_FAULT },
};

/* [{"title", "detail", "why", "parts", "where", "source", "id"}], whatever is
 * told with another among its parts */
static void put_findings(const struct page_part *p, struct json *view)
{
    const struct report *r = p->report;
    struct arena *a = p->arena;
    struct json *list = json_put_array(a, view, "findings");

    for (size_t i = 0; i < r->findings->len; i++) {
        const struct finding *f = &r->findings->items[i];
        if (plan_part_of(r->plan, i))
            continue;
        struct json *o = json_add_object(a, list);
        struct text_list parts = report_parts(a, r, f);
        struct text_list where = report_where(a, r->survey, f);
        page_put_mark(p, o, severities[f->severity].mark);
        page_put_is(a, o, "severity_is", severities[f->severity].key);
        json_put_text(a, o, "id", f->def->id);
        json_put_text(a, o, "heading", f->def->title);
        page_put_pieces(a, o, "detail", f->detail);
        json_put_text(a, o, "reason", f->def->why);
        json_put_texts(a, o, "parts", parts.text, parts.len);
        json_put_bool(a, o, "has_parts", parts.len > 0);
        page_put_pieces(a, o, "where", page_joined(a, &where));
        json_put_bool(a, o, "has_where", where.len > 0);
        json_put_text(a, o, "source", f->def->source);
    }
    json_put_bool(a, view, "has_findings", list->len > 0);
    json_put_number(a, view, "findings_len", (double)list->len);
    json_put_bool(a, view, "findings_one", list->len == 1);
    json_put_bool(a, view, "findings_two", list->len == 2);
    json_put_bool(a, view, "findings_many", list->len > 2);
}

static void put_gaps(const struct page_part *p, struct json *view)
{
    struct report_gaps gaps = report_gaps(p->arena, p->report->survey);
    struct json *list = json_put_array(p->arena, view, "gaps");

    for (size_t i = 0; i < gaps.len; i++) {
        struct json *o = json_add_object(p->arena, list);
        page_put_pieces(p->arena, o, "what", gaps.items[i].what);
        page_put_pieces(p->arena, o, "because", gaps.items[i].why);
    }
    json_put_bool(p->arena, view, "has_gaps", gaps.len > 0);
}

/* [{"name", "type", "outcome_is", "records", "security", "ttl"}] */
static void put_dns(const struct page_part *p, struct json *view)
{
    const struct survey *s = p->report->survey;
    struct arena *a = p->arena;
    struct json *list = json_put_array(a, view, "dns");

    for (size_t i = 0; i < s->answers_len; i++) {
        const struct dns_answer *d = &s->answers[i];
        struct json *o = json_add_object(a, list);
        page_put_pieces(a, o, "name", d->name);
        json_put_text(a, o, "type", table_text(dns_type_words, (int)d->type));
        page_put_is(a, o, "outcome_is",
                    table_text(dns_outcome_words, (int)d->outcome));
        struct json *records = json_put_array(a, o, "records");
        for (size_t k = 0; k < d->len; k++)
            page_add_named(a, records, d->records[k].text);
        json_put_text(a, o, "ttl",
                      d->len ? arena_printf(a, "%u", (unsigned)d->ttl_s)
                             : NULL);
        json_put_bool(a, o, "is_signed", d->security == DNS_SECURE);
        json_put_bool(a, o, "is_bogus", d->security == DNS_BOGUS);
        json_put_text(a, o, "by", d->server);
    }
    json_put_bool(a, view, "has_dns", list->len > 0);
}

static void put_chains(const struct page_part *p, struct json *view)
{
    struct json *chains = page_chains(p->arena, p->report);

    json_put(p->arena, view, "chains", chains);
    json_put_bool(p->arena, view, "has_chains", chains->len > 0);
}

static void put_more(const struct page_part *p, struct json *view)
{
    put_chains(p, view);
    put_findings(p, view);
    put_dns(p, view);
    put_gaps(p, view);
}

/* ---- all of it ---- */

static void put_service(const struct page_part *p, struct json *view)
{
    const struct page_view_options *o = p->options;
    struct arena *a = p->arena;

    json_put_text(a, view, "at", o->at);
    json_put_text(a, view, "csrf_again", o->csrf_again);
    json_put_bool(a, view, "is_public", o->is_public);
    json_put_bool(a, view, "is_print", o->is_print);
    json_put_text(a, view, "target", p->report->survey->target.input);
}

struct json *page_view(struct arena *a, const struct report *r,
                       const struct page_view_options *o)
{
    const struct page_part p = { a, r, o };
    struct json *view = json_object(a);
    enum verdict_word verdict = report_verdict(r);

    put_service(&p, view);
    json_put(a, view, "news", o->news);
    page_put_is(a, view, "verdict_is",
                verdict == VERDICT_OK         ? "ok"
                : verdict == VERDICT_PROBLEMS ? "problems"
                                              : "untested");
    page_put_verdict(&p, view);
    page_put_tags(&p, view);
    page_put_hosts(&p, view);
    page_put_fixes(&p, view);
    page_put_score(&p, view);
    page_put_ports(&p, view);
    put_more(&p, view);
    return view;
}
