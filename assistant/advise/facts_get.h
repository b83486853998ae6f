#ifndef CERTMEND_ADVISE_FACTS_GET_H
#define CERTMEND_ADVISE_FACTS_GET_H
/*
 * facts_get - how each fact is read; for advise/facts.c alone
 */
#include "advise/context.h"

#define FACT(name) const struct json *facts_##name(const struct context *now)

#define FINDING_FACT(name)                                                     \
    const struct json *facts_##name(const struct context *now,                 \
                                    const struct finding *f)

/* NULL for what is not there. */
const struct json *facts_text(const struct context *now, const char *value);
const struct json *facts_list(const struct context *now,
                              const struct text_list *names);

/* of the survey: facts_survey.c */
FACT(asked_host);
FACT(asked_port);
FACT(asked_kind);
FACT(asked_role);
FACT(asked_is_ip);
FACT(asked_issuable);
FACT(asked_domain);
FACT(asked_no_sni);
FACT(candidate_found);
FACT(candidate_hostname);
FACT(candidate_port);
FACT(candidate_security);
FACT(candidate_tie);
FACT(candidate_foreign);
FACT(candidate_work);
FACT(candidate_limited);
FACT(candidate_right);
FACT(candidate_lost);
FACT(suggestion_found);
FACT(suggestion_hostname);
FACT(good_found);
FACT(good_port);
FACT(differ_by);
FACT(differ_addresses);
FACT(differ_ports);
FACT(names_in_use);
FACT(names_count);
FACT(names_wildcard);
FACT(names_wildcard_pays);
FACT(use_reasons);
FACT(use_explained);
FACT(chain_missing);
FACT(chain_fetched);
FACT(ca_address_lifetime);

/* of a finding: facts_finding.c */
FINDING_FACT(finding_severity);
FINDING_FACT(finding_title);
FINDING_FACT(finding_detail);
FINDING_FACT(finding_subject);
FINDING_FACT(finding_record);
FINDING_FACT(finding_value);
FINDING_FACT(finding_leave_out);
FINDING_FACT(finding_places);
FINDING_FACT(finding_numbers);
FINDING_FACT(finding_remove);
FINDING_FACT(finding_wait);
FINDING_FACT(finding_asked_host);
FINDING_FACT(finding_source);
FINDING_FACT(finding_maker);
FINDING_FACT(finding_good_host);
FINDING_FACT(finding_good_port);
FINDING_FACT(finding_good_socket);
FINDING_FACT(finding_good_type);
FINDING_FACT(finding_incoming);
FINDING_FACT(finding_outgoing);
FINDING_FACT(finding_served_domain);
FINDING_FACT(finding_target);
FINDING_FACT(finding_host);
FINDING_FACT(finding_ports);
FINDING_FACT(finding_addresses);
FINDING_FACT(finding_dead);
FINDING_FACT(finding_services);
FINDING_FACT(other_port_found);
FINDING_FACT(other_port_near);
FINDING_FACT(other_port_port);
FINDING_FACT(other_port_security);
FINDING_FACT(other_port_service);
FINDING_FACT(mode_found);
FINDING_FACT(mode_port);
FINDING_FACT(mode_security);
FINDING_FACT(served_names);
FINDING_FACT(served_name_ok);
FINDING_FACT(served_fits_all);
FINDING_FACT(served_trusted);
FINDING_FACT(served_in_date);
FINDING_FACT(served_self_signed);
FINDING_FACT(served_issuer);
FINDING_FACT(served_from);
FINDING_FACT(served_until);
FINDING_FACT(served_from_moment);
FINDING_FACT(served_until_moment);
FINDING_FACT(server_port);
FINDING_FACT(server_usual);
FINDING_FACT(server_service);
FINDING_FACT(server_software);
FINDING_FACT(stale_services);
FINDING_FACT(stale_good_port);
FINDING_FACT(stale_seen);
FINDING_FACT(clock_wrong);

/* where it was seen, in words: facts_place.c */
FINDING_FACT(finding_at);
FINDING_FACT(finding_at_host);
FINDING_FACT(finding_at_ports);

#endif
