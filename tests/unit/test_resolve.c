#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "dns_server.h"
#include "net/loop.h"
#include "net/resolve.h"

#define TEN "aaaaaaaaaa"
#define FULL                                                                   \
    "\xfa" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN \
        TEN TEN TEN TEN TEN TEN TEN TEN

static const struct zone_record zone[] = {
    { "a.lab", DNS_A, RDATA("\x0a\0\0\1") },
    { "a.lab", DNS_A, RDATA("\x0a\0\0\2") },
    { "a.lab", DNS_AAAA, RDATA("\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1") },
    { "a.lab", DNS_MX, RDATA("\0\x0a\4Mail\3LAB\0") },
    { "a.lab", DNS_TXT, RDATA("\3v=S\4TSv1\0") },
    { "a.lab", DNS_NS, RDATA("\2ns\3lab\0") },
    { "a.lab", DNS_SOA,
      RDATA(
          "\2ns\3lab\0\4root\3lab\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5") },
    { "a.lab", DNS_CAA, RDATA("\x80\5Issuele\";\\x\x1b") },
    { "null.lab", DNS_MX, RDATA("\0\0\0") },
    { "_imaps._tcp.lab", DNS_SRV, RDATA("\0\1\0\2\3\xe1\4mail\3lab\0") },
    { "_25._tcp.lab", DNS_TLSA, RDATA("\3\1\1\xab\xcd") },
    { "1.0.0.127.in-addr.arpa", DNS_PTR, RDATA("\4mail\3lab\0") },
    { "1.0.168.192.in-addr.arpa", DNS_PTR, RDATA("\3nas\3lab\0") },
    { "mail.test", DNS_A, RDATA("\x0a\0\0\3") },
    { "www.lab", DNS_CNAME, RDATA("\3web\3lab\0") },
    { "web.lab", DNS_CNAME, RDATA("\1a\3lab\0") },
    { "nowhere.lab", DNS_CNAME, RDATA("\4gone\3lab\0") },
    { "loop.lab", DNS_CNAME, RDATA("\4pool\3lab\0") },
    { "pool.lab", DNS_CNAME, RDATA("\4loop\3lab\0") },
    { "big.lab", DNS_TXT, RDATA(FULL FULL FULL FULL FULL FULL) },
    { "junk.lab", DNS_A, RDATA("\x0a\0\0\1") },
    { "other.lab", DNS_A, RDATA("\x0a\0\0\x63") },
    { .owner = NULL },
};

struct turn {
    struct arena *arena;
    struct loop *loop;
    struct resolver *resolver;
    const struct dns_answer *answer;
    bool inside; /* resolver_ask() has not returned yet */
    size_t open;
};

static void answered(void *arg, const struct dns_answer *answer)
{
    struct turn *t = arg;

    if (t->inside)
        fail_msg("%s: called back before the return", answer->name);
    t->answer = answer;
    if (--t->open == 0)
        loop_stop(t->loop);
}

static void turn_begin(struct turn *t, const struct resolver_options *o)
{
    struct err err = { .kind = ERR_NONE };

    *t = (struct turn){ .arena = arena_new() };
    assert_true(loop_new(&t->loop, &err));
    if (!resolver_new(t->loop, o, &t->resolver, &err))
        fail_msg("%s", err.text);
}

static void turn_end(struct turn *t)
{
    resolver_free(t->resolver);
    loop_free(t->loop);
    arena_free(t->arena);
}

static void ask(struct turn *t, const char *name, enum dns_type type,
                int64_t wait_ms)
{
    struct question q = { .name = name, .type = type, .wait_ms = wait_ms };

    t->inside = true;
    t->open++;
    resolver_ask(t->resolver, t->arena, &q, answered, t);
    t->inside = false;
}

static const char *ask_and_wait(struct turn *t, const char *name,
                                enum dns_type type, int64_t wait_ms)
{
    struct err err = { .kind = ERR_NONE };

    ask(t, name, type, wait_ms);
    assert_true(loop_run(t->loop, &err));
    assert_int_equal(t->open, 0);
    assert_string_equal(t->answer->name, name);
    return dns_told(t->arena, t->answer);
}

static void over_the_wire(void **state)
{
    static const struct {
        const char *name;
        enum dns_type type;
        int64_t wait_ms;
        const char *told;
    } rows[] = {
        { "a.lab", DNS_A, 5000, "answered: 10.0.0.1|10.0.0.2" },
        { "a.lab", DNS_A, 5000, "answered: 10.0.0.1|10.0.0.2" }, /* cached */
        { "a.lab", DNS_AAAA, 5000, "answered: 2001:db8::1" },
        { "a.lab", DNS_MX, 5000, "answered: 10 mail.lab" },
        { "a.lab", DNS_TXT, 5000, "answered: v=STSv1" },
        { "a.lab", DNS_NS, 5000, "answered: ns.lab" },
        { "a.lab", DNS_SOA, 5000, "answered: ns.lab root.lab 1 2 3 4 5" },
        { "a.lab", DNS_CAA, 5000, "answered: 128 issue \"le\\\";\\\\x\\027\"" },
        { "a.lab", DNS_TLSA, 5000, "no-data" },
        { "null.lab", DNS_MX, 5000, "answered: 0 ." },
        { "_imaps._tcp.lab", DNS_SRV, 5000, "answered: 1 2 993 mail.lab" },
        { "_25._tcp.lab", DNS_TLSA, 5000, "answered: 3 1 1 abcd" },
        { "1.0.0.127.in-addr.arpa", DNS_PTR, 5000, "answered: mail.lab" },
        { "1.0.168.192.in-addr.arpa", DNS_PTR, 5000, "answered: nas.lab" },
        { "mail.test", DNS_A, 5000, "answered: 10.0.0.3" },
        { "nobody.invalid", DNS_A, 5000, "nxdomain" },
        { "gone.lab", DNS_A, 5000, "nxdomain" },
        { "www.lab", DNS_A, 5000,
          "answered: 10.0.0.1|10.0.0.2 by web.lab by a.lab" },
        { "www.lab", DNS_CNAME, 5000, "answered: web.lab" },
        { "nowhere.lab", DNS_A, 5000, "nxdomain by gone.lab" },
        { "liar.lab", DNS_A, 1500, NULL },
        { "silent.lab", DNS_A, 200, "timed-out" },
    };
    struct dns_server *server = *state;
    struct turn t;

    turn_begin(&t, &(struct resolver_options){ .server = server->at });
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *seen =
            ask_and_wait(&t, rows[i].name, rows[i].type, rows[i].wait_ms);
        if (rows[i].told && strcmp(seen, rows[i].told) != 0)
            fail_msg("%s %d: \"%s\" instead of \"%s\"", rows[i].name,
                     (int)rows[i].type, seen, rows[i].told);
        if (!rows[i].told && t.answer->len)
            fail_msg("%s: %s", rows[i].name, seen);
        assert_int_equal(t.answer->security, DNS_NOT_DETERMINED);
    }
    turn_end(&t);
}

/* Each in a context of its own: libunbound remembers who failed it. */
static void failing(void **state)
{
    static const struct {
        const char *name;
        enum dns_type type;
        int64_t wait_ms;
    } rows[] = {
        { "servfail.lab", DNS_A, 3000 },
        { "junk.lab", DNS_A, 500 },
        { "loop.lab", DNS_A, 3000 },
        { "silent.lab", DNS_A, 300 },
    };
    struct dns_server *server = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct turn t;
        turn_begin(&t, &(struct resolver_options){ .server = server->at });
        int64_t before = clock_monotonic_ms();
        ask_and_wait(&t, rows[i].name, rows[i].type, rows[i].wait_ms);
        int64_t took_ms = clock_monotonic_ms() - before;
        bool failed = t.answer->outcome == DNS_SERVFAIL ||
                      t.answer->outcome == DNS_TIMED_OUT;
        if (!failed || t.answer->len || took_ms > rows[i].wait_ms + 400)
            fail_msg("%s: %s after %d ms", rows[i].name,
                     dns_told(t.arena, t.answer), (int)took_ms);
        turn_end(&t);
    }
}

static void too_big_for_udp(void **state)
{
    struct dns_server *server = *state;
    struct turn t;

    turn_begin(&t, &(struct resolver_options){ .server = server->at });
    ask_and_wait(&t, "big.lab", DNS_TXT, 5000);
    assert_int_equal(t.answer->outcome, DNS_ANSWERED);
    assert_int_equal(strlen(t.answer->records[0].text),
                     ARENA_PRINTABLE_MAX + 3);
    assert_true(t.answer->ttl_s > 0 && t.answer->ttl_s <= RECORD_TTL_S);
    turn_end(&t);
}

/* An unsigned zone under an anchor that was given is bogus, and says why. */
static void anchored(void **state)
{
    struct dns_server *server = *state;
    char path[] = "/tmp/certmend-anchor-XXXXXX";
    int fd = mkstemp(path);
    const char *key = ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E8"
                      "80409BBC683457104237C7F8EC8D\n";
    struct turn t;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, key, strlen(key)), strlen(key));
    close(fd);
    turn_begin(&t, &(struct resolver_options){ .server = server->at,
                                               .trust_anchor = path });
    ask_and_wait(&t, "a.lab", DNS_A, 5000);
    assert_int_equal(t.answer->security, DNS_BOGUS);
    assert_non_null(t.answer->why);
    turn_end(&t);
    turn_begin(&t, &(struct resolver_options){ .server = server->at,
                                               .trust_anchor = path,
                                               .no_dnssec = true });
    ask_and_wait(&t, "a.lab", DNS_A, 5000);
    assert_int_equal(t.answer->security, DNS_NOT_DETERMINED);
    assert_null(t.answer->why);
    turn_end(&t);
    unlink(path);
}

/* A server that drops signatures makes everything bogus, the root first: under
 * an anchor that nobody gave nothing is said. */
static void guessed_anchor(void **state)
{
    struct dns_server *server = *state;
    char path[] = "/tmp/certmend-anchor-XXXXXX";
    int fd = mkstemp(path);
    const char *key = ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E8"
                      "80409BBC683457104237C7F8EC8D\n";
    struct turn t;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, key, strlen(key)), strlen(key));
    close(fd);
    turn_begin(&t, &(struct resolver_options){ .server = server->at,
                                               .trust_anchor = path,
                                               .anchor_is_guess = true });
    ask_and_wait(&t, "a.lab", DNS_A, 5000);
    assert_int_equal(t.answer->security, DNS_NOT_DETERMINED);
    assert_null(t.answer->why);
    turn_end(&t);
    unlink(path);
}

/* The system's: "localhost" is known without asking anybody. */
static void system_names(void **state)
{
    struct turn t;

    (void)state;
    turn_begin(&t, &(struct resolver_options){ .no_dnssec = true });
    assert_string_equal(ask_and_wait(&t, "localhost", DNS_A, 2000),
                        "answered: 127.0.0.1");
    turn_end(&t);
}

static void dropped(void **state)
{
    struct dns_server *server = *state;
    struct turn t;

    turn_begin(&t, &(struct resolver_options){ .server = server->at });
    ask(&t, "silent.lab", DNS_A, 5000);
    ask(&t, "a.lab", DNS_A, 5000);
    turn_end(&t);
}

static void many_at_once(void **state)
{
    enum { MANY = 1000 };
    struct dns_server *server = *state;
    struct err err = { .kind = ERR_NONE };
    struct turn t;

    turn_begin(&t, &(struct resolver_options){ .server = server->at });
    for (int i = 0; i < MANY; i++)
        ask(&t, arena_printf(t.arena, "n%d.lab", i), DNS_A, 10000);
    assert_true(loop_run(t.loop, &err));
    assert_int_equal(t.open, 0);
    assert_int_equal(t.answer->outcome, DNS_NXDOMAIN);
    turn_end(&t);
}

static int start_server(void **state)
{
    static struct dns_server server;

    server = dns_server_start(zone);
    *state = &server;
    return server.pid > 0 ? 0 : -1;
}

static int stop_server(void **state)
{
    dns_server_stop(*state);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(over_the_wire),  cmocka_unit_test(too_big_for_udp),
        cmocka_unit_test(failing),        cmocka_unit_test(anchored),
        cmocka_unit_test(guessed_anchor), cmocka_unit_test(system_names),
        cmocka_unit_test(dropped),        cmocka_unit_test(many_at_once),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
