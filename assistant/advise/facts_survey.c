/*
 * facts_survey - the facts of a survey as a whole
 */
#include "advise/facts_get.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "facts/knowledge.h"

const struct json *facts_text(const struct context *now, const char *value)
{
    return value ? json_text(now->arena, value) : NULL;
}

const struct json *facts_list(const struct context *now,
                              const struct text_list *names)
{
    if (names->len == 0)
        return NULL;
    struct json *array = json_array(now->arena);
    for (size_t i = 0; i < names->len; i++)
        json_add_text(now->arena, array, names->text[i]);
    return array;
}

FACT(asked_host)
{
    return facts_text(now, now->asked);
}

FACT(asked_port)
{
    uint16_t port = now->survey->target.port;
    return port ? json_number(now->arena, port) : NULL;
}

FACT(asked_kind)
{
    static const char *const kinds[TARGET_KIND_COUNT] = {
        [TARGET_HOST] = "host",
        [TARGET_DOMAIN] = "domain",
        [TARGET_FILE] = "file",
    };
    return facts_text(now, kinds[now->survey->target.kind]);
}

FACT(asked_role)
{
    return facts_text(now,
                      table_text(role_words, (int)now->survey->target.role));
}

FACT(asked_is_ip)
{
    return json_bool(now->arena, now->asked && name_is_ip(now->asked));
}

FACT(asked_issuable)
{
    return json_bool(now->arena, now->issuable);
}

FACT(asked_domain)
{
    return facts_text(now, now->domain);
}

FACT(asked_no_sni)
{
    return json_bool(now->arena, now->survey->target.no_sni);
}

static bool is_foreign(const struct context *now)
{
    return now->candidate.host && now->offer.tie == TIE_NONE;
}

FACT(candidate_found)
{
    return json_bool(now->arena, now->candidate.host && !is_foreign(now));
}

FACT(candidate_foreign)
{
    return json_bool(now->arena, is_foreign(now));
}

FACT(candidate_tie)
{
    static const char *const ties[] = {
        [TIE_DOMAIN] = "domain",
        [TIE_MACHINE] = "machine",
        [TIE_CERTIFICATE] = "certificate",
        [TIE_NONE] = "none",
    };
    return now->candidate.host ? facts_text(now, ties[now->offer.tie]) : NULL;
}

/* Where only some services go by the new name, or only one was looked at. */
FACT(candidate_work)
{
    static const struct {
        const char *family, *work;
    } works[] = {
        { "smtp", "sending" },
        { "imap", "reading by IMAP" },
        { "pop3", "fetching by POP3" },
        { "sieve", "mail filters" },
    };
    const struct service *at = service_at(now->candidate.port);
    for (size_t i = 0; at && i < sizeof works / sizeof *works; i++) {
        if (strcmp(works[i].family, at->family) == 0)
            return facts_text(now, works[i].work);
    }
    return NULL;
}

FACT(candidate_limited)
{
    return json_bool(now->arena, now->offer.lost_len > 0);
}

static const struct json *ports_of(const struct context *now,
                                   const uint16_t *ports, size_t len)
{
    struct json *list = json_array(now->arena);
    for (size_t i = 0; i < len; i++)
        json_add_number(now->arena, list, ports[i]);
    return len ? list : NULL;
}

FACT(candidate_right)
{
    return ports_of(now, now->offer.right, now->offer.right_len);
}

FACT(candidate_lost)
{
    return ports_of(now, now->offer.lost, now->offer.lost_len);
}

FACT(candidate_hostname)
{
    return facts_text(now, now->candidate.host);
}

FACT(candidate_port)
{
    return now->candidate.host ? json_number(now->arena, now->candidate.port)
                               : NULL;
}

FACT(candidate_security)
{
    int security = (int)now->candidate.security;
    return now->candidate.host
               ? facts_text(now, table_text(security_words, security))
               : NULL;
}

FACT(suggestion_found)
{
    return json_bool(now->arena, now->suggestion.host != NULL);
}

FACT(suggestion_hostname)
{
    return facts_text(now, now->suggestion.host);
}

FACT(good_found)
{
    return json_bool(now->arena, now->good != NULL);
}

FACT(good_port)
{
    return now->good ? json_number(now->arena, now->good->port) : NULL;
}

FACT(differ_by)
{
    if (now->differ_addresses.len)
        return facts_text(now, "addresses");
    return now->good && now->differ_ports.len ? facts_text(now, "ports") : NULL;
}

FACT(differ_addresses)
{
    return facts_list(now, &now->differ_addresses);
}

FACT(differ_ports)
{
    if (!now->good || now->differ_ports.len == 0)
        return NULL;
    struct json *ports = json_array(now->arena);
    for (size_t i = 0; i < now->differ_ports.len; i++)
        json_add_number(now->arena, ports,
                        strtod(now->differ_ports.text[i], NULL));
    return ports;
}

FACT(names_in_use)
{
    return facts_list(now, &now->san_plan);
}

FACT(names_count)
{
    return json_number(now->arena, (double)now->san_plan.len);
}

FACT(names_wildcard)
{
    return facts_list(now, &now->wildcard);
}

FACT(names_wildcard_pays)
{
    return json_bool(now->arena, now->wildcard_pays);
}

FACT(use_reasons)
{
    struct json *reasons = json_object(now->arena);
    for (size_t i = 0; i < now->uses.len; i++)
        json_put_text(now->arena, reasons, now->uses.items[i].name,
                      now->uses.items[i].why);
    return reasons->len ? reasons : NULL;
}

FACT(use_explained)
{
    struct text_list lines = { 0 };
    for (size_t i = 0; i < now->uses.len; i++)
        text_list_add_new(now->arena, &lines,
                          arena_printf(now->arena, "%s (%s)",
                                       now->uses.items[i].name,
                                       now->uses.items[i].why));
    return facts_list(now, &lines);
}

FACT(chain_missing)
{
    return facts_list(now, &now->missing);
}

FACT(chain_fetched)
{
    return now->missing.len ? json_bool(now->arena, now->missing_fetched)
                            : NULL;
}

FACT(ca_address_lifetime)
{
    const char *profile = ca_address_profile(knowledge_of(now->survey)->usual);
    int64_t days =
        profile ? knowledge_lifetime_s(now->survey, profile) / DAY_S : 0;

    return days ? facts_text(now, arena_printf(now->arena, "%s day%s",
                                               text_number(now->arena, days),
                                               days == 1 ? "" : "s"))
                : NULL;
}
