#include "advise/discouraged.h"

#include <string.h>

#include "base/embed.h"
#include "base/term.h"

static const char folder[] = "templates/no-because/";
static const char ending[] = ".mustache";

/* The next paragraph as one line; *text moves behind it. */
static const char *paragraph(struct arena *a, const char **text)
{
    struct buf line;

    buf_init(&line, a, strlen(*text));
    while (**text && **text != '\n') {
        size_t len = strcspn(*text, "\n");
        if (line.len)
            buf_char(&line, ' ');
        buf_bytes(&line, *text, len);
        *text += len + ((*text)[len] == '\n');
    }
    *text += strspn(*text, "\n");
    return line.text;
}

static void explain_one(const char *text, int width, struct buf *out)
{
    while (*text) {
        if (out->len)
            buf_char(out, '\n');
        term_wrap(out, paragraph(out->arena, &text), 0, width);
    }
}

static void list_all(int width, struct buf *out)
{
    size_t head = sizeof folder - 1;

    for (const struct embedded *e = embedded_files; e->path; e++) {
        const char *text = e->text;
        if (strncmp(e->path, folder, head) != 0)
            continue;
        size_t len = strlen(e->path + head) - (sizeof ending - 1);
        buf_printf(out, "no.%.*s\n", (int)len, e->path + head);
        term_wrap(out, paragraph(out->arena, &text), 4, width);
    }
}

void discouraged_explain(const char *id, int width, struct buf *out)
{
    if (strcmp(id, "no") == 0) {
        list_all(width, out);
        return;
    }
    if (strncmp(id, "no.", 3) != 0)
        return;
    const struct embedded *e =
        embed_find(arena_printf(out->arena, "%s%s%s", folder, id + 3, ending));
    if (e)
        explain_one(e->text, width, out);
}
