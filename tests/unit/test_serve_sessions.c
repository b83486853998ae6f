#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "serve/looks.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

/* ---- tokens ---- */

/* RFC 4231, test case 1, with its key of 20 bytes filled up by zeroes, which
 * HMAC does by itself. */
static void a_text_that_only_we_make(void **state)
{
    uint8_t key[TOKEN_KEY] = { 0 };
    char token[TOKEN_TEXT], other[TOKEN_TEXT];
    struct err err;

    (void)state;
    memset(key, 0x0b, 20);
    token_of(key, "Hi There", token);
    assert_string_equal(token, "b0344c61d8db38535ca8afceaf0bf12b");
    assert_true(token_make(token, &err) && token_make(other, &err));
    assert_int_equal(strlen(token), TOKEN_TEXT - 1);
    assert_string_not_equal(token, other);
    assert_true(token_equal(token, token));
    assert_false(token_equal(token, other));
    assert_false(token_equal(token, ""));
    token[TOKEN_TEXT - 2] = '\0';
    assert_false(token_equal(token, other));
}

/* ---- sessions ---- */

static struct sessions all;

static int begin(void **state)
{
    struct err err;

    (void)state;
    return sessions_init(&all, &err) ? 0 : 1;
}

static const char *start(int64_t now_ms)
{
    const char *token = NULL;
    struct err err;

    assert_true(sessions_start(&all, now_ms, &token, &err));
    return token;
}

static const char *cookie_of(const struct serve_session *s)
{
    static char cookie[SESSIONS_COOKIE];

    sessions_cookie(&all, s, cookie);
    return cookie;
}

static void a_start_token_works_once(void **state)
{
    char token[TOKEN_TEXT];

    (void)state;
    strcpy(token, start(0));
    assert_null(sessions_open(&all, "0123456789abcdef0123456789abcdef", 1));
    assert_null(sessions_open(&all, "", 1));
    assert_non_null(sessions_open(&all, token, SESSIONS_START_MS));
    assert_null(sessions_open(&all, token, SESSIONS_START_MS));
}

static void a_start_token_gets_old(void **state)
{
    char token[TOKEN_TEXT];

    (void)state;
    strcpy(token, start(5));
    assert_null(sessions_open(&all, token, 5 + SESSIONS_START_MS + 1));
    assert_null(sessions_open(&all, token, 6)); /* it is dead, not asleep */
}

/* Enter held down: the last ones work. */
static void many_start_tokens(void **state)
{
    char tokens[SESSIONS_STARTS + 1][TOKEN_TEXT];

    (void)state;
    for (int i = 0; i <= SESSIONS_STARTS; i++)
        strcpy(tokens[i], start(i));
    assert_null(sessions_open(&all, tokens[0], 20));
    for (int i = 1; i <= SESSIONS_STARTS; i++)
        assert_non_null(sessions_open(&all, tokens[i], 20));
}

static void a_cookie_is_a_session(void **state)
{
    struct serve_session *one = sessions_new(&all, 0);
    struct serve_session *two = sessions_new(&all, 0);
    char cookie[SESSIONS_COOKIE];

    (void)state;
    strcpy(cookie, cookie_of(one));
    assert_string_not_equal(cookie, cookie_of(two));
    assert_ptr_equal(sessions_find(&all, cookie, 1), one);
    assert_ptr_equal(sessions_find(&all, cookie_of(two), 1), two);
    for (size_t i = 0; i < SESSIONS_COOKIE - 1; i++) {
        char was = cookie[i];
        cookie[i] = was == '0' ? '1' : '0';
        assert_null(sessions_find(&all, cookie, 1));
        cookie[i] = was;
    }
    assert_null(sessions_find(&all, "", 1));
    assert_null(sessions_find(&all, one->id, 1));
    assert_null(sessions_find(&all, cookie, 2 + SESSIONS_IDLE_MS));
}

/* Sixty-four, and then the one that was idle longest; never who waits. */
static void so_many_sessions(void **state)
{
    struct serve_session *first = sessions_new(&all, 0);
    char cookies[SESSIONS_MAX][SESSIONS_COOKIE];

    (void)state;
    first->open = 1;
    strcpy(cookies[0], cookie_of(first));
    for (int i = 1; i < SESSIONS_MAX; i++)
        strcpy(cookies[i], cookie_of(sessions_new(&all, i)));
    for (int i = 0; i < SESSIONS_MAX; i++)
        assert_non_null(sessions_find(&all, cookies[i], i));
    sessions_new(&all, 1000);
    assert_non_null(sessions_find(&all, cookies[0], 1000));
    assert_null(sessions_find(&all, cookies[1], 1000));
    assert_non_null(sessions_find(&all, cookies[2], 1000));
}

/* With --public who had to make room is known again, and no forged one is. */
static void open_to_anybody(void **state)
{
    char cookie[SESSIONS_COOKIE];

    (void)state;
    all.is_open = true;
    strcpy(cookie, cookie_of(sessions_new(&all, 0)));
    for (int i = 1; i <= SESSIONS_MAX; i++)
        sessions_new(&all, i);
    assert_non_null(sessions_find(&all, cookie, 100));
    cookie[0] = cookie[0] == '0' ? '1' : '0';
    assert_null(sessions_find(&all, cookie, 100));
}

static void a_form_is_of_a_session(void **state)
{
    struct arena *a = arena_new();
    struct serve_session *one = sessions_new(&all, 0);
    struct serve_session *two = sessions_new(&all, 0);
    const char *token = sessions_form_token(&all, a, one, "look");

    (void)state;
    assert_int_equal(strlen(token), TOKEN_TEXT - 1);
    assert_true(sessions_form_fits(&all, a, one, "look", token));
    assert_false(sessions_form_fits(&all, a, one, "again", token));
    assert_false(sessions_form_fits(&all, a, two, "look", token));
    assert_false(sessions_form_fits(&all, a, one, "look", one->id));
    assert_false(sessions_form_fits(&all, a, one, "look", ""));
    assert_false(sessions_form_fits(&all, a, one, "look", NULL));
    assert_true(sessions_init(&all, &(struct err){ 0 })); /* started anew */
    assert_false(sessions_form_fits(&all, a, one, "look", token));
    arena_free(a);
}

/* ---- looks ---- */

static struct looks looks;
static struct serve_look *started[100];
static size_t started_len, dropped;

static void starts(void *arg, struct serve_look *l)
{
    assert_ptr_equal(arg, &looks);
    assert_int_equal(l->state, LOOK_RUNNING);
    started[started_len++] = l;
}

static void drops(void *arg, struct serve_look *l)
{
    (void)arg;
    (void)l;
    dropped++;
}

static int begin_looks(void **state)
{
    looks = (struct looks){ .start = starts, .drop = drops, .arg = &looks };
    started_len = dropped = 0;
    return begin(state);
}

static int end_looks(void **state)
{
    (void)state;
    looks_free(&looks);
    assert_int_equal(looks.waiting + looks.running + looks.kept, 0);
    return 0;
}

static enum looks_answer ask(struct serve_session *s, int64_t now_ms,
                             struct serve_look **out)
{
    const char *target = "mail.example.com";
    const struct look_request q = { .targets = { &target, 1 } };
    struct serve_look *unused = NULL;

    return looks_ask(&looks, s, &q, now_ms, out ? out : &unused);
}

/* Its own second one waits, another session's goes. */
static void one_at_a_time_for_a_session(void **state)
{
    struct serve_session *one = sessions_new(&all, 0);
    struct serve_session *two = sessions_new(&all, 0);
    struct serve_look *a, *b, *c;

    (void)state;
    assert_int_equal(ask(one, 0, &a), LOOKS_TAKEN);
    assert_int_equal(ask(one, 0, &b), LOOKS_TAKEN);
    assert_int_equal(ask(two, 0, &c), LOOKS_TAKEN);
    assert_int_equal(a->state, LOOK_RUNNING);
    assert_int_equal(b->state, LOOK_WAITING);
    assert_int_equal(c->state, LOOK_RUNNING);
    assert_int_equal(one->open, 2);
    looks_done(&looks, a, 1);
    assert_int_equal(b->state, LOOK_RUNNING);
    assert_int_equal(one->open, 1);
    assert_string_not_equal(a->id, b->id);
    assert_ptr_equal(looks_find(&looks, b->id), b);
    assert_null(looks_find(&looks, "0123456789abcdef0123456789abcdef"));
    assert_string_equal(b->parts[0].input, "mail.example.com");
}

/* Eight run, twenty wait, in the order they came; the next hears "busy". */
static void so_many_in_all(void **state)
{
    struct serve_session *s[LOOKS_RUNNING + LOOKS_WAITING + 1];
    size_t all_len = sizeof s / sizeof *s;

    (void)state;
    for (size_t i = 0; i < all_len; i++)
        s[i] = sessions_new(&all, 0);
    for (size_t i = 0; i + 1 < all_len; i++)
        assert_int_equal(ask(s[i], 0, NULL), LOOKS_TAKEN);
    assert_int_equal(started_len, LOOKS_RUNNING);
    assert_int_equal(looks.waiting, LOOKS_WAITING);
    assert_int_equal(ask(s[all_len - 1], 0, NULL), LOOKS_FULL);
    assert_int_equal(s[all_len - 1]->in_minute, 0); /* it was not looked */
    looks_done(&looks, started[3], 1);
    assert_int_equal(started_len, LOOKS_RUNNING + 1);
    assert_ptr_equal(started[LOOKS_RUNNING]->session, s[LOOKS_RUNNING]);
    assert_int_equal(ask(s[all_len - 1], 1, NULL), LOOKS_TAKEN);
}

static void so_many_a_minute(void **state)
{
    struct serve_session *one = sessions_new(&all, 0);
    struct serve_session *two = sessions_new(&all, 0);
    struct serve_look *l = NULL;

    (void)state;
    for (int i = 0; i < SESSIONS_A_MINUTE; i++) {
        assert_int_equal(ask(one, i * SECOND, &l), LOOKS_TAKEN);
        looks_done(&looks, l, i * SECOND);
    }
    assert_int_equal(ask(one, MINUTE - 1, NULL), LOOKS_OFTEN);
    assert_int_equal(ask(two, MINUTE - 1, NULL), LOOKS_TAKEN);
    assert_int_equal(ask(one, MINUTE, NULL), LOOKS_TAKEN);
}

/* Sixty-four answers, for half an hour. */
static void answers_go(void **state)
{
    struct serve_session *s = sessions_new(&all, 0);
    char first[TOKEN_TEXT] = "", second[TOKEN_TEXT] = "";

    (void)state;
    for (int i = 0; i <= LOOKS_KEPT; i++) {
        struct serve_look *l = NULL;
        int64_t now_ms = (int64_t)i * MINUTE;
        assert_int_equal(ask(s, now_ms, &l), LOOKS_TAKEN);
        if (i < 2)
            strcpy(i ? second : first, l->id);
        looks_done(&looks, l, 0);
    }
    assert_int_equal(dropped, 1);
    assert_null(looks_find(&looks, first));
    assert_non_null(looks_find(&looks, second));
    assert_int_equal(ask(s, LOOKS_KEPT_MS, NULL), LOOKS_TAKEN);
    looks_tick(&looks, LOOKS_KEPT_MS);
    assert_int_equal(looks.kept, LOOKS_KEPT);
    looks_tick(&looks, LOOKS_KEPT_MS + 1);
    assert_int_equal(looks.kept, 0);
    assert_int_equal(looks.running, 1); /* however long it takes */
}

/* A look that took long is the newest answer, though it was asked for first. */
static void a_slow_answer_stays(void **state)
{
    struct serve_session *slow = sessions_new(&all, 0);
    struct serve_look *first = NULL, *l = NULL;
    char id[TOKEN_TEXT];

    (void)state;
    assert_int_equal(ask(slow, 0, &first), LOOKS_TAKEN);
    strcpy(id, first->id);
    for (int i = 0; i < LOOKS_KEPT; i++) {
        assert_int_equal(ask(sessions_new(&all, i), i, &l), LOOKS_TAKEN);
        looks_done(&looks, l, i);
    }
    assert_int_equal(dropped, 0);
    looks_done(&looks, first, LOOKS_KEPT);
    assert_int_equal(dropped, 1);
    assert_int_equal(looks.kept, LOOKS_KEPT);
    assert_ptr_equal(looks_find(&looks, id), first);
    assert_ptr_equal(looks_find(&looks, l->id), l);
}

/* What hostile servers make us remember has a limit, and the newest answer is
 * there in any case. */
static void answers_have_room(void **state)
{
    struct serve_session *s = sessions_new(&all, 0);
    struct serve_look *l[5];

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        const struct target target = { .host = "mail.example.com" };
        struct fetch list = { .body_len = LOOKS_KEPT_BYTES / 3 };
        assert_int_equal(ask(s, 0, &l[i]), LOOKS_TAKEN);
        struct target_run *run = &l[i]->parts[0].run;
        run->arena = arena_new();
        run->survey = survey_new(run->arena, &target, 0);
        if (i == 4)
            list.body_len = LOOKS_KEPT_BYTES + 1;
        survey_fetch_add(run->survey, &list);
        looks_done(&looks, l[i], 0);
        assert_int_equal(looks.kept, i == 4 ? 1 : i < 3 ? i + 1 : 3);
    }
    assert_ptr_equal(looks.first, l[4]);
    assert_int_equal(looks.kept_bytes, LOOKS_KEPT_BYTES + 1);
}

#define WITH(test) cmocka_unit_test_setup(test, begin)
#define WITH_LOOKS(test)                                                       \
    cmocka_unit_test_setup_teardown(test, begin_looks, end_looks)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_text_that_only_we_make),
        WITH(a_start_token_works_once),
        WITH(a_start_token_gets_old),
        WITH(many_start_tokens),
        WITH(a_cookie_is_a_session),
        WITH(so_many_sessions),
        WITH(open_to_anybody),
        WITH(a_form_is_of_a_session),
        WITH_LOOKS(one_at_a_time_for_a_session),
        WITH_LOOKS(so_many_in_all),
        WITH_LOOKS(so_many_a_minute),
        WITH_LOOKS(answers_go),
        WITH_LOOKS(a_slow_answer_stays),
        WITH_LOOKS(answers_have_room),
    };

    return cmocka_run_group_tests_name("serve sessions", tests, NULL, NULL);
}
