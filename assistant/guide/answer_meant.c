/* What was meant by a server that was mistyped. */
#include <string.h>

#include "base/buf.h"
#include "base/near.h"
#include "base/text.h"
#include "guide/answer.h"
#include "model/service.h"
#include "model/target.h"

enum { SERVER_MAX = 300 };

static bool is_of_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A comma between two labels, a full stop too many, an @ too many. */
static const char *signs_meant(struct arena *a, const char *text)
{
    struct buf out;

    buf_init(&out, a, SERVER_MAX);
    for (const char *c = text; *c; c++) {
        bool inside = c > text && is_of_name(c[-1]) && is_of_name(c[1]);
        bool twice = (*c == '.' || *c == '@') && c[1] == *c;
        bool comma = (*c == ',' || *c == ';') && inside && !is_digit(c[1]);
        if (!twice)
            buf_char(&out, comma ? '.' : *c);
    }
    return out.text;
}

/* "anna (at) example.com" was copied from a web page. */
static const char *at_meant(struct arena *a, const char *text)
{
    static const char *const ways[] = { " (at) ", "(at)", " [at] ", "[at]",
                                        " @ ",    " @",   "@ ",     " at " };
    /* "it is at mail.example.com" */
    static const char *const no_users[] = { "look", "is",   "its",
                                            "it's", "host", "server" };

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const char *way = strstr(text, ways[i]);
        const char *host = way ? way + strlen(ways[i]) : NULL;
        if (!way || way == text || !strchr(host, '.') || strchr(host, ' '))
            continue;
        const char *user = arena_text_n(a, text, (size_t)(way - text));
        if (!strchr(user, ' ') &&
            !text_is_among(user, no_users, sizeof no_users / sizeof *no_users))
            return arena_printf(a, "%s@%s", user, host);
    }
    return text;
}

/* "stmp://mail.example.com" */
static const char *scheme_meant(struct arena *a, const char *text)
{
    const char *sign = strstr(text, "://");
    struct target ignored;
    struct err err;

    if (!sign || target_parse(a, text, &ignored, &err))
        return text;
    struct near_search n = { arena_text_n(a, text, (size_t)(sign - text)), NULL,
                             0 };
    for (const struct service *s = services; s->name; s++)
        near_try(&n, s->name, s->name);
    return n.best ? arena_printf(a, "%s%s", n.best, sign) : text;
}

const char *answer_server_meant(struct arena *a, const char *text)
{
    const char *target = NULL;
    struct err err;

    if (strlen(text) >= SERVER_MAX)
        return NULL;
    const char *meant =
        scheme_meant(a, signs_meant(a, at_meant(a, arena_text(a, text))));
    bool differs = strcmp(meant, text) != 0;
    return differs && answer_server(a, meant, &target, &err) ? target : NULL;
}

/* NULL: not a mail domain. */
static const char *domain_of(struct arena *a, const char *target)
{
    struct target read;
    struct err err;

    return target && target_parse(a, target, &read, &err) &&
                   read.kind == TARGET_DOMAIN
               ? read.domain
               : NULL;
}

const char *answer_place_told(struct arena *a, const char *target)
{
    const char *domain = domain_of(a, target);

    return domain ? domain : target;
}

const char *answer_place_typed(struct arena *a, const char *target)
{
    const char *domain = domain_of(a, target);

    return domain ? arena_printf(a, "%s --domain", domain) : target;
}
