/*
 * page_again - "I have done it: check again"
 *
 * A fix for a mail program leads to another name or port: that is looked at,
 * as the program will do. All others are seen where the fault was.
 */
#include <string.h>

#include "guide/fix_choice.h"
#include "page/page_news.h"
#include "serve/serve_inside.h"

static const struct fix *tried(const struct report *r, const char *id)
{
    return r ? fix_choice_find(r->plan, id) : NULL;
}

void page_again(struct page_call *c)
{
    struct arena *a = c->request->arena;
    const struct serve_look *l = c->look;
    const char *chip = page_chip(web_request_field(c->request, "for"));
    const struct fix *fix =
        tried(page_report(c), web_request_field(c->request, "fix"));
    struct look_request q = { .client = chip ? chip : l->asked.client,
                              .before = l->id,
                              .before_part = c->part };

    if (l->state != LOOK_DONE) {
        page_reply_go(c, page_at(c, ""));
        return;
    }
    if (c->is_part) {
        const char *input = l->parts[c->part].input;
        q.tried = fix ? fix->def->id : NULL;
        text_list_add(a, &q.targets,
                      fix ? fix_choice_place(a, fix, input) : input);
    } else {
        q.targets = l->asked.targets;
    }
    page_begin_look(c, &q);
}

void page_again_news(const struct serve *s, struct serve_look *l)
{
    const struct serve_look *before =
        l->asked.before ? looks_find(&s->looks, l->asked.before) : NULL;
    struct page_news_request q = { .templates = s->options->look->templates };

    if (!before || l->parts_len != 1 || before->state != LOOK_DONE)
        return;
    q.before = look_report_in(l->arena, before, l->asked.before_part);
    q.now = look_report_in(l->arena, l, 0);
    if (!q.before || !q.now)
        return;
    q.tried = tried(q.before, l->asked.tried);
    l->news = page_news(l->arena, &q);
}
