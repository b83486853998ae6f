#include "net/connect_to.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_rules(void **state)
{
    static struct connect_to rules[] = {
        { "a.example.com", 25, "127.0.0.9", 2525 },
        { "a.example.com", 0, "b.example.com", 0 },
        { "", 443, "", 8443 },
        { "192.0.2.1", 25, "127.0.0.1", 1025 },
    };
    static const struct {
        const char *host;
        uint16_t port;
        const char *source, *address, *wanted;
        uint16_t wanted_port;
    } rows[] = {
        { "a.example.com", 25, "127.0.0.9", "127.0.0.9", "127.0.0.9", 2525 },
        { "a.example.com", 587, "b.example.com", "192.0.2.7", "192.0.2.7",
          587 },
        { "c.example.com", 443, "c.example.com", "192.0.2.7", "192.0.2.7",
          8443 },
        { "c.example.com", 25, "c.example.com", "192.0.2.1", "127.0.0.1",
          1025 },
        { "c.example.com", 26, "c.example.com", "192.0.2.1", "192.0.2.1", 26 },
        /* an address for a host, not looked up and looked up */
        { "192.0.2.1", 25, "127.0.0.1", "192.0.2.1", "127.0.0.1", 1025 },
        { "192.0.2.1", 25, "127.0.0.1", "127.0.0.1", "127.0.0.1", 1025 },
    };
    const struct connect_to_list list = { rules, sizeof rules / sizeof *rules };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct connect_place to = connect_to_place(
            &list, rows[i].host, rows[i].address, rows[i].port);
        assert_string_equal(
            connect_to_source(&list, rows[i].host, rows[i].port),
            rows[i].source);
        assert_string_equal(to.address, rows[i].wanted);
        assert_int_equal(to.port, rows[i].wanted_port);
    }
}

static void test_words(void **state)
{
    static const struct {
        const char *text, *again; /* NULL: refused ... */
        const char *why;          /* ... in words that hold this */
    } rows[] = {
        { "mail.example.com:25:192.0.2.1:2525",
          "mail.example.com:25:192.0.2.1:2525", NULL },
        { "Mail.Example.COM.:25:192.0.2.1:2525",
          "mail.example.com:25:192.0.2.1:2525", NULL },
        { ":::", ":::", NULL },
        { "::127.0.0.1:8443", "::127.0.0.1:8443", NULL },
        { "[2001:DB8::1]:25:[::1]:2525", "[2001:db8::1]:25:[::1]:2525", NULL },
        { "a.example:25::", "a.example:25::", NULL },
        { "a:b:c", NULL, "HOST:PORT:ADDR:PORT" },
        { "a:1:b:2:c", NULL, "HOST:PORT:ADDR:PORT" },
        { "", NULL, "HOST:PORT:ADDR:PORT" },
        { "a:0:b:2", NULL, "from 1 to 65535" },
        { "a:65536:b:2", NULL, "from 1 to 65535" },
        { "a:1:b:x", NULL, "from 1 to 65535" },
        { "a:1:b:2 ", NULL, "from 1 to 65535" },
        { "a b:1:c:2", NULL, "is no host" },
        { "a:1:..:2", NULL, "is no host" },
    };
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct connect_to_list list = { .len = 0 };
        struct err err = { .text = "" };
        bool good = connect_to_add(a, &list, rows[i].text, &err);
        if (good != (rows[i].again != NULL) || list.len != good)
            fail_msg("\"%s\" was %s", rows[i].text, good ? "read" : err.text);
        if (good)
            assert_string_equal(connect_to_text(a, list.rules), rows[i].again);
        else if (!strstr(err.text, rows[i].why))
            fail_msg("\"%s\": %s", rows[i].text, err.text);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests_name("connect_to", tests, NULL, NULL);
}
