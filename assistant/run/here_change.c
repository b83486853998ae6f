#include "run/here_change.h"

#include <string.h>

#include "base/line_diff.h"
#include "base/shell_word.h"

enum { COMMAND_MAX = 16 * 1024, DIFF_MAX = 4 * 1024 * 1024, INDENT = 2 };

const char *here_command(struct arena *a, const char *const *argv)
{
    struct buf line;

    buf_init(&line, a, COMMAND_MAX);
    for (size_t i = 0; argv[i]; i++) {
        if (i)
            buf_char(&line, ' ');
        shell_word(&line, arena_printable(a, argv[i], strlen(argv[i])));
    }
    return line.text;
}

static void show_file(const struct act_file *f, struct buf *out)
{
    struct buf diff;

    buf_init(&diff, out->arena, DIFF_MAX);
    line_diff(f->path, (struct line_diff_text){ f->before, f->before_len },
              (struct line_diff_text){ f->after, f->after_len }, &diff);
    line_diff_shown(diff.text, diff.len, INDENT, out);
}

static void show_command(const char *const *argv, struct buf *out)
{
    if (argv)
        buf_printf(out, "  %s\n", here_command(out->arena, argv));
}

void here_change_show(const struct here_change *c, struct buf *out)
{
    buf_printf(out, "\n%s\n", c->what);
    if (c->files_len)
        buf_char(out, '\n');
    for (size_t i = 0; i < c->files_len; i++)
        show_file(&c->files[i], out);
    if (!c->check && !c->reload)
        return;
    buf_printf(out, "\n%s:\n", c->files_len ? "Then this is run" : "It takes");
    if (c->files_len)
        show_command(c->check, out);
    show_command(c->reload, out);
}
