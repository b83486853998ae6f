#include "guide/answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/near.h"
#include "base/table.h"
#include "base/text.h"
#include "model/host_port.h"
#include "model/name.h"
#include "model/service.h"
#include "model/target.h"

enum { NUMBER_MAX = 99 };

#define BLANKS " \t\r\n,;"

static const struct word verbs[] = {
    { "yes", VERB_YES },      { "y", VERB_YES },       { "ok", VERB_YES },
    { "start", VERB_YES },    { "go", VERB_YES },      { "no", VERB_NO },
    { "n", VERB_NO },         { "none", VERB_NO },     { "done", VERB_DONE },
    { "d", VERB_DONE },       { "verify", VERB_DONE }, { "next", VERB_DONE },
    { "look", VERB_LOOK },    { "again", VERB_LOOK },  { "skip", VERB_SKIP },
    { "s", VERB_SKIP },       { "back", VERB_BACK },   { "b", VERB_BACK },
    { "why", VERB_WHY },      { "w", VERB_WHY },       { "other", VERB_OTHER },
    { "others", VERB_OTHER }, { "o", VERB_OTHER },     { "later", VERB_LATER },
    { "wait", VERB_LATER },   { "quit", VERB_QUIT },   { "q", VERB_QUIT },
    { "exit", VERB_QUIT },    { "stop", VERB_QUIT },   { "help", VERB_HELP },
    { "?", VERB_HELP },       { NULL, VERB_NONE },
};

/* In small letters, without any signs. */
static const struct phrase {
    const char *text;
    bool begins; /* more may follow: "i dont know which one that is" */
} unsure[] = {
    { "i dont know", true },
    { "i do not know", true },
    { "dont know", true },
    { "do not know", true },
    { "i have no idea", true },
    { "no idea", true },
    { "i am not sure", true },
    { "im not sure", true },
    { "not sure", true },
    { "i dont remember", true },
    { "i cant remember", true },
    { "i forgot", true },
    { "i have no clue", true },
    { "no clue", true },
    { "i dont have", true },
    { "i did not type", true },
    { "i didnt type", true },
    { "where do i find", true },
    { "how do i find", true },
    { "how should i know", true },
    { "which server", true },
    { "what server", true },
    { "what is a server", false },
    { "what is that", false },
    { "whats that", false },
    { "what does that mean", false },
    { "dunno", false },
    { "i dunno", false },
    { "idk", false },
    { "unsure", false },
    { "unknown", false },
    { "forgot", false },
};

static const char *lower(struct arena *a, const char *text, size_t len)
{
    char *copy = arena_copy(a, text, len); /* a NUL follows */

    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

/* "I don't  know!" -> "i dont know" */
static const char *letters_of(struct arena *a, const char *text)
{
    struct buf out;

    buf_init(&out, a, strlen(text) + 1);
    for (; *text; text++) {
        bool upper = *text >= 'A' && *text <= 'Z';
        if (upper || (*text >= 'a' && *text <= 'z'))
            buf_char(&out, upper ? (char)(*text - 'A' + 'a') : *text);
        else if (*text == ' ' && out.len && out.text[out.len - 1] != ' ')
            buf_char(&out, ' ');
    }
    while (out.len && out.text[out.len - 1] == ' ')
        out.text[--out.len] = '\0';
    return out.text;
}

enum { UNSURE_MAX = 80 }; /* bytes; longer is a message */

static bool is_unsure(struct arena *a, const char *text)
{
    const char *said = strlen(text) <= UNSURE_MAX ? letters_of(a, text) : "";
    struct near_search n = { said, NULL, 0 };

    for (size_t i = 0; i < sizeof unsure / sizeof *unsure; i++) {
        const struct phrase *row = &unsure[i];
        size_t len = strlen(row->text);
        if (strncmp(said, row->text, len) == 0 &&
            (said[len] == '\0' || (row->begins && said[len] == ' ')))
            return true;
        if (strchr(row->text, ' '))
            near_try(&n, row->text, row->text);
    }
    return n.best;
}

/* "?star" is "? star". */
static size_t first_word(const char *text)
{
    return *text == '?' ? 1 : strcspn(text, " \t");
}

void answer_read(struct arena *a, const char *typed, struct answer *out)
{
    size_t typed_len = strlen(typed);

    name_trim(&typed, &typed_len);
    const char *text = arena_printable(a, typed, typed_len);
    size_t len = first_word(text);
    const char *rest = text + len;
    rest += strspn(rest, " \t");
    *out = (struct answer){ .text = text,
                            .word = lower(a, text, len),
                            .rest = rest };
    enum verb verb = (enum verb)table_code(verbs, out->word);
    if (!*rest || verb == VERB_HELP)
        out->verb = verb;
    if (out->verb == VERB_NONE && is_unsure(a, text))
        out->verb = VERB_UNSURE;
    char *end = NULL;
    long number = *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : 0;
    if (end && (*end == '\0' || strcmp(end, ".") == 0) && number <= NUMBER_MAX)
        out->number = number;
}

const char *answer_meant(const char *word)
{
    struct near_search n = { word, NULL, 0 };

    for (const struct word *row = verbs; row->text; row++)
        if (strlen(row->text) > 2)
            near_try(&n, row->text, row->text);
    return n.best;
}

/* A server as a person describes it, word by word. */
struct description {
    const char *host;
    size_t others; /* words that mean nothing to us */
    uint16_t port;
    const char *security; /* a word of security_words, or NULL */
};

static const struct word modes[] = {
    { "ssl", SECURITY_IMPLICIT },      { "ssl/tls", SECURITY_IMPLICIT },
    { "implicit", SECURITY_IMPLICIT }, { "starttls", SECURITY_STARTTLS },
    { NULL, SECURITY_COUNT },
};

static uint16_t port_of(const char *word)
{
    uint16_t port = 0;
    size_t digits = host_port_number(word, &port);

    return word[digits] == '\0' ? port : 0;
}

/* "port" and "tls" say nothing that could be relied on: programs mean either
 * way of encrypting by the latter. A bare word is a host where it is alone. */
static void take_bare(struct description *d, const char *word)
{
    if (strcmp(word, "port") == 0 || strcmp(word, "tls") == 0)
        return;
    d->others++;
    if (!d->host)
        d->host = word;
}

/* "starttsl" and "startls" are near to nothing else. */
static int mode_of(const char *word)
{
    int mode = table_code(modes, word);
    bool alike = mode == SECURITY_COUNT && near_mistakes(word, "starttls") <= 2;

    return alike ? SECURITY_STARTTLS : mode;
}

static void take_word(struct description *d, const char *word)
{
    int mode = mode_of(word);
    uint16_t port = port_of(word);

    if (mode != SECURITY_COUNT)
        d->security = table_text(security_words, mode);
    else if (port && !d->port)
        d->port = port;
    else if (!strpbrk(word, ".:@"))
        take_bare(d, word);
    else if (!d->host || !strpbrk(d->host, ".:@"))
        d->host = word;
}

static const char *scheme_for(uint16_t port, const char *security)
{
    const struct service *usual = service_at(port);
    bool as_usual =
        !usual || !security ||
        strcmp(table_text(security_words, (int)usual->security), security) == 0;

    return as_usual ? NULL : usual->partner;
}

const char *answer_place(struct arena *a, const char *host, uint16_t port,
                         const char *security)
{
    const char *scheme = scheme_for(port, security);

    if (!port)
        return arena_text(a, host);
    return arena_printf(a, "%s%s%s", scheme ? scheme : "", scheme ? "://" : "",
                        host_port_text(a, host, port));
}

bool answer_server(struct arena *a, const char *text, const char **target,
                   struct err *why)
{
    struct description d = { 0 };
    struct target read;

    while (*(text += strspn(text, BLANKS))) {
        size_t len = strcspn(text, BLANKS);
        take_word(&d, lower(a, text, len));
        text += len;
    }
    if (!d.host || (d.others > 1 && !strpbrk(d.host, ".:@")))
        return err_set(why, ERR_USAGE, "there is no server name in it");
    if (!target_parse(a, d.host, &read, why))
        return false;
    uint16_t port = d.port ? d.port : read.port;
    if (read.kind == TARGET_DOMAIN || (read.service && !d.security))
        *target = arena_text(a, d.host);
    else
        *target = answer_place(a, read.host, port, d.security);
    return true;
}
