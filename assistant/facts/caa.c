#include "facts/caa.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct property {
    int flags;
    const char *tag;
    const char *value; /* unescaped */
};

/* RFC 8659 4.1: bit 0, the most significant one; Boulder reads a literal 1 as
 * critical too, since people write it. */
enum { FLAG_CRITICAL = 128, FLAG_CRITICAL_AS_TYPED = 1 };

struct text_list caa_owners(struct arena *a, const char *name)
{
    struct text_list owners = { 0 };

    for (const char *at = name_base(name); at && *at;) {
        text_list_add(a, &owners, at);
        const char *dot = strchr(at, '.');
        at = dot ? dot + 1 : NULL;
    }
    return owners;
}

/* The text between the quotes, with \" \\ and \DDD undone (RFC 1035 5.1). */
static const char *unquote(struct arena *a, const char *text)
{
    char *out = arena_alloc(a, strlen(text) + 1, 1);
    char *to = out;

    for (const char *p = text + (*text == '"'); *p && *p != '"'; p++) {
        if (*p == '\\' && p[1] >= '0' && p[1] <= '2' && p[2] && p[3]) {
            char digits[] = { p[1], p[2], p[3], '\0' };
            *to++ = (char)strtol(digits, NULL, 10);
            p += 3;
        } else {
            p += *p == '\\' && p[1];
            *to++ = *p;
        }
    }
    return out;
}

/* "0 issue \"letsencrypt.org\"" as net/resolve writes it. */
static struct property read_property(struct arena *a, const char *text)
{
    char *rest = NULL;
    struct property p = { .flags = (int)strtol(text, &rest, 10) };

    while (*rest == ' ')
        rest++;
    size_t len = strcspn(rest, " ");
    p.tag = arena_text_n(a, rest, len);
    rest += len;
    while (*rest == ' ')
        rest++;
    p.value = unquote(a, rest);
    return p;
}

static bool is_known(const char *tag)
{
    static const char *const known[] = { "issue",       "issuewild",
                                         "iodef",       "issuemail",
                                         "issuevmc",    "contactemail",
                                         "contactphone" };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(tag, known[i]) == 0)
            return true;
    return false;
}

/* The set that counts for a name: the first one on the way up. NULL with
 * *ruling when there is none, or when it cannot be told. */
static const struct dns_answer *find_set(const struct survey *s,
                                         struct arena *a, const char *name,
                                         enum caa_ruling *ruling)
{
    struct text_list owners = caa_owners(a, name);

    for (size_t i = 0; i < owners.len; i++) {
        const struct dns_answer *answer =
            survey_answer(s, owners.text[i], DNS_CAA);
        if (!answer) {
            *ruling = CAA_UNKNOWN;
            return NULL;
        }
        if (answer->outcome == DNS_ANSWERED)
            return answer;
        if (answer->outcome == DNS_SERVFAIL ||
            answer->outcome == DNS_TIMED_OUT) {
            *ruling = CAA_FAILED;
            return NULL;
        }
    }
    *ruling = CAA_ALLOWED;
    return NULL;
}

/* The issuer domain of "ca.example; key=value", without blanks around it. */
static const char *issuer_of(struct arena *a, const char *value)
{
    value += strspn(value, " \t");
    size_t len = strcspn(value, ";");
    while (len && (value[len - 1] == ' ' || value[len - 1] == '\t'))
        len--;
    return arena_text_n(a, value, len);
}

/* The value of one parameter behind the issuer, or NULL (RFC 8659 4.2). */
static const char *parameter(struct arena *a, const char *value,
                             const char *key)
{
    size_t key_len = strlen(key);

    for (const char *at = strchr(value, ';'); at; at = strchr(at, ';')) {
        at++;
        at += strspn(at, " \t");
        if (strncasecmp(at, key, key_len) != 0)
            continue;
        const char *from = at + key_len;
        from += strspn(from, " \t");
        if (*from != '=')
            continue;
        from++;
        from += strspn(from, " \t");
        return arena_text_n(a, from, strcspn(from, "; \t"));
    }
    return NULL;
}

static bool in_list(const char *list, const char *word)
{
    size_t len = strlen(word);

    while (*list) {
        size_t n = strcspn(list, ",");
        if (n == len && strncasecmp(list, word, len) == 0)
            return true;
        list += n;
        list += *list == ',';
    }
    return false;
}

/* RFC 8657 3 and 4: every parameter that is there must fit. */
static bool params_fit(struct arena *a, const char *value,
                       const struct caa_question *q)
{
    const char *methods = parameter(a, value, "validationmethods");
    const char *account = parameter(a, value, "accounturi");

    if (methods && q->method && !in_list(methods, q->method))
        return false;
    return !account || (q->account && strcmp(account, q->account) == 0);
}

static void add_authority(struct arena *a, struct text_list *list,
                          const char *issuer)
{
    /* unquote() has brought back whatever bytes the zone holds. */
    if (*issuer)
        text_list_add(a, list, arena_printable(a, issuer, strlen(issuer)));
}

static bool has_tag(struct arena *a, const struct dns_answer *set,
                    const char *tag)
{
    for (size_t i = 0; i < set->len; i++)
        if (strcasecmp(read_property(a, set->records[i].text).tag, tag) == 0)
            return true;
    return false;
}

/* The records of `tag` against the question. */
static void judge_tag(struct arena *a, const struct dns_answer *set,
                      const struct caa_question *q, struct caa_answer *out)
{
    out->ruling = CAA_FORBIDDEN;
    for (size_t i = 0; i < set->len; i++) {
        struct property p = read_property(a, set->records[i].text);
        if (strcasecmp(p.tag, out->tag) != 0)
            continue;
        const char *issuer = issuer_of(a, p.value);
        add_authority(a, &out->authorities, issuer);
        bool ours = strcasecmp(issuer, q->ca) == 0;
        bool better = ours && out->ruling != CAA_ALLOWED;
        if (!better && out->record)
            continue;
        out->record = set->records[i].text;
        if (ours)
            out->ruling =
                params_fit(a, p.value, q) ? CAA_ALLOWED : CAA_BY_PARAMS;
    }
}

static bool find_critical(struct arena *a, const struct dns_answer *set,
                          struct caa_answer *out)
{
    for (size_t i = 0; i < set->len; i++) {
        struct property p = read_property(a, set->records[i].text);
        bool critical =
            (p.flags & (FLAG_CRITICAL | FLAG_CRITICAL_AS_TYPED)) != 0;
        if (!critical || is_known(p.tag))
            continue;
        out->ruling = CAA_CRITICAL;
        out->tag = p.tag;
        out->record = set->records[i].text;
        return true;
    }
    return false;
}

struct caa_answer caa_judge(const struct survey *s, struct arena *a,
                            const struct caa_question *q)
{
    struct caa_answer out = { .ruling = CAA_ALLOWED };
    bool wildcard = name_is_wildcard(q->name);
    const struct dns_answer *set = find_set(s, a, q->name, &out.ruling);

    if (!set)
        return out;
    out.zone = set->name;
    if (find_critical(a, set, &out))
        return out;
    /* 4.3: issuewild, where there is one, replaces issue for wildcards. */
    bool wild = wildcard && has_tag(a, set, "issuewild");
    out.tag = wild ? "issuewild" : "issue";
    if (!has_tag(a, set, out.tag))
        return out; /* nothing restricts this kind of certificate */
    judge_tag(a, set, q, &out);
    return out;
}
