/* The record of dns-persist-01: its text, and what others of its kind are
 * worth. */
#include "fixture.h"

#include "acme/persist_record.h"

#define ACCOUNT "https://ca.example/acct/1"
#define OURS    "ca.example; accounturi=" ACCOUNT

static struct text_list list(const char *one, const char *two)
{
    struct text_list l = { NULL, 0 };

    if (one)
        text_list_add(arena, &l, one);
    if (two)
        text_list_add(arena, &l, two);
    return l;
}

static void texts(void **state)
{
    struct persist_want want = { list("ca.example", "b.example"), ACCOUNT,
                                 false };

    (void)state;
    assert_string_equal(persist_text(arena, &want), OURS);
    want.wildcard = true;
    assert_string_equal(persist_text(arena, &want), OURS "; policy=wildcard");
    assert_string_equal(persist_owner(arena, "*.example.org"),
                        "_validation-persist.example.org");
    assert_string_equal(persist_line(arena, "_v.example.org", OURS),
                        "_v.example.org. 3600 IN TXT \"" OURS "\"");
    const char *lengthy =
        persist_line(arena, "o", arena_printf(arena, "%0300d", 0));
    assert_non_null(strstr(lengthy, "0\" \"0"));
    assert_int_equal(strlen(lengthy), strlen("o. 3600 IN TXT \"\" \"\"") + 300);
    want.account = "https://ca.example/a;b";
    assert_null(persist_text(arena, &want));
    want.account = NULL;
    assert_null(persist_text(arena, &want));
}

static void worths(void **state)
{
    static const struct {
        const char *what, *one, *two;
        bool star;
        enum persist_state state;
        int64_t until;
    } rows[] = {
        { "none", NULL, NULL, false, PERSIST_ABSENT, 0 },
        { "ours", OURS, NULL, false, PERSIST_STANDS, 0 },
        { "without blanks", "ca.example;accounturi=" ACCOUNT, NULL, false,
          PERSIST_STANDS, 0 },
        { "blanks everywhere", " ca.example ; accounturi = " ACCOUNT " ", NULL,
          false, PERSIST_STANDS, 0 },
        { "the other name of the CA", "b.example; accounturi=" ACCOUNT, NULL,
          false, PERSIST_STANDS, 0 },
        { "capitals in it", "CA.Example; accounturi=" ACCOUNT, NULL, false,
          PERSIST_STANDS, 0 },
        { "an unknown tag", OURS "; x-y=1", NULL, false, PERSIST_STANDS, 0 },
        { "another CA", "c.example; accounturi=" ACCOUNT, NULL, false,
          PERSIST_OTHER_CA, 0 },
        { "a name that ends like it", "xca.example; accounturi=" ACCOUNT, NULL,
          false, PERSIST_OTHER_CA, 0 },
        { "another account", OURS "2", NULL, false, PERSIST_OTHER_ACCOUNT, 0 },
        { "its address in capitals",
          "ca.example; accounturi=HTTPS://ca.example/acct/1", NULL, false,
          PERSIST_OTHER_ACCOUNT, 0 },
        { "no account", "ca.example", NULL, false, PERSIST_OTHER_ACCOUNT, 0 },
        { "it lasts", OURS "; persistUntil=2000", NULL, false, PERSIST_STANDS,
          2000 },
        { "its last second", OURS "; persistUntil=1000", NULL, false,
          PERSIST_STANDS, 1000 },
        { "it has ended", OURS "; persistUntil=999", NULL, false,
          PERSIST_EXPIRED, 999 },
        { "no number", OURS "; persistUntil=1e9", NULL, false, PERSIST_GARBLED,
          0 },
        { "a sign", OURS "; persistUntil=+2000", NULL, false, PERSIST_GARBLED,
          0 },
        { "an endless number", OURS "; persistUntil=9999999999999999999999",
          NULL, false, PERSIST_GARBLED, 0 },
        { "an empty one", OURS "; persistUntil=", NULL, false, PERSIST_GARBLED,
          0 },
        { "twice the account", OURS "; accounturi=" ACCOUNT, NULL, false,
          PERSIST_GARBLED, 0 },
        { "a blank in a value", "ca.example; accounturi=https://ca x", NULL,
          false, PERSIST_GARBLED, 0 },
        { "no tag", OURS "; wildcard", NULL, false, PERSIST_GARBLED, 0 },
        { "a semicolon at its end", OURS ";", NULL, false, PERSIST_GARBLED, 0 },
        { "for a star", OURS "; policy=wildcard", NULL, true, PERSIST_STANDS,
          0 },
        { "in capitals", OURS "; policy=WILDCARD", NULL, true, PERSIST_STANDS,
          0 },
        { "not for a star", OURS, NULL, true, PERSIST_NARROW, 0 },
        { "another policy", OURS "; policy=none", NULL, true, PERSIST_NARROW,
          0 },
        { "the better of two", "c.example; accounturi=x", OURS, false,
          PERSIST_STANDS, 0 },
        { "beside a text of others", "v=spf1 -all", OURS, false, PERSIST_STANDS,
          0 },
        { "the longer of two", OURS "; persistUntil=2000",
          OURS "; persistUntil=3000", false, PERSIST_STANDS, 3000 },
        { "for ever is longer", OURS "; persistUntil=2000", OURS, false,
          PERSIST_STANDS, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct persist_want want = { list("ca.example", "b.example"),
                                           ACCOUNT, rows[i].star };
        struct text_list records = list(rows[i].one, rows[i].two);
        struct persist_worth w = persist_judge(&records, &want, 1000);
        if (w.state != rows[i].state ||
            (w.state != PERSIST_GARBLED && w.until != rows[i].until))
            fail_msg("%s: %d until %lld", rows[i].what, w.state,
                     (long long)w.until);
    }
}

static void issuers(void **state)
{
    static const struct {
        const char *issuer;
        bool ok;
    } rows[] = {
        { "ca.example", true },
        { "xn--a-1.example", true },
        { "", false },
        { "CA.example", false },
        { "ca.example.", false },
        { ".example", false },
        { "ca example", false },
        { "ca;example", false },
        { "ca\"x", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (persist_issuer_ok(rows[i].issuer) != rows[i].ok)
            fail_msg("\"%s\"", rows[i].issuer);
    assert_false(persist_issuer_ok(arena_printf(arena, "%0254d", 0)));
    assert_true(persist_issuer_ok(arena_printf(arena, "%0253d", 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(worths),
        cmocka_unit_test(issuers),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
