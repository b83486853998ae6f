#include "cmd/prompt_edit.h"

#include <dlfcn.h>
#include <histedit.h>
#include <locale.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct libedit {
    EditLine *(*init)(const char *program, FILE *in, FILE *out, FILE *err);
    int (*set)(EditLine *editor, int what, ...);
    const char *(*line)(EditLine *editor, int *len);
    void (*end)(EditLine *editor);
};

static struct libedit api;

static const struct {
    const char *name;
    size_t offset;
} symbols[] = {
    { "el_init", offsetof(struct libedit, init) },
    { "el_set", offsetof(struct libedit, set) },
    { "el_gets", offsetof(struct libedit, line) },
    { "el_end", offsetof(struct libedit, end) },
};

static const char *shown_sign;

static char *show_sign(EditLine *editor)
{
    (void)editor;
    static char text[16];
    snprintf(text, sizeof text, "%s", shown_sign);
    return text;
}

static bool load(void)
{
    void *library = dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);

    for (size_t i = 0; library && i < sizeof symbols / sizeof *symbols; i++) {
        void *symbol = dlsym(library, symbols[i].name);
        if (!symbol)
            return false;
        memcpy((char *)&api + symbols[i].offset, &symbol, sizeof symbol);
    }
    return library != NULL;
}

void *prompt_edit_open(const char *sign)
{
    if (!load())
        return NULL;
    setlocale(LC_CTYPE, ""); /* libedit reads letters, not bytes */
    shown_sign = sign;
    EditLine *editor = api.init("certmend", stdin, stdout, stderr);
    if (!editor)
        return NULL;
    api.set(editor, EL_PROMPT, show_sign);
    api.set(editor, EL_EDITOR, "emacs");
    api.set(editor, EL_SIGNAL, 1); /* the terminal is put right first */
    return editor;
}

void prompt_edit_close(void *editor)
{
    api.end(editor);
}

bool prompt_edit_line(void *editor, struct arena *a, const char **line)
{
    int len = 0;
    const char *text = api.line(editor, &len);

    if (!text || len <= 0)
        return false;
    *line = arena_text_n(a, text, strcspn(text, "\r\n"));
    return true;
}
