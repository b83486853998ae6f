#include "acme/acme_problem.h"

#include <ctype.h>
#include <string.h>

#include "base/clock.h"

#define URN "urn:ietf:params:acme:error:"

enum { STATUS_MAX = 599 };

static const char *said(struct arena *a, const struct json *j, const char *key)
{
    const char *text = json_find_text(j, key);

    return text ? arena_printable(a, text, strlen(text)) : NULL;
}

/* "retry after 2026-11-23 12:00:00 UTC", as Boulder writes it. */
static int64_t time_in(const char *detail)
{
    static const char words[] = "retry after ";
    const char *at = strstr(detail, words);
    char text[sizeof "2026-11-23T12:00:00Z"];
    struct err unused;
    int64_t when = 0;

    if (!at || strlen(at) < sizeof words - 1 + 19)
        return 0;
    memcpy(text, at + sizeof words - 1, 19);
    text[10] = 'T';
    text[19] = 'Z';
    text[20] = '\0';
    return clock_parse(text, &when, &unused) ? when : 0;
}

static void read_one(struct arena *a, const struct json *j,
                     struct acme_problem *out)
{
    const char *type = said(a, j, "type");
    const char *detail = said(a, j, "detail");
    const char *title = said(a, j, "title");
    double status = json_find_number(j, "status", 0);
    bool is_acme = type && strncmp(type, URN, sizeof URN - 1) == 0;

    *out = (struct acme_problem){
        .type = is_acme ? type + sizeof URN - 1
                : type  ? type
                        : "",
        .detail = detail  ? detail
                  : title ? title
                          : "",
        .status = status > 0 && status <= STATUS_MAX ? (int)status : 0,
        .instance = said(a, j, "instance"),
        .identifier = said(a, json_find(j, "identifier"), "value"),
    };
    out->retry_at = time_in(out->detail);
}

void acme_problem_read(struct arena *a, const struct json *j,
                       struct acme_problem *out)
{
    const struct json *list = json_find(j, "subproblems");
    struct acme_problem *parts = NULL;
    size_t len = 0;

    read_one(a, j, out);
    if (!list || list->type != JSON_ARRAY)
        return;
    JSON_EACH (item, list) {
        if (len == ACME_PARTS_MAX)
            break;
        parts = arena_grow(a, parts, len, sizeof *parts);
        read_one(a, item, &parts[len++]);
    }
    out->parts = parts;
    out->parts_len = len;
}

const struct acme_problem *acme_problem_copy(struct arena *a,
                                             const struct acme_problem *p)
{
    struct acme_problem *copy = arena_copy(a, p, sizeof *p);
    struct acme_problem *parts =
        arena_alloc(a, p->parts_len + 1, sizeof *parts);

    copy->type = arena_text(a, p->type);
    copy->detail = arena_text(a, p->detail);
    copy->identifier = arena_text(a, p->identifier);
    copy->challenge = arena_text(a, p->challenge);
    copy->instance = arena_text(a, p->instance);
    for (size_t i = 0; i < p->parts_len; i++)
        parts[i] = *acme_problem_copy(a, &p->parts[i]);
    copy->parts = parts;
    return copy;
}

bool acme_problem_is(const struct acme_problem *p, const char *type)
{
    return p && strcmp(p->type, type) == 0;
}

const char *acme_problem_text(struct arena *a, const struct acme_problem *p)
{
    size_t len = strlen(p->detail);
    struct buf text;

    while (len && (p->detail[len - 1] == '.' ||
                   isspace((unsigned char)p->detail[len - 1])))
        len--;
    buf_init(&text, a, 2 * ARENA_PRINTABLE_MAX);
    if (p->identifier)
        buf_printf(&text, "%s: ", p->identifier);
    buf_bytes(&text, p->detail, len);
    if (!len)
        buf_text(&text, "no reason was given");
    if (p->type[0])
        buf_printf(&text, " (%s)", p->type);
    else if (p->status)
        buf_printf(&text, " (HTTP status %d)", p->status);
    if (p->retry_at)
        buf_printf(&text, "; not before %s", clock_text(a, p->retry_at));
    return text.text;
}
