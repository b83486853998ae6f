#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "serve/serve_inside.h"

/* ---- the web server's part: what was answered ---- */

struct web_exchange {
    int status, streams;
    const char *cookie;
};

void web_reply(struct web_exchange *x, const struct web_answer *answer)
{
    assert_int_equal(x->status, 0); /* once */
    x->status = answer->status;
    x->cookie = answer->set_cookie;
}

void web_exchange_on_gone(struct web_exchange *x, void (*gone)(void *arg),
                          void *arg)
{
    (void)x, (void)gone, (void)arg;
}

void web_stream_begin(struct web_exchange *x)
{
    x->streams++;
}

bool web_stream_event(struct web_exchange *x, const char *event,
                      const char *data)
{
    (void)event, (void)data;
    return x->streams > 0;
}

void web_stream_end(struct web_exchange *x)
{
    x->streams--;
}

/* ---- a service that looks at nothing ---- */

static const char nobody[] = "0123456789abcdef0123456789abcdef";

struct stage {
    struct arena *arena;
    struct look_options look;
    struct serve_options options;
    struct serve serve;
    char cookie[100];
    struct serve_session *session;
    struct serve_look *answered, *begun;
};

static void starts(void *arg, struct serve_look *l)
{
    (void)arg, (void)l;
}

static struct serve_look *ask(struct stage *s)
{
    const char *target = "mail.example.com";
    const struct look_request q = { .targets = { &target, 1 } };
    struct serve_look *l = NULL;

    assert_int_equal(
        looks_ask(&s->serve.looks, s->session, &q, clock_monotonic_ms(), &l),
        LOOKS_TAKEN);
    return l;
}

static void put_cookie(const struct stage *s, const struct serve_session *of,
                       char out[100])
{
    strcpy(out, "cm_8080=");
    sessions_cookie(&s->serve.sessions, of, out + strlen(out));
}

static void set_stage(struct stage *s)
{
    struct err err;

    *s = (struct stage){ .arena = arena_new() };
    look_options_init(&s->look);
    s->options.look = &s->look;
    s->serve = (struct serve){ .arena = s->arena,
                               .options = &s->options,
                               .cookie = "cm_8080" };
    s->serve.looks = (struct looks){ .start = starts, .drop = starts };
    assert_true(sessions_init(&s->serve.sessions, &err));
    s->session = sessions_new(&s->serve.sessions, clock_monotonic_ms());
    put_cookie(s, s->session, s->cookie);
    s->answered = ask(s);
    s->answered->parts[0].run.failed = true;
    looks_done(&s->serve.looks, s->answered, clock_monotonic_ms());
    s->begun = ask(s);
}

static void strike(struct stage *s)
{
    looks_free(&s->serve.looks);
    arena_free(s->arena);
}

struct call {
    enum web_method method;
    const char *path, *query, *cookie, *csrf;
};

static struct web_exchange call(struct stage *s, const struct call *c)
{
    const struct web_field fields[] = { { "csrf", c->csrf },
                                        { "text", "mail.example.com" } };
    const struct web_request q = {
        .arena = s->arena,
        .method = c->method,
        .path = c->path,
        .query = c->query,
        .cookie = c->cookie ? c->cookie : "",
        .accept_language = "",
        .client = "127.0.0.1",
        .fields = c->csrf ? fields : fields + 1,
        .fields_len = c->method == WEB_GET ? 0
                      : c->csrf            ? 2
                                           : 1,
    };
    struct web_exchange x = { .status = 0 };

    pages_answer(&s->serve, &x, &q);
    return x;
}

/* "/a/ID/letter" with an id in its place. */
static const char *filled(struct stage *s, const char *path, const char *id)
{
    const char *mark = strstr(path, "ID");

    return mark ? arena_printf(s->arena, "%.*s%s%s", (int)(mark - path), path,
                               id, mark + 2)
                : path;
}

static void expect(struct stage *s, const struct page_row *row,
                   const struct call *c, int status, const char *what)
{
    struct web_exchange x = call(s, c);

    if (x.status != status || x.streams)
        fail_msg("%s %s, %s: %d", row->method == WEB_GET ? "GET" : "POST",
                 row->path, what, x.status);
    if (x.cookie)
        fail_msg("%s, %s: a cookie", row->path, what);
}

/* ---- what is refused, row by row ---- */

/* Answered to anybody; whoever adds one here must be able to say why. */
static bool is_for_anybody(const struct page_row *row)
{
    static const char *const open[] = { "/page.css", "/page.js", "/favicon.svg",
                                        "/open/ID", "/robots.txt" };

    return row->method == WEB_GET &&
           text_is_among(row->path, open, sizeof open / sizeof *open);
}

static void without_a_session(struct stage *s, const struct page_row *row)
{
    struct serve_session *gone = sessions_new(&s->serve.sessions, 0);
    struct call c = { row->method, filled(s, row->path, s->answered->id), NULL,
                      NULL, NULL };
    char old[100], other_port[100];

    put_cookie(s, gone, old);
    gone->id[0] = '\0';
    strcpy(other_port, s->cookie);
    other_port[3] = '9';
    const char *const cookies[] = {
        NULL,
        "",
        "cm_8080=",
        "cm_8080=0123456789abcdef0123456789abcdef",
        old,
        other_port,
        arena_printf(s->arena, "%s0", s->cookie),
        arena_printf(s->arena, "x%s", s->cookie),
        arena_printf(s->arena, "%s; %s", s->cookie, s->cookie),
    };
    c.csrf = page_csrf(
        &(struct page_call){ .serve = &s->serve,
                             .session = s->session,
                             .request =
                                 &(struct web_request){ .arena = s->arena } },
        row->form ? row->form : "look");
    for (size_t i = 0; i < sizeof cookies / sizeof *cookies; i++) {
        c.cookie = cookies[i];
        expect(s, row, &c, 403, cookies[i] ? cookies[i] : "no cookie");
    }
}

static void without_its_token(struct stage *s, const struct page_row *row)
{
    struct serve_session *other =
        sessions_new(&s->serve.sessions, clock_monotonic_ms());
    const struct sessions *all = &s->serve.sessions;
    const char *const tokens[] = {
        NULL,
        "",
        nobody,
        sessions_form_token(all, s->arena, s->session, "another form"),
        sessions_form_token(all, s->arena, s->session, ""),
        sessions_form_token(all, s->arena, other, row->form),
        arena_printf(s->arena, "%s0",
                     sessions_form_token(all, s->arena, s->session, row->form)),
    };
    struct call c = { row->method, filled(s, row->path, s->answered->id), NULL,
                      s->cookie, NULL };

    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        c.csrf = tokens[i];
        expect(s, row, &c, 403, tokens[i] ? tokens[i] : "no token");
    }
}

static void with_a_wrong_id(struct stage *s, const struct page_row *row,
                            const char *csrf)
{
    const char *const ids[] = {
        nobody,
        "",
        "0123456789abcdef0123456789abcde",
        "0123456789ABCDEF0123456789ABCDEF",
        "../../../../../../../../../etc/x",
        arena_printf(s->arena, "%s0", s->answered->id),
        arena_printf(s->arena, "%s/", s->answered->id),
        arena_printf(s->arena, "/%s", s->answered->id),
    };

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const struct call c = { row->method, filled(s, row->path, ids[i]), NULL,
                                s->cookie, csrf };
        expect(s, row, &c, 404, ids[i]);
    }
}

static void every_row_refuses(void **state)
{
    struct stage s;
    size_t rows = 0;

    (void)state;
    set_stage(&s);
    for (const struct page_row *r = page_rows; r->path; r++, rows++) {
        const char *csrf = r->form
                               ? sessions_form_token(&s.serve.sessions, s.arena,
                                                     s.session, r->form)
                               : NULL;
        struct call c = { r->method, filled(&s, r->path, s.answered->id), "x=1",
                          s.cookie, csrf };
        if (!r->needs_session && !is_for_anybody(r))
            fail_msg("%s is answered to anybody", r->path);
        if ((r->method == WEB_POST) != (r->form != NULL))
            fail_msg("%s: a form's name goes with POST", r->path);
        if (r->needs_session)
            without_a_session(&s, r);
        if (r->form)
            without_its_token(&s, r);
        if (strncmp(r->path, "/a/", 3) == 0)
            with_a_wrong_id(&s, r, csrf);
        if (!r->takes_query)
            expect(&s, r, &c, 404, "a query");
        c.query = NULL;
        c.path = arena_printf(s.arena, "%s/", c.path);
        if (strcmp(r->path, "/") != 0)
            expect(&s, r, &c, 404, "a slash behind it");
    }
    assert_true(rows > 8);
    assert_int_equal(s.serve.looks.waiting + s.serve.looks.running, 1);
    strike(&s);
}

/* Their handlers read or write files of this machine. */
static bool is_of_this_machine(const char *path)
{
    return strstr(path, "/request") || strstr(path, "/order") ||
           strstr(path, "/open/");
}

static void not_with_public(void **state)
{
    struct stage s;

    (void)state;
    set_stage(&s);
    s.options.public_name = "check.example.org";
    for (const struct page_row *r = page_rows; r->path; r++) {
        const char *csrf = r->form
                               ? sessions_form_token(&s.serve.sessions, s.arena,
                                                     s.session, r->form)
                               : NULL;
        const struct call c = { r->method, filled(&s, r->path, s.answered->id),
                                NULL, s.cookie, csrf };
        assert_int_equal(r->not_with_public, is_of_this_machine(r->path));
        if (r->not_with_public)
            expect(&s, r, &c, 404, "with --public");
    }
    strike(&s);
}

/* ---- what is let in ---- */

static void who_may(void **state)
{
    struct stage s;
    struct web_exchange x;
    const char *token = NULL;
    struct err err;

    (void)state;
    set_stage(&s);
    struct call c = { WEB_GET, "/", NULL, s.cookie, NULL };
    assert_int_equal(call(&s, &c).status, 200);
    c.cookie = arena_printf(s.arena, "other=1; %s; third=2", s.cookie);
    assert_int_equal(call(&s, &c).status, 200);
    c.path = filled(&s, "/a/ID", s.begun->id);
    assert_int_equal(call(&s, &c).status, 200);
    c.query = "for=gmail";
    assert_int_equal(call(&s, &c).status, 200);
    c = (struct call){ WEB_GET, "/page.css", NULL, NULL, NULL };
    assert_int_equal(call(&s, &c).status, 200);
    c = (struct call){ WEB_POST, "/look", NULL, s.cookie,
                       sessions_form_token(&s.serve.sessions, s.arena,
                                           s.session, "look") };
    assert_int_equal(call(&s, &c).status, 303);
    assert_int_equal(s.serve.looks.waiting, 1);
    assert_true(
        sessions_start(&s.serve.sessions, clock_monotonic_ms(), &token, &err));
    token = arena_text(s.arena, token);
    c = (struct call){ WEB_GET, filled(&s, "/open/ID", token), NULL, NULL,
                       NULL };
    x = call(&s, &c);
    assert_int_equal(x.status, 200);
    assert_non_null(strstr(x.cookie, "; HttpOnly; SameSite=Strict"));
    assert_null(strstr(x.cookie, token));
    x = call(&s, &c);
    assert_int_equal(x.status, 403);
    assert_null(x.cookie);
    strike(&s);
}

/* With --public a visitor gets a session by looking at a page, not by sending a
 * form. */
static void anybody_with_public(void **state)
{
    struct stage s;
    struct web_exchange x;

    (void)state;
    set_stage(&s);
    s.options.public_name = "check.example.org";
    s.serve.sessions.is_open = true;
    s.serve.cookie = "__Host-cm";
    struct call c = { WEB_GET, "/", NULL, NULL, NULL };
    x = call(&s, &c);
    assert_int_equal(x.status, 200);
    assert_memory_equal(x.cookie, "__Host-cm=", 10);
    assert_non_null(strstr(x.cookie, "; Secure"));
    c = (struct call){ WEB_POST, "/look", NULL, NULL, nobody };
    x = call(&s, &c);
    assert_int_equal(x.status, 403);
    assert_null(x.cookie);
    strike(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_refuses),
        cmocka_unit_test(not_with_public),
        cmocka_unit_test(who_may),
        cmocka_unit_test(anybody_with_public),
    };

    return cmocka_run_group_tests_name("serve pages", tests, NULL, NULL);
}
