#include "advise/plan_text.h"

#include <string.h>

#include "advise/recheck.h"
#include "advise/rules.h"
#include "advise/software.h"
#include "advise/template.h"
#include "advise/text_source.h"
#include "advise/tool.h"
#include "base/place.h"
#include "base/text.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/validity.h"

enum { STEPS_MAX = 32 * 1024, TITLE_MAX = 500 };

struct writer {
    const struct rules *rules; /* NULL: no references are told */
    const struct plan_text_options *options;
    struct context now;
    struct arena *arena;
};

/* What a peer says never keeps us from a report, and is never pasted where it
 * could mean something else. */
static const char unfit_words[] =
    "A name or record that this is about holds characters that mean something "
    "else in a file or a command, or is far too long: there is nothing here "
    "to be copied. Look at it closely first.";

struct text {
    struct buf out;
    bool unfit; /* a value is to blame, not the template */
};

static bool render(const struct text_source *from, const char *name,
                   const struct json *data, struct text *to, struct err *err)
{
    struct buf *out = &to->out;
    const char *text = text_source_find(from, name);
    struct text_source source = *from;
    struct template_options o = {
        .name = arena_printf(from->arena, "%s/%s.mustache", from->fix, name),
        .copied = true,
        .unfit = &to->unfit,
        .partial = text_source_partial,
        .arg = &source,
    };
    if (!text)
        return err_set(err, ERR_INPUT, "putting %s into words: there is no %s",
                       from->fix, o.name);
    if (out->len)
        buf_text(out, "\n\n");
    return template_render(text, data, &o, out, err);
}

static bool is_overdue(const struct writer *w, const struct cell *c)
{
    const struct survey *s = w->now.survey;
    return client_view_asked(s, c) && cell_has_tls(c) && cell_leaf(s, c) &&
           validity_is_overdue(s, cell_leaf(s, c));
}

/* A fix that names its services is about these, any other about what is in
 * trouble, or soon will be. */
static bool is_about(const struct writer *w, const struct fix *fix,
                     const struct cell *c)
{
    const struct json *told = json_find(fix->params, "services");
    if (told)
        return c->asked && json_has_text(told, c->service);
    return context_is_faulty(&w->now, c) || is_overdue(w, c);
}

/* A tool says where certificates come from and a mail program who connects, not
 * what shows them. */
static bool tells_what_shows(const struct text_list *names)
{
    for (size_t i = 0; i < names->len; i++) {
        if (software_is_server(names->text[i]))
            return true;
    }
    return false;
}

static void add_seen(const struct writer *w, const struct cell *c,
                     struct text_list *names)
{
    const struct cert *leaf = cell_leaf(w->now.survey, c);
    const char *by_greeting = software_of(w->now.survey, c);
    const char *by_leaf = leaf ? software_behind(w->now.survey, leaf) : NULL;
    if (by_leaf)
        text_list_add_new(w->arena, names, by_leaf);
    if (by_greeting)
        text_list_add_new(w->arena, names, by_greeting);
}

/* Under a panel nobody sets up the servers by hand. */
static void leave_suites(struct text_list *names)
{
    size_t kept = 0;
    for (size_t i = 0; i < names->len; i++) {
        const char *name = names->text[i];
        if (software_is_suite(name) || !software_is_server(name))
            names->text[kept++] = name;
    }
    names->len = kept;
}

/* What the user says, else greetings and certificates; each once. */
static struct text_list software_here(const struct writer *w,
                                      const struct fix *fix)
{
    const struct text_list *said = &w->options->software;
    struct text_list names = { 0 };
    bool suite = false;
    for (size_t i = 0; i < said->len; i++)
        text_list_add_new(w->arena, &names, said->text[i]);
    if (tells_what_shows(&names))
        return names;
    for (size_t i = 0; i < w->now.survey->cells_len; i++) {
        const struct cell *c = &w->now.survey->cells[i];
        if (is_about(w, fix, c))
            add_seen(w, c, &names);
    }
    for (size_t i = 0; i < names.len; i++)
        suite = suite || software_is_suite(names.text[i]);
    if (suite)
        leave_suites(&names);
    return names;
}

static const struct json *refs_of(const struct rules *r, const char *rule_id)
{
    for (size_t i = 0; i < r->files_len; i++) {
        for (size_t k = 0; k < r->files[i].rows_len; k++) {
            if (strcmp(r->files[i].rows[k].id, rule_id) == 0)
                return r->files[i].rows[k].refs;
        }
    }
    return NULL;
}

/* "ports 465 and 587": what a person knows a service by. */
static const char *ports_of(struct arena *a, const struct json *names)
{
    struct text_list ports = { 0 };
    struct buf told;
    JSON_EACH (name, names) {
        const struct service *service = service_find(name->text);
        if (!service)
            return facts_joined(a, names);
        text_list_add_new(a, &ports,
                          arena_printf(a, "%u", (unsigned)service->port));
    }
    buf_init(&told, a, STEPS_MAX);
    buf_text(&told, ports.len > 1 ? "ports " : "port ");
    text_list_tell(&told, ports.text, ports.len);
    return told.text;
}

static const char *told(struct arena *a, const struct text_list *list)
{
    struct buf out;
    buf_init(&out, a, STEPS_MAX);
    text_list_tell(&out, list->text, list->len);
    return out.text;
}

/* A list in a row, as people call what is in it. */
static const char *row_of(const struct writer *w, const struct json *list)
{
    if (strcmp(list->key, "services") == 0)
        return ports_of(w->arena, list);
    if (strcmp(list->key, "missing") == 0 && w->now.missing_names.len)
        return told(w->arena, &w->now.missing_names);
    return facts_joined(w->arena, list);
}

/* What a template without arithmetic cannot say of a parameter: all of a list
 * in a row, its first, and whether a text is a certain one. */
static void put_param(const struct writer *w, struct json *data,
                      const struct json *param)
{
    struct arena *a = w->arena;
    json_put(a, data, param->key, param);
    if (param->type == JSON_ARRAY && param->len) {
        json_put_text(a, data, arena_printf(a, "%s_list", param->key),
                      row_of(w, param));
        json_put(a, data, arena_printf(a, "%s_first", param->key),
                 param->first);
    }
    const char *value = param->text;
    if (param->type == JSON_NUMBER)
        value = arena_printf(a, "%.0f", param->number);
    if (value)
        json_put_bool(
            a, json_put_object(a, data, arena_printf(a, "%s_is", param->key)),
            value, true);
}

/* Where certbot has what is right already. NULL: nothing here tells. */
static const char *served_as(const struct writer *w)
{
    const struct survey *s = w->now.survey;
    const struct cell *c = w->now.good;
    for (size_t i = 0; !c && i < s->cells_len; i++) {
        if (context_is_faulty(&w->now, &s->cells[i]) &&
            s->cells[i].verdict.name_ok)
            c = &s->cells[i];
    }
    const struct cert *leaf = c ? cell_leaf(s, c) : NULL;
    if (leaf && leaf->subject_cn && !leaf->self_signed &&
        !name_is_ip(leaf->subject_cn))
        return name_read_pattern(w->arena, leaf->subject_cn);
    return NULL;
}

/* Links in live/ lead into the folder beside it; acme.sh's files are files. */
static const char *whole_of(struct arena *a, const char *folder)
{
    const char *slash = strrchr(folder, '/');

    return strcmp(slash, "/live") == 0
               ? arena_text_n(a, folder, (size_t)(slash - folder))
               : folder;
}

/* The folder of the expected certificate, where it has the names that all tools
 * give; NULL: not so. Quotes in it would end those of a command. */
static const char *expected_folder(const struct writer *w)
{
    const char *file = w->now.survey->target.expected_as.file;
    const char *slash = file ? strrchr(file, '/') : NULL;

    if (!slash || slash == file || file[0] != '/' ||
        (strcmp(slash, "/cert.pem") != 0 &&
         strcmp(slash, "/fullchain.pem") != 0) ||
        file[strspn(file, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "0123456789-._/+@")])
        return NULL;
    return arena_text_n(w->arena, file, (size_t)(slash - file));
}

/* A fix with names and no services orders a certificate for these, and
 * "certmend issue" puts it into its store. Elsewhere most people have
 * certbot's. */
static void put_files(const struct writer *w, const struct fix *fix,
                      const struct text_source *from, struct json *data)
{
    struct arena *a = w->arena;
    const struct json *names = json_find(fix->params, "names");
    bool orders = names && names->first && !json_find(fix->params, "services");
    const char *served = orders ? NULL : served_as(w);
    const char *asked = served ? served : w->now.asked;
    const char *name = orders ? names->first->text : asked;
    const char *tools = tool_files(from);
    const char *top = orders ? "/etc/certmend/live" : software_files("certbot");
    struct json *files = json_put_object(a, data, "files");
    if (tools) {
        top = tools;
        name = tool_name(&w->now, names);
    }
    const char *expected = orders || tools ? NULL : expected_folder(w);
    const char *last = expected ? strrchr(expected, '/') : NULL;
    if (last && last != expected && last[1]) {
        top = arena_text_n(a, expected, (size_t)(last - expected));
        name = last + 1;
    }
    if (!name || (!orders && name_is_ip(name)))
        name = "NAME";
    if (name[0] == '*' && !orders) /* certbot leaves the star out */
        name += strspn(name, "*.");
    if (name[0] == '*') /* the folder of "*.example.com" */
        name = arena_printf(a, "_wildcard%s", name + 1);
    json_put_text(a, files, "name", name);
    json_put_text(a, files, "top", whole_of(a, top));
    json_put_text(a, files, "key",
                  arena_printf(a, "%s/%s/privkey.pem", top, name));
    json_put_text(a, files, "chain",
                  arena_printf(a, "%s/%s/fullchain.pem", top, name));
}

/* The letter about what the look again would see. */
static const char *ticket_for(struct arena *a, const char *recheck)
{
    static const char look[] = "certmend check";

    return recheck
               ? arena_printf(a, "certmend ticket%s", recheck + sizeof look - 1)
               : NULL;
}

/* All that a letter asks for; of very many the first, and how many follow. */
static void put_asked(const struct writer *w, const struct fix *fix,
                      struct json *data)
{
    enum { QUOTED = 4 };
    struct arena *a = w->arena;
    size_t len = 0;
    struct buf out;
    if (!fix->gathered)
        return;
    buf_init(&out, a, STEPS_MAX);
    JSON_EACH (said, fix->gathered) {
        if (len++ < QUOTED)
            buf_printf(&out, "%s%s", out.len ? " " : "", said->text);
    }
    json_put_text(a, data, "asked_for", out.text);
    if (len > QUOTED)
        json_put_text(a, data, "asked_more",
                      arena_printf(a, "%s more request%s",
                                   text_number(a, (int64_t)len - QUOTED),
                                   len == QUOTED + 1 ? "" : "s"));
}

static struct json *data_for(const struct writer *w, const struct fix *fix,
                             const struct text_source *from)
{
    struct json *data = json_object(w->arena);
    JSON_EACH (param, fix->params) {
        put_param(w, data, param);
    }
    /* "names" is the parameter, not the facts of that name. */
    const struct json *all = facts_context(&w->now, NULL);
    JSON_EACH (group, all) {
        if (!json_find(data, group->key))
            json_put(w->arena, data, group->key, group);
    }
    put_files(w, fix, from, data);
    put_asked(w, fix, data);
    tool_put(&w->now, from, json_find(fix->params, "names"), data);
    json_put_text(w->arena, data, "hooks", place_hooks(w->arena));
    json_put_text(w->arena, data, "why", fix->why);
    json_put_text(w->arena, data, "recheck", fix->recheck);
    json_put_text(w->arena, data, "ticket", ticket_for(w->arena, fix->recheck));
    json_put_bool(w->arena, data, "on_page", w->options->on_page);
    json_put_bool(w->arena, data, "served", w->options->served);
    if (w->rules)
        json_put(w->arena, data, "refs", refs_of(w->rules, fix->rule_id));
    return data;
}

/* Lines become one, but for what is indented: that is there to be copied. */
static void fold(const char *text, size_t len, struct buf *out)
{
    bool copied = false;
    for (const char *end = text + len; text < end;) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t bytes = (size_t)((stop ? stop : end) - text);
        const char *next = text + bytes + (stop ? 1 : 0);
        bool indented = *text == ' ';
        while (bytes && text[bytes - 1] == ' ')
            bytes--;
        if (out->len)
            buf_char(out, indented || copied ? '\n' : ' ');
        buf_bytes(out, text, bytes);
        copied = indented;
        text = next;
    }
}

/* A paragraph is a step. What two programs have in common is said once. */
static void split(struct arena *a, const char *text, struct plan_steps *out)
{
    struct text_list steps = { 0 };
    while (*(text += strspn(text, "\n"))) {
        const char *end = strstr(text, "\n\n");
        size_t bytes = end ? (size_t)(end - text) : strlen(text);
        struct buf step;
        buf_init(&step, a, STEPS_MAX);
        fold(text, bytes, &step);
        text_list_add_new(a, &steps, step.text);
        text += bytes;
    }
    out->text = steps.text;
    out->len = steps.len;
}

static bool write_steps(const struct writer *w, const struct fix *fix,
                        struct plan_steps *out, struct err *err)
{
    struct text_list names = software_here(w, fix);
    bool is_general = false;
    struct text_source from = { w->arena, w->options->templates, fix->def->id,
                                &names, &is_general };
    const struct json *data = data_for(w, fix, &from);
    struct text text = { .unfit = false };
    bool good = true;
    buf_init(&text.out, w->arena, STEPS_MAX);
    for (size_t i = 0; good && i < names.len; i++) {
        if (text_source_find(&from, names.text[i]))
            good = render(&from, names.text[i], data, &text, err);
    }
    if (good && text.out.len == 0) {
        const char *common = text_source_common(&from);
        bool has = text_source_find(&from, common) != NULL;
        good = render(&from, has ? common : "generic", data, &text, err);
    }
    if (good || text.unfit)
        split(w->arena, good ? text.out.text : unfit_words, out);
    out->are_general = good && is_general && !tells_what_shows(&names);
    return good || text.unfit;
}

bool plan_text_steps(struct arena *a, const struct plan_text_options *o,
                     const struct survey *s, const struct fix *fix,
                     struct plan_steps *out, struct err *err)
{
    struct writer w = { .options = o, .arena = a };
    context_read(s, &w.now);
    return write_steps(&w, fix, out, err);
}

const char *plan_text_title(struct arena *a, const struct fix_def *def,
                            const struct json *params)
{
    struct template_options o = { .name = def->id };
    struct buf out;
    struct err err;
    buf_init(&out, a, TITLE_MAX);
    if (!params)
        params = json_object(a);
    return template_render(def->title, params, &o, &out, &err) ? out.text
                                                               : def->title;
}

bool plan_text_write(const struct rules *r, const struct plan_text_options *o,
                     const struct survey *s, struct plan *p, struct err *err)
{
    static const struct plan_text_options none = { 0 };
    struct writer w = { .rules = r,
                        .options = o ? o : &none,
                        .arena = p->arena };
    context_read(s, &w.now);
    for (size_t i = 0; i < p->len; i++) {
        struct fix *fix = &p->items[i];
        fix->title = plan_text_title(p->arena, fix->def, fix->params);
        fix->recheck = arena_printf(
            p->arena, "%s%s", recheck_command(p->arena, s, fix),
            w.options->options_to_words ? w.options->options_to_words : "");
        struct plan_steps steps = { 0 };
        if (!write_steps(&w, fix, &steps, err))
            return false;
        fix->steps = steps.text;
        fix->steps_len = steps.len;
        fix->asks_software = steps.are_general;
    }
    return true;
}
