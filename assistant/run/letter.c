#include "run/letter.h"

#include <string.h>

#include "advise/template.h"
#include "advise/text_source.h"
#include "base/term.h"
#include "report/ticket.h"

enum {
    FILLED_MAX = 16 * 1024 * 1024,
    LETTER_WIDTH = 72, /* columns; what mail and web forms leave alone */
};

/* Prose is folded, what is indented keeps its indent; a command is one line
 * whatever its length. */
static void fold(const char *text, struct buf *out)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        size_t indent = strspn(text, " ");
        const char *line =
            arena_text_n(out->arena, text + indent, len - indent);
        if (strncmp(line, "openssl ", 8) == 0)
            buf_printf(out, "%s\n", line);
        else if (len > indent)
            term_wrap(out, line, (int)indent, LETTER_WIDTH);
        else
            buf_char(out, '\n');
        text += len + (text[len] == '\n');
    }
}

static bool fill(struct arena *a, const struct letter_request *l,
                 const struct rules *rules, struct json **out, struct err *err)
{
    const struct ticket_request ticket = { l->report, l->to,
                                           rules_fixes(rules) };

    return ticket_data(a, &ticket, out, err);
}

static bool render(struct arena *a, const struct letter_request *l,
                   const char *name, const struct json *data, struct buf *out,
                   struct err *err)
{
    struct text_source from = { .arena = a,
                                .dir = l->templates,
                                .fix = "ticket" };
    struct template_options o = { .name = name,
                                  .partial = text_source_partial,
                                  .arg = &from };
    const char *text = text_source_find(&from, name);
    struct buf filled;

    if (!text)
        return err_set(err, ERR_INPUT,
                       "the letter has no words: ticket/%s.mustache is missing",
                       name);
    buf_init(&filled, a, FILLED_MAX);
    if (!template_render(text, data, &o, &filled, err))
        return false;
    if (filled.full)
        return err_set(err, ERR_INPUT, "the letter would be too long");
    fold(filled.text, out);
    return true;
}

bool letter_write(struct arena *a, const struct letter_request *l,
                  struct buf *out, struct err *err)
{
    const struct rules *rules = l->rules;
    struct json *data = NULL;

    return (rules || rules_load(a, NULL, &rules, err)) &&
           fill(a, l, rules, &data, err) &&
           render(a, l, table_text(recipient_words, (int)l->to), data, out,
                  err);
}

bool letter_write_many(struct arena *a, const struct letter_request *l,
                       const struct json *letters, struct buf *out,
                       struct err *err)
{
    const char *to = table_text(recipient_words, (int)l->to);
    struct json *data = json_object(a);

    if (letters->len == 1)
        return render(a, l, to, letters->first, out, err);
    json_put_number(a, data, "count", (double)letters->len);
    json_put(a, data, "letters", letters);
    return render(a, l, arena_printf(a, "%s-many", to), data, out, err);
}
