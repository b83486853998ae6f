#include "page/page_blocks.h"

#include <string.h>

enum { BLOCK_MAX = 32 * 1024 };

/* Each has both keys: a template would look for a missing one further out. */
static void add(struct arena *a, struct json *array, const char *text,
                const char *command)
{
    struct json *block = json_add_object(a, array);

    json_put_text(a, block, "text", text);
    json_put_text(a, block, "command", command);
}

/* What the lines of a settings file do not begin with. */
static bool is_command(const char *line, size_t len)
{
    static const char *const programs[] = {
        "acme.sh",  "apachectl", "carbonio",    "cat",     "certbot",
        "certmend", "chmod",     "chown",       "date",    "doveadm",
        "doveconf", "docker",    "install",     "ln",      "journalctl",
        "ls",       "mkdir",     "nginx",       "openssl", "postconf",
        "postmap",  "systemctl", "timedatectl", "tail",    "wacs.exe",
        "zmprov",   "zmcertmgr", "zmcontrol",
    };
    size_t word = 0;

    while (word < len && line[word] != ' ')
        word++;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (strlen(programs[i]) == word &&
            strncmp(line, programs[i], word) == 0)
            return true;
    return false;
}

struct block_reader {
    struct arena *arena;
    struct json *array;
    struct buf prose, copied;
    size_t indent; /* of what is to be copied: that of its first line */
    bool commands; /* each of its lines is one */
};

static void end_prose(struct block_reader *b)
{
    if (b->prose.len)
        add(b->arena, b->array, b->prose.text, NULL);
    buf_init(&b->prose, b->arena, BLOCK_MAX);
}

static void end_copied(struct block_reader *b)
{
    const char *text = b->copied.text;

    while (b->commands && b->copied.len && *text) {
        size_t len = strcspn(text, "\n");
        add(b->arena, b->array, NULL, arena_text_n(b->arena, text, len));
        text += len + (text[len] == '\n');
    }
    if (!b->commands && b->copied.len)
        add(b->arena, b->array, NULL, text);
    buf_init(&b->copied, b->arena, BLOCK_MAX);
}

static void take_copied(struct block_reader *b, const char *line, size_t len,
                        size_t blanks)
{
    if (!b->copied.len) {
        b->indent = blanks;
        b->commands = true;
    }
    if (b->copied.len)
        buf_char(&b->copied, '\n');
    size_t cut = blanks < b->indent ? blanks : b->indent;
    buf_bytes(&b->copied, line + cut, len - cut);
    b->commands = b->commands && is_command(line + blanks, len - blanks);
}

void page_blocks(struct arena *a, const char *text, struct json *array)
{
    struct block_reader b = { .arena = a, .array = array };

    buf_init(&b.prose, a, BLOCK_MAX);
    buf_init(&b.copied, a, BLOCK_MAX);
    while (*text) {
        size_t len = strcspn(text, "\n"), blanks = strspn(text, " ");
        bool is_empty = blanks >= len;
        if (is_empty || blanks)
            end_prose(&b);
        if (is_empty || !blanks)
            end_copied(&b);
        if (!is_empty && blanks)
            take_copied(&b, text, len, blanks);
        else if (!is_empty)
            buf_printf(&b.prose, "%s%.*s", b.prose.len ? " " : "", (int)len,
                       text);
        text += len + (text[len] == '\n');
    }
    end_prose(&b);
    end_copied(&b);
}
