#include "facts/hostname_match.h"

#include "model/name.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

enum { HOST_MAX_LEN = 253 }; /* RFC 1035 2.3.4 */

struct list {
    const char *const *text;
    size_t len;
};

/* The names of a certificate, or what it shall have. */
struct names {
    struct list dns, ips;
    const char *cn; /* NULL: there is none */
};

/* OpenSSL's notion: letters and digits, hyphens inside only. */
static bool is_plain_label(const char *label, size_t len)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

    return len && label[0] != '-' && label[len - 1] != '-' &&
           strspn(label, plain) >= len;
}

/* "*." before two plain labels at least: the one wildcard that counts. */
static bool is_wildcard(const char *pattern)
{
    size_t labels = 0;

    if (!name_is_wildcard(pattern))
        return false;
    for (const char *at = pattern + 1; *at == '.'; labels++) {
        const char *label = at + 1;
        size_t len = strcspn(label, ".");
        if (!is_plain_label(label, len))
            return false;
        at = label + len;
    }
    return labels >= 2;
}

/* What "*.zone" stands for: one label, without underscores. */
static bool wildcard_covers(const char *pattern, const char *name)
{
    const char *zone = strchr(name, '.');

    return is_wildcard(pattern) && zone && strcasecmp(pattern + 1, zone) == 0 &&
           !memchr(name, '_', (size_t)(zone - name));
}

static bool dns_covers(const char *pattern, const char *name)
{
    return strcasecmp(pattern, name) == 0 || wildcard_covers(pattern, name);
}

static bool ip_covers(const char *pattern, const char *name)
{
    uint8_t have[16], want[16];
    size_t len = name_ip_bytes(pattern, have);

    return len && name_ip_bytes(name, want) == len &&
           memcmp(have, want, len) == 0;
}

/* Every "*" stands for any part of one label, as some clients have it. */
static bool covers_leniently(const char *pattern, const char *name)
{
    const char *star = NULL, *from = NULL;

    while (*name) {
        if (*pattern == '*') {
            star = pattern++;
            from = name;
        } else if (strncasecmp(pattern, name, 1) == 0) {
            pattern++;
            name++;
        } else if (star && *from != '.') {
            pattern = star + 1;
            name = ++from;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

static bool is_bad_wildcard(const char *pattern, const char *name)
{
    return strchr(pattern, '*') && !is_wildcard(pattern) &&
           covers_leniently(pattern, name);
}

static bool is_apex(const char *pattern, const char *name)
{
    return is_wildcard(pattern) && strcasecmp(pattern + 2, name) == 0;
}

static bool is_too_deep(const char *pattern, const char *name)
{
    size_t len = strlen(name);

    if (!is_wildcard(pattern) || name_is_public_suffix(pattern + 2))
        return false;
    size_t zone_len = strlen(pattern + 1);
    return len > zone_len &&
           strcasecmp(name + len - zone_len, pattern + 1) == 0 &&
           memchr(name, '.', len - zone_len);
}

/* Text of a certificate keeps its case; the Public Suffix List has none. */
static bool is_sibling(const char *pattern, const char *name)
{
    const char *host = name_base(pattern);
    char lower[HOST_MAX_LEN + 1];
    size_t len = strlen(host);

    if (len > HOST_MAX_LEN)
        return false;
    for (size_t i = 0; i <= len; i++)
        lower[i] = host[i] >= 'A' && host[i] <= 'Z'
                       ? (char)(host[i] - 'A' + 'a')
                       : host[i];
    return name_same_domain(lower, name);
}

/* The ways to miss a host name, the most telling first (contract). */
static const struct {
    enum hostname_match_kind kind;
    bool (*holds)(const char *pattern, const char *name);
} misses[] = {
    { MATCH_PARTIAL_WILDCARD, is_bad_wildcard },
    { MATCH_APEX, is_apex },
    { MATCH_DEPTH, is_too_deep },
    { MATCH_SIBLING, is_sibling },
};

static const char *first(const struct list *list, const char *name,
                         bool (*holds)(const char *, const char *))
{
    for (size_t i = 0; i < list->len; i++)
        if (holds(list->text[i], name))
            return list->text[i];
    return NULL;
}

static const char *any(const struct names *n)
{
    if (n->dns.len)
        return n->dns.text[0];
    return n->ips.len ? n->ips.text[0] : n->cn;
}

static struct hostname_match fit_ip(const struct names *n, const char *ip)
{
    const char *covering = first(&n->ips, ip, ip_covers);
    const char *as_dns = first(&n->dns, ip, ip_covers);

    if (covering)
        return (struct hostname_match){ MATCH_COVERED, covering };
    if (as_dns)
        return (struct hostname_match){ MATCH_IP_AS_DNSNAME, as_dns };
    if (any(n) && any(n) == n->cn && ip_covers(n->cn, ip))
        return (struct hostname_match){ MATCH_CN_ONLY, n->cn };
    return (struct hostname_match){ any(n) ? MATCH_IP_REFERENCE
                                           : MATCH_NO_NAMES,
                                    any(n) };
}

static struct hostname_match fit_host(const struct names *n, const char *host)
{
    const char *covering = first(&n->dns, host, dns_covers);
    bool has_names = n->dns.len || n->ips.len;
    const struct list cn = { &n->cn, n->cn ? 1 : 0 };

    if (covering)
        return (struct hostname_match){ MATCH_COVERED, covering };
    if (first(&cn, host, dns_covers))
        return (struct hostname_match){ has_names ? MATCH_CN_MATCHES
                                                  : MATCH_CN_ONLY,
                                        n->cn };
    struct list near = has_names ? n->dns : cn;
    if (near.len > CERT_NAMES_READ)
        near.len = CERT_NAMES_READ;
    for (size_t i = 0; i < sizeof misses / sizeof *misses; i++) {
        const char *miss = first(&near, host, misses[i].holds);
        if (miss)
            return (struct hostname_match){ misses[i].kind, miss };
    }
    return (struct hostname_match){ any(n) ? MATCH_FOREIGN : MATCH_NO_NAMES,
                                    any(n) };
}

struct hostname_match hostname_match_cert(const struct cert *c,
                                          const char *name)
{
    struct names n = {
        .dns = { c->dns_names.text, c->dns_names.len },
        .ips = { c->ip_names.text, c->ip_names.len },
        .cn = c->subject_cn,
    };

    return name_is_ip(name) ? fit_ip(&n, name) : fit_host(&n, name);
}

struct hostname_match hostname_match_patterns(const char *const *patterns,
                                              size_t len, const char *name)
{
    struct names n = { .dns = { patterns, len }, .ips = { patterns, len } };

    return name_is_ip(name) ? fit_ip(&n, name) : fit_host(&n, name);
}

enum match_part { NAME, PATTERN };

/* begin, a part, middle, the other part, end. */
static const struct mismatch_wording {
    const char *word, *begin;
    enum match_part part;
    const char *middle;
    const char *end; /* behind the other part; NULL: that is left out */
} wordings[] = {
    [MATCH_COVERED] = { "covered", "", PATTERN, " covers ", "" },
    [MATCH_IP_AS_DNSNAME] = { "ip-as-dns-name", "", PATTERN,
                              " is there as a host name, and an address counts "
                              "only among the IP addresses",
                              NULL },
    [MATCH_IP_REFERENCE] = { "ip-reference", "", NAME,
                             " is an address, and the certificate is for other "
                             "names, such as ",
                             "" },
    [MATCH_CN_ONLY] = { "common-name-only", "", PATTERN,
                        " is there as common name only, which clients no "
                        "longer "
                        "read",
                        NULL },
    [MATCH_CN_MATCHES] = { "common-name-matches", "", PATTERN,
                           " is the common name, but not in the list of names, "
                           "and only the list counts",
                           NULL },
    [MATCH_PARTIAL_WILDCARD] = { "partial-wildcard", "", PATTERN,
                                 " does not count: a wildcard has to be the "
                                 "whole first label, before two others at "
                                 "least",
                                 NULL },
    [MATCH_APEX] = { "apex-not-covered", "", PATTERN,
                     " covers the names below it, but not ", " itself" },
    [MATCH_DEPTH] = { "one-label-too-deep", "", PATTERN,
                      " covers one label, and ", " has more in its place" },
    [MATCH_SIBLING] = { "other-name-of-domain", "", NAME,
                        " is not among the names; the nearest one is ", "" },
    [MATCH_FOREIGN] = { "other-domain", "", NAME,
                        " is not among the names; they belong elsewhere, like ",
                        "" },
    [MATCH_NO_NAMES] = { "no-names", "there is no name that ", NAME,
                         " could be compared with", NULL },
};
static_assert(sizeof wordings / sizeof *wordings == MATCH_KIND_COUNT,
              "a wording per kind");

const char *hostname_match_word(enum hostname_match_kind kind)
{
    return wordings[kind].word;
}

const char *hostname_match_sentence(struct arena *a, const char *name,
                                    struct hostname_match m)
{
    const struct mismatch_wording *w = &wordings[m.kind];
    const char *pattern = m.pattern ? m.pattern : "nothing";
    const char *one = w->part == NAME ? name : pattern;
    const char *other = w->part == NAME ? pattern : name;

    return arena_printf(a, "%s%s%s%s%s", w->begin, one, w->middle,
                        w->end ? other : "", w->end ? w->end : "");
}
