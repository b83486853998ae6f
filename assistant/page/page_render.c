#include "page/page_render.h"

#include <string.h>

#include "advise/template.h"
#include "advise/text_source.h"
#include "base/embed.h"
#include "base/file.h"

/* A page of ten thousand rows is one, too. */
enum { FILE_MAX = 256 * 1024, TAGS_MAX = 200 * 1000 * 1000 };

struct page_texts {
    struct arena *arena;
    const char *dir;  /* NULL: built in */
    const char *body; /* what the partial of that name is */
};

/* One file below templates/page/. */
static const char *read_file(const struct page_texts *t, const char *name)
{
    const char *text = NULL;
    const char *path;
    size_t len;
    struct err unused; /* a folder need not hold them all */

    if (t->dir) {
        path = arena_printf(t->arena, "%s/page/%s", t->dir, name);
        if (file_exists(path) &&
            file_read(t->arena, path, FILE_MAX, &text, &len, &unused))
            return text;
    }
    path = arena_printf(t->arena, "templates/page/%s", name);
    const struct embedded *e = embed_find(path);
    return e ? e->text : NULL;
}

const char *page_file(const char *templates, struct arena *a, const char *name,
                      const char **type)
{
    static const struct {
        const char *name, *type;
    } files[] = {
        { "page.css", "text/css; charset=utf-8" },
        { "page.js", "text/javascript; charset=utf-8" },
        { "favicon.svg", "image/svg+xml" },
    };
    struct page_texts texts = { .arena = a, .dir = templates };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (strcmp(files[i].name, name) != 0)
            continue;
        *type = files[i].type;
        return read_file(&texts, name);
    }
    return NULL;
}

/* "body", "icons", "page.css"; with a slash one of another folder. */
static const char *partial_of(void *arg, const char *name)
{
    const struct page_texts *t = arg;

    if (strcmp(name, "page.css") == 0)
        return read_file(t, name);
    if (strchr(name, '/')) {
        struct text_source from = { .arena = t->arena, .dir = t->dir };
        return text_source_read(&from, name);
    }
    if (strcmp(name, "body") == 0)
        name = t->body;
    return read_file(t, arena_printf(t->arena, "%s.mustache", name));
}

static const struct json *all_data(struct arena *a,
                                   const struct page_request *p)
{
    struct json *all = json_object(a);
    struct json *page = arena_alloc(a, 1, sizeof *page);

    json_put_text(a, all, "title", p->title);
    json_put_bool(a, all, "served", p->served);
    json_put_text(a, all, "style_hash", p->style_hash);
    *page = *p->data; /* its members are not copied: a page may be long */
    page->key = "page";
    page->next = NULL;
    json_take(all, page);
    return all;
}

/* What stands between two tags of an element with the class "name" may be
 * broken behind dots and hyphens; never in the middle of a word. */
static void put_breakable(const char *html, struct buf *out)
{
    static const char mark[] = "class=\"name";
    const char *at = html;

    for (const char *next; (next = strstr(at, mark)); at = next) {
        next += sizeof mark - 1;
        bool whole = *next == '"' || *next == ' ';
        next += strcspn(next, ">");
        buf_bytes(out, at, (size_t)(next - at));
        for (; whole && *next && *next != '<'; next++) {
            buf_char(out, *next);
            if ((*next == '.' || *next == '-' || *next == '@') &&
                next[1] != '<')
                buf_text(out, "<wbr>");
        }
    }
    buf_text(out, at);
}

bool page_render(struct arena *a, const struct page_request *p, struct buf *out,
                 struct err *err)
{
    struct page_texts texts = { .arena = a, .dir = p->templates };
    struct template_options o = {
        .name = arena_printf(a, "templates/page/%s.mustache", p->name),
        .escape = TEMPLATE_HTML,
        .tags_max = TAGS_MAX,
        .partial = partial_of,
        .arg = &texts,
    };
    struct buf html;

    texts.body = p->name;
    if (!partial_of(&texts, "body"))
        return err_set(err, ERR_INPUT, "there is no %s", o.name);
    buf_init(&html, a, out->max);
    if (!template_render(read_file(&texts, "frame.mustache"), all_data(a, p),
                         &o, &html, err)) {
        out->full = out->full || html.full;
        return err_add(err, "the page \"%s\"", p->name);
    }
    put_breakable(html.text, out);
    return true;
}
