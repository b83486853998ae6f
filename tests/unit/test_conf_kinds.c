/*
 * Which software it is that listens. With words, a tool for the live tests:
 *
 *   test_conf_kinds ROOT PORT CERT KEY PROGRAM ARGV...
 *
 * prints what the configuration of that program below ROOT says, and what would
 * change if every place named CERT and KEY.
 */
#include "conf_bench.h"
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>

static void by_program(void **state)
{
    static const struct {
        const char *program, *software;
    } rows[] = {
        { "/usr/sbin/exim4", "exim" },
        { "/usr/sbin/exim", "exim" },
        { "/usr/sbin/exim_tidydb", NULL },
        { "/opt/exim/bin/exim-4.96-2", "exim" },
        { "/usr/sbin/apache2", "apache" },
        { "/usr/sbin/httpd", "apache" },
        { "/usr/sbin/haproxy", "haproxy" },
        { "/usr/bin/stunnel4", "stunnel" },
        { "/usr/bin/stunnel", "stunnel" },
        { "/usr/bin/stunnel3", NULL },
        { "/usr/sbin/couriertcpd", "courier" },
        { "/usr/lib/cyrus/bin/master", "cyrus" },
        { "/usr/sbin/cyrmaster", "cyrus" },
        { "/usr/sbin/smtpd", "opensmtpd" },
        { "/usr/libexec/sendmail/sendmail", "sendmail" },
        { "/usr/sbin/nobody", NULL },
        { NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const argv[] = { "x", NULL };
        struct listener l = {
            .port = 25, .pid = 1, .program = rows[i].program, .argv = argv
        };
        const struct server_kind *kind = server_kind_of(&l);
        if (!same(kind ? kind->software : NULL, rows[i].software))
            fail_msg("%s is taken for %s", rows[i].program,
                     kind ? kind->software : "nothing");
    }
}

static bool read_there(struct conf_bench *b, char **words)
{
    b->listener = (struct listener){
        .port = (uint16_t)atoi(words[1]),
        .pid = 1,
        .program = words[4],
        .argv = (const char *const *)words + 5,
        .root = words[0],
    };
    b->conf = (struct server_conf){ .kind = server_kind_of(&b->listener),
                                    .listener = &b->listener,
                                    .user = "root" };
    if (!b->conf.kind)
        return err_set(&b->err, ERR_INPUT, "nobody knows %s", words[4]);
    return machine_root_open(b->arena, words[0], &b->conf.root, &b->err) &&
           b->conf.kind->read(b->arena, &b->conf, &b->err);
}

static int tell(char **words)
{
    struct conf_bench b = { .arena = arena_new(), .top = "" };
    struct buf out;

    if (!read_there(&b, words)) {
        fprintf(stderr, "%s\n", b.err.text);
        return EXIT_FAILURE;
    }
    buf_init(&out, b.arena, 16 * 1024 * 1024);
    json_print(bench_tell(&b, words[2], words[3]), true, &out);
    fputs(out.text, stdout);
    machine_root_close(&b.conf.root);
    arena_free(b.arena);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_program),
    };

    if (argc > 6)
        return tell(argv + 1);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
