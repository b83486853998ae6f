#include "model/public_address.h"

#include <string.h>

#include "model/name.h"
#include "model/service.h"

/*
 * Beyond what name_ip_reach() takes for near: addresses that lead through
 * others' relays, or anywhere, and those that the registries call reachable
 * though no mail server can have them.
 */
static const char *const no_machines[] = {
    "192.0.0.0/24",   /* RFC 6890 2.1: PCP and TURN anycast in it, too */
    "192.88.99.0/24", /* RFC 7526, the former 6to4 relays */
    "224.0.0.0/3",    /* multicast, reserved */
    "2001::/23",      /* RFC 2928: Teredo, ORCHID and their like */
    "2002::/16",      /* RFC 3056, 6to4 */
};

/* RFC 4291 2.4: all that has been given to anybody is in it. */
static const char unicast6[] = "2000::/3";

/* RFC 5214 6.1: an interface of ISATAP, with the bit for a global one or
 * without; the IPv4 address follows. */
static bool is_isatap(const uint8_t *ip)
{
    static const uint8_t mark[] = { 0, 0, 0x5e, 0xfe };

    return (ip[8] & ~2) == mark[0] && memcmp(ip + 9, mark + 1, 3) == 0;
}

bool public_address_is(const char *ip)
{
    uint8_t bytes[16];
    size_t len = name_ip_bytes(ip, bytes);

    if (name_ip_reach(ip) != IP_PUBLIC)
        return false;
    for (size_t i = 0; i < sizeof no_machines / sizeof *no_machines; i++)
        if (name_ip_is_in(ip, no_machines[i]))
            return false;
    return len == 4 || (name_ip_is_in(ip, unicast6) && !is_isatap(bytes));
}

/* ---- what whoever runs it says ---- */

static bool add_block(struct arena *a, struct text_list *to, const char *text)
{
    bool is_block = name_is_ip_range(text);

    if (is_block || name_is_ip(text))
        text_list_add(a, to,
                      is_block ? arena_text(a, text)
                               : arena_printf(a, "%s/%d", text,
                                              strchr(text, ':') ? 128 : 32));
    return is_block || name_is_ip(text);
}

static const char a_block[] = "192.0.2.0/24 or 2001:db8::/32";

bool public_address_allow(struct arena *a, struct public_address_rule *rule,
                          const char *text, struct err *err)
{
    if (add_block(a, &rule->allow, text))
        return true;
    return err_set(err, ERR_USAGE,
                   "a block of addresses was wanted, as %s, not \"%.100s\"",
                   a_block, text);
}

bool public_address_deny(struct arena *a, struct public_address_rule *rule,
                         const char *text, struct err *err)
{
    if (add_block(a, &rule->deny, text))
        return true;
    struct name_read name = name_read(a, text, strlen(text));
    if (name.kind != NAME_HOST)
        return err_set(err, ERR_USAGE,
                       "a domain or a block of addresses was wanted, as "
                       "example.com or %s, not \"%.100s\"",
                       a_block, text);
    text_list_add(a, &rule->deny_domains, name.text);
    return true;
}

static bool is_in_any(const char *ip, const struct text_list *blocks)
{
    for (size_t i = 0; i < blocks->len; i++)
        if (name_ip_is_in(ip, blocks->text[i]))
            return true;
    return false;
}

/* ---- the judgement ---- */

static const char left_out[] =
    "whoever runs this page leaves it out, as its owner has asked or for "
    "another reason";

const char *public_address_no(const struct public_address_rule *rule,
                              const char *ip)
{
    if (!rule)
        return NULL;
    if (is_in_any(ip, &rule->deny))
        return left_out;
    if (is_in_any(ip, &rule->allow))
        return NULL;
    if (!public_address_is(ip))
        return "its address is none of the public Internet, and this page "
               "looks at no other";
    return text_list_has(&rule->own, ip)
               ? "its address is the one of this page itself"
               : NULL;
}

const char *public_address_no_name(const struct public_address_rule *rule,
                                   const char *host)
{
    if (!rule)
        return NULL;
    if (name_is_ip(host))
        return "an address stands where a name should, and this page looks at "
               "names only";
    for (size_t i = 0; i < rule->deny_domains.len; i++) {
        const char *domain = rule->deny_domains.text[i];
        if (strcmp(host, domain) == 0 || name_is_below(host, domain))
            return left_out;
    }
    return NULL;
}

const char *public_address_no_port(const struct public_address_rule *rule,
                                   uint16_t port)
{
    const struct service *service = service_at(port);
    bool is_of_mail = service && !service->on_request;

    return !rule || is_of_mail ? NULL
                               : "this page looks at the ports of mail servers "
                                 "only: 25, 465, 587, 143, 993, 110, 995, 4190 "
                                 "and 443";
}

const char *public_address_no_web_port(const struct public_address_rule *rule,
                                       uint16_t port)
{
    return !rule || port == PORT_HTTP || port == PORT_HTTPS
               ? NULL
               : "this page fetches files from the ports 80 and 443 only";
}
