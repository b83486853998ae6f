#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/loop.h"
#include "net/resolve.h"

static void options(void **state)
{
    static const struct {
        const char *server, *anchor;
        bool good;
    } rows[] = {
        { "127.0.0.1", NULL, true },
        { "127.0.0.1:5353", NULL, true },
        { "::1", NULL, true },
        { "[::1]", NULL, true },
        { "[::1]:53", NULL, true },
        { "2001:db8::53", NULL, true },
        { "", NULL, false },
        { "dns.example.com", NULL, false },
        { "127.0.0.1:", NULL, false },
        { "127.0.0.1:0", NULL, false },
        { "127.0.0.1:65536", NULL, false },
        { "127.0.0.1:5x", NULL, false },
        { "[::1", NULL, false },
        { "[::1]x", NULL, false },
        { "127.0.0.1@53", NULL, false },
        { "127.0.0.1", "/nonexistent/root.key", false },
        { "127.0.0.1", "/dev/null", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct resolver_options o = { .server = rows[i].server,
                                      .trust_anchor = rows[i].anchor };
        struct resolver *r = NULL;
        struct loop *loop = NULL;
        struct err err = { .kind = ERR_NONE };
        assert_true(loop_new(&loop, &err));
        bool good = resolver_new(loop, &o, &r, &err);
        if (good != rows[i].good || good != !*err.text)
            fail_msg("\"%s\": %d, %s", rows[i].server, good, err.text);
        resolver_free(r);
        loop_free(loop);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(options) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
