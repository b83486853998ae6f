#include "page/page_blocks.h"

#include <string.h>

enum { PARAGRAPH_MAX = 16 * 1024 };

/* Each has both keys: a template would look for a missing one further out. */
static void add(struct arena *a, struct json *array, const char *text,
                const char *command)
{
    struct json *block = json_add_object(a, array);

    json_put_text(a, block, "text", text);
    json_put_text(a, block, "command", command);
}

static void end_paragraph(struct arena *a, struct buf *prose,
                          struct json *array)
{
    if (prose->len)
        add(a, array, prose->text, NULL);
    buf_init(prose, a, PARAGRAPH_MAX);
}

void page_blocks(struct arena *a, const char *text, struct json *array)
{
    struct buf prose;

    buf_init(&prose, a, PARAGRAPH_MAX);
    while (*text) {
        size_t len = strcspn(text, "\n"), blanks = strspn(text, " ");
        bool is_empty = blanks >= len;
        if (is_empty || blanks)
            end_paragraph(a, &prose, array);
        if (!is_empty && blanks)
            add(a, array, NULL, arena_text_n(a, text + blanks, len - blanks));
        else if (!is_empty)
            buf_printf(&prose, "%s%.*s", prose.len ? " " : "", (int)len, text);
        text += len + (text[len] == '\n');
    }
    end_paragraph(a, &prose, array);
}
