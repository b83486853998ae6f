#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/name.h"
#include "model/public_address.h"
#include "model/target.h"
#include "net/connection.h"
#include "net/http.h"
#include "net/loop.h"
#include "peer.h"

static struct arena *arena;
static struct loop *loop;
static struct peer *peer;

static const struct peer_step says[] = {
    { PEER_SAY, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0 },
    { PEER_END, NULL, 0 }
};

static int set_up(void **state)
{
    const struct peer_order order = { .script = says };
    struct err err;

    (void)state;
    arena = arena_new();
    peer = peer_start(&order);
    return loop_new(&loop, &err) && peer ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    peer_stop(peer);
    loop_free(loop);
    arena_free(arena);
    return 0;
}

/* ---- the table, with the addresses on both sides of each border ---- */

static const struct {
    const char *ip;
    bool is_public;
} rows[] = {
    { "0.0.0.0", false },
    { "0.255.255.255", false },
    { "1.0.0.0", true },
    { "9.255.255.255", true },
    { "10.0.0.0", false },
    { "10.255.255.255", false },
    { "11.0.0.0", true },
    { "100.63.255.255", true },
    { "100.64.0.0", false },
    { "100.127.255.255", false },
    { "100.128.0.0", true },
    { "126.255.255.255", true },
    { "127.0.0.0", false },
    { "127.255.255.255", false },
    { "128.0.0.0", true },
    { "168.63.129.16", false }, /* where a machine in a cloud asks */
    { "169.253.255.255", true },
    { "169.254.0.0", false },
    { "169.254.169.254", false },
    { "169.254.255.255", false },
    { "169.255.0.0", true },
    { "172.15.255.255", true },
    { "172.16.0.0", false },
    { "172.31.255.255", false },
    { "172.32.0.0", true },
    { "191.255.255.255", true },
    { "192.0.0.0", false },
    { "192.0.0.9", false },
    { "192.0.0.10", false },
    { "192.0.0.255", false },
    { "192.0.1.0", true },
    { "192.0.1.255", true },
    { "192.0.2.0", false },
    { "192.0.2.255", false },
    { "192.0.3.0", true },
    { "192.88.98.255", true },
    { "192.88.99.0", false },
    { "192.88.99.255", false },
    { "192.88.100.0", true },
    { "192.167.255.255", true },
    { "192.168.0.0", false },
    { "192.168.255.255", false },
    { "192.169.0.0", true },
    { "198.17.255.255", true },
    { "198.18.0.0", false },
    { "198.19.255.255", false },
    { "198.20.0.0", true },
    { "198.51.99.255", true },
    { "198.51.100.0", false },
    { "198.51.100.255", false },
    { "198.51.101.0", true },
    { "203.0.112.255", true },
    { "203.0.113.0", false },
    { "203.0.113.255", false },
    { "203.0.114.0", true },
    { "223.255.255.255", true },
    { "224.0.0.0", false },
    { "239.255.255.255", false },
    { "240.0.0.0", false },
    { "255.255.255.255", false },
    { "::", false },
    { "::1", false },
    { "::8.8.8.8", false },        /* compatible */
    { "::ffff:8.8.8.8", false },   /* mapped, of a public one too */
    { "::ffff:127.0.0.1", false }, /* mapped */
    { "::ffff:7f00:1", false },
    { "::ffff:0:8.8.8.8", false }, /* translated */
    { "64:ff9b::8.8.8.8", false }, /* NAT64 */
    { "64:ff9b::7f00:1", false },
    { "64:ff9b:1::1", false }, /* a network's own NAT64 */
    { "100::1", false },
    { "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false },
    { "2000::", true },
    { "2001::1", false }, /* Teredo */
    { "2001:0:4136:e378:8000:63bf:f7f7:f7f7", false },
    { "2001:20::1", false }, /* ORCHID */
    { "2001:1ff:ffff::1", false },
    { "2001:200::1", true },
    { "2001:db7:ffff::1", true },
    { "2001:db8::1", false },
    { "2001:db8:ffff:ffff::1", false },
    { "2001:db9::1", true },
    { "2001:4860:4860::8888", true },
    { "2001:ffff::1", true },
    { "2002::1", false }, /* 6to4 */
    { "2002:808:808::1", false },
    { "2002:ffff:ffff::1", false },
    { "2003::1", true },
    { "2a00:1450::5efe:a00:1", false },       /* ISATAP of 10.0.0.1 */
    { "2a00:1450::200:5efe:808:808", false }, /* of a global one */
    { "2a00:1450::300:5efe:808:808", true },
    { "2a00:1450::5eff:a00:1", true },
    { "3ffe:ffff::1", true },
    { "3fff::1", false }, /* documentation */
    { "3fff:fff:ffff::1", false },
    { "3fff:1000::1", true },
    { "3fff:ffff::1", true },
    { "4000::1", false },
    { "5f00::1", false },
    { "fbff::1", false },
    { "fc00::1", false },
    { "fdff::1", false },
    { "fe80::1", false },
    { "febf::1", false },
    { "fec0::1", false },
    { "ff02::1", false },
    { "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false },
    { "mail.example.com", false },
    { "127.1", false },
    { "2130706433", false },
    { "0x7f000001", false },
    { "0177.0.0.1", false },
    { "8.8.8", false },
    { "fe80::1%eth0", false },
    { "", false },
    { NULL, false },
};

static void table_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (public_address_is(rows[i].ip) != rows[i].is_public)
            fail_msg("%s: %s expected", rows[i].ip ? rows[i].ip : "(none)",
                     rows[i].is_public ? "public" : "not public");
}

/* What is public is public by every measure of this program. */
static void nothing_near_is_public(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].is_public && (name_ip_reach(rows[i].ip) != IP_PUBLIC ||
                                  name_ip_is_private(rows[i].ip)))
            fail_msg("%s", rows[i].ip);
}

/* ---- what whoever runs it says ---- */

static struct public_address_rule told(void)
{
    struct public_address_rule rule = { .own = { 0 } };
    struct err err;

    assert_true(public_address_allow(arena, &rule, "10.1.0.0/16", &err));
    assert_true(public_address_allow(arena, &rule, "fd00:1::/32", &err));
    assert_true(public_address_deny(arena, &rule, "10.1.2.0/24", &err));
    assert_true(public_address_deny(arena, &rule, "8.8.4.4", &err));
    assert_true(public_address_deny(arena, &rule, "2a00:1450::1", &err));
    assert_true(public_address_deny(arena, &rule, "Example.ORG.", &err));
    text_list_add(arena, &rule.own, "9.9.9.9");
    return rule;
}

static void rule_is_kept(void **state)
{
    static const struct {
        const char *ip;
        bool may;
    } told_rows[] = {
        { "8.8.8.8", true },       { "8.8.4.4", false },
        { "9.9.9.9", false },      { "10.0.255.255", false },
        { "10.1.0.0", true },      { "10.1.255.255", true },
        { "10.2.0.0", false },     { "10.1.2.0", false },
        { "10.1.2.255", false },   { "10.1.3.0", true },
        { "fd00:1::7", true },     { "fd00:2::7", false },
        { "2a00:1450::1", false }, { "2a00:1450::2", true },
        { "127.0.0.1", false },    { "::ffff:10.1.0.1", false },
    };
    struct public_address_rule rule = told();

    (void)state;
    for (size_t i = 0; i < sizeof told_rows / sizeof *told_rows; i++)
        if (!public_address_no(&rule, told_rows[i].ip) != told_rows[i].may)
            fail_msg("%s: %s", told_rows[i].ip,
                     told_rows[i].may ? "may" : "may not");
    assert_null(public_address_no(NULL, "127.0.0.1"));
}

static void names_and_ports_are_kept(void **state)
{
    static const uint16_t mail[] = {
        25, 465, 587, 143, 993, 110, 995, 4190, 443
    };
    static const uint16_t others[] = { 0,    1,    22,   24,   80,    111,
                                       2525, 3306, 5222, 5223, 11211, 65535 };
    struct public_address_rule rule = told();

    (void)state;
    assert_non_null(public_address_no_name(&rule, "example.org"));
    assert_non_null(public_address_no_name(&rule, "mail.example.org"));
    assert_null(public_address_no_name(&rule, "mailexample.org"));
    assert_null(public_address_no_name(&rule, "example.com"));
    assert_non_null(public_address_no_name(&rule, "8.8.8.8"));
    assert_non_null(public_address_no_name(&rule, "2a00:1450::2"));
    assert_null(public_address_no_name(NULL, "8.8.8.8"));
    for (size_t i = 0; i < sizeof mail / sizeof *mail; i++)
        assert_null(public_address_no_port(&rule, mail[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_non_null(public_address_no_port(&rule, others[i]));
    assert_null(public_address_no_port(NULL, 22));
    assert_null(public_address_no_web_port(&rule, 80));
    assert_null(public_address_no_web_port(&rule, 443));
    assert_non_null(public_address_no_web_port(&rule, 8080));
    assert_non_null(public_address_no_web_port(&rule, 25));
}

static void nonsense_is_no_rule(void **state)
{
    static const char *const bad[] = { "",           "10.0.0.0/33",
                                       "10.0.0.1/8", "10.0.0.0/",
                                       "fd00::/129", "10/8",
                                       "0x0a.0.0.0", "exa mple.org" };
    struct public_address_rule rule = { .own = { 0 } };
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (public_address_allow(arena, &rule, bad[i], &err))
            fail_msg("allow %s", bad[i]);
        if (public_address_deny(arena, &rule, bad[i], &err) &&
            strcmp(bad[i], "0x0a.0.0.0") != 0)
            fail_msg("deny %s", bad[i]);
    }
    assert_false(public_address_allow(arena, &rule, "example.org", &err));
}

/* ---- the same address, otherwise written ---- */

static const char *const loopbacks[] = {
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "017700000001",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "127.1",
    "127.0.1",
    "[::1]",
    "[::ffff:7f00:1]",
    "[::ffff:127.0.0.1]",
    "[::]",
    "0",
    "0.0.0.0",
};

/* As a target none is a name that may be looked at. */
static void no_spelling_is_a_name(void **state)
{
    struct public_address_rule rule = { .own = { 0 } };

    (void)state;
    for (size_t i = 0; i < sizeof loopbacks / sizeof *loopbacks; i++) {
        struct target t = { 0 };
        struct err err;
        if (target_parse(arena, loopbacks[i], &t, &err) &&
            !public_address_no_name(&rule, t.host))
            fail_msg("%s: %s", loopbacks[i], t.host);
    }
}

static void came(void *arg, const struct http_reply *reply)
{
    const struct http_reply **out = arg;

    *out = reply;
    loop_stop(loop);
}

static const struct http_reply *get(const struct public_address_rule *rule,
                                    const char *url, bool then_forbid)
{
    static const char *to[] = { "127.0.0.1" };
    struct connect_to port = { .host = "",
                               .to_host = "",
                               .to_port = peer_port(peer) };
    struct public_address_rule used = *rule;
    const struct http_options o = { .loop = loop,
                                    .public_only = &used,
                                    .connect_to = { &port, 1 } };
    const struct http_request q = { .method = "GET",
                                    .url = url,
                                    .addresses = to,
                                    .addresses_len = 1,
                                    .wait_ms = 5000 };
    const struct http_reply *reply = NULL;
    struct http *http = NULL;
    struct err err;

    assert_true(http_new(&o, &http, &err));
    http_send(http, arena, &q, came, &reply);
    if (then_forbid)
        used.allow.len = 0;
    assert_true(loop_run(loop, &err));
    http_free(http);
    assert_non_null(reply);
    return reply;
}

/* libcurl reads all of them as addresses, and would go there. */
static void no_spelling_is_fetched_from(void **state)
{
    struct public_address_rule rule = { .own = { 0 } };
    int before = peer_visits(peer);

    (void)state;
    for (size_t i = 0; i < sizeof loopbacks / sizeof *loopbacks; i++) {
        const char *url = arena_printf(arena, "http://%s/", loopbacks[i]);
        const struct http_reply *reply = get(&rule, url, false);
        if (reply->status || peer_visits(peer) != before)
            fail_msg("%s was fetched", url);
        assert_non_null(reply->attempt.detail);
    }
}

/* ---- no socket ---- */

static struct public_address_rule with_loopback(void)
{
    struct public_address_rule rule = { .own = { 0 } };
    struct err err;

    assert_true(public_address_allow(arena, &rule, "127.0.0.1", &err));
    return rule;
}

static void http_keeps_to_the_rule(void **state)
{
    const struct public_address_rule none = { .own = { 0 } };
    const struct public_address_rule rule = with_loopback();
    int before = peer_visits(peer);
    const struct http_reply *reply = get(&none, "http://here.lab/", false);

    (void)state;
    assert_int_equal(reply->attempt.outcome, OUTCOME_NOT_TRIED);
    assert_non_null(strstr(reply->attempt.detail, "public Internet"));
    reply = get(&rule, "http://here.lab:8080/", false);
    assert_int_equal(reply->attempt.outcome, OUTCOME_NOT_TRIED);
    assert_int_equal(peer_visits(peer), before);
    /* Not that nothing would have come of it. */
    reply = get(&rule, "http://here.lab/", false);
    assert_int_equal(reply->status, 200);
    assert_int_equal(peer_visits(peer), before + 1);
}

/* What led there was judged, and is judged once more where the socket is
 * made. */
static void last_gate_of_http_holds(void **state)
{
    const struct public_address_rule rule = with_loopback();
    int before = peer_visits(peer);
    const struct http_reply *reply = get(&rule, "http://here.lab/", true);

    (void)state;
    assert_int_equal(reply->status, 0);
    assert_int_equal(reply->attempt.outcome, OUTCOME_UNREACHABLE);
    assert_int_equal(peer_visits(peer), before);
}

struct ended {
    enum outcome outcome;
    bool called;
};

static void ended(void *arg, enum outcome outcome)
{
    struct ended *e = arg;

    *e = (struct ended){ outcome, true };
    loop_stop(loop);
}

static enum outcome connect_with(const struct public_address_rule *rule,
                                 const char **detail)
{
    struct ended e = { OUTCOME_NOT_TRIED, false };
    struct connection w = {
        .loop = loop, .arena = arena, .call = ended, .arg = &e, .rule = rule
    };
    struct err err;

    connection_connect(&w, "127.0.0.1", peer_port(peer), 5000);
    assert_false(e.called);
    assert_true(loop_run(loop, &err));
    assert_true(e.called);
    *detail = w.detail;
    connection_close(&w);
    return e.outcome;
}

static void connection_keeps_to_the_rule(void **state)
{
    const struct public_address_rule none = { .own = { 0 } };
    const struct public_address_rule rule = with_loopback();
    int before = peer_visits(peer);
    const char *detail = NULL;

    (void)state;
    assert_int_equal(connect_with(&none, &detail), OUTCOME_NOT_TRIED);
    assert_non_null(strstr(detail, "public Internet"));
    assert_int_equal(peer_visits(peer), before);
    assert_int_equal(connect_with(&rule, &detail), OUTCOME_OK);
    assert_int_equal(connect_with(NULL, &detail), OUTCOME_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_holds),
        cmocka_unit_test(nothing_near_is_public),
        cmocka_unit_test(rule_is_kept),
        cmocka_unit_test(names_and_ports_are_kept),
        cmocka_unit_test(nonsense_is_no_rule),
        cmocka_unit_test(no_spelling_is_a_name),
        cmocka_unit_test(no_spelling_is_fetched_from),
        cmocka_unit_test(http_keeps_to_the_rule),
        cmocka_unit_test(last_gate_of_http_holds),
        cmocka_unit_test(connection_keeps_to_the_rule),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
