#include "messages/error_pattern_place.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "messages/error_pattern_fold.h"
#include "model/name.h"
#include "model/service.h"

enum { WORD_MAX = 1000 };

/* What speaks for a word and against it. */
enum weight {
    WEIGHT_ENOUGH = 1,
    WEIGHT_KNOWN_END = 1,
    WEIGHT_UNKNOWN_END = -2, /* a sentence without a blank behind it */
    WEIGHT_LIKE_A_SERVER = 2,
    WEIGHT_AFTER_SERVER = 2,
    WEIGHT_ADDRESSED = 4,
    WEIGHT_AFTER_OTHER = -4,
    WEIGHT_LIKE_A_FILE = -4,
    WEIGHT_LINK = -4,
};

/* What stands before a name when it is the server's. */
static const char *const server_words[] = {
    "host",   "hostname", "server",   "for",     "to",     "h",
    "relay",  "site",     "match",    "matches", "target", "matching",
    "domain", "name",     "expected", "connect", "of",     NULL,
};

/* ... and when it is somebody else's. */
static const char *const other_words[] = {
    "cn",   "dns",    "subject", "issuer", "from", "by", "helo",
    "ehlo", "client", "see",     "visit",  "id",   NULL,
};

static const char *const server_beginnings[] = {
    "mail", "smtp", "imap", "pop", "mx", "relay", "out", NULL,
};

/* Of programs and their classes; some are top-level domains too. */
static const char *const file_ends[] = {
    "cc", "py", "pl", "sh", "rs", "so", "zip", "md", "app", NULL,
};

static const char *const package_beginnings[] = {
    "java.", "javax.", "sun.", "com.sun.", "system.", NULL,
};

static bool is_one_of(const char *word, const char *const *list)
{
    while (*list && strcmp(*list, word) != 0)
        list++;
    return *list != NULL;
}

static bool begins_with_one_of(const char *word, const char *const *list)
{
    while (*list && strncmp(*list, word, strlen(*list)) != 0)
        list++;
    return *list != NULL;
}

struct place_words {
    struct arena *arena;
    const struct error_pattern_text *text;
    size_t at, to;      /* what is not read yet */
    const char *word;   /* the last one read */
    const char *before; /* the one before it, letters in lower case */
    bool in_brackets;   /* "(192.0.2.1)", "[192.0.2.1]:25" */
};

static const char *letters_of(struct arena *a, const char *word)
{
    char *letters = arena_alloc(a, strlen(word) + 1, 1);
    size_t n = 0;

    for (; *word; word++)
        if (isalpha((unsigned char)*word))
            letters[n++] = (char)tolower((unsigned char)*word);
    return letters;
}

/* A word of a script without blanks that is stuck to a name belongs to the
 * sentence; a label of such letters alone may be a name. */
static size_t glued_before(const char *p, size_t len)
{
    size_t at = 0;
    uint32_t point = 0;

    while (at < len && (p[at] & 0x80) && utf8_read(p + at, len - at, &point) &&
           !error_pattern_fold_joins(point))
        at += utf8_read(p + at, len - at, &point);
    return at < len && isalnum((unsigned char)p[at]) ? at : 0;
}

static size_t glued_behind(const char *p, size_t len)
{
    size_t at = len;
    uint32_t point = 0;

    while (at && (p[at - 1] & 0x80))
        at--;
    return at && at < len && isalnum((unsigned char)p[at - 1]) &&
                   utf8_read(p + at, len - at, &point) &&
                   !error_pattern_fold_joins(point)
               ? len - at
               : 0;
}

/* Blanks, quotes, brackets and signs end a word; "=" parts "H=name". */
static bool next_word(struct place_words *w)
{
    static const char ends[] = " \"'(){}<>,;=!|*";
    const char *p = w->text->plain;

    w->before = w->word ? letters_of(w->arena, w->word) : "";
    while (w->at < w->to && strchr(ends, p[w->at]))
        w->at++;
    size_t from = w->at;
    while (w->at < w->to && w->at - from < WORD_MAX && !strchr(ends, p[w->at]))
        w->at++;
    size_t len = w->at - from;
    w->in_brackets = p[from] == '[' || (from && p[from - 1] == '(');
    while (len && strchr(".:?", p[from + len - 1]))
        len--; /* the end of a sentence */
    size_t before = glued_before(p + from, len);
    size_t behind = glued_behind(p + from + before, len - before);
    w->word = arena_text_n(w->arena, p + from + before, len - before - behind);
    return from < w->to;
}

struct pasted_place error_pattern_place_within(
    struct arena *a, const struct error_pattern_text *t, size_t from, size_t to)
{
    struct place_words w = { .arena = a, .text = t, .at = from, .to = to };
    struct error_pattern_word word;
    const char *only = NULL;
    size_t len = 0;

    while (next_word(&w)) {
        if (error_pattern_word_read(a, w.word, &word))
            return word.place;
        only = w.word;
        len++;
    }
    struct name_read name =
        name_read(a, only ? only : "", only ? strlen(only) : 0);
    return (struct pasted_place){ len == 1 && name.kind == NAME_HOST ? name.text
                                                                     : NULL,
                                  0 };
}

bool error_pattern_place_of(const char *host, const struct text_list *domains)
{
    for (size_t i = 0; i < domains->len; i++)
        if (strcmp(host, domains->text[i]) == 0 ||
            name_is_below(host, domains->text[i]))
            return true;
    return false;
}

/* "mail.", "smtp2.", "mx-out."; not "smtplib.". */
static bool like_a_server(const char *host)
{
    for (const char *const *b = server_beginnings; *b; b++) {
        size_t len = strlen(*b);
        if (strncmp(host, *b, len) == 0 && !isalpha((unsigned char)host[len]))
            return true;
    }
    return false;
}

/* "handshake.cc", "javax.net.ssl"; "mail.cc" is a host. */
static bool like_a_file(const char *host)
{
    const char *dot = strchr(host, '.');
    bool short_name = dot && is_one_of(dot + 1, file_ends);

    return begins_with_one_of(host, package_beginnings) ||
           (short_name && !like_a_server(host));
}

static int weigh(const struct error_pattern_word *word, const char *before)
{
    const char *host = word->place.host;
    int weight = 0;

    weight += word->addressed ? WEIGHT_ADDRESSED : 0;
    weight += word->link ? WEIGHT_LINK : 0;
    weight += is_one_of(before, server_words) ? WEIGHT_AFTER_SERVER : 0;
    weight += is_one_of(before, other_words) ? WEIGHT_AFTER_OTHER : 0;
    if (name_is_ip(host))
        return weight;
    weight += name_has_known_end(host) ? WEIGHT_KNOWN_END : WEIGHT_UNKNOWN_END;
    weight += like_a_server(host) ? WEIGHT_LIKE_A_SERVER : 0;
    weight += like_a_file(host) ? WEIGHT_LIKE_A_FILE : 0;
    return weight;
}

struct weighed {
    struct pasted_place place;
    int weight;
};

/* "mail.example.com [192.0.2.1]:587", "mail.example.com (192.0.2.1:993)": the
 * address of the name before it, and the port. */
static bool completes(const struct place_words *w, struct weighed *last,
                      const struct pasted_place *found)
{
    if (!w->in_brackets || !last->place.host || !name_is_ip(found->host))
        return false;
    if (!last->place.port)
        last->place.port = found->port;
    last->weight += last->weight > 0 ? WEIGHT_ADDRESSED : 0;
    return true;
}

struct pasted_place error_pattern_place_likeliest(
    struct arena *a, const struct error_pattern_text *t,
    const struct text_list *strangers)
{
    struct place_words w = { .arena = a, .text = t, .to = t->plain_len };
    struct weighed best = { .weight = WEIGHT_ENOUGH - 1 },
                   last = { .weight = 0 };
    struct error_pattern_word word;

    while (next_word(&w)) {
        if (!error_pattern_word_read(a, w.word, &word) ||
            error_pattern_place_of(word.place.host, strangers)) {
            last = (struct weighed){ .weight = 0 };
            continue;
        }
        if (!completes(&w, &last, &word.place))
            last = (struct weighed){ word.place, weigh(&word, w.before) };
        bool same =
            best.place.host && strcmp(best.place.host, last.place.host) == 0;
        if (last.weight > best.weight ||
            (same && !best.place.port && last.weight > 0))
            best = last;
    }
    return best.place;
}

/* "mail.example.com:587", or "mail.example.com 587" as people type it. */
static uint16_t port_of(struct arena *a, const struct error_pattern_text *t,
                        const char *host)
{
    struct place_words w = { .arena = a, .text = t, .to = t->plain_len };
    struct error_pattern_word word;
    bool just_named = false;

    while (next_word(&w)) {
        uint16_t port = just_named ? error_pattern_word_port(w.word) : 0;
        if (service_at(port))
            return port;
        just_named = error_pattern_word_read(a, w.word, &word) &&
                     strcmp(word.place.host, host) == 0;
        if (just_named && word.place.port)
            return word.place.port;
    }
    return 0;
}

uint16_t error_pattern_place_port(struct arena *a,
                                  const struct error_pattern_text *t,
                                  const char *host)
{
    uint16_t port = host ? port_of(a, t, host) : 0;

    for (const char *p = t->plain; !port && (p = strpbrk(p, "pP")); p++)
        if (strncasecmp(p, "port", 4) == 0)
            port = error_pattern_word_port(p + 4 + strspn(p + 4, " :=#"));
    return port;
}
