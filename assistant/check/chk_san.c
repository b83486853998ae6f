#include "check/check.h"

#include <string.h>

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"

static const struct finding_def finds[] = {
    {
        "name.empty_or_odd_san",
        "The certificate's list of names is empty, or has an entry that is not "
        "a name",
        "Such an entry covers nothing, whatever it was meant for.",
        "RFC 5280 4.2.1.6",
    },
    { NULL, NULL, NULL, NULL },
};

/* An empty label, a final dot, a blank: nobody compares with that. */
static bool is_odd(const char *text)
{
    size_t len = strlen(text);

    return len == 0 || text[0] == '.' || text[len - 1] == '.' ||
           strstr(text, "..") || strchr(text, ' ');
}

/* NULL: the list is in order. "": it is not there at all. */
static const char *odd_entry(const struct survey *s, const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);

    if (!leaf->dns_names.len && !leaf->ip_names.len && !leaf->subject_cn)
        return "";
    for (size_t i = 0; i < leaf->dns_names.len; i++)
        if (is_odd(leaf->dns_names.text[i]))
            return leaf->dns_names.text[i];
    return NULL;
}

static bool has_odd_list(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && odd_entry(s, c);
}

static const char *finding_text_odd(const struct group *g, struct arena *a)
{
    const char *entry = odd_entry(g->survey, group_first(g));

    if (!*entry)
        return arena_printf(a, "%s shows a certificate that names nobody.",
                            finding_text_where(g, a));
    return arena_printf(a, "%s shows a certificate with the name \"%s\".",
                        finding_text_where(g, a), entry);
}

static const struct cell_rule questions[] = {
    { &finds[0], has_odd_list, group_same_leaf, role_advice, finding_text_odd,
      NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_san = {
    .name = "san",
    .about = "Is the certificate's list of names in order?",
    .finds = finds,
    .run = run,
};
