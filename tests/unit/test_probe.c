#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "net/listen.h"
#include "peer.h"
#include "probe/pass.h"

enum { PORTS = 9, SUMMARY_MAX = 2048 };

static const char host[] = "mail.example.com";

static const struct peer_step tls_at_once[] = { { PEER_TLS, NULL, 0 },
                                                { PEER_END, NULL, 0 } };
static const struct peer_step smtp[] = {
    { PEER_SAY, "220 mx.example.com ESMTP\r\n", 0 },
    { PEER_HEAR, "EHLO client.example.org\r\n", 0 },
    { PEER_SAY, "250-mx.example.com\r\n250 STARTTLS\r\n", 0 },
    { PEER_HEAR, "STARTTLS\r\n", 0 },
    { PEER_SAY, "220 go ahead\r\n", 0 },
    { PEER_TLS, NULL, 0 },
    { PEER_HEAR, "EHLO client.example.org\r\n", 0 },
    { PEER_SAY, "250-mx.example.com\r\n250 AUTH PLAIN\r\n", 0 },
    { PEER_END, NULL, 0 },
};
/* Within TLS: well, again, another's, gone. */
static const struct peer_step smtp_within[] = {
    { PEER_TLS, NULL, 0 },
    { PEER_SAY, "220 mx.example.com ESMTP\r\n", 0 },
    { PEER_HEAR, "EHLO client.example.org\r\n", 0 },
    { PEER_SAY, "250-mx.example.com\r\n250 AUTH PLAIN\r\n", 0 },
    { PEER_END, NULL, 0 },
};
static const struct peer_step imap_within[] = {
    { PEER_TLS, NULL, 0 },
    { PEER_SAY, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n", 0 },
    { PEER_END, NULL, 0 },
};
static const struct peer_step web_within[] = {
    { PEER_TLS, NULL, 0 },
    { PEER_HEAR, "GET / HTTP/1.0\r\n", 0 },
    { PEER_SAY, "HTTP/1.1 400 Bad Request\r\n\r\n", 0 },
    { PEER_END, NULL, 0 },
};
static const struct peer_step hangs_up_within[] = {
    { PEER_TLS, NULL, 0 },
    { PEER_HANG_UP, NULL, 0 },
};
static const struct peer_step smtp_without[] = {
    { PEER_SAY, "220 mx.example.com ESMTP\r\n", 0 },
    { PEER_HEAR, "EHLO", 0 },
    { PEER_SAY, "250-mx.example.com\r\n250 AUTH PLAIN\r\n", 0 },
    { PEER_END, NULL, 0 },
};
static const struct peer_step smtp_refuses[] = {
    { PEER_SAY, "220 mx.example.com ESMTP\r\n", 0 },
    { PEER_HEAR, "EHLO", 0 },
    { PEER_SAY, "250-mx.example.com\r\n250 STARTTLS\r\n", 0 },
    { PEER_HEAR, "STARTTLS", 0 },
    { PEER_SAY, "454 no key\r\n", 0 },
    { PEER_END, NULL, 0 },
};
static const struct peer_step smtp_hangs_up[] = {
    { PEER_SAY, "220 mx.example.com ESMTP\r\n", 0 },
    { PEER_HEAR, "EHLO", 0 },
    { PEER_HANG_UP, NULL, 0 },
};
static const struct peer_step silent[] = { { PEER_END, NULL, 0 } };
static const struct peer_step imap_in_clear[] = {
    { PEER_PAUSE, "", 20 },
    { PEER_SAY, "* OK imap.example.com ready\r\n", 0 },
    { PEER_END, NULL, 0 },
};

struct stage {
    struct arena *arena;
    struct survey *survey;
    struct probe *probe;
    struct probe_options options;
    struct connect_to rules[PORTS];
    struct peer *peers[PORTS];
    size_t peers_len;
    int done;
};

static void is_done(void *arg)
{
    int *done = arg;

    (*done)++;
}

static void set_stage(struct stage *s)
{
    *s = (struct stage){ .arena = arena_new() };
    s->options.ehlo = "client.example.org";
    s->options.connect_to.rules = s->rules;
}

/* `script` answers at `port` of every host, except to the SNI `refused`; NULL:
 * nobody does. */
static void add_peer(struct stage *s, uint16_t port,
                     const struct peer_step *script, const char *refused)
{
    struct connect_to *rule = &s->rules[s->options.connect_to.len++];

    *rule = (struct connect_to){
        .host = "", .port = port, .to_host = "127.0.0.1", .to_port = 1
    };
    if (!script)
        return;
    struct peer *p = peer_start(&(struct peer_order){
        .script = script,
        .tls = peer_tls(host, "DNS:mail.example.com", "ec"),
        .refused = refused });
    rule->to_port = peer_port(p);
    s->peers[s->peers_len++] = p;
}

static void run(struct stage *s)
{
    struct err err;

    if (!probe_run(s->probe, &err))
        fail_msg("%s", err.text);
}

static void scan(struct stage *s, struct target t)
{
    struct err err;

    t.kind = TARGET_HOST;
    t.host = t.input = host;
    s->survey = survey_new(s->arena, &t, clock_now_s());
    assert_true(probe_new(&s->options, &s->probe, &err));
    s->probe->means.greeting_ms = 150; /* instead of a client's 15 s */
    probe_first(s->probe, s->survey, is_done, &s->done);
    assert_int_equal(s->done, 0);
    run(s);
    assert_int_equal(s->done, 1);
}

static void strike_stage(struct stage *s)
{
    probe_free(s->probe);
    for (size_t i = 0; i < s->peers_len; i++)
        peer_stop(s->peers[i]);
    arena_free(s->arena);
}

static void sum_up_attempt(struct buf *out, const struct attempt *a)
{
    bool untried = a->outcome == OUTCOME_NOT_TRIED;

    buf_printf(out, " %s",
               untried ? "." : table_text(outcome_words, (int)a->outcome));
}

/* "465 sni worked . . worked; ..." */
static const char *sum_up(const struct stage *s)
{
    struct buf out;

    buf_init(&out, s->arena, SUMMARY_MAX);
    for (size_t i = 0; i < s->survey->cells_len; i++) {
        const struct cell *c = &s->survey->cells[i];
        buf_printf(&out, "%s%u %s", i ? "; " : "", (unsigned)c->port,
                   c->sni ? "sni" : "bare");
        sum_up_attempt(&out, &c->connect);
        sum_up_attempt(&out, &c->greeting);
        sum_up_attempt(&out, &c->starttls);
        sum_up_attempt(&out, &c->handshake);
        if (c->inside.outcome != OUTCOME_NOT_TRIED)
            buf_text(&out, " within");
        if (c->inside.outcome != OUTCOME_NOT_TRIED)
            sum_up_attempt(&out, &c->inside);
        buf_text(&out, c->plain_text ? " plain" : "");
        buf_text(&out, c->wants_tls ? " wants" : "");
        buf_text(&out, c->asked ? "" : " unasked");
        assert_int_equal(c->chain_len, c->handshake.outcome == OUTCOME_OK);
    }
    return out.text;
}

static void test_one_port(void **state)
{
    static const struct {
        const char *what;
        struct target target;
        const struct peer_step *script;
        const char *expected;
    } rows[] = {
        { "TLS at once",
          { .port = 465 },
          tls_at_once,
          "465 sni worked . . worked within timed-out; "
          "465 bare worked . . worked" },
        { "SNI given",
          { .port = 465, .sni = "other.example.com" },
          smtp_within,
          "465 sni worked . . worked within worked" },
        { "a web server",
          { .port = 465, .sni = "other.example.com" },
          web_within,
          "465 sni worked . . worked within nonsense" },
        { "another protocol",
          { .port = 465, .sni = "other.example.com" },
          imap_within,
          "465 sni worked . . worked within nonsense" },
        { "nobody behind it",
          { .port = 465, .sni = "other.example.com" },
          hangs_up_within,
          "465 sni worked . . worked within closed" },
        { "SNI refused",
          { .port = 465 },
          tls_at_once,
          "465 sni worked . . alerted; 465 bare worked . . worked" },
        { "no SNI",
          { .port = 465, .no_sni = true },
          smtp_within,
          "465 bare worked . . worked within worked" },
        { "a port nobody knows",
          { .port = 4650, .sni = "other.example.com" },
          imap_within,
          "4650 sni worked . . worked within worked" },
        { "a port nobody knows, in clear text",
          { .port = 2525, .sni = "other.example.com" },
          smtp,
          "2525 sni worked worked worked worked within worked" },
        { "STARTTLS",
          { .port = 587 },
          smtp,
          "587 sni worked worked worked worked within worked; "
          "587 bare worked worked worked worked" },
        { "a service elsewhere",
          { .port = 2525, .service = "smtp" },
          smtp,
          "2525 sni worked worked worked worked within worked; "
          "2525 bare worked worked worked worked" },
        { "not offered",
          { .port = 587 },
          smtp_without,
          "587 sni worked worked not-offered ." },
        { "refused",
          { .port = 25 },
          smtp_refuses,
          "25 sni worked worked refused ." },
        { "hangs up",
          { .port = 25 },
          smtp_hangs_up,
          "25 sni worked closed . ." },
        { "clear text",
          { .port = 993 },
          imap_in_clear,
          "993 sni worked . . nonsense plain" },
        { "nobody", { .port = 993 }, NULL, "993 sni refused . . ." },
        { "waits for TLS",
          { .port = 143 },
          tls_at_once,
          "143 sni worked timed-out . worked within timed-out wants" },
        { "says nothing at all",
          { .port = 25 },
          silent,
          "25 sni worked timed-out . ." },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage s;
        set_stage(&s);
        s.options.budget_ms = 1500;
        add_peer(&s, rows[i].target.port, rows[i].script,
                 strcmp(rows[i].what, "SNI refused") == 0 ? host : NULL);
        scan(&s, rows[i].target);
        if (strcmp(sum_up(&s), rows[i].expected) != 0)
            fail_msg("%s: expected \"%s\", got \"%s\"", rows[i].what,
                     rows[i].expected, sum_up(&s));
        for (size_t p = 0; p < s.peers_len; p++)
            assert_int_equal(peer_crowd(s.peers[p]), 1);
        strike_stage(&s);
    }
}

static void test_what_was_said(void **state)
{
    struct stage s;

    (void)state;
    set_stage(&s);
    add_peer(&s, 587, smtp, NULL);
    add_peer(&s, 993, imap_in_clear, NULL);
    scan(&s, (struct target){ .port = 587, .name = "other.example.com" });
    const struct cell *c = &s.survey->cells[0];
    assert_string_equal(c->address, "127.0.0.1");
    assert_string_equal(c->service, "submission");
    assert_string_equal(c->reference, "other.example.com");
    assert_string_equal(c->sni, host);
    assert_string_equal(c->greeted_as, "mx.example.com");
    assert_string_equal(c->tls_version, "TLSv1.3");
    assert_non_null(strstr(c->banner, "ESMTP"));
    assert_int_equal(c->capabilities_len, 1);
    assert_int_equal(c->alert, -1);
    assert_int_equal(s.survey->certs_len, 1); /* one, though shown twice */

    struct probe_requests w = { .arena = s.arena };
    probe_request_endpoint(&w, s.survey, "imap.example.com", 993);
    probe_request_endpoint(&w, s.survey, "smtp.example.com", 587);
    probe_more(s.probe, s.survey, &w, is_done, &s.done);
    run(&s);
    assert_int_equal(s.done, 2);
    assert_string_equal(sum_up(&s),
                        "587 sni worked worked worked worked within worked; "
                        "587 bare worked worked worked worked; "
                        "993 sni worked . . nonsense plain unasked; "
                        "587 sni worked worked worked worked "
                        "within worked unasked");
    c = &s.survey->cells[2];
    assert_string_equal(c->reference, "imap.example.com");
    assert_non_null(strstr(c->banner, "imap.example.com ready"));
    strike_stage(&s);
}

static void test_whole_host(void **state)
{
    static const struct {
        uint16_t port;
        const struct peer_step *script;
    } ports[PORTS] = {
        { 25, smtp },         { 465, tls_at_once }, { 587, smtp_without },
        { 143, tls_at_once }, { 993, tls_at_once }, { 110, NULL },
        { 995, tls_at_once }, { 4190, NULL },       { 443, tls_at_once },
    };
    struct stage s;

    (void)state;
    set_stage(&s);
    for (size_t i = 0; i < PORTS; i++)
        add_peer(&s, ports[i].port, ports[i].script, NULL);
    scan(&s, (struct target){ .port = 0 });
    assert_string_equal(
        sum_up(&s), "25 sni worked worked worked worked within worked; "
                    "25 bare worked worked worked worked; "
                    "465 sni worked . . worked within timed-out; "
                    "465 bare worked . . worked; "
                    "587 sni worked worked not-offered .; "
                    "143 sni worked timed-out . worked within timed-out wants; "
                    "993 sni worked . . worked within timed-out; "
                    "993 bare worked . . worked; "
                    "110 sni refused . . .; "
                    "995 sni worked . . worked within timed-out; "
                    "995 bare worked . . worked; "
                    "4190 sni refused . . .; "
                    "443 sni worked . . worked; 443 bare worked . . worked");
    for (size_t p = 0; p < s.peers_len; p++)
        assert_int_equal(peer_crowd(s.peers[p]), 1);
    strike_stage(&s);
}

/* Everything comes to its end with the budget, begun or not. */
static void test_budget(void **state)
{
    struct stage s;

    (void)state;
    set_stage(&s);
    s.options.budget_ms = 100;
    s.options.jobs = 1;
    add_peer(&s, 25, silent, NULL);
    add_peer(&s, 0, NULL, NULL);
    int64_t began_ms = clock_monotonic_ms();
    scan(&s, (struct target){ .port = 0 });
    assert_in_range(clock_monotonic_ms() - began_ms, 90, 5000);
    assert_string_equal(sum_up(&s),
                        "25 sni worked timed-out . .; 465 sni . . . .; "
                        "587 sni . . . .; 143 sni . . . .; 993 sni . . . .; "
                        "110 sni . . . .; 995 sni . . . .; 4190 sni . . . .; "
                        "443 sni . . . .");
    strike_stage(&s);
}

static void test_abandoned(void **state)
{
    struct stage s;
    struct err err;
    struct target t = { .kind = TARGET_HOST, .host = host, .input = host };

    (void)state;
    set_stage(&s);
    s.survey = survey_new(s.arena, &t, clock_now_s());
    assert_true(probe_new(&s.options, &s.probe, &err));
    probe_first(s.probe, s.survey, is_done, &s.done);
    strike_stage(&s);
}

/* A zone may hold hundreds: nobody has us knock at all of them. */
static void test_many_addresses(void **state)
{
    enum { MANY = 200 };
    struct arena *a = arena_new();
    struct target t = { .kind = TARGET_HOST, .host = host, .port = 465 };
    struct survey *s = survey_new(a, &t, 0);
    struct probe_options o = { .no_dnssec = true };
    struct scan_plan g = { .survey = s, .options = &o };
    struct dns_record *records = arena_alloc(a, MANY, sizeof *records);
    size_t len = 0;

    (void)state;
    for (size_t i = 0; i < MANY; i++)
        records[i].host = arena_printf(a, "192.0.2.%zu", i);
    survey_answer_add(s, &(struct dns_answer){ .name = host,
                                               .type = DNS_A,
                                               .outcome = DNS_ANSWERED,
                                               .records = records,
                                               .len = MANY });
    scan_plan_host(&g);
    (void)scan_plan_scans(&g, &len);
    assert_int_equal(len, 16);
    arena_free(a);
}

/* A settings file of a stranger has us knock at no door behind ours. */
static void test_file_names_address(void **state)
{
    static const struct {
        const char *host;
        bool from_file;
        enum ip_reach named_at;
        size_t scans;
    } rows[] = {
        { "192.168.1.1", true, IP_PUBLIC, 0 },
        { "127.0.0.1", true, IP_PUBLIC, 0 },
        { "127.0.0.1", true, IP_OWN, 1 },
        { "192.168.1.1", true, IP_PRIVATE, 1 },
        { "9.9.9.9", true, IP_PUBLIC, 1 },
        { "192.168.1.1", false, IP_PUBLIC, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        struct target t = { .kind = TARGET_DOMAIN, .domain = "example.com" };
        struct survey *s = survey_new(a, &t, 0);
        struct probe_options o = { .no_dnssec = true };
        struct scan_plan g = { .survey = s, .options = &o };
        struct probe_requests w = { .arena = a };
        size_t len = 0;
        probe_request_asked(
            &w, s,
            &(struct endpoint_request){ .host = rows[i].host,
                                        .port = 993,
                                        .service = "imaps",
                                        .from_file = rows[i].from_file,
                                        .named_at = rows[i].named_at });
        scan_plan_requests(&g, &w);
        (void)scan_plan_scans(&g, &len);
        if (len != rows[i].scans)
            fail_msg("row %zu: %zu scans", i, len);
        arena_free(a);
    }
}

/* More looks at a place leave the host's other addresses alone. */
static void test_again(void **state)
{
    struct arena *a = arena_new();
    struct target t = { .kind = TARGET_DOMAIN, .domain = "example.com" };
    struct survey *s = survey_new(a, &t, 0);
    struct dns_record all[] = { { .host = "192.0.2.1" },
                                { .host = "192.0.2.2" } };
    struct dns_answer answer = {
        .name = "mail.example.com", .type = DNS_A, .records = all, .len = 2
    };
    struct cell place = { .host = "mail.example.com",
                          .address = "192.0.2.2",
                          .port = 993,
                          .service = "imaps" };
    struct probe_options o = { .no_dnssec = true };
    struct scan_plan g = { .survey = s, .options = &o };
    struct probe_requests w = { .arena = a };
    size_t len = 0;

    (void)state;
    survey_answer_add(s, &answer);
    probe_request_again(&w, &place, 3);
    scan_plan_requests(&g, &w);
    struct scan **scans = scan_plan_scans(&g, &len);
    assert_int_equal(len, 3);
    for (size_t i = 0; i < len; i++) {
        assert_string_equal(scans[i]->cell.address, "192.0.2.2");
        assert_false(scans[i]->cell.asked);
        assert_false(scans[i]->wants_variant || scans[i]->wants_rsa);
    }
    arena_free(a);
}

/* ---- many probes on one loop ---- */

struct guest {
    struct probe *probe;
    struct survey *survey;
    int waits, talks, done;
};

struct guests {
    struct loop *loop;
    struct guest all[2];
};

static void is_seen(void *arg, const struct survey *s, const struct cell *c,
                    enum probe_step step)
{
    struct guests *g = arg;

    assert_string_equal(c->host, host);
    for (size_t i = 0; i < 2; i++) {
        g->all[i].waits += step == PROBE_WAITS && s == g->all[i].survey;
        g->all[i].talks += step == PROBE_TALKS && s == g->all[i].survey;
        g->all[i].done += step == PROBE_DONE && s == g->all[i].survey;
    }
    if (g->all[0].waits && g->all[1].waits && g->all[0].talks + g->all[1].talks)
        loop_stop(g->loop);
}

static void never(void *arg)
{
    (void)arg;
    fail_msg("a look was told of that has been dropped, or has not ended");
}

/* It takes the connection and says nothing: the second look waits for its turn
 * until the first is given up, whose memory is no longer touched then. */
static void test_guests(void **state)
{
    const struct listen_place place = { .address = "127.0.0.1" };
    struct connect_to rule = { .host = "", .to_host = "127.0.0.1" };
    const struct probe_options o = { .ehlo = "client.example.org",
                                     .connect_to = { &rule, 1 } };
    const struct target t = {
        .kind = TARGET_HOST, .host = host, .input = host, .port = 25
    };
    struct guests g = { .loop = NULL };
    struct listen_sockets silence;
    struct probe_shared *shared = NULL;
    struct err err;

    (void)state;
    assert_true(listen_open(&place, &silence, &err));
    rule.to_port = silence.port;
    assert_true(loop_new(&g.loop, &err));
    const struct probe_shared_options so = { .loop = g.loop, .probes = 2 };
    assert_true(probe_shared_new(&so, &shared, &err));
    for (size_t i = 0; i < 2; i++) {
        struct guest *one = &g.all[i];
        one->survey = survey_new(arena_new(), &t, clock_now_s());
        assert_true(
            probe_new_among(shared, &o, never, NULL, &one->probe, &err));
        probe_tell_cells(one->probe, is_seen, &g);
        probe_first(one->probe, one->survey, never, NULL);
    }
    assert_true(loop_run(g.loop, &err));
    assert_int_equal(shared->queue.in_flight_len, 1);
    assert_int_equal(shared->queue.waiting_len, 1);
    size_t first = g.all[0].talks ? 0 : 1;
    for (size_t i = 0; i < 2; i++) {
        struct guest *one = &g.all[i == 0 ? first : 1 - first];
        assert_int_equal(one->talks, 1);
        probe_free(one->probe);
        arena_free(one->survey->arena);
        assert_int_equal(shared->queue.in_flight_len, i == 0 ? 1 : 0);
        assert_int_equal(shared->queue.waiting_len, 0);
    }
    probe_shared_free(shared);
    loop_free(g.loop);
    listen_close(&silence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guests),
        cmocka_unit_test(test_again),
        cmocka_unit_test(test_one_port),
        cmocka_unit_test(test_what_was_said),
        cmocka_unit_test(test_whole_host),
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_abandoned),
        cmocka_unit_test(test_many_addresses),
        cmocka_unit_test(test_file_names_address),
    };

    return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
