#include "guide/render.h"

#include <string.h>

#include "advise/template.h"
#include "advise/text_source.h"
#include "base/term.h"

enum { SAID_MAX = 64 * 1024 };

void render_open(struct render *s, struct arena *a, const char *templates)
{
    *s = (struct render){ .arena = a,
                          .templates = templates,
                          .width = term_width() };
    buf_init(&s->out, a, SAID_MAX);
}

/* Columns that the lines behind the first are moved in by. */
static size_t hang_of(const char *line)
{
    if (strncmp(line, "- ", 2) == 0)
        return 2;
    const char *end = *line == '[' ? strchr(line, ']') : NULL;
    return end && end[1] == ' ' ? (size_t)(end - line) + 2 : 0;
}

static void fold(struct render *s, const struct buf *paragraph)
{
    size_t hang = hang_of(paragraph->text);
    struct buf folded;

    if (!paragraph->len)
        return;
    buf_init(&folded, s->arena, SAID_MAX);
    term_wrap(&folded, paragraph->text + hang, (int)hang, s->width);
    buf_bytes(&s->out, paragraph->text, hang);
    buf_text(&s->out, folded.text + hang);
}

/* One empty line parts paragraphs, however many a template leaves. */
static void part(struct render *s)
{
    size_t len = s->out.len;

    if (len < 2 || s->out.text[len - 1] != '\n' || s->out.text[len - 2] != '\n')
        buf_char(&s->out, '\n');
}

/* Lines to be copied, hanging lines and empty ones end what is being folded. */
static void take_line(struct render *s, struct buf *paragraph, const char *line)
{
    bool stays = *line == ' ' || *line == '\0';

    if (stays || hang_of(line)) {
        fold(s, paragraph);
        buf_init(paragraph, s->arena, SAID_MAX);
    }
    if (*line == '\0')
        part(s);
    else if (stays)
        buf_printf(&s->out, "%s\n", line);
    if (stays)
        return;
    if (paragraph->len)
        buf_char(paragraph, ' ');
    buf_text(paragraph, line);
}

void render_text(struct render *s, const char *text)
{
    struct buf paragraph;

    buf_init(&paragraph, s->arena, SAID_MAX);
    while (*text) {
        size_t len = strcspn(text, "\n");
        take_line(s, &paragraph, arena_text_n(s->arena, text, len));
        text += len + (text[len] == '\n');
    }
    fold(s, &paragraph);
}

bool render_if(struct render *s, const char *name, const struct json *data)
{
    struct text_source from = { .arena = s->arena,
                                .dir = s->templates,
                                .fix = "session" };
    const char *text = text_source_read(
        &from, arena_printf(s->arena, "%s/%s", from.fix, name));
    struct template_options o = {
        .name = arena_printf(s->arena, "templates/session/%s.mustache", name),
        .partial = text_source_partial,
        .arg = &from,
    };
    struct buf filled;

    if (!text || s->err.kind != ERR_NONE)
        return false;
    buf_init(&filled, s->arena, SAID_MAX);
    if (!data)
        data = json_object(s->arena);
    if (!template_render(text, data, &o, &filled, &s->err))
        return false;
    render_text(s, filled.text);
    return true;
}

void render(struct render *s, const char *name, const struct json *data)
{
    if (!render_if(s, name, data) && s->err.kind == ERR_NONE)
        err_set(&s->err, ERR_INPUT,
                "saying what comes next: there is no "
                "templates/session/%s.mustache",
                name);
}
