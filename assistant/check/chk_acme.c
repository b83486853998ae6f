#include "check/check.h"

#include <string.h>

#include "check/finding_text.h"
#include "check/replacement.h"
#include "facts/caa.h"
#include "facts/knowledge.h"
#include "facts/san_plan.h"

enum { FORBIDS, CRITICAL, PARAMS, LOOKUP_FAILS, UNISSUABLE, WILDCARD };

static const struct finding_def finds[] = {
    [FORBIDS] = {
        "acme.caa_forbids",
        "The zone's CAA records name other authorities",
        "An authority that is not named there refuses to issue.",
        "RFC 8659 4.2, 4.3",
    },
    [CRITICAL] = {
        "acme.caa_critical",
        "A CAA record of an unknown kind is marked critical",
        "Every authority that does not know it has to refuse.",
        "RFC 8659 4.1, 4.5",
    },
    [PARAMS] = {
        "acme.caa_params",
        "The CAA record allows the authority for certain accounts or "
        "proofs only",
        "An order from another account is refused.",
        "RFC 8657 3, 4",
    },
    [LOOKUP_FAILS] = {
        "acme.caa_lookup_fails",
        "The CAA records cannot be looked up",
        "An authority that gets no answer has to refuse.",
        "BR 3.2.2.8.1",
    },
    [UNISSUABLE] = {
        "acme.name_unissuable",
        "The certificate carries a name that no public authority certifies",
        "A new certificate has to go without it.",
        "BR 7.1.2.7.12, 4.2.2",
    },
    [WILDCARD] = {
        "acme.wildcard_needs_dns",
        "A wildcard certificate needs a proof by DNS",
        "No authority proves a name with a star on port 80 or 443.",
        "RFC 8555 7.4.1, BR 3.2.2.4",
    },
    { NULL, NULL, NULL, NULL },
};

static const int rulings[CAA_RULING_COUNT] = {
    [CAA_ALLOWED] = -1,          [CAA_FORBIDDEN] = FORBIDS,
    [CAA_CRITICAL] = CRITICAL,   [CAA_BY_PARAMS] = PARAMS,
    [CAA_FAILED] = LOOKUP_FAILS, [CAA_UNKNOWN] = -1,
};

static void about(struct findings *out, struct finding *f, const char *name)
{
    f->subject = arena_text(out->arena, name);
    finding_text(out, f, "name", name);
}

/* Whom the records have to name. */
static struct text_list authorities(const struct survey *s)
{
    const struct ca *usual = knowledge_of(s)->usual;

    if (s->ordered.names.len)
        return s->ordered.authorities;
    return usual->caa;
}

/* "record" and "value" say what would open the way, "remove" what has to go
 * for it. */
static void finding_text_way(struct findings *out, struct finding *f,
                             const struct caa_answer *answer, const char *ca)
{
    struct arena *a = out->arena;

    if (answer->ruling == CAA_CRITICAL) {
        const char *rest = strchr(answer->record, ' ');
        finding_text(out, f, "value", arena_printf(a, "0%s", rest));
        finding_text(out, f, "remove", answer->record);
        return;
    }
    finding_text(out, f, "value",
                 arena_printf(a, "0 %s \"%s\"", answer->tag, ca));
}

static const char *detail_of(struct arena *a, const char *name,
                             const struct caa_answer *answer, const char *ca)
{
    const struct text_list *named = &answer->authorities;

    if (answer->ruling == CAA_FAILED)
        return arena_printf(a,
                            "No answer to the question for the CAA records "
                            "of %s or of a zone above it.",
                            name);
    if (answer->ruling != CAA_FORBIDDEN)
        return arena_printf(a, "At %s stands: %s.", answer->zone,
                            answer->record);
    const char *allowed =
        named->len ? finding_text_list(a, named->text, named->len) : "nobody";
    if (*ca)
        return arena_printf(a, "For %s the records at %s allow %s, not %s.",
                            name, answer->zone, allowed, ca);
    return arena_printf(a, "For %s the records at %s allow %s%s.", name,
                        answer->zone, allowed,
                        named->len ? "; whether this CA is meant by that is "
                                     "not known"
                                   : "");
}

static bool was_told(const struct findings *out, const struct finding_def *def,
                     const struct caa_answer *answer)
{
    for (size_t i = 0; i < out->len; i++) {
        const struct finding *f = &out->items[i];
        const char *zone = json_find_text(f->params, "record");
        const char *tag = json_find_text(f->params, "tag");
        if (f->def != def)
            continue;
        if (!answer->zone || (zone && strcmp(zone, answer->zone) == 0 && tag &&
                              strcmp(tag, answer->tag) == 0))
            return true;
    }
    return false;
}

/* One of the authority's names is enough. One whose name is not known may be
 * one of those that are allowed. */
static struct caa_answer ask_caa(const struct survey *s, struct arena *a,
                                 const char *name, const char **ca)
{
    static const char nobody[] = "?"; /* no record can name it */
    struct text_list all = authorities(s);
    struct caa_question q = { .name = name,
                              .ca = all.len ? all.text[0] : nobody,
                              .method = s->ordered.method,
                              .account = s->ordered.account };
    struct caa_answer answer = caa_judge(s, a, &q);

    *ca = all.len ? q.ca : "";
    for (size_t i = 1; answer.ruling == CAA_FORBIDDEN && i < all.len; i++) {
        q.ca = all.text[i];
        struct caa_answer other = caa_judge(s, a, &q);
        if (other.ruling != CAA_FORBIDDEN) {
            answer = other;
            *ca = q.ca;
        }
    }
    return answer;
}

static void judge_name(const struct survey *s, const char *name,
                       struct findings *out)
{
    const char *ca = NULL;
    struct caa_answer answer = ask_caa(s, out->arena, name, &ca);
    int which = rulings[answer.ruling];

    if (which < 0 || was_told(out, &finds[which], &answer))
        return;
    struct finding *f = finding_add(out, &finds[which], SEV_INFO, "%s",
                                    detail_of(out->arena, name, &answer, ca));
    about(out, f, name);
    if (!answer.zone)
        return;
    finding_text(out, f, "record", answer.zone);
    finding_text(out, f, "tag", answer.tag);
    finding_text(out, f, "published", answer.record);
    finding_list(out, f, "authorities", answer.authorities.text,
                 answer.authorities.len);
    if (*ca || answer.ruling == CAA_CRITICAL)
        finding_text_way(out, f, &answer, ca);
    else if (answer.authorities.len)
        json_put_bool(out->arena, f->params, "doubtful", true);
}

static void judge_unissuable(const struct survey *s, const struct cell *c,
                             struct findings *out)
{
    const struct cert *leaf = cell_leaf(s, c);
    size_t len = leaf ? leaf->dns_names.len : 0;
    struct text_list bad = { 0 };

    /* Somebody else's certificate says nothing about the one to come. */
    if (!leaf || !c->verdict.name_ok || leaf->self_signed ||
        finding_find(out, finds[UNISSUABLE].id))
        return;
    bad.text = arena_alloc(out->arena, len + 1, sizeof *bad.text);
    for (size_t i = 0; i < len && i < CERT_NAMES_READ; i++)
        if (name_is_ip(leaf->dns_names.text[i]) ||
            !san_plan_issuable(s, out->arena, leaf->dns_names.text[i]))
            bad.text[bad.len++] = leaf->dns_names.text[i];
    if (!bad.len)
        return;
    struct finding *f = finding_add(
        out, &finds[UNISSUABLE], SEV_INFO, "On the certificate stands %s.",
        finding_text_list(out->arena, bad.text, bad.len));
    about(out, f, bad.text[0]);
    finding_list(out, f, "names", bad.text, bad.len);
}

static const char *why_not(const char *name)
{
    if (name_is_ip(name))
        return "a private or reserved address: nobody outside can reach it";
    return "no name of the public Internet that anybody can own";
}

static void judge_ordered(const struct survey *s, struct findings *out)
{
    const struct text_list *names = &s->ordered.names;

    for (size_t i = 0; i < names->len; i++)
        if (!san_plan_issuable(s, out->arena, names->text[i]))
            about(out,
                  finding_add(out, &finds[UNISSUABLE], SEV_INFO, "%s is %s.",
                              names->text[i], why_not(names->text[i])),
                  names->text[i]);
}

static void run(const struct survey *s, struct findings *out)
{
    if (!replacement_is_due(s, out))
        return;
    struct text_list names = replacement_names(s, out->arena);
    judge_ordered(s, out);
    for (size_t i = 0; i < names.len; i++) {
        judge_name(s, names.text[i], out);
        if (name_is_wildcard(names.text[i]))
            about(out,
                  finding_add(out, &finds[WILDCARD], SEV_INFO,
                              "%s is proven by a TXT record alone.",
                              names.text[i]),
                  names.text[i]);
    }
    for (size_t i = 0; i < s->cells_len; i++)
        if (replacement_changes(s, &s->cells[i]))
            judge_unissuable(s, &s->cells[i], out);
}

const struct check chk_acme = {
    .name = "acme",
    .about = "Would an authority issue the certificate that is needed?",
    .finds = finds,
    .run = run,
};
