#include "cmd/prompt.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "cmd/prompt_edit.h"

enum {
    ANSWERS_MAX = 1024 * 1024,
    LINE_BYTES = 4096,
    PASTED_MAX = 16 * 1024,
    PASTE_MS = 80, /* a paste comes at once, a person does not */
    FAREWELL_MAX = 400,
};

static const char sign[] = "> ";
static char farewell[FAREWELL_MAX];

static void on_interrupt(int number)
{
    /* The line editor has put the terminal right before this is called. */
    ssize_t told = write(STDOUT_FILENO, farewell, strlen(farewell));

    (void)told;
    signal(number, SIG_DFL);
    raise(number);
}

void prompt_farewell(const char *text)
{
    struct sigaction action = { .sa_handler = on_interrupt };

    snprintf(farewell, sizeof farewell, "%s", text);
    sigaction(SIGINT, &action, NULL);
}

/* A terminal that can do nothing gets no line editor. */
static bool can_edit(void)
{
    const char *term = getenv("TERM");

    return term && *term && strcmp(term, "dumb") != 0 && isatty(STDOUT_FILENO);
}

bool prompt_open(struct arena *a, const char *answers, struct prompt *out,
                 struct err *err)
{
    struct prompt p = { .arena = a };
    size_t len = 0;

    if (answers && !file_read(a, answers, ANSWERS_MAX, &p.answers, &len, err))
        return err_add(err, "--answers");
    p.terminal = !answers && isatty(STDIN_FILENO);
    if (p.terminal && can_edit())
        p.editor = prompt_edit_open(sign);
    *out = p;
    return true;
}

void prompt_close(struct prompt *p)
{
    if (p->editor)
        prompt_edit_close(p->editor);
    p->editor = NULL;
}

void prompt_echo(const char *answer)
{
    printf("%s%s\n", sign, answer);
    fflush(stdout);
}

static bool next_answer(struct prompt *p, const char **line)
{
    if (!*p->answers)
        return false;
    size_t len = strcspn(p->answers, "\n");
    *line = arena_text_n(p->arena, p->answers, len);
    p->answers += len + (p->answers[len] == '\n');
    return true;
}

/* A line that is too long is cut, and the rest of it passed over. */
static bool read_line(struct prompt *p, const char **line)
{
    char bytes[LINE_BYTES];

    if (!fgets(bytes, sizeof bytes, stdin))
        return false;
    size_t len = strcspn(bytes, "\r\n");
    bool whole = strchr(bytes, '\n') != NULL;
    *line = arena_text_n(p->arena, bytes, len);
    while (!whole && fgets(bytes, sizeof bytes, stdin))
        whole = strchr(bytes, '\n') != NULL;
    return true;
}

static bool one_line(struct prompt *p, const char **line)
{
    if (p->answers)
        return next_answer(p, line);
    if (p->editor)
        return prompt_edit_line(p->editor, p->arena, line);
    if (p->terminal) {
        fputs(sign, stdout);
        fflush(stdout);
    }
    return read_line(p, line);
}

static bool more_is_there(const struct prompt *p)
{
    struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

    return p->terminal && poll(&input, 1, PASTE_MS) > 0 &&
           (input.revents & POLLIN);
}

bool prompt_ask(struct prompt *p, bool pasted, const char **line)
{
    struct buf all;
    const char *next = NULL;

    if (!one_line(p, &next))
        return false;
    if (!p->terminal)
        prompt_echo(next);
    buf_init(&all, p->arena, PASTED_MAX);
    buf_text(&all, next);
    while (pasted && more_is_there(p) && one_line(p, &next))
        buf_printf(&all, " %s", next);
    *line = all.text;
    return true;
}
