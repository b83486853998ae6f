/* Facts about names and addresses: reachable, registrable, reversed. */
#include "fixture.h"

#include <string.h>

#include "model/name.h"

static void special_addresses(void **state)
{
    static const struct {
        const char *ip;
        bool is_private, is_loopback;
    } rows[] = {
        { "127.0.0.1", true, true },
        { "127.255.255.255", true, true },
        { "128.0.0.0", false, false },
        { "::1", true, true },
        { "::2", false, false },
        { "::ffff:127.0.0.1", true, true },
        { "::ffff:8.8.8.8", true, false },
        { "10.0.0.1", true, false },
        { "11.0.0.1", false, false },
        { "100.63.255.255", false, false },
        { "100.64.0.0", true, false },
        { "100.127.255.255", true, false },
        { "100.128.0.0", false, false },
        { "172.15.255.255", false, false },
        { "172.16.0.0", true, false },
        { "172.31.255.255", true, false },
        { "172.32.0.0", false, false },
        { "192.0.0.9", false, false },
        { "192.0.0.8", true, false },
        { "192.0.2.1", true, false },
        { "192.168.1.1", true, false },
        { "198.19.255.255", true, false },
        { "198.20.0.0", false, false },
        { "255.255.255.255", true, false },
        { "8.8.8.8", false, false },
        { "2001:db8::1", true, false },
        { "2001:db9::1", false, false },
        { "2001:1::1", false, false },
        { "2001:2::1", true, false },
        { "2001:4860:4860::8888", false, false },
        { "64:ff9b::1", false, false },
        { "64:ff9b:1::1", true, false },
        { "fd00::1", true, false },
        { "fe80::1", true, false },
        { "ff02::1", true, false },
        { "2a00::1", false, false },
        { "mail.example.com", false, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (name_ip_is_private(rows[i].ip) != rows[i].is_private ||
            name_ip_is_loopback(rows[i].ip) != rows[i].is_loopback)
            fail_msg("%s: expected %d %d", rows[i].ip, rows[i].is_private,
                     rows[i].is_loopback);
}

static void reaches(void **state)
{
    static const struct {
        const char *ip;
        enum ip_reach reach;
    } rows[] = {
        { "8.8.8.8", IP_PUBLIC },
        { "192.88.99.7", IP_PUBLIC },
        { "172.15.255.255", IP_PUBLIC },
        { "172.32.0.0", IP_PUBLIC },
        { "100.63.255.255", IP_PUBLIC },
        { "100.128.0.0", IP_PUBLIC },
        { "169.253.255.255", IP_PUBLIC },
        { "169.255.0.0", IP_PUBLIC },
        { "223.255.255.255", IP_PUBLIC },
        { "2001:4860:4860::8888", IP_PUBLIC },
        { "64:ff9b::8.8.8.8", IP_PUBLIC },
        { "2002:808:808::1", IP_PUBLIC },
        { "2001:0:1:2:3:4:f7f7:f7f7", IP_PUBLIC }, /* 8.8.8.8 */
        { "10.0.0.1", IP_PRIVATE },
        { "100.64.0.1", IP_PRIVATE },
        { "172.16.0.1", IP_PRIVATE },
        { "172.31.255.255", IP_PRIVATE },
        { "192.168.255.255", IP_PRIVATE },
        { "192.0.2.1", IP_PRIVATE },
        { "fd00::1", IP_PRIVATE },
        { "fec0::1", IP_PRIVATE },
        { "64:ff9b::10.0.0.1", IP_PRIVATE },
        { "64:ff9b:1::8.8.8.8", IP_PRIVATE }, /* a network's own NAT64 */
        { "::ffff:8.8.8.8", IP_PRIVATE },     /* no address of the DNS */
        { "2002:a00:1::1", IP_PRIVATE },
        { "2001:0:1:2:3:4:f5ff:fffe", IP_PRIVATE }, /* 10.0.0.1 */
        { "169.254.0.1", IP_LINK },
        { "169.254.255.255", IP_LINK },
        { "fe80::1", IP_LINK },
        { "febf::1", IP_LINK },
        { "::ffff:169.254.1.1", IP_LINK },
        { "2002:a9fe:101::1", IP_LINK },
        { "127.0.0.1", IP_OWN },
        { "127.255.255.255", IP_OWN },
        { "::1", IP_OWN },
        { "::ffff:127.0.0.1", IP_OWN },
        { "::ffff:0:127.0.0.1", IP_OWN },
        { "64:ff9b::127.0.0.1", IP_OWN },
        { "64:ff9b:1::7f00:1", IP_OWN },
        { "2002:7f00:1::1", IP_OWN },
        { "2001:0:1:2:3:4:80ff:fffe", IP_OWN }, /* 127.0.0.1 */
        { "0.0.0.0", IP_NOWHERE },
        { "0.1.2.3", IP_NOWHERE },
        { "::", IP_NOWHERE },
        { "::127.0.0.1", IP_NOWHERE },
        { "::ffff:0.0.0.0", IP_NOWHERE },
        { "224.0.0.1", IP_NOWHERE },
        { "240.0.0.1", IP_NOWHERE },
        { "255.255.255.255", IP_NOWHERE },
        { "ff02::1", IP_NOWHERE },
        { "169.254.169.254", IP_NOWHERE },
        { "::ffff:169.254.169.254", IP_NOWHERE },
        { "64:ff9b::a9fe:a9fe", IP_NOWHERE },
        { "100.100.100.200", IP_NOWHERE },
        { "fd00:ec2::254", IP_NOWHERE },
        { "mail.example.com", IP_NOWHERE },
        { "0x7f.1", IP_NOWHERE },
        { NULL, IP_NOWHERE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (name_ip_reach(rows[i].ip) != rows[i].reach)
            fail_msg("%s: %d, not %d", rows[i].ip, name_ip_reach(rows[i].ip),
                     rows[i].reach);
}

static void who_may_lead_where(void **state)
{
    static const bool expected[][IP_NOWHERE + 1] = {
        /* to:            public private link   own    nowhere */
        [IP_PUBLIC] = { true, false, false, false, false },
        [IP_PRIVATE] = { true, true, false, false, false },
        [IP_LINK] = { true, false, true, false, false },
        [IP_OWN] = { true, true, false, true, false },
        [IP_NOWHERE] = { true, false, false, false, false },
    };

    (void)state;
    for (int from = 0; from <= IP_NOWHERE; from++)
        for (int to = 0; to <= IP_NOWHERE; to++)
            if (name_ip_may_lead((enum ip_reach)from, (enum ip_reach)to) !=
                expected[from][to])
                fail_msg("from %d to %d: not %d", from, to, expected[from][to]);
    assert_int_equal(name_ip_farther(IP_OWN, IP_PUBLIC), IP_PUBLIC);
    assert_int_equal(name_ip_farther(IP_PRIVATE, IP_LINK), IP_PRIVATE);
}

static void domains(void **state)
{
    static const struct {
        const char *host, *domain;
        bool is_suffix, is_internal;
    } rows[] = {
        { "mail.example.com", "example.com", false, false },
        { "example.com", "example.com", false, false },
        { "com", NULL, true, true },
        { "a.b.example.co.uk", "example.co.uk", false, false },
        { "co.uk", NULL, true, false },
        { "mail.xn--bcher-kva.example", "xn--bcher-kva.example", false, false },
        { "x.github.io", "x.github.io", false, false },
        { "192.0.2.1", NULL, false, false },
        { "::1", NULL, false, false },
        { "localhost", NULL, true, true },
        { "mail", NULL, true, true },
        { "nas.local", "nas.local", false, true },
        { "mail.office.lan", "office.lan", false, true },
        { "x.y.internal", "y.internal", false, true },
        { "mail.example.test", "example.test", false, false },
        { "notlocal.example.org", "example.org", false, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *was = name_domain(arena, rows[i].host);
        if (!same(was, rows[i].domain) ||
            name_is_public_suffix(rows[i].host) != rows[i].is_suffix ||
            name_is_internal(rows[i].host) != rows[i].is_internal)
            fail_msg("%s: domain %s, suffix %d, internal %d", rows[i].host,
                     was ? was : "none", name_is_public_suffix(rows[i].host),
                     name_is_internal(rows[i].host));
    }
    assert_true(name_same_domain("a.example.com", "b.c.example.com"));
    assert_false(name_same_domain("a.co.uk", "b.co.uk"));
    assert_false(name_same_domain("com", "com"));
    assert_false(name_same_domain("192.0.2.1", "192.0.2.1"));
}

static void small_ones(void **state)
{
    (void)state;
    assert_string_equal(name_reverse(arena, "127.10.0.1"),
                        "1.0.10.127.in-addr.arpa");
    assert_string_equal(name_reverse(arena, "2001:db8::567:89ab"),
                        "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0."
                        "0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    assert_null(name_reverse(arena, "example.com"));
    assert_string_equal(name_for_people(arena, "xn--bcher-kva.example"),
                        "b\xc3\xbc"
                        "cher.example");
    assert_string_equal(name_for_people(arena, "xn--a.example"),
                        "xn--a.example");
    assert_string_equal(name_for_people(arena, "example.com"), "example.com");
    assert_true(name_is_below("a.example.com", "example.com"));
    assert_false(name_is_below("example.com", "example.com"));
    assert_false(name_is_below("aexample.com", "example.com"));
    assert_false(name_is_below(".example.com", "example.com"));
    assert_int_equal(name_labels("a.b.c"), 3);
    assert_int_equal(name_labels("a"), 1);
    assert_int_equal(name_labels(""), 0);
    assert_null(name_ip_text(arena, (const uint8_t *)"12345", 5));
}

static void ranges(void **state)
{
    static const struct {
        const char *range;
        bool is_range;
        const char *ip;
        bool holds;
    } rows[] = {
        { "192.0.2.0/24", true, "192.0.2.255", true },
        { "192.0.2.0/24", true, "192.0.3.0", false },
        { "104.16.0.0/13", true, "104.23.255.255", true },
        { "104.16.0.0/13", true, "104.24.0.0", false },
        { "162.158.0.0/15", true, "162.159.1.1", true },
        { "0.0.0.0/0", true, "8.8.8.8", true },
        { "0.0.0.0/0", true, "::1", false },
        { "192.0.2.7/32", true, "192.0.2.7", true },
        { "2a06:98c0::/29", true, "2a06:98c7:ffff::1", true },
        { "2a06:98c0::/29", true, "2a06:98c8::", false },
        { "::/0", true, "8.8.8.8", false },
        { "192.0.2.1/24", false, "192.0.2.1", false },
        { "192.0.2.0/33", false, "192.0.2.0", false },
        { "192.0.2.0/99999999999999999999", false, "192.0.2.0", false },
        { "192.0.2.0/", false, "192.0.2.0", false },
        { "192.0.2.0/2x", false, "192.0.2.0", false },
        { "192.0.2.0", false, "192.0.2.0", false },
        { "/24", false, "192.0.2.0", false },
        { "name/24", false, "192.0.2.0", false },
        { "192.0.2.0/24", true, "name", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (name_is_ip_range(rows[i].range) != rows[i].is_range ||
            name_ip_is_in(rows[i].ip, rows[i].range) != rows[i].holds)
            fail_msg("%s in %s", rows[i].ip, rows[i].range);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(special_addresses, set_up, tear_down),
        cmocka_unit_test(ranges),
        cmocka_unit_test(reaches),
        cmocka_unit_test(who_may_lead_where),
        cmocka_unit_test_setup_teardown(domains, set_up, tear_down),
        cmocka_unit_test_setup_teardown(small_ones, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
