#include "check/default_cert.h"

#include <string.h>
#include <strings.h>

#include "facts/knowledge.h"

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), tail = strlen(end);

    return len >= tail && strcasecmp(text + len - tail, end) == 0;
}

static bool name_fits(const char *name, const struct default_cert *row)
{
    return row->place == ALL_NAMES_ARE ? strcasecmp(name, row->text) == 0
                                       : ends_with(name, row->text);
}

/* Whose name it is; NULL when it may well be a real one. Debian's ssl-cert
 * and others sign themselves for the bare machine name. */
static const char *maker_of_name(const struct known *k, const struct cert *leaf,
                                 const char *name)
{
    for (size_t i = 0; i < k->default_certs_len; i++) {
        const struct default_cert *row = &k->default_certs[i];
        if (row->place <= ALL_NAMES_END && name_fits(name, row))
            return row->maker;
    }
    return leaf->self_signed && !strchr(name, '.') ? "the installation" : NULL;
}

/* Some people put "localhost" beside real names: all have to be such. */
static const char *maker_of_names(const struct known *k,
                                  const struct cert *leaf)
{
    const char *maker = NULL;

    if (leaf->ip_names.len)
        return NULL;
    if (leaf->dns_names.len == 0)
        return leaf->subject_cn ? maker_of_name(k, leaf, leaf->subject_cn)
                                : NULL;
    for (size_t i = 0; i < leaf->dns_names.len; i++) {
        maker = maker_of_name(k, leaf, leaf->dns_names.text[i]);
        if (!maker)
            return NULL;
    }
    return maker;
}

static const char *maker_of_subject(const struct known *k,
                                    const struct cert *leaf)
{
    for (size_t i = 0; i < k->default_certs_len; i++) {
        const struct default_cert *row = &k->default_certs[i];
        bool means_subject = row->place == SUBJECT_HAS ||
                             (row->place == OWN_SUBJECT && leaf->self_signed);
        if (means_subject && leaf->subject && strstr(leaf->subject, row->text))
            return row->maker;
    }
    return NULL;
}

const char *default_cert_maker(const struct survey *s, const struct cert *leaf)
{
    const struct known *k = &knowledge_of(s)->known;
    const char *maker = maker_of_subject(k, leaf);

    return maker ? maker : maker_of_names(k, leaf);
}
