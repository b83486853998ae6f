#include "model/host_port.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "net/socket_address.h"

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

enum { NOT_WRITTEN = 7 };

static void reading(void **state)
{
    static const struct {
        const char *input;
        const char *host; /* NULL: refused */
        uint16_t port;
    } rows[] = {
        { "192.0.2.1", "192.0.2.1", NOT_WRITTEN },
        { "192.0.2.1:80", "192.0.2.1", 80 },
        { "mail.example.com:465", "mail.example.com", 465 },
        { "2001:db8::1", "2001:db8::1", NOT_WRITTEN },
        { "::", "::", NOT_WRITTEN },
        { "::1:80", "::1:80", NOT_WRITTEN }, /* an address as a whole */
        { "[2001:db8::1]", "2001:db8::1", NOT_WRITTEN },
        { "[2001:db8::1]:80", "2001:db8::1", 80 },
        { "[192.0.2.1]:80", "192.0.2.1", 80 },
        { "[fe80::1%eth0]:80", "fe80::1%eth0", 80 }, /* a host? ask name.h */
        { "fe80::1%eth0", NULL, 0 },
        { ":80", "", 80 },
        { "80", "80", NOT_WRITTEN },
        { "a:0", "a", 0 },
        { "a:00080", "a", 80 },
        { "a:65535", "a", 65535 },
        { "a:65536", NULL, 0 },
        { "a:99999", NULL, 0 },
        { "a:000080", NULL, 0 }, /* six digits */
        { "a:18446744073709551696", NULL, 0 },
        { "a:", NULL, 0 },
        { "a:80x", NULL, 0 },
        { "a:80 ", NULL, 0 },
        { "a: 80", NULL, 0 },
        { "a:+80", NULL, 0 },
        { "a:-1", NULL, 0 },
        { "a:b", NULL, 0 },
        { "a:80:80", NULL, 0 },
        { "2001:db8::1:2:3:4:5:80", NULL, 0 }, /* nine groups */
        { "[::1", NULL, 0 },
        { "[::1]80", NULL, 0 },
        { "[::1]:", NULL, 0 },
        { "[::1]:x", NULL, 0 },
        { "[]:80", NULL, 0 },
        { "[", NULL, 0 },
        { "", NULL, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *host = NULL;
        uint16_t port = NOT_WRITTEN;
        bool good = host_port_read(arena, rows[i].input, &host, &port);
        if (good != (rows[i].host != NULL))
            fail_msg("\"%s\" was %s", rows[i].input, good ? "read" : "refused");
        if (!good) {
            assert_null(host);
            assert_int_equal(port, NOT_WRITTEN);
        } else if (strcmp(host, rows[i].host) != 0 || port != rows[i].port) {
            fail_msg("\"%s\": expected %s and %u, was %s and %u", rows[i].input,
                     rows[i].host, rows[i].port, host, port);
        }
    }
}

/* A text without end is no host that would be copied over and over. */
static void long_ones(void **state)
{
    enum { LONG = 1 << 16 };
    char *text = arena_alloc(arena, LONG + 1, 1);
    const char *host = NULL;
    uint16_t port = 0;

    (void)state;
    memset(text, '1', LONG);
    assert_true(host_port_read(arena, text, &host, &port));
    assert_int_equal(strlen(host), LONG);
    text[1] = ':';
    assert_false(host_port_read(arena, text, &host, &port));
    memset(text, '[', LONG);
    assert_false(host_port_read(arena, text, &host, &port));
}

/* What a text begins with: the rest is the caller's. */
static void numbers(void **state)
{
    static const struct {
        const char *input;
        size_t digits;
        uint16_t port;
    } rows[] = {
        { "25", 2, 25 },       { "587 (submission)", 3, 587 },
        { "465/tcp", 3, 465 }, { "65535", 5, 65535 },
        { "0", 1, 0 },         { "65536", 0, NOT_WRITTEN },
        { "123456", 0, 7 },    { "", 0, NOT_WRITTEN },
        { "x", 0, 7 },         { " 25", 0, NOT_WRITTEN },
        { "-25", 0, 7 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint16_t port = NOT_WRITTEN;
        size_t digits = host_port_number(rows[i].input, &port);
        if (digits != rows[i].digits || port != rows[i].port)
            fail_msg("\"%s\": expected %zu digits and %u, was %zu and %u",
                     rows[i].input, rows[i].digits, rows[i].port, digits, port);
    }
}

static void writing(void **state)
{
    static const struct {
        const char *host;
        uint16_t port;
        const char *both, *bracketed;
    } rows[] = {
        { "192.0.2.1", 25, "192.0.2.1:25", "192.0.2.1" },
        { "mail.example.com", 65535, "mail.example.com:65535",
          "mail.example.com" },
        { "2001:db8::1", 25, "[2001:db8::1]:25", "[2001:db8::1]" },
        { "2001:db8::1", 0, "2001:db8::1", "[2001:db8::1]" },
        { "mail.example.com", 0, "mail.example.com", "mail.example.com" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *host = NULL;
        uint16_t port = 0;
        const char *both = host_port_text(arena, rows[i].host, rows[i].port);
        assert_string_equal(both, rows[i].both);
        assert_string_equal(host_port_bracketed(arena, rows[i].host),
                            rows[i].bracketed);
        assert_true(host_port_read(arena, both, &host, &port));
        assert_string_equal(host, rows[i].host);
        assert_int_equal(port, rows[i].port);
    }
}

static void as_the_system_wants_it(void **state)
{
    static const struct {
        const char *ip;
        socklen_t len; /* 0: none */
        int family;
    } rows[] = {
        { "192.0.2.1", 16, AF_INET },
        { "2001:db8::1", 28, AF_INET6 },
        { "::", 28, AF_INET6 },
        { "mail.example.com", 0, 0 },
        { "[::1]", 0, 0 },
        { "", 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sockaddr_storage to = { .ss_family = AF_UNSPEC };
        assert_int_equal(socket_address(rows[i].ip, 587, &to), rows[i].len);
        if (!rows[i].len)
            continue;
        assert_int_equal(to.ss_family, rows[i].family);
        assert_string_equal(socket_address_ip(arena, &to), rows[i].ip);
        assert_int_equal(socket_address_port(&to), 587);
    }
    assert_null(socket_address_ip(
        arena, &(struct sockaddr_storage){ .ss_family = AF_UNIX }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading),
        cmocka_unit_test(long_ones),
        cmocka_unit_test(numbers),
        cmocka_unit_test(writing),
        cmocka_unit_test(as_the_system_wants_it),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
