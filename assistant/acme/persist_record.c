#include "acme/persist_record.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "model/name.h"

enum {
    STRING_MAX = 255,
    ISSUER_MAX = 253,
    DIGITS_MAX = 18,
    ZONE_LINE_MAX = 8192
};

/* A part of a record's text. */
struct record_part {
    const char *at;
    size_t len;
};

/* RFC 8659 4.2: "tag = value", each with white space around it. */
struct persist_fields {
    struct record_part issuer, account, policy, until;
};

const char *persist_owner(struct arena *a, const char *name)
{
    return arena_printf(a, "_validation-persist.%s", name_base(name));
}

const char *persist_text(struct arena *a, const struct persist_want *want)
{
    /* What no address has, and what would end a field or a string. */
    if (!want->issuers.len || !want->account ||
        strpbrk(want->account, "; \"\\"))
        return NULL;
    return arena_printf(a, "%s; accounturi=%s%s", want->issuers.text[0],
                        want->account,
                        want->wildcard ? "; policy=wildcard" : "");
}

const char *persist_line(struct arena *a, const char *owner, const char *text)
{
    struct buf line;

    buf_init(&line, a, ZONE_LINE_MAX);
    buf_printf(&line, "%s. 3600 IN TXT", owner);
    for (size_t left = strlen(text); left;) {
        size_t len = left < STRING_MAX ? left : STRING_MAX;
        buf_printf(&line, " \"%.*s\"", (int)len, text);
        text += len;
        left -= len;
    }
    return line.text;
}

bool persist_issuer_ok(const char *issuer)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    size_t len = strlen(issuer);

    return len && len <= ISSUER_MAX && strspn(issuer, letters) == len &&
           issuer[0] != '.' && issuer[len - 1] != '.';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct record_part trimmed(struct record_part s)
{
    while (s.len && is_blank(s.at[0])) {
        s.at++;
        s.len--;
    }
    while (s.len && is_blank(s.at[s.len - 1]))
        s.len--;
    return s;
}

/* Up to the next `end`, or all that is left; *rest goes behind it. */
static struct record_part cut(struct record_part *rest, char end, bool *found)
{
    const char *at = memchr(rest->at, end, rest->len);
    struct record_part head = { rest->at,
                                at ? (size_t)(at - rest->at) : rest->len };

    *found = at != NULL;
    size_t gone = head.len + *found;
    *rest = (struct record_part){ rest->at + gone, rest->len - gone };
    return trimmed(head);
}

static bool is_tag(struct record_part s)
{
    bool fits = s.len && s.at[0] != '-' && s.at[s.len - 1] != '-';

    for (size_t i = 0; fits && i < s.len; i++)
        fits = isalnum((unsigned char)s.at[i]) || s.at[i] == '-';
    return fits;
}

static bool is_value(struct record_part s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < 0x21 || s.at[i] > 0x7e || s.at[i] == ';')
            return false;
    return true;
}

static bool is(struct record_part s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

static bool is_any_case(struct record_part s, const char *text)
{
    return s.len == strlen(text) && strncasecmp(s.at, text, s.len) == 0;
}

/* Unknown tags are passed over; one that comes twice spoils the record. */
static bool take(struct persist_fields *f, struct record_part tag,
                 struct record_part value)
{
    struct record_part *to = is(tag, "accounturi")     ? &f->account
                             : is(tag, "policy")       ? &f->policy
                             : is(tag, "persistUntil") ? &f->until
                                                       : NULL;

    if (to && to->at)
        return false;
    if (to)
        *to = value;
    return true;
}

static bool read_record(const char *text, struct persist_fields *out)
{
    struct record_part rest = { text, strlen(text) };
    bool more = false;

    *out = (struct persist_fields){ .issuer = cut(&rest, ';', &more) };
    while (more) {
        struct record_part value = cut(&rest, ';', &more);
        bool has_value = false;
        struct record_part tag = cut(&value, '=', &has_value);
        value = trimmed(value);
        if (!has_value || !is_tag(tag) || !is_value(value) ||
            !take(out, tag, value))
            return false;
    }
    return true;
}

static bool read_until(struct record_part s, int64_t *out)
{
    *out = 0;
    if (!s.at)
        return true;
    if (!s.len || s.len > DIGITS_MAX)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!isdigit((unsigned char)s.at[i]))
            return false;
        *out = *out * 10 + (s.at[i] - '0');
    }
    return true;
}

static bool is_issuer(struct record_part s, const struct text_list *issuers)
{
    for (size_t i = 0; i < issuers->len; i++)
        if (is_any_case(s, issuers->text[i]))
            return true;
    return !issuers->len && s.len;
}

static struct persist_worth worth(const char *text,
                                  const struct persist_want *want, int64_t now)
{
    struct persist_worth w = { .state = PERSIST_GARBLED };
    struct persist_fields f;

    if (!read_record(text, &f) || !read_until(f.until, &w.until))
        return w;
    if (!is_issuer(f.issuer, &want->issuers))
        w.state = PERSIST_OTHER_CA;
    else if (!f.account.at || !is(f.account, want->account))
        w.state = PERSIST_OTHER_ACCOUNT;
    else if (f.until.at && now > w.until)
        w.state = PERSIST_EXPIRED;
    else if (want->wildcard && !is_any_case(f.policy, "wildcard"))
        w.state = PERSIST_NARROW;
    else
        w.state = PERSIST_STANDS;
    return w;
}

/* The one that lasts longer of two that will do. */
static bool is_better(const struct persist_worth *w,
                      const struct persist_worth *than)
{
    if (w->state != than->state)
        return w->state > than->state;
    return than->until && (!w->until || w->until > than->until);
}

struct persist_worth persist_judge(const struct text_list *records,
                                   const struct persist_want *want, int64_t now)
{
    struct persist_worth best = { .state = PERSIST_ABSENT };

    for (size_t i = 0; i < records->len; i++) {
        struct persist_worth w = worth(records->text[i], want, now);
        if (is_better(&w, &best))
            best = w;
    }
    return best;
}
