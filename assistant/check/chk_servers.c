#include "check/check.h"

#include <string.h>

#include "check/finding_text.h"

enum { DIFFER, SILENT };

static const struct finding_def finds[] = {
    [DIFFER] = {
        "dns.servers_differ",
        "The zone's name servers do not give the same addresses",
        "Whoever asks the wrong one is sent elsewhere; an authority may ask "
        "any of them.",
        "RFC 1034 4.2",
    },
    [SILENT] = {
        "dns.server_silent",
        "A name server of the zone gives no answer",
        "An authority that happens to ask it has to refuse.",
        "RFC 1034 4.1",
    },
    { NULL, NULL, NULL, NULL },
};

static bool is_silent(const struct dns_answer *d)
{
    return d->outcome == DNS_TIMED_OUT || d->outcome == DNS_SERVFAIL;
}

static bool has(const struct dns_answer *d, const struct dns_record *r)
{
    for (size_t i = 0; i < d->len; i++)
        if (strcmp(d->records[i].text, r->text) == 0)
            return true;
    return false;
}

static bool is_within(const struct dns_answer *a, const struct dns_answer *b)
{
    for (size_t i = 0; i < a->len; i++)
        if (!has(b, &a->records[i]))
            return false;
    return true;
}

/* An earlier server said something else about the same thing. */
static const struct dns_answer *opponent(const struct survey *s,
                                         const struct dns_answer *d)
{
    for (size_t i = 0; i < s->answers_len; i++) {
        const struct dns_answer *other = &s->answers[i];
        if (other == d)
            return NULL;
        if (other->server && other->type == d->type && !is_silent(other) &&
            strcmp(other->name, d->name) == 0 &&
            !(is_within(other, d) && is_within(d, other)))
            return other;
    }
    return NULL;
}

/* Where none of them answers, the way to them is cut off here. */
static bool somebody_spoke(const struct survey *s)
{
    for (size_t i = 0; i < s->answers_len; i++)
        if (s->answers[i].server && !is_silent(&s->answers[i]))
            return true;
    return false;
}

static const char *said(struct arena *a, const struct dns_answer *d)
{
    const char **words = arena_alloc(a, d->len + 1, sizeof *words);

    for (size_t i = 0; i < d->len; i++)
        words[i] = d->records[i].text;
    return d->len ? finding_text_list(a, words, d->len) : "nothing";
}

static void about(struct findings *out, struct finding *f,
                  const struct dns_answer *d)
{
    f->subject = arena_text(out->arena, d->name);
    finding_text(out, f, "name", d->name);
    finding_text(out, f, "server", d->server);
}

static void judge(const struct survey *s, const struct dns_answer *d,
                  struct findings *out)
{
    const char *type = table_text(dns_type_words, (int)d->type);

    if (is_silent(d)) {
        if (somebody_spoke(s) && !finding_find(out, finds[SILENT].id))
            about(out,
                  finding_add(out, &finds[SILENT], SEV_WARNING,
                              "%s does not answer the question for the %s "
                              "records of %s.",
                              d->server, type, d->name),
                  d);
        return;
    }
    const struct dns_answer *other = opponent(s, d);
    if (other && !finding_find(out, finds[DIFFER].id))
        about(out,
              finding_add(out, &finds[DIFFER], SEV_WARNING,
                          "Asked for the %s records of %s, %s says %s, %s "
                          "says %s.",
                          type, d->name, other->server, said(out->arena, other),
                          d->server, said(out->arena, d)),
              d);
}

static void run(const struct survey *s, struct findings *out)
{
    for (size_t i = 0; i < s->answers_len; i++)
        if (s->answers[i].server)
            judge(s, &s->answers[i], out);
}

const struct check chk_servers = {
    .name = "servers",
    .about = "Do all name servers of the zone say the same?",
    .finds = finds,
    .run = run,
};
