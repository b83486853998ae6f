#include "facts/sts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    POLICY_MAX = 64 * 1024, /* bytes; RFC 8461 3.3 suggests it */
    MAX_AGE_MAX = 31557600, /* seconds; 8461 3.2 */
    LINE_MAX_BYTES = 1024,
    MX_MAX = 100,
};

static const struct word modes[] = {
    { "none", STS_NONE },
    { "testing", STS_TESTING },
    { "enforce", STS_ENFORCE },
    { NULL, STS_MODE_COUNT },
};

const char *sts_record_owner(struct arena *a, const char *domain)
{
    return arena_printf(a, "_mta-sts.%s", domain);
}

const char *sts_policy_url(struct arena *a, const char *domain)
{
    return arena_printf(a, "https://mta-sts.%s/.well-known/mta-sts.txt",
                        domain);
}

struct reading {
    struct arena *a;
    struct sts_policy *out;
    bool version, mode, max_age;
};

static void complain(struct reading *r, const char *fault)
{
    if (!r->out->fault)
        r->out->fault = fault;
}

static void read_max_age(struct reading *r, const char *value)
{
    char *end = NULL;
    long long seconds = strtoll(value, &end, 10);

    if (end == value || *end || seconds < 0 || seconds > MAX_AGE_MAX) {
        complain(r, "its max_age is no number of seconds up to a year");
        return;
    }
    r->out->max_age_s = seconds;
    r->max_age = true;
}

static void read_mx(struct reading *r, const char *value)
{
    const char *pattern = name_read_pattern(r->a, value);
    struct text_list *mx = &r->out->mx;

    if (!pattern || mx->len >= MX_MAX) {
        complain(r, "one of its mx lines holds no host name");
        return;
    }
    text_list_add(r->a, mx, pattern);
}

static void read_pair(struct reading *r, const char *key, const char *value)
{
    if (strcmp(key, "version") == 0) {
        r->version = strcmp(value, "STSv1") == 0;
    } else if (strcmp(key, "mode") == 0) {
        int mode = table_code(modes, value);
        r->mode = mode != STS_MODE_COUNT;
        r->out->mode = r->mode ? (enum sts_mode)mode : STS_NONE;
    } else if (strcmp(key, "max_age") == 0) {
        read_max_age(r, value);
    } else if (strcmp(key, "mx") == 0) {
        read_mx(r, value);
    } /* 8461 3.2: other keys are passed over */
}

static const char *trimmed(struct arena *a, const char *text, size_t len)
{
    while (len && (*text == ' ' || *text == '\t')) {
        text++;
        len--;
    }
    while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    return arena_text_n(a, text, len);
}

static void read_line(struct reading *r, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);

    if (!len)
        return;
    if (!colon || len > LINE_MAX_BYTES) {
        complain(r, "a line in it is no \"key: value\"");
        return;
    }
    size_t key_len = (size_t)(colon - line);
    read_pair(r, trimmed(r->a, line, key_len),
              trimmed(r->a, colon + 1, len - key_len - 1));
}

void sts_read(struct arena *a, const uint8_t *body, size_t len,
              struct sts_policy *out)
{
    struct reading r = { .a = a, .out = out };
    const char *at = (const char *)body;
    const char *end = at + len;

    if (len > POLICY_MAX || (len && memchr(body, 0, len))) {
        complain(&r, "it is too long or no text");
        return;
    }
    while (at < end) {
        const char *eol = memchr(at, '\n', (size_t)(end - at));
        size_t line = eol ? (size_t)(eol - at) : (size_t)(end - at);
        size_t take = line && at[line - 1] == '\r' ? line - 1 : line;
        read_line(&r, at, take);
        at += line + (eol != NULL);
    }
    if (!r.version)
        complain(&r, "the line \"version: STSv1\" is missing");
    if (!r.mode)
        complain(&r, "its mode is none of enforce, testing and none");
    if (!r.max_age)
        complain(&r, "its max_age is missing");
    if (r.mode && out->mode != STS_NONE && !out->mx.len)
        complain(&r, "it lists no mx");
    out->readable = !out->fault;
}

static bool is_published(const struct survey *s, struct arena *a,
                         const char *domain)
{
    const struct dns_answer *txt =
        survey_answer(s, sts_record_owner(a, domain), DNS_TXT);

    for (size_t i = 0; txt && i < txt->len; i++)
        if (strncmp(txt->records[i].text, "v=STSv1", 7) == 0)
            return true;
    return false;
}

struct sts_policy sts_find(const struct survey *s, struct arena *a,
                           const char *domain)
{
    struct sts_policy policy = { .published = is_published(s, a, domain) };
    const struct fetch *file = survey_fetch(s, sts_policy_url(a, domain));

    if (!policy.published || !file)
        return policy;
    if (file->attempt.outcome != OUTCOME_OK || file->status != 200) {
        policy.fault = "it cannot be fetched";
        return policy;
    }
    sts_read(a, file->body, file->body_len, &policy);
    return policy;
}

bool sts_lists(const struct sts_policy *p, const char *mx_host)
{
    const char *dot = strchr(mx_host, '.');

    for (size_t i = 0; i < p->mx.len; i++) {
        const char *pattern = p->mx.text[i];
        bool wild = name_is_wildcard(pattern);
        if (wild ? dot && strcasecmp(dot + 1, name_base(pattern)) == 0
                 : strcasecmp(mx_host, pattern) == 0)
            return true;
    }
    return false;
}
