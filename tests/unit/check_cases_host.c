#include "check_cases.h"

#define ADDR2  "192.0.2.2"
#define ADDR_6 "2001:db8::1"

static const struct built_cert good = { .names = HOST, .cn = HOST };
static const struct built_cert renewed = { .names = HOST,
                                           .starts_in_days = -2 };
static const struct built_cert foreign = { .names = "vps1.example.net" };
static const struct built_cert over = { .names = HOST,
                                        .starts_in_days = -93,
                                        .ends_in_days = -3 };

static struct survey *empty(struct arena *a)
{
    struct survey *s = build_survey(a, HOST);

    build_record(s, HOST, DNS_A, ADDR);
    return s;
}

/* 465 shows one certificate, `port` another. */
static struct survey *two_ports(struct arena *a, const struct built_cert *first,
                                uint16_t port, const struct built_cert *second)
{
    struct survey *s = empty(a);

    build_cell(s, ADDR, 465, build_cert(s, first));
    build_cell(s, ADDR, port, build_cert(s, second));
    return s;
}

static struct survey *port_differs(struct arena *a)
{
    return two_ports(a, &good, 587, &foreign);
}

static struct survey *port_other_leaf(struct arena *a)
{
    return two_ports(a, &good, 587, &renewed);
}

static struct survey *port_both_bad(struct arena *a)
{
    return two_ports(a, &over, 587, &foreign);
}

static struct survey *web_differs(struct arena *a)
{
    return two_ports(a, &good, 443, &foreign);
}

static struct survey *stale(struct arena *a)
{
    return two_ports(a, &over, 443, &renewed);
}

static struct survey *expired_everywhere(struct arena *a)
{
    return two_ports(a, &over, 443, &over);
}

/* One certificate on 465 of the first address, another on the second. */
static struct survey *two_addresses(struct arena *a,
                                    const struct built_cert *first,
                                    const struct built_cert *second)
{
    struct survey *s = empty(a);

    build_record(s, HOST, DNS_A, ADDR2);
    build_cell(s, ADDR, 465, build_cert(s, first));
    build_cell(s, ADDR2, 465, build_cert(s, second));
    return s;
}

static struct survey *address_differs(struct arena *a)
{
    return two_addresses(a, &good, &foreign);
}

static struct survey *address_other_leaf(struct arena *a)
{
    return two_addresses(a, &good, &renewed);
}

static struct survey *address_dead(struct arena *a)
{
    struct survey *s = two_addresses(a, &good, &good);

    s->cells_len = 1;
    build_dead_cell(s, ADDR2, 465, OUTCOME_TIMED_OUT);
    return s;
}

/* Each address has its own services: no fault. */
static struct survey *address_shared(struct arena *a)
{
    struct survey *s = two_addresses(a, &good, &good);

    build_dead_cell(s, ADDR2, 993, OUTCOME_REFUSED);
    build_cell(s, ADDR, 993, s->cells[0].chain[0]);
    return s;
}

static struct survey *ip6(struct arena *a, enum outcome outcome)
{
    struct survey *s = empty(a);

    build_record(s, HOST, DNS_AAAA, ADDR_6);
    build_cell(s, ADDR, 465, build_cert(s, &good));
    build_dead_cell(s, ADDR_6, 465, outcome);
    return s;
}

static struct survey *ip6_dead(struct arena *a)
{
    return ip6(a, OUTCOME_REFUSED);
}

static struct survey *ip6_not_here(struct arena *a)
{
    return ip6(a, OUTCOME_UNREACHABLE);
}

/* With the name said one certificate, without it another. */
static struct survey *two_looks(struct arena *a, const struct built_cert *with,
                                const struct built_cert *without)
{
    struct survey *s = empty(a);

    build_cell(s, ADDR, 465, build_cert(s, with));
    build_cell_without_sni(s, ADDR, 465, build_cert(s, without));
    return s;
}

static struct survey *sni_needed(struct arena *a)
{
    return two_looks(a, &good, &foreign);
}

static struct survey *sni_two_good(struct arena *a)
{
    return two_looks(a, &good, &renewed);
}

static struct survey *sni_wrong(struct arena *a)
{
    return two_looks(a, &foreign, &good);
}

static struct survey *sni_old_entry(struct arena *a)
{
    return two_looks(a, &over, &renewed);
}

/* A second certificate on 465, for clients that take RSA alone. */
static struct survey *with_rsa(struct arena *a, const struct built_cert *rsa)
{
    struct survey *s = healthy(a);

    build_cell(s, ADDR, 465, build_cert(s, rsa))->key_type = KEY_RSA;
    return s;
}

static struct survey *rsa_over(struct arena *a)
{
    return with_rsa(a, &over);
}

static struct survey *rsa_foreign(struct arena *a)
{
    return with_rsa(a, &foreign);
}

static struct survey *rsa_good(struct arena *a)
{
    return with_rsa(a, &renewed);
}

/* 465 once when asked, and then at once, three times more: what each look
 * showed, by its place in `certs`. */
static struct survey *looked_again(struct arena *a, const char *shown,
                                   const struct built_cert *other)
{
    struct survey *s = empty(a);
    size_t certs[] = { build_cert(s, &good), build_cert(s, other) };

    for (const char *at = shown; *at; at++)
        build_cell(s, ADDR, 465, certs[*at - '0'])->asked = at == shown;
    return s;
}

static struct survey *in_turn(struct arena *a)
{
    return looked_again(a, "0101", &over);
}

static struct survey *in_turn_at_once(struct arena *a)
{
    return looked_again(a, "0011", &over);
}

static struct survey *in_turn_right(struct arena *a)
{
    return looked_again(a, "0101", &renewed);
}

static struct survey *changed_once(struct arena *a)
{
    return looked_again(a, "1000", &over);
}

static struct survey *never_changed(struct arena *a)
{
    return looked_again(a, "1111", &over);
}

const struct check_case cases_host[] = {
    { "lb.rotating", SEV_ERROR, "one came back", in_turn, changed_once, true },
    { "lb.rotating", SEV_ERROR, "they differ in one moment", in_turn_at_once,
      never_changed, true },
    { "lb.rotating", SEV_WARNING, "both are right", in_turn_right, changed_once,
      true },
    { "keytype.divergent", SEV_ERROR, "RSA was not renewed", rsa_over, rsa_good,
      false },
    { "keytype.divergent", SEV_ERROR, "RSA is for another name", rsa_foreign,
      rsa_good, false },
    { "port.divergent", SEV_ERROR, "587 is another", port_differs,
      port_other_leaf, false },
    { "port.divergent", SEV_ERROR, "but not when both are bad", port_differs,
      port_both_bad, true },
    { "port.divergent", SEV_ERROR, "and 443 does not count", port_differs,
      web_differs, false },
    { "daemon.stale", SEV_ERROR, "443 has the new one", stale,
      expired_everywhere, true },
    { "ip.divergent", SEV_ERROR, "the second is another", address_differs,
      address_other_leaf, false },
    { "ip.divergent", SEV_WARNING, "the second is dead", address_dead,
      address_shared, false },
    { "ip.v6_dead", SEV_WARNING, "no IPv6", ip6_dead, ip6_not_here, false },
    { "sni.needed", SEV_INFO, "another without the name", sni_needed,
      sni_two_good, false },
    { "sni.wrong_entry", SEV_ERROR, "wrong with the name", sni_wrong,
      sni_needed, false },
    { "sni.wrong_entry", SEV_ERROR, "old with the name", sni_old_entry,
      sni_two_good, false },
    { NULL, SEV_INFO, NULL, NULL, NULL, false },
};
