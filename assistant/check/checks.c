#include "check/check.h"

#include <string.h>

extern const struct check chk_revocation, chk_input, chk_dns, chk_mx, chk_conn,
    chk_service, chk_starttls, chk_tls, chk_name, chk_trust, chk_chain,
    chk_time, chk_key, chk_sni, chk_address, chk_port, chk_keytype, chk_san,
    chk_clear, chk_published, chk_stale, chk_sts, chk_dane, chk_dane_ta,
    chk_sts_wild, chk_acme, chk_http01, chk_dns01, chk_servers, chk_inside,
    chk_domain, chk_engine, chk_proxy, chk_clock, chk_local, chk_rotation;

/* In the order in which a person wants to hear of them; those who ask whether
 * a new certificate is due (check/replacement.h) behind those who find the
 * fault. */
const struct check *const all_checks[] = {
    &chk_local,     &chk_dns,     &chk_mx,       &chk_proxy,      &chk_conn,
    &chk_service,   &chk_inside,  &chk_starttls, &chk_tls,        &chk_name,
    &chk_port,      &chk_address, &chk_rotation, &chk_keytype,    &chk_stale,
    &chk_trust,     &chk_chain,   &chk_time,     &chk_revocation, &chk_key,
    &chk_engine,    &chk_sni,     &chk_san,      &chk_clear,      &chk_domain,
    &chk_published, &chk_dane_ta, &chk_sts_wild, &chk_input,      &chk_sts,
    &chk_dane,      &chk_acme,    &chk_http01,   &chk_dns01,      &chk_servers,
    &chk_clock,     NULL,
};

void check_all(const struct survey *s, struct findings *out)
{
    for (const struct check *const *c = all_checks; *c; c++)
        (*c)->run(s, out);
    findings_sort(out);
}

const struct finding_def *check_find_def(const char *id)
{
    for (const struct check *const *c = all_checks; *c; c++)
        for (const struct finding_def *def = (*c)->finds; def->id; def++)
            if (strcmp(def->id, id) == 0)
                return def;
    return NULL;
}

bool check_is_mended(const struct finding_def *def)
{
    for (const struct check *const *c = all_checks; *c; c++)
        for (unsigned i = 0; (*c)->finds[i].id; i++)
            if (strcmp((*c)->finds[i].id, def->id) == 0)
                return (*c)->mended & CHECK_BIT(i);
    return false;
}
