#include "check/check.h"

#include <string.h>

#include "check/finding_text.h"

enum { BAD_INPUT, NOT_PUBLIC, UNDERSCORE };

static const struct finding_def finds[] = {
    [BAD_INPUT] = {
        "name.bad_input",
        "What was typed had to be put right first",
        "A mail program that is given the same text may not be as kind.",
        "RFC 6066 3",
    },
    [NOT_PUBLIC] = {
        "name.not_public",
        "No public authority issues certificates for this name",
        "The name means something inside one network only, so nobody outside "
        "can check who owns it.",
        "CA/Browser Forum BR 7.1.2.7.12",
    },
    [UNDERSCORE] = {
        "name.underscore",
        "The name has an underscore, which host names may not have",
        "Authorities issue no certificates for it, and some programs refuse "
        "it.",
        "RFC 1123 2.1, CA/Browser Forum BR 7.1.2.7.12",
    },
    { NULL, NULL, NULL, NULL },
};

static void about(struct findings *out, struct finding *f, const char *host)
{
    f->subject = arena_text(out->arena, host);
    finding_text(out, f, "host", host);
    finding_text(out, f, "name", host);
}

static void judge_input(const struct target *t, struct findings *out)
{
    if (!t->corrections_len)
        return;
    struct finding *f = finding_add(
        out, &finds[BAD_INPUT], SEV_INFO, "\"%s\" was read as %s: %s.",
        t->input, t->host,
        finding_text_list(out->arena, t->corrections, t->corrections_len));
    about(out, f, t->host);
    finding_text(out, f, "typed", t->input);
    finding_text(out, f, "hostname", t->host);
    finding_list(out, f, "corrections", t->corrections, t->corrections_len);
}

static void run(const struct survey *s, struct findings *out)
{
    const struct target *t = &s->target;

    if (!t->host)
        return;
    judge_input(t, out);
    if (t->host_is_ip || name_is_ip(t->host))
        return;
    if (name_is_internal(t->host))
        about(out,
              finding_add(out, &finds[NOT_PUBLIC], SEV_INFO,
                          "%s is a name for one network only.", t->host),
              t->host);
    if (strchr(t->host, '_'))
        about(out,
              finding_add(out, &finds[UNDERSCORE], SEV_INFO,
                          "%s has an underscore in it.", t->host),
              t->host);
}

const struct check chk_input = {
    .name = "input",
    .about = "Is what was typed a name that can work?",
    .finds = finds,
    .run = run,
};
