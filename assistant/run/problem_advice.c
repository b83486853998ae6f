#include "run/problem_advice.h"

#include <string.h>

#include "acme/acme_explanation.h"
#include "model/name.h"

static bool begins(const char *id, const char *with)
{
    return strncmp(id, with, strlen(with)) == 0;
}

/* A proof fails for what is wrong with the name too. */
static bool explains(const char *doubt, const char *finding)
{
    static const struct {
        const char *doubt, *finding;
    } kinds[] = {
        { "acme.caa_", "acme.caa_" }, { "dns.", "dns." },
        { "http01.", "http01." },     { "dns01.", "dns01." },
        { "dns.", "http01." },        { "dns.", "acme.alpn" },
        { "dns.", "dns01." },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (begins(doubt, kinds[i].doubt) && begins(finding, kinds[i].finding))
            return true;
    return strcmp(doubt, finding) == 0;
}

static bool is_about(const struct issue_doubt *d, const struct acme_problem *p,
                     const struct issue_order *o)
{
    return p->identifier
               ? strcmp(name_base(d->name), name_base(p->identifier)) == 0
               : o->names_len == 1;
}

/* The same finding before one of its kind. */
static const struct issue_doubt *find(const struct issue_order *o,
                                      const struct acme_problem *p,
                                      const char *finding)
{
    const struct issue_doubt *found = NULL;

    for (size_t i = 0; i < o->doubts_len; i++) {
        const struct issue_doubt *d = &o->doubts[i];
        bool same = strcmp(d->finding, finding) == 0;
        if (is_about(d, p, o) &&
            (same || (!found && explains(d->finding, finding))))
            found = d;
        if (found == d && same)
            break;
    }
    return found;
}

struct problem_advice problem_advice(const struct issue_order *o,
                                     const struct acme_problem *p)
{
    const struct acme_explanation m = acme_explanation_of(p);
    const struct issue_doubt *d = find(o, p, m.finding);

    if (!d)
        return (struct problem_advice){ m.finding, m.means, m.todo };
    return (struct problem_advice){ d->finding, d->text,
                                    d->fix ? d->fix : m.todo };
}
