#include "serve/question.h"

#include <string.h>
#include <strings.h>

#include "guide/answer.h"
#include "model/target.h"
#include "run/look_file.h"

#define BLANKS " \t"

enum {
    LINES_MAX = 1000,
    LIST_WORDS_MAX = 3, /* in a line of a list: a server, perhaps its port */
    SERVER_MAX = 300,   /* bytes; longer is a message */
};

/* ---- passwords ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
}

/* ": secret", "=secret": one word, as a sentence behind a colon has more. */
static bool is_given(const char *text)
{
    text += strspn(text, BLANKS);
    if (*text != ':' && *text != '=')
        return false;
    text += 1 + strspn(text + 1, BLANKS);
    size_t len = strcspn(text, BLANKS);
    return len && !text[len + strspn(text + len, BLANKS)];
}

static bool has_password(const char *line)
{
    static const char *const words[] = {
        "password",   "passwort", "kennwort", "passwd",          "pwd",
        "passphrase", "pass",     "passcode", "contrase\u00f1a", "mot de passe",
        "wachtwoord"
    };

    for (const char *at = line; *at; at++)
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            size_t len = strlen(words[i]);
            bool begins = at == line || !is_letter(at[-1]);
            if (begins && strncasecmp(at, words[i], len) == 0 &&
                is_given(at + len))
                return true;
        }
    return false;
}

/* Lines without blanks around them, empty ones left out. */
static struct text_list lines_of(struct arena *a, const char *text,
                                 bool *dropped)
{
    struct text_list lines = { 0 };

    while (*text && lines.len < LINES_MAX) {
        size_t len = strcspn(text, "\r\n");
        const char *line = text + strspn(text, BLANKS);
        const char *end = text + len;
        while (end > line && strchr(BLANKS, end[-1]))
            end--;
        if (end > line) {
            line = arena_printable(a, line, (size_t)(end - line));
            if (has_password(line))
                *dropped = true;
            else
                text_list_add(a, &lines, line);
        }
        text += len + (text[len] != '\0');
    }
    return lines;
}

static const char *joined(struct arena *a, const struct text_list *lines)
{
    struct buf out;

    buf_init(&out, a, QUESTION_TEXT_MAX);
    for (size_t i = 0; i < lines->len; i++)
        buf_printf(&out, "%s%s", i ? "\n" : "", lines->text[i]);
    return out.text;
}

/* ---- servers ---- */

/* Words for target_parse(); what stands before the "@" of an address of a
 * server may be a password, and is left out. */
static const char *server_of(struct arena *a, const char *text, struct err *why)
{
    const char *words = NULL;
    struct target read;

    if (look_file_is_meant(text)) {
        err_set(why, ERR_USAGE, "the name of a server was wanted, not a file");
        return NULL;
    }
    if (!answer_server(a, text, &words, why) ||
        !target_parse(a, words, &read, why))
        return NULL;
    const char *at = strchr(words, '@');
    return at && read.kind != TARGET_DOMAIN
               ? answer_place(a, read.host, read.port, NULL)
               : words;
}

static size_t count_words(const char *line)
{
    size_t n = 0;

    while (*(line += strspn(line, BLANKS))) {
        n++;
        line += strcspn(line, BLANKS);
    }
    return n;
}

/* "mail.example.com # whose it is": what stands before the sign. */
static const char *without_label(struct arena *a, const char *line)
{
    const char *sign = strchr(line, '#');

    while (sign && sign > line && !strchr(BLANKS, sign[-1]))
        sign = strchr(sign + 1, '#');
    return sign ? arena_text_n(a, line, (size_t)(sign - line)) : line;
}

/* What is no server is told as it was typed, but for "anna:secret@". */
static const char *without_user(const char *text)
{
    const char *at = strrchr(text, '@');

    return at && memchr(text, ':', (size_t)(at - text)) ? at + 1 : text;
}

static bool looks_like_server(struct arena *a, const char *line)
{
    struct err ignored;

    return strpbrk(line, ".:") && count_words(line) <= LIST_WORDS_MAX &&
           server_of(a, line, &ignored);
}

/* One a line, or in one line between commas. A mistyped one among them is told
 * in its row. */
static bool read_list(struct arena *a, const struct text_list *lines,
                      struct question_asked *out)
{
    struct text_list list = { 0 };
    size_t good = 0;

    for (size_t i = 0; i < lines->len; i++) {
        const char *line = without_label(a, lines->text[i]);
        while (*(line += strspn(line, BLANKS ",;"))) {
            size_t len = strcspn(line, ",;");
            const char *one = arena_text_n(a, line, len);
            struct err ignored;
            const char *server = server_of(a, one, &ignored);
            if (count_words(one) > LIST_WORDS_MAX || look_file_is_meant(one))
                return false;
            good += looks_like_server(a, one);
            text_list_add_new(a, &list, server ? server : without_user(one));
            line += len;
        }
    }
    if (good < 2 || good * 2 < list.len)
        return false;
    out->kind = list.len > QUESTION_TARGETS_MAX ? QUESTION_MANY : QUESTION_LOOK;
    out->targets = list;
    return true;
}

static bool read_server(struct arena *a, const char *text,
                        struct question_asked *out)
{
    struct err why = { ERR_NONE, "" };
    const char *server =
        strlen(text) > SERVER_MAX ? NULL : server_of(a, text, &why);

    if (server) {
        out->kind = QUESTION_LOOK;
        text_list_add(a, &out->targets, server);
        return true;
    }
    out->kind = QUESTION_WHICH;
    out->why = why.kind == ERR_NONE ? NULL : arena_text(a, why.text);
    return false;
}

/* ---- messages ---- */

static void take_message(struct arena *a, struct question_asked *out)
{
    out->pasted = true;
    if (out->heard.server) {
        out->kind = QUESTION_LOOK;
        text_list_add(a, &out->targets, out->heard.server);
    } else {
        out->kind = out->heard.is_told ? QUESTION_TOLD : QUESTION_WHICH;
    }
}

/* A message that is not known may still say whose it is: "Thunderbird: ...". */
static void find_program(struct arena *a, const char *text,
                         struct pasted_error *heard)
{
    static const char between[] = " \t\n,;:.()\"'";
    const char *last = NULL;

    while (!heard->client && *(text += strspn(text, between))) {
        size_t len = strcspn(text, between);
        const char *word = arena_text_n(a, text, len);
        const char *two = last ? arena_printf(a, "%s %s", last, word) : word;
        if (!pasted_error_program(word, &heard->program, &heard->client))
            (void)pasted_error_program(two, &heard->program, &heard->client);
        last = word;
        text += len;
    }
}

/* A name, an address, perhaps with a port: and no sentence. */
static bool is_short(const char *text)
{
    return !strchr(text, '\n') && count_words(text) <= LIST_WORDS_MAX;
}

void question_read(struct arena *a, const struct question_typed *typed,
                   struct question_asked *out)
{
    struct text_list lines = { 0 };

    *out = (struct question_asked){ .kind = QUESTION_EMPTY };
    lines = lines_of(a, typed->text ? typed->text : "", &out->dropped);
    out->text = joined(a, &lines);
    pasted_error_read(a, out->text, &out->heard);
    if (!out->heard.program)
        find_program(a, out->text, &out->heard);
    if (typed->server && *typed->server) {
        out->pasted = lines.len > 0;
        (void)read_server(a, typed->server, out);
        return;
    }
    if (!lines.len)
        return;
    if (out->heard.known) {
        take_message(a, out);
        return;
    }
    if (read_list(a, &lines, out))
        return;
    if (is_short(out->text))
        (void)read_server(a, out->text, out);
    else
        take_message(a, out);
}
