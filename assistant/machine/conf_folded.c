#include "machine/conf_folded.h"

#include <string.h>

static void make_room(struct arena *a, struct conf_folded *f, size_t more)
{
    size_t need = f->len + more + 1;

    if (need <= f->room)
        return;
    size_t room = need * 2 + 64;
    char *text = arena_alloc(a, room, 1);
    size_t *at = arena_alloc(a, room, sizeof *at);
    if (f->len) {
        memcpy(text, f->text, f->len);
        memcpy(at, f->at, f->len * sizeof *at);
    }
    f->text = text;
    f->at = at;
    f->room = room;
}

void conf_folded_add(struct arena *a, struct conf_folded *f,
                     const struct machine_file *file, size_t from, size_t to)
{
    make_room(a, f, to - from);
    f->file = file;
    for (size_t i = from; i < to; i++) {
        f->has_nul |= file->text[i] == '\0';
        f->text[f->len] = file->text[i];
        f->at[f->len++] = i;
    }
    f->text[f->len] = '\0';
    f->end = to;
}

void conf_folded_blank(struct arena *a, struct conf_folded *f, size_t at)
{
    make_room(a, f, 1);
    f->text[f->len] = ' ';
    f->at[f->len++] = at;
    f->text[f->len] = '\0';
}

void conf_folded_value(struct arena *a, const struct conf_folded *f,
                       size_t index, size_t from, size_t to,
                       struct conf_setting *out)
{
    out->value = arena_text_n(a, f->text + from, to - from);
    /* An empty value stands behind the byte in front of it. */
    out->span.file = index;
    out->span.at = from < to ? f->at[from] : f->at[from - 1] + 1;
    out->span.len = from < to ? f->at[to - 1] + 1 - out->span.at : 0;
    out->span.line = f->line;
    for (size_t i = f->at[0]; i < out->span.at; i++)
        out->span.line += f->file->text[i] == '\n';
    out->is_scattered = out->span.len != to - from;
    out->is_unclear = f->has_nul;
}
