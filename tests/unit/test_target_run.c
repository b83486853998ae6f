#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/pem.h>

#include "peer.h"
#include "run/target_run.h"

static void is_done(struct target_run *e)
{
    int *done = e->arg;

    (*done)++;
}

/* A certificate of this machine, named by its path: whoever sits here may ask
 * about it, who types into a page may not. */
static void words_of_strangers_name_no_file(void **state)
{
    char path[] = "/tmp/certmend-target-run-XXXXXX";
    struct arena *a = arena_new();
    struct look_options o;
    struct evaluation evaluation;
    struct err err;
    int fd = mkstemp(path);
    SSL_CTX *tls = peer_tls("mail.example.com", "DNS:mail.example.com", "ec");
    FILE *file = fdopen(fd, "w");

    (void)state;
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, SSL_CTX_get0_certificate(tls)), 1);
    fclose(file);
    SSL_CTX_free(tls);
    look_options_init(&o);
    o.ca_file = path;
    assert_true(evaluation_open(a, &o, &evaluation, &err));
    for (int stranger = 0; stranger < 2; stranger++) {
        int done = 0;
        struct target_run e = { .evaluation = &evaluation,
                                .no_files = stranger,
                                .done = is_done,
                                .arg = &done };
        target_run_start(&e, path);
        assert_int_equal(done, 1);
        assert_int_equal(e.failed, stranger);
        if (!stranger)
            assert_int_equal(e.survey->target.kind, TARGET_FILE);
        target_run_free(&e);
    }
    evaluation_close(&evaluation);
    unlink(path);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_strangers_name_no_file),
    };

    return cmocka_run_group_tests_name("target run", tests, NULL, NULL);
}
