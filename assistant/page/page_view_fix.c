/* The best fix for who is asking, and the other ways. */
#include <string.h>

#include "advise/plan_text.h"
#include "guide/fix_choice.h"
#include "page/page_blocks.h"
#include "page/page_parts.h"
#include "page/page_text.h"
#include "report/report_words.h"

const struct page_client page_clients[] = {
    { "gmail", "Gmail" },
    { "outlook", "Outlook" },
    { "applemail", "Apple Mail" },
    { "iphone", "iPhone" },
    { "thunderbird", "Thunderbird" },
    { "website", "Web site or printer" },
    { "server", "I run the server" },
    { NULL, NULL },
};

const struct page_client *page_client_find(const char *id)
{
    for (const struct page_client *c = page_clients; id && c->id; c++)
        if (strcmp(c->id, id) == 0)
            return c;
    return NULL;
}

static bool runs_the_server(const struct page_view_options *o)
{
    return o->client && strcmp(o->client, "server") == 0;
}

/* A folder of templates/software/, or NULL. */
static const char *program_of(const struct page_view_options *o)
{
    return runs_the_server(o) ? NULL : o->client;
}

/* A file is read by whom nobody knows, and its maker saw the whole plan. */
static enum who who_reads(const struct page_view_options *o)
{
    if (!o->client)
        return o->at ? WHO_UNKNOWN : WHO_ME;
    return runs_the_server(o) ? WHO_ME : WHO_USER;
}

/* What is changed in a mail program, and so in each where it stands there. */
static bool is_of_programs(const struct fix *f)
{
    enum fix_kind kind = f->def->kind;

    return kind == FIX_HOSTNAME || kind == FIX_PORT || kind == FIX_SECURITY ||
           kind == FIX_INPUT;
}

/* ---- steps ---- */

/* [{"parts": page/page_blocks.h}] */
static void put_steps(struct arena *a, struct json *o,
                      const struct plan_steps *steps)
{
    struct json *list = json_put_array(a, o, "steps");

    for (size_t i = 0; i < steps->len; i++)
        page_blocks(a, steps->text[i],
                    json_put_array(a, json_add_object(a, list), "parts"));
}

/* {"id", "name", "program_is", "steps", "are_general"}; a program of NULL: for
 * any. */
static void put_program(const struct page_part *p, const struct fix *f,
                        const struct page_client *program, struct json *o)
{
    struct arena *a = p->arena;
    struct plan_text_options words = {
        .templates = p->options->templates,
        .software = p->options->software,
        .on_page = true,
        .served = p->options->at != NULL,
    };
    struct plan_steps steps = { f->steps, f->steps_len, f->asks_software };
    struct err unread; /* then the steps are those there are already */

    if (program) {
        words.software = (struct text_list){ 0 };
        text_list_add(a, &words.software, program->id);
    }
    if (!plan_text_steps(a, &words, p->report->survey, f, &steps, &unread))
        steps = (struct plan_steps){ f->steps, f->steps_len, f->asks_software };
    json_put_text(a, o, "id", program ? program->id : NULL);
    json_put_text(a, o, "name", program ? program->name : NULL);
    page_put_is(a, o, "program_is", program ? program->id : "any");
    put_steps(a, o, &steps);
    json_put_bool(a, o, "are_general", steps.are_general);
    /* What a terminal can be told of it. */
    json_put_text(a, o, "general",
                  steps.are_general ? report_general_steps : NULL);
}

/* ---- values to be typed ---- */

static void put_values(const struct page_part *p, const struct fix *f,
                       struct json *o)
{
    struct arena *a = p->arena;
    const struct target *t = &p->report->survey->target;
    const char *host = json_find_text(f->params, "hostname");
    double port = json_find_number(f->params, "port", 0);
    const char *security = json_find_text(f->params, "security");

    if (!is_of_programs(f) || (!host && port <= 0 && !security)) {
        json_put_text(a, o, "values", NULL);
        return;
    }
    struct json *v = json_put_object(a, o, "values");
    json_put_bool(a, v, "has_host", host != NULL);
    page_put_pieces(a, v, "host", host);
    json_put_text(a, v, "host_text", host);
    page_put_pieces(a, v, "was", host ? t->host : NULL);
    json_put_text(a, v, "port",
                  port > 0 ? arena_printf(a, "%.0f", port) : NULL);
    page_put_is(a, v, "security_is", security);
    json_put_text(a, v, "security", security);
    const struct service *service =
        port > 0 ? service_at((uint16_t)port) : NULL;
    json_put_bool(a, v, "sends",
                  service && strcmp(service->family, "smtp") == 0);
}

/* ---- a fix ---- */

static void put_gates(struct arena *a, const struct fix *f, struct json *o)
{
    struct json *list = json_put_array(a, o, "gates");
    bool shut = false;

    for (size_t i = 0; i < f->gates_len; i++) {
        struct json *g = json_add_object(a, list);
        json_put_bool(a, g, "open", f->gates[i].open);
        json_put_text(a, g, "detail", f->gates[i].detail);
        shut = shut || !f->gates[i].open;
    }
    json_put_bool(a, o, "has_gates", f->gates_len > 0);
    json_put_bool(a, o, "is_shut", shut);
}

static void put_about(const struct page_part *p, const struct fix *f,
                      struct json *o)
{
    struct arena *a = p->arena;
    bool known = p->options->client || p->options->at;

    json_put_text(a, o, "fix_id", f->def->id);
    page_put_pieces(a, o, "heading", f->title ? f->title : f->def->title);
    page_put_pieces(a, o, "why", f->why);
    json_put_bool(a, o, "has_why", f->why && *f->why);
    json_put_bool(a, o, "is_own",
                  known && fix_choice_is_own(f, who_reads(p->options)));
    json_put_text(a, o, "who", report_actors[f->def->actor]);
    json_put_text(a, o, "effort", f->def->effort);
    json_put_text(a, o, "risk", report_risks[f->def->risk]);
    page_put_is(a, o, "proof_is", table_text(proof_words, (int)f->proof));
    json_put_text(a, o, "proof", report_proofs[f->proof]);
    page_put_pieces(a, o, "proof_detail", f->proof_detail);
    json_put_bool(a, o, "has_proof_detail", f->proof_detail != NULL);
    json_put_text(a, o, "recheck", f->recheck);
    json_put_bool(a, o, "is_letter", f->def->kind == FIX_LETTER);
    json_put_bool(a, o, "brings_certificate",
                  f->def->brings == BRINGS_CERTIFICATE &&
                      !p->options->is_public);
    put_gates(a, f, o);
    put_values(p, f, o);
}

/* A file has nobody to ask for another program: it holds all of them. */
static void put_programs(const struct page_part *p, const struct fix *f,
                         struct json *o)
{
    struct json *list = json_put_array(p->arena, o, "programs");
    const struct page_client *mine = page_client_find(program_of(p->options));

    for (const struct page_client *c = page_clients; c->id; c++)
        if (is_of_programs(f) && !p->options->at && c != mine &&
            strcmp(c->id, "server") != 0)
            put_program(p, f, c, json_add_object(p->arena, list));
}

static void put_fix(const struct page_part *p, const struct fix *f,
                    struct json *o)
{
    const struct page_client *mine =
        is_of_programs(f) ? page_client_find(program_of(p->options)) : NULL;

    put_about(p, f, o);
    put_program(p, f, mine, json_put_object(p->arena, o, "chosen"));
    put_programs(p, f, o);
}

static void put_chips(const struct page_part *p, struct json *view)
{
    struct arena *a = p->arena;
    struct json *list = json_put_array(a, view, "chips");

    for (const struct page_client *c = page_clients; c->id; c++) {
        const char *client = p->options->client;
        struct json *o = json_add_object(a, list);
        json_put_text(a, o, "id", c->id);
        json_put_text(a, o, "name", c->name);
        json_put_bool(a, o, "is_chosen", client && strcmp(c->id, client) == 0);
    }
}

/* {"chips", "fix": the best for who asks or null, "ways": the others} */
void page_put_fixes(const struct page_part *p, struct json *view)
{
    const struct plan *plan = p->report->plan;
    const struct fix *best = fix_choice_best(plan, who_reads(p->options));
    struct arena *a = p->arena;

    bool has_letter = false;

    for (size_t i = 0; i < plan->len; i++)
        has_letter = has_letter || plan->items[i].def->kind == FIX_LETTER;
    json_put_bool(a, view, "has_letter", has_letter);
    put_chips(p, view);
    json_put_text(a, view, "client", p->options->client);
    json_put_bool(a, view, "runs_the_server", runs_the_server(p->options));
    if (best) {
        struct json *fix = json_put_object(a, view, "fix");
        put_fix(p, best, fix);
        json_put_number(a, fix, "of", (double)plan->len);
        json_put_bool(a, fix, "is_one_of_many", plan->len > 1);
        json_put_bool(a, fix, "is_first", best == plan->items);
    } else {
        json_put_text(a, view, "fix", NULL);
    }
    struct json *ways = json_put_array(a, view, "ways");
    for (size_t i = 0; i < plan->len; i++)
        if (&plan->items[i] != best)
            put_fix(p, &plan->items[i], json_add_object(a, ways));
    json_put_bool(a, view, "has_ways", ways->len > 0);
}
