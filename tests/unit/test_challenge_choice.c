/* Which challenge a name gets, and by which of several folders it is shown. */
#include "fixture.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/challenge_choice.h"
#include "base/file.h"
#include "net/loop.h"

static char top[] = "/tmp/certmend-roots-XXXXXX";

static void on_done(void *arg, const char *why)
{
    const char **out = arg;

    *out = why ? why : "shown";
}

static void folders(void **state)
{
    const char *one = arena_printf(arena, "%s/one", top);
    const char *two = arena_printf(arena, "%s/two", top);
    const char *rest = arena_printf(arena, "%s/rest", top);
    const struct challenge_root roots[] = {
        { "a.example.org", one },
        { "b.example.org", two },
        { NULL, NULL },
    };
    const struct challenge_types ways = { .webroot = rest, .roots = roots };
    const struct {
        const char *name, *folder;
    } rows[] = {
        { "a.example.org", one },
        { "b.example.org", two },
        { "c.example.org", rest },
    };
    struct propagation_check watch = { .dns.arena = arena };
    struct challenge_solvers solvers;
    struct err err;

    (void)state;
    assert_true(loop_new(&watch.dns.loop, &err));
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(0, mkdir(rows[i].folder, 0700));
    assert_true(challenge_solvers_open(&solvers, &ways, &watch, &err));
    for (size_t i = 0; i < 3; i++) {
        const struct challenge_solver *http = &solvers.list[0];
        const struct challenge_task task = { .name = rows[i].name,
                                             .type = "http-01",
                                             .token = "token",
                                             .response = "r" };
        const char *said = NULL;
        assert_string_equal("http-01", http->type);
        http->present(http->arg, &task, on_done, &said);
        for (size_t k = 0; k < 3; k++) {
            bool there = file_exists(arena_printf(
                arena, "%s/.well-known/acme-challenge/token", rows[k].folder));
            if (!same(said, "shown") || there != (k == i))
                fail_msg("%s: %s, %s %s", rows[i].name, said, rows[k].folder,
                         there ? "has it" : "has it not");
        }
        http->cleanup(http->arg, &task, on_done, &said);
        assert_false(
            file_exists(arena_printf(arena, "%s/.well-known", rows[i].folder)));
    }
    challenge_solvers_close(&solvers);
    loop_free(watch.dns.loop);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(0, rmdir(rows[i].folder));
}

static void reasons(void **state)
{
    const struct challenge_root roots[] = {
        { "a.example.org", "/srv" },
        { NULL, NULL },
    };
    const struct challenge_types ways = { .roots = roots };
    const char *why = NULL;

    (void)state;
    assert_string_equal("http-01",
                        challenge_type_for(&ways, "a.example.org", &why));
    assert_non_null(strstr(why, "web server"));
    assert_string_equal("http-01",
                        challenge_type_for(&ways, "b.example.org", &why));
    assert_non_null(strstr(why, "itself"));
}

static int make(void **state)
{
    (void)state;
    return mkdtemp(top) ? 0 : -1;
}

static int unmake(void **state)
{
    (void)state;
    return rmdir(top);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folders, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reasons, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, make, unmake);
}
