#include "act/rate_limit_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/embed.h"
#include "base/file.h"
#include "facts/knowledge.h"
#include "run/ca_choice.h"

static struct arena *arena;
static char dir[] = "/tmp/certmend-ledger-XXXXXX";
static struct store store;
static const struct ca *letsencrypt;

enum { NOW_S = 1800000000 };

static int set_up(void **state)
{
    struct err err;

    (void)state;
    arena = arena_new();
    if (!mkdtemp(dir) || !store_open(arena, dir, &store, &err))
        return -1;
    return ca_choose(arena, "letsencrypt", &letsencrypt, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    store_close(&store);
    unlink(arena_printf(arena, "%s/ledger.json", dir));
    unlink(arena_printf(arena, "%s/lock", dir));
    rmdir(dir);
    arena_free(arena);
    return 0;
}

static struct rate_limit_log empty(void)
{
    struct rate_limit_log l;
    struct err err;

    unlink(arena_printf(arena, "%s/ledger.json", dir));
    assert_true(rate_limit_log_read(&store, &l, &err));
    return l;
}

static struct rate_limit_log_request wish_of(const char *const *names,
                                             size_t len)
{
    return (struct rate_limit_log_request){ letsencrypt, names, len, false,
                                            NULL };
}

/* `times` entries, `every_s` apart, the last one `ago_s` before now. */
static void spend(struct rate_limit_log *l, const char *names,
                  enum limit_of what, int times, int64_t every_s, int64_t ago_s)
{
    const char *list[8];
    size_t len = 0;
    struct err err;

    for (const char *at = names; *at; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        list[len++] = arena_text_n(arena, at, word);
        at += word;
    }
    const struct rate_limit_log_request request = wish_of(list, len);
    for (int i = times - 1; i >= 0; i--)
        if (!rate_limit_log_add(l, &request, what, NOW_S - ago_s - i * every_s,
                                &err))
            fail_msg("%s", err.text);
}

static void test_costs(void **state)
{
    static const struct {
        const char *what;
        const char *names;
        enum limit_of of;
        int times;
        int64_t every_s, ago_s;
        const char *refusal; /* part of it; NULL: none */
        int64_t wait_s;      /* how long it lasts */
    } rows[] = {
        { "nothing spent", "x.example", LIMIT_ORDER, 0, 0, 0, NULL, 0 },
        { "four of five", "b.example.org a.example.org", LIMIT_CERTIFICATE, 4,
          1, 1, NULL, 0 },
        { "five of five, in another order", "b.example.org a.example.org",
          LIMIT_CERTIFICATE, 5, 0, 0, "exactly these names", 7 * DAY_S / 5 },
        { "five, one of them filled up again", "a.example.org b.example.org",
          LIMIT_CERTIFICATE, 5, 0, 34 * HOUR_S, NULL, 0 },
        { "another set of the same domain", "a.example.org", LIMIT_CERTIFICATE,
          10, 0, 0, NULL, 0 },
        { "fifty of the domain", "c.example.org", LIMIT_CERTIFICATE, 50, 0, 0,
          "for example.org", 7 * DAY_S / 50 },
        { "another domain", "a.example.net", LIMIT_CERTIFICATE, 50, 0, 0, NULL,
          0 },
        { "five failures", "b.example.org", LIMIT_FAILURE, 5, 0, 60,
          "5 failures in an hour for b.example.org", 12 * 60 - 60 },
        { "five failures yesterday", "b.example.org", LIMIT_FAILURE, 5, 0,
          DAY_S, NULL, 0 },
        { "failures of another name", "c.example.org", LIMIT_FAILURE, 5, 0, 60,
          NULL, 0 },
        { "many orders", "other.example", LIMIT_ORDER, 300, 0, 0,
          "300 orders in 3 hours for this account", 36 },
    };
    static const char *const names[] = { "a.example.org", "b.example.org" };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rate_limit_log l = empty();
        const struct rate_limit_log_request request = wish_of(names, 2);
        spend(&l, rows[i].names, rows[i].of, rows[i].times, rows[i].every_s,
              rows[i].ago_s);
        struct rate_limit_log_cost cost =
            rate_limit_log_ask(&l, &request, NOW_S);
        if (!cost.refusal != !rows[i].refusal ||
            (cost.refusal && !strstr(cost.refusal, rows[i].refusal)))
            fail_msg("%s: \"%s\"", rows[i].what,
                     cost.refusal ? cost.refusal : "no refusal");
        int64_t off_s = cost.free_at - NOW_S - rows[i].wait_s;
        if (cost.refusal && (off_s < 0 || off_s > 1))
            fail_msg("%s: free in %lld s, not %lld", rows[i].what,
                     (long long)(cost.free_at - NOW_S),
                     (long long)rows[i].wait_s);
        assert_int_equal(cost.len, 2);
    }
}

static void test_lines(void **state)
{
    static const char *const names[] = { "*.example.org", "192.0.2.1" };
    struct rate_limit_log l = empty();
    const struct rate_limit_log_request request = wish_of(names, 2);

    (void)state;
    spend(&l, "www.example.org", LIMIT_CERTIFICATE, 2, HOUR_S, HOUR_S);
    struct rate_limit_log_cost cost = rate_limit_log_ask(&l, &request, NOW_S);
    assert_int_equal(cost.len, 3);
    assert_string_equal(cost.lines[0],
                        "certificate 3 of 50 in 7 days for example.org");
    assert_string_equal(cost.lines[1],
                        "certificate 1 of 50 in 7 days for 192.0.2.1");
    assert_string_equal(cost.lines[2],
                        "certificate 1 of 5 in 7 days for exactly these names");
}

static void test_renewal_is_free(void **state)
{
    static const char *const names[] = { "a.example.org" };
    struct rate_limit_log l = empty();
    struct rate_limit_log_request request = wish_of(names, 1);

    (void)state;
    spend(&l, "a.example.org", LIMIT_CERTIFICATE, 9, 0, 0);
    assert_non_null(rate_limit_log_ask(&l, &request, NOW_S).refusal);
    request.is_renewal = true;
    assert_null(rate_limit_log_ask(&l, &request, NOW_S).refusal);
}

static void test_kept_on_disk(void **state)
{
    static const char *const names[] = { "a.example.org" };
    const struct rate_limit_log_request request = wish_of(names, 1);
    const char *path = arena_printf(arena, "%s/ledger.json", dir);
    struct rate_limit_log l = empty();
    struct err err;

    (void)state;
    spend(&l, "a.example.org", LIMIT_CERTIFICATE, 1, 0, 30 * DAY_S);
    spend(&l, "a.example.org", LIMIT_CERTIFICATE, 5, 0, 0);
    assert_true(rate_limit_log_read(&store, &l, &err));
    assert_int_equal(l.len, 5);
    assert_non_null(rate_limit_log_ask(&l, &request, NOW_S).refusal);
    assert_true(file_write(path, "{]", 2, FILE_PRIVATE, &err));
    assert_false(rate_limit_log_read(&store, &l, &err));
    assert_non_null(strstr(err.text, "rate limits"));
}

static void test_authorities(void **state)
{
    static const struct {
        const char *text;
        bool good;
        const char *directory;
        bool staging, eab;
    } rows[] = {
        { "letsencrypt", true, "https://acme-v02.api.letsencrypt.org/directory",
          true, false },
        { "letsencrypt-staging", true,
          "https://acme-staging-v02.api.letsencrypt.org/directory", false,
          false },
        { "zerossl", true, "https://acme.zerossl.com/v2/DV90", false, true },
        { "google", true, "https://dv.acme-v02.api.pki.goog/directory", true,
          true },
        { "https://ca.lab:14000/dir", true, "https://ca.lab:14000/dir", false,
          false },
        { "http://ca.lab/dir", false, NULL, false, false },
        { "verisign", false, NULL, false, false },
        { "../fixes/use-port", false, NULL, false, false },
        { "", false, NULL, false, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct ca *ca = NULL;
        struct err err = { 0 };
        bool good = ca_choose(arena, rows[i].text, &ca, &err);
        if (good != rows[i].good)
            fail_msg("%s: %s", rows[i].text, good ? "was taken" : err.text);
        if (!good)
            continue;
        assert_string_equal(ca->directory, rows[i].directory);
        assert_int_equal(ca->staging != NULL, rows[i].staging);
        assert_int_equal(ca->wants_eab, rows[i].eab);
    }
}

/* Every file reads, is called what it says, and its staging exists. */
static void test_authority_files(void **state)
{
    static const char folder[] = "rules/authorities/";

    (void)state;
    for (const struct embedded *e = embedded_files; e->path; e++) {
        const struct ca *ca = NULL, *staging = NULL;
        struct err err;
        if (strncmp(e->path, folder, sizeof folder - 1) != 0)
            continue;
        const char *base = e->path + sizeof folder - 1;
        const char *id = arena_text_n(arena, base, strcspn(base, "."));
        if (!ca_choose(arena, id, &ca, &err) || strcmp(ca->id, id) != 0 ||
            (ca->staging && !ca_choose(arena, ca->staging, &staging, &err)))
            fail_msg("%s: %s", e->path, err.text);
    }
}

/* An order is counted once however often it is told, and not at all once the CA
 * has given it up. */
static void test_orders(void **state)
{
    static const char *const names[] = { "a.example.com" };
    static const char *const orders[] = { "https://ca/1", "https://ca/2",
                                          "https://ca/1" };
    struct rate_limit_log l = empty(), again;
    struct rate_limit_log_request request = wish_of(names, 1);
    struct err err;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        request.order = orders[i];
        assert_true(
            rate_limit_log_add(&l, &request, LIMIT_CERTIFICATE, NOW_S, &err));
    }
    assert_true(rate_limit_log_read(&store, &again, &err));
    assert_int_equal(again.len, 2);
    assert_true(rate_limit_log_drop(&again, "https://ca/3", NOW_S, &err));
    assert_true(rate_limit_log_drop(&again, "https://ca/1", NOW_S, &err));
    assert_true(rate_limit_log_read(&store, &again, &err));
    assert_int_equal(again.len, 1);
    assert_string_equal(again.entries[0].order, "https://ca/2");
    request.order = NULL;
    for (size_t i = 0; i < 2; i++)
        assert_true(
            rate_limit_log_add(&again, &request, LIMIT_ORDER, NOW_S, &err));
    assert_int_equal(again.len, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_costs),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_renewal_is_free),
        cmocka_unit_test(test_kept_on_disk),
        cmocka_unit_test(test_authorities),
        cmocka_unit_test(test_authority_files),
        cmocka_unit_test(test_orders),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
