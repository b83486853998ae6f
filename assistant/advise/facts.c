#include "advise/facts.h"

#include <string.h>

#include "advise/facts_get.h"

enum { JOINED_MAX = 4000 }; /* bytes of a joined list */

static const char *const kinds[] = { "host", "domain", "file", NULL };
static const char *const roles[] = { "mua", "mx", "https", NULL };
static const char *const securities[] = { "implicit", "starttls", NULL };
static const char *const severities[] = { "error", "warning", "info", NULL };
static const char *const ties[] = { "domain", "machine", "certificate", "none",
                                    NULL };
static const char *const differences[] = { "addresses", "ports", NULL };

static const char *const address_types[] = { "A", "AAAA", NULL };

/* clang-format off */
const struct fact facts[] = {
    { .word = "asked.host", .type = JSON_TEXT,
      .about = "the name or address asked about; of a domain the host it is "
               "about",
      .of_survey = facts_asked_host,
      .of_finding = facts_finding_asked_host },
    { .word = "asked.port", .type = JSON_NUMBER,
      .about = "the port asked for; unknown when all were meant",
      .of_survey = facts_asked_port },
    { .word = "asked.kind", .type = JSON_TEXT,
      .values = kinds,
      .about = "\"host\", \"domain\" or \"file\"",
      .of_survey = facts_asked_kind },
    { .word = "asked.role", .type = JSON_TEXT,
      .values = roles,
      .about = "who connects: \"mua\", \"mx\" or \"https\"",
      .of_survey = facts_asked_role },
    { .word = "asked.is_ip", .type = JSON_BOOL,
      .about = "an address was asked about, not a name",
      .of_survey = facts_asked_is_ip },
    { .word = "asked.issuable", .type = JSON_BOOL,
      .about = "a public authority may certify the name asked about",
      .of_survey = facts_asked_issuable },
    { .word = "asked.domain", .type = JSON_TEXT,
      .about = "its registrable domain",
      .of_survey = facts_asked_domain },
    { .word = "asked.no_sni", .type = JSON_BOOL,
      .about = "the look was made without saying the name (SNI)",
      .of_survey = facts_asked_no_sni },
    { .word = "candidate.found", .type = JSON_BOOL,
      .about = "another name for this machine was seen clean where the asked"
               " one fails",
      .of_survey = facts_candidate_found },
    { .word = "candidate.hostname", .type = JSON_TEXT,
      .about = "that name",
      .of_survey = facts_candidate_hostname },
    { .word = "candidate.port", .type = JSON_NUMBER,
      .about = "the port to offer with it",
      .of_survey = facts_candidate_port },
    { .word = "candidate.security", .type = JSON_TEXT,
      .values = securities,
      .about = "\"implicit\" or \"starttls\" on that port",
      .of_survey = facts_candidate_security },
    { .word = "candidate.tie", .type = JSON_TEXT,
      .values = ties,
      .about = "what ties it to the machine, strongest first",
      .of_survey = facts_candidate_tie },
    { .word = "candidate.foreign", .type = JSON_BOOL,
      .about = "the only other name seen clean may be another customer's",
      .of_survey = facts_candidate_foreign },
    { .word = "candidate.work", .type = JSON_TEXT,
      .about = "what mail programs do by its port: \"sending\"",
      .of_survey = facts_candidate_work },
    { .word = "candidate.limited", .type = JSON_BOOL,
      .about = "some service is right under the asked name alone",
      .of_survey = facts_candidate_limited },
    { .word = "candidate.right", .type = JSON_ARRAY,
      .about = "ports that were seen clean under it",
      .of_survey = facts_candidate_right },
    { .word = "candidate.lost", .type = JSON_ARRAY,
      .about = "ports that are clean under the asked name alone",
      .of_survey = facts_candidate_lost },
    { .word = "suggestion.found", .type = JSON_BOOL,
      .about = "the name leads nowhere, and one of its domain was seen clean",
      .of_survey = facts_suggestion_found },
    { .word = "suggestion.hostname", .type = JSON_TEXT,
      .about = "that name",
      .of_survey = facts_suggestion_hostname },
    { .word = "good.found", .type = JSON_BOOL,
      .about = "some port or address of what was asked is clean",
      .of_survey = facts_good_found },
    { .word = "good.port", .type = JSON_NUMBER,
      .about = "its port",
      .of_survey = facts_good_port },
    { .word = "differ.by", .type = JSON_TEXT,
      .values = differences,
      .about = "\"addresses\" or \"ports\": where the clean certificate is missing",
      .of_survey = facts_differ_by },
    { .word = "differ.addresses", .type = JSON_ARRAY,
      .about = "addresses that show another verdict",
      .of_survey = facts_differ_addresses },
    { .word = "differ.ports", .type = JSON_ARRAY,
      .about = "ports that show another verdict",
      .of_survey = facts_differ_ports },
    { .word = "names.in_use", .type = JSON_ARRAY,
      .about = "names that lead here: of this domain, and all of the person's certificate",
      .of_survey = facts_names_in_use },
    { .word = "names.count", .type = JSON_NUMBER,
      .about = "how many these are",
      .of_survey = facts_names_count },
    { .word = "names.wildcard", .type = JSON_ARRAY,
      .about = "the wildcard, the bare domain where it is used, and what it does not cover",
      .of_survey = facts_names_wildcard },
    { .word = "names.wildcard_pays", .type = JSON_BOOL,
      .about = "four or more names of one level, or the bare domain beside its star",
      .of_survey = facts_names_wildcard_pays },
    { .word = "use.reasons", .type = JSON_OBJECT,
      .about = "why each of names.in_use belongs on the certificate",
      .of_survey = facts_use_reasons },
    { .word = "use.explained", .type = JSON_ARRAY,
      .about = "the same as texts: \"name (reason)\"",
      .of_survey = facts_use_explained },
    { .word = "chain.missing", .type = JSON_ARRAY,
      .about = "subjects of the certificates the server leaves out",
      .of_survey = facts_chain_missing },
    { .word = "chain.fetched", .type = JSON_BOOL,
      .about = "all of these could be fetched",
      .of_survey = facts_chain_fetched },
    { .word = "ca.address_lifetime", .type = JSON_TEXT,
      .about = "how long a certificate for an address is valid: \"six days\"",
      .of_survey = facts_ca_address_lifetime },
    { .word = "finding.severity", .type = JSON_TEXT,
      .values = severities,
      .about = "\"error\", \"warning\" or \"info\"",
      .of_finding = facts_finding_severity },
    { .word = "finding.title", .type = JSON_TEXT,
      .about = "the finding in a sentence",
      .of_finding = facts_finding_title },
    { .word = "finding.detail", .type = JSON_TEXT,
      .about = "what was seen",
      .of_finding = facts_finding_detail },
    { .word = "finding.subject", .type = JSON_TEXT,
      .about = "the DNS name it is about",
      .of_finding = facts_finding_subject },
    { .word = "finding.record", .type = JSON_TEXT,
      .about = "the DNS name or file whose content has to change",
      .of_finding = facts_finding_record },
    { .word = "finding.value", .type = JSON_TEXT,
      .about = "what has to stand there",
      .of_finding = facts_finding_value },
    { .word = "finding.remove", .type = JSON_TEXT,
      .about = "what has to go for it",
      .of_finding = facts_finding_remove },
    { .word = "finding.leave_out", .type = JSON_ARRAY,
      .about = "the certificates that are better not sent",
      .of_finding = facts_finding_leave_out },
    { .word = "finding.places", .type = JSON_TEXT,
      .about = "their numbers, counted from 1: \"2 and 4\"",
      .of_finding = facts_finding_places },
    { .word = "finding.numbers", .type = JSON_TEXT,
      .about = "the same for a command: \"2 4\"",
      .of_finding = facts_finding_numbers },
    { .word = "finding.wait", .type = JSON_TEXT,
      .about = "how long others may go on with the old answer",
      .of_finding = facts_finding_wait },
    { .word = "finding.host", .type = JSON_TEXT,
      .about = "the host it is about",
      .of_finding = facts_finding_host },
    { .word = "finding.source", .type = JSON_TEXT,
      .about = "where it is published: srv, autoconfig, autodiscover",
      .of_finding = facts_finding_source },
    { .word = "finding.maker", .type = JSON_TEXT,
      .about = "whose machine or certificate was met there",
      .of_finding = facts_finding_maker },
    { .word = "finding.good_host", .type = JSON_TEXT,
      .about = "a host that mail programs could be sent to instead",
      .of_finding = facts_finding_good_host },
    { .word = "finding.good_port", .type = JSON_NUMBER,
      .about = "its port",
      .of_finding = facts_finding_good_port },
    { .word = "finding.good_socket", .type = JSON_TEXT,
      .about = "how it is encrypted, in the words of a settings file",
      .of_finding = facts_finding_good_socket },
    { .word = "finding.good_type", .type = JSON_TEXT,
      .about = "what it serves, in the words of a settings file",
      .of_finding = facts_finding_good_type },
    { .word = "finding.incoming", .type = JSON_ARRAY,
      .about = "the servers to read by in a settings file that is right",
      .of_finding = facts_finding_incoming },
    { .word = "finding.outgoing", .type = JSON_ARRAY,
      .about = "those to send by",
      .of_finding = facts_finding_outgoing },
    { .word = "finding.served_domain", .type = JSON_TEXT,
      .about = "the mail domain that it would be for",
      .of_finding = facts_finding_served_domain },
    { .word = "finding.target", .type = JSON_TEXT,
      .about = "where the alias leads",
      .of_finding = facts_finding_target },
    { .word = "finding.ports", .type = JSON_ARRAY,
      .about = "where it was seen",
      .of_finding = facts_finding_ports },
    { .word = "finding.at_ports", .type = JSON_TEXT,
      .about = "the same in words: \"ports 25 and 465\"",
      .of_finding = facts_finding_at_ports },
    { .word = "finding.at_host", .type = JSON_TEXT,
      .about = "these and the host: \"ports 25 and 465 of mail.example.org\"",
      .of_finding = facts_finding_at_host },
    { .word = "finding.at", .type = JSON_TEXT,
      .about = "the ports, and their host where more than one was looked at",
      .of_finding = facts_finding_at },
    { .word = "finding.addresses", .type = JSON_ARRAY,
      .about = "the addresses there",
      .of_finding = facts_finding_addresses },
    { .word = "finding.dead", .type = JSON_TEXT,
      .values = address_types,
      .about = "nothing answers at any of them; the type of their record",
      .of_finding = facts_finding_dead },
    { .word = "finding.services", .type = JSON_ARRAY,
      .about = "the services there",
      .of_finding = facts_finding_services },
    { .word = "other_port.found", .type = JSON_BOOL,
      .about = "the same service is clean on its other port",
      .of_finding = facts_other_port_found },
    { .word = "other_port.near", .type = JSON_BOOL,
      .about = "the asked port is that one, mistyped",
      .of_finding = facts_other_port_near },
    { .word = "other_port.port", .type = JSON_NUMBER,
      .about = "that port",
      .of_finding = facts_other_port_port },
    { .word = "other_port.security", .type = JSON_TEXT,
      .values = securities,
      .about = "\"implicit\" or \"starttls\" there",
      .of_finding = facts_other_port_security },
    { .word = "other_port.service", .type = JSON_TEXT,
      .about = "the service's name there",
      .of_finding = facts_other_port_service },
    { .word = "mode.found", .type = JSON_BOOL,
      .about = "the same port is clean in the other way of securing it",
      .of_finding = facts_mode_found },
    { .word = "mode.port", .type = JSON_NUMBER,
      .about = "that port",
      .of_finding = facts_mode_port },
    { .word = "mode.security", .type = JSON_TEXT,
      .values = securities,
      .about = "the way that works",
      .of_finding = facts_mode_security },
    { .word = "served.names", .type = JSON_ARRAY,
      .about = "the names on the certificate shown",
      .of_finding = facts_served_names },
    { .word = "served.name_ok", .type = JSON_BOOL,
      .about = "it covers the name",
      .of_finding = facts_served_name_ok },
    { .word = "served.fits_all", .type = JSON_BOOL,
      .about = "its names are those of all places that fail: one more cures all",
      .of_finding = facts_served_fits_all },
    { .word = "served.trusted", .type = JSON_BOOL,
      .about = "its chain leads to a trusted root, dates aside",
      .of_finding = facts_served_trusted },
    { .word = "served.in_date", .type = JSON_BOOL,
      .about = "it is within its own dates",
      .of_finding = facts_served_in_date },
    { .word = "served.self_signed", .type = JSON_BOOL,
      .about = "it signed itself",
      .of_finding = facts_served_self_signed },
    { .word = "served.issuer", .type = JSON_TEXT,
      .about = "who signed it",
      .of_finding = facts_served_issuer },
    { .word = "served.from", .type = JSON_TEXT,
      .about = "first valid second",
      .of_finding = facts_served_from },
    { .word = "served.until", .type = JSON_TEXT,
      .about = "last valid second",
      .of_finding = facts_served_until },
    { .word = "served.from_moment", .type = JSON_TEXT,
      .about = "the first as people write it",
      .of_finding = facts_served_from_moment },
    { .word = "served.until_moment", .type = JSON_TEXT,
      .about = "the last as people write it",
      .of_finding = facts_served_until_moment },
    { .word = "server.port", .type = JSON_NUMBER,
      .about = "the port that speaks for the finding",
      .of_finding = facts_server_port },
    { .word = "server.service", .type = JSON_TEXT,
      .about = "the service there",
      .of_finding = facts_server_service },
    { .word = "server.usual", .type = JSON_BOOL,
      .about = "the port is meant for what was looked for there",
      .of_finding = facts_server_usual },
    { .word = "server.software", .type = JSON_TEXT,
      .about = "its software, where the greeting tells",
      .of_finding = facts_server_software },
    { .word = "stale.services", .type = JSON_ARRAY,
      .about = "services that still show the older certificate",
      .of_finding = facts_stale_services },
    { .word = "stale.good_port", .type = JSON_NUMBER,
      .about = "a port that shows its successor",
      .of_finding = facts_stale_good_port },
    { .word = "stale.seen", .type = JSON_BOOL,
      .about = "some port shows its successor",
      .of_finding = facts_stale_seen },
    { .word = "clock.wrong", .type = JSON_BOOL,
      .about = "the authority's certificate would begin in the future as well",
      .of_finding = facts_clock_wrong },
    { .word = NULL },
};
/* clang-format on */

const struct fact *facts_find(const char *word)
{
    for (const struct fact *f = facts; f->word; f++) {
        if (strcmp(f->word, word) == 0)
            return f;
    }
    return NULL;
}

const struct json *facts_value(const struct fact *fact,
                               const struct context *now,
                               const struct finding *f)
{
    const struct json *value =
        f && fact->of_finding ? fact->of_finding(now, f) : NULL;

    return value || !fact->of_survey ? value : fact->of_survey(now);
}

const char *facts_joined(struct arena *a, const struct json *list)
{
    struct buf b;
    buf_init(&b, a, JOINED_MAX);
    JSON_EACH (item, list) {
        if (b.len)
            buf_text(&b, ", ");
        if (item->type == JSON_TEXT)
            buf_text(&b, item->text);
        if (item->type == JSON_NUMBER)
            buf_printf(&b, "%.0f", item->number);
    }
    return b.text;
}

/* The object of a word's first half, made when it is not there yet. */
static struct json *half(struct arena *a, struct json *all, const char *key)
{
    for (struct json *o = all->first; o; o = o->next) {
        if (strcmp(o->key, key) == 0)
            return o;
    }
    return json_put_object(a, all, key);
}

struct json *facts_context(const struct context *now, const struct finding *f)
{
    struct json *all = json_object(now->arena);
    for (const struct fact *fact = facts; fact->word; fact++) {
        const struct json *value = facts_value(fact, now, f);
        const char *dot = strchr(fact->word, '.');
        if (!value || !dot)
            continue;
        const char *first =
            arena_text_n(now->arena, fact->word, (size_t)(dot - fact->word));
        struct json *o = half(now->arena, all, first);
        json_put(now->arena, o, dot + 1, value);
        if (value->type == JSON_ARRAY)
            json_put_text(now->arena, o,
                          arena_printf(now->arena, "%s_list", dot + 1),
                          facts_joined(now->arena, value));
    }
    return all;
}
