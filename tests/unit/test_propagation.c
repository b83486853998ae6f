#include "acme/propagation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/challenge_dns.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/folder.h"
#include "dns_server.h"
#include "net/loop.h"

/* One server plays the resolver and the authoritative ones. Nobody listens on
 * the other address. */
static const struct zone_record zone[] = {
    { "a.lab", DNS_NS, RDATA("\2ns\3lab\0") },
    { "b.lab", DNS_NS, RDATA("\2ns\3lab\0") },
    { "b.lab", DNS_NS, RDATA("\4dead\3lab\0") },
    { "c.lab", DNS_NS, RDATA("\4dead\3lab\0") },
    { "ns.lab", DNS_A, RDATA("\x7f\0\0\1") },
    { "dead.lab", DNS_A, RDATA("\x7f\0\0\x09") },
    { "_acme-challenge.a.lab", DNS_TXT, RDATA("\3old") },
    { "_acme-challenge.a.lab", DNS_TXT, RDATA("\5value") },
    { "_acme-challenge.b.lab", DNS_TXT, RDATA("\5value") },
    { "_acme-challenge.c.lab", DNS_TXT, RDATA("\5value") },
    { "_acme-challenge.d.test", DNS_TXT, RDATA("\5value") },
    { "_acme-challenge.x.lab", DNS_CNAME, RDATA("\1y\3lab\0") },
    { "y.lab", DNS_CNAME, RDATA("\x0f_acme-challenge\1a\3lab\0") },
    { "_acme-challenge.loop.lab", DNS_CNAME,
      RDATA("\x0f_acme-challenge\4loop\3lab\0") },
    { .owner = NULL },
};

static struct arena *arena;
static struct loop *loop;
static struct dns_server server;
static struct resolver_options resolver;
static char dir[] = "/tmp/certmend-zone-XXXXXX";

static int set_up(void **state)
{
    struct err err;

    (void)state;
    arena = arena_new();
    server = dns_server_start(zone);
    resolver =
        (struct resolver_options){ .server = server.at, .no_dnssec = true };
    return loop_new(&loop, &err) && server.pid > 0 && mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct err err;

    (void)state;
    if (!folder_remove(dir, &err))
        fail_msg("%s", err.text);
    dns_server_stop(&server);
    loop_free(loop);
    arena_free(arena);
    return 0;
}

static struct propagation_check watch_of(int64_t limit_ms)
{
    return (struct propagation_check){
        .dns = { .loop = loop,
                 .arena = arena,
                 .resolver = &resolver,
                 .port =
                     (uint16_t)strtol(strchr(server.at, ':') + 1, NULL, 10) },
        .limit_ms = limit_ms,
        .pause_ms = 50,
    };
}

struct told {
    int times;
    const char *text;
};

static void told(void *arg, const char *text)
{
    struct told *t = arg;

    t->times++;
    t->text = text;
    loop_stop(loop);
}

static void test_watch(void **state)
{
    static const struct {
        const char *what, *owner;
        const char *why; /* part of it; NULL: all show it */
    } rows[] = {
        { "beside another value", "_acme-challenge.a.lab", NULL },
        { "a dead server beside a live one", "_acme-challenge.b.lab", NULL },
        { "only dead servers prove nothing", "_acme-challenge.c.lab", NULL },
        { "no servers known", "_acme-challenge.d.test", NULL },
        { "not there", "_acme-challenge.e.a.lab", "on ns.lab (127.0.0.1)" },
        { "a resolver's no proves nothing", "_acme-challenge.f.test", NULL },
    };
    const struct propagation_check w = watch_of(400);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct told t = { 0 };
        struct err err;
        propagation_check(&w, rows[i].owner, "value", told, &t);
        assert_true(loop_run(loop, &err));
        assert_int_equal(t.times, 1);
        if (!t.text != !rows[i].why || (t.text && !strstr(t.text, rows[i].why)))
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].what,
                     t.text ? t.text : "", rows[i].why ? rows[i].why : "");
    }
}

static void test_target(void **state)
{
    static const struct {
        const char *owner, *target;
    } rows[] = {
        { "_acme-challenge.a.lab", "_acme-challenge.a.lab" },
        { "_acme-challenge.x.lab", "_acme-challenge.a.lab" },
        { "_acme-challenge.nowhere.lab", "_acme-challenge.nowhere.lab" },
        { "_acme-challenge.loop.lab", "_acme-challenge.loop.lab" },
    };
    const struct propagation_check w = watch_of(400);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct told t = { 0 };
        struct err err;
        cname_target(&w.dns, rows[i].owner, told, &t);
        assert_true(loop_run(loop, &err));
        if (!t.text || strcmp(t.text, rows[i].target) != 0)
            fail_msg("%s: %s, not %s", rows[i].owner, t.text ? t.text : "-",
                     rows[i].target);
    }
}

struct done_count {
    int wanted;
    const char *why;
};

static void counted(void *arg, const char *why)
{
    struct done_count *d = arg;

    if (why)
        d->why = why;
    if (--d->wanted == 0)
        loop_stop(loop);
}

static const char *script(const char *text)
{
    const char *path = arena_printf(arena, "%s/hook", dir);
    struct err err;

    assert_true(file_write(path, text, strlen(text), FILE_PUBLIC, &err));
    assert_int_equal(chmod(path, 0755), 0);
    return path;
}

/* Apex and wildcard: one record, two values, one program at a time. */
static void test_program(void **state)
{
    const char *log = arena_printf(arena, "%s/log", dir);
    const char *lines = NULL;
    size_t len = 0;
    struct challenge_dns c = {
        .loop = loop,
        .arena = arena,
        .program = script(arena_printf(arena,
                                       "#!/bin/sh\n"
                                       "echo begin >>%s\nsleep 0.1\n"
                                       "echo \"$@ $CERTMEND_NAME\" >>%s\n",
                                       log, log)),
        .watch = watch_of(400),
    };
    const struct challenge_solver dns = challenge_dns(&c);
    const struct challenge_task tasks[] = {
        { .name = "x.lab", .digest = "value" },
        { .name = "x.lab", .digest = "old", .is_wildcard = true },
    };
    struct done_count d = { 3, NULL };
    struct err err;

    (void)state;
    dns.present(dns.arg, &tasks[0], counted, &d);
    dns.present(dns.arg, &tasks[1], counted, &d);
    dns.cleanup(dns.arg, &tasks[0], counted, &d);
    assert_true(loop_run(loop, &err));
    if (d.why)
        fail_msg("%s", d.why);
    assert_true(file_read(arena, log, 4096, &lines, &len, &err));
    assert_string_equal(lines,
                        "begin\npresent _acme-challenge.a.lab value x.lab\n"
                        "begin\npresent _acme-challenge.a.lab old *.x.lab\n"
                        "begin\ncleanup _acme-challenge.a.lab value x.lab\n");
}

struct failed_task {
    const struct challenge_solver *dns;
    const struct challenge_task *task;
    struct done_count count;
};

static void clean_up(void *arg, const char *why)
{
    struct failed_task *f = arg;

    f->count.why = why;
    f->dns->cleanup(f->dns->arg, f->task, counted, &f->count);
}

/* The session cleans up at once, from inside the bad news; each is run once. */
static void test_program_fails(void **state)
{
    const char *log = arena_printf(arena, "%s/log-of-failures", dir);
    const char *lines = NULL;
    size_t len = 0;
    struct challenge_dns c = {
        .loop = loop,
        .arena = arena,
        .program = script(arena_printf(
            arena, "#!/bin/sh\necho $1 >>%s\necho no such zone; exit 3\n",
            log)),
        .watch = watch_of(400),
    };
    const struct challenge_solver dns = challenge_dns(&c);
    const struct challenge_task task = { .name = "a.lab", .digest = "value" };
    struct failed_task f = { &dns, &task, { 1, NULL } };
    struct err err;

    (void)state;
    dns.present(dns.arg, &task, clean_up, &f);
    assert_true(loop_run(loop, &err));
    assert_true(loop_run(loop, &err)); /* nothing may be left to do */
    assert_int_equal(f.count.wanted, 0);
    assert_non_null(
        strstr(f.count.why, "ended with status 3. It said: no such"));
    assert_true(file_read(arena, log, 4096, &lines, &len, &err));
    assert_string_equal(lines, "present\ncleanup\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_watch),
        cmocka_unit_test(test_target),
        cmocka_unit_test(test_program),
        cmocka_unit_test(test_program_fails),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
