#include "guide/answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/table.h"
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

static const char *lower(struct arena *a, const char *text, size_t len)
{
    char *copy = arena_copy(a, text, len); /* a NUL follows */

    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
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
    char *end = NULL;
    long number = *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : 0;
    if (end && (*end == '\0' || strcmp(end, ".") == 0) && number <= NUMBER_MAX)
        out->number = number;
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

static void take_word(struct description *d, const char *word)
{
    int mode = table_code(modes, word);
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
