#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "facts/tlsa.h"
#include "prove/prove.h"
#include "prove/simulate.h"
#include "scene.h"

#define HERE  "192.0.2.1"
#define THERE "192.0.2.2"
#define MAIL  "mail.example.com"

/* What is on the two machines, and what has to come of it. */
struct look {
    const char *host; /* NULL ends */
    const char *address;
    uint16_t port;
    size_t cert; /* of the case's certs */
};

struct name_row {
    const char *name; /* NULL ends */
    const char *address;
};

struct expected {
    const char *what;
    const char *host;
    struct name_row names[6];
    const char *ptr; /* of HERE, or NULL */
    struct scene_cert certs[3];
    struct look scans[10];
    const char *top;   /* fix id */
    const char *param; /* of the top fix: "hostname", or NULL */
    const char *value;
    double port;             /* of the top fix, 0: any */
    const char *also;        /* a fix that has to be offered, or NULL */
    const char *never;       /* one that may not be */
    const char *has, *lacks; /* names of issue-certificate */
};

static const struct expected cases[] = {
    { .what = "nothing wrong",
      .host = MAIL,
      .names = { { MAIL, HERE } },
      .certs = { { .names = MAIL } },
      .scans = { { MAIL, HERE, 465, 0 }, { MAIL, HERE, 993, 0 } } },
    { .what = "the provider's certificate, and its name was seen clean",
      .host = MAIL,
      .names = { { MAIL, HERE }, { "server42.example.net", HERE } },
      .ptr = "server42.example.net",
      .certs = { { .names = "*.example.net example.net" } },
      .scans = { { MAIL, HERE, 465, 0 },
                 { MAIL, HERE, 587, 0 },
                 { "server42.example.net", HERE, 465, 0 },
                 { "server42.example.net", HERE, 587, 0 } },
      .top = "use-hostname",
      .param = "hostname",
      .value = "server42.example.net",
      .port = 465,
      .also = "ask-provider",
      .has = MAIL,
      .lacks = "server42.example.net" },
    { .what = "the same, but the name was never looked at",
      .host = MAIL,
      .names = { { MAIL, HERE }, { "server42.example.net", HERE } },
      .ptr = "server42.example.net",
      .certs = { { .names = "*.example.net" } },
      .scans = { { MAIL, HERE, 465, 0 } },
      .top = "issue-certificate",
      .never = "use-hostname" },
    { .what = "a PTR name that leads elsewhere too",
      .host = MAIL,
      .names = { { MAIL, HERE },
                 { "server42.example.net", HERE },
                 { "server42.example.net", THERE } },
      .ptr = "server42.example.net",
      .certs = { { .names = "*.example.net" } },
      .scans = { { MAIL, HERE, 465, 0 },
                 { "server42.example.net", HERE, 465, 0 },
                 { "server42.example.net", THERE, 465, 0 } },
      .top = "issue-certificate",
      .never = "use-hostname" },
    { .what = "a covered name whose own certificate has ended",
      .host = MAIL,
      .names = { { MAIL, HERE }, { "server42.example.net", HERE } },
      .ptr = "server42.example.net",
      .certs = { { .names = "*.example.net" },
                 { .names = "server42.example.net", .ends_in_days = -3 } },
      .scans = { { MAIL, HERE, 465, 0 },
                 { "server42.example.net", HERE, 465, 1 } },
      .top = "issue-certificate",
      .never = "use-hostname" },
    { .what = "a sibling, and the names in use",
      .host = "smtp.example.com",
      .names = { { "smtp.example.com", HERE }, { MAIL, HERE } },
      .certs = { { .names = MAIL } },
      .scans = { { "smtp.example.com", HERE, 465, 0 }, { MAIL, HERE, 465, 0 } },
      .top = "use-hostname",
      .param = "hostname",
      .value = MAIL,
      .has = "smtp.example.com",
      .also = "issue-certificate" },
    { .what = "one port is old",
      .host = MAIL,
      .names = { { MAIL, HERE } },
      .certs = { { .names = MAIL }, { .names = "vps1.example.net" } },
      .scans = { { MAIL, HERE, 465, 0 },
                 { MAIL, HERE, 587, 1 },
                 { MAIL, HERE, 993, 0 } },
      .top = "use-port",
      .port = 465,
      .also = "deploy-everywhere",
      .never = "issue-certificate" },
    { .what = "one address is wrong",
      .host = MAIL,
      .names = { { MAIL, HERE }, { MAIL, THERE } },
      .certs = { { .names = MAIL }, { .names = "old.example.com" } },
      .scans = { { MAIL, HERE, 465, 0 },
                 { MAIL, HERE, 587, 0 },
                 { MAIL, THERE, 465, 1 },
                 { MAIL, THERE, 587, 1 } },
      .top = "deploy-everywhere",
      .never = "use-port" },
    { .what = "it has ended everywhere",
      .host = MAIL,
      .names = { { MAIL, HERE } },
      .certs = { { .names = MAIL, .ends_in_days = -3 } },
      .scans = { { MAIL, HERE, 465, 0 }, { MAIL, HERE, 587, 0 } },
      .top = "renew-certificate",
      .never = "issue-certificate" },
    { .what = "renewed, and the mail ports were not told",
      .host = MAIL,
      .names = { { MAIL, HERE } },
      .certs = { { .names = MAIL, .ends_in_days = -3 }, { .names = MAIL } },
      .scans = { { MAIL, HERE, 465, 0 },
                 { MAIL, HERE, 993, 0 },
                 { MAIL, HERE, 443, 1 } },
      .top = "reload-service",
      .never = "renew-certificate" },
    { .what = "the middle link was fetched",
      .host = MAIL,
      .names = { { MAIL, HERE } },
      .certs = { { .names = MAIL, .chain = SCENE_FETCHED } },
      .scans = { { MAIL, HERE, 465, 0 }, { MAIL, HERE, 587, 0 } },
      .top = "serve-full-chain",
      .never = "issue-certificate" },
    { .what = "the middle link could not be had",
      .host = MAIL,
      .names = { { MAIL, HERE } },
      .certs = { { .names = MAIL, .chain = SCENE_LEAF } },
      .scans = { { MAIL, HERE, 465, 0 } },
      .top = "serve-full-chain" },
    { .what = "a stranger's root is sent along",
      .host = MAIL,
      .names = { { MAIL, HERE } },
      .certs = { { .names = MAIL, .chain = SCENE_STRANGER } },
      .scans = { { MAIL, HERE, 465, 0 } },
      .top = "issue-certificate",
      .has = MAIL },
    { .what = "a star one label too short, and no way out",
      .host = "mail.berlin.example.com",
      .names = { { "mail.berlin.example.com", HERE } },
      .certs = { { .names = "*.example.com" } },
      .scans = { { "mail.berlin.example.com", HERE, 465, 0 } },
      .top = "issue-certificate",
      .never = "use-hostname",
      .has = "mail.berlin.example.com",
      .lacks = "*.example.com" },
    { .what = "the bare domain under its star",
      .host = "example.com",
      .names = { { "example.com", HERE }, { MAIL, HERE } },
      .certs = { { .names = "*.example.com" } },
      .scans = { { "example.com", HERE, 465, 0 }, { MAIL, HERE, 465, 0 } },
      .top = "use-hostname",
      .param = "hostname",
      .value = MAIL,
      .also = "issue-wildcard" },
    { .what = "an address was typed",
      .host = HERE,
      .names = { { MAIL, HERE } },
      .ptr = MAIL,
      .certs = { { .names = MAIL } },
      .scans = { { HERE, HERE, 465, 0 }, { MAIL, HERE, 465, 0 } },
      .top = "use-hostname",
      .param = "hostname",
      .value = MAIL,
      .never = "issue-certificate" },
    { .what = "an address that everybody can reach",
      .host = "9.9.9.9",
      .names = { { MAIL, "9.9.9.9" }, { "www.example.com", THERE } },
      .ptr = MAIL,
      .certs = { { .names = MAIL " www.example.com" } },
      .scans = { { "9.9.9.9", "9.9.9.9", 465, 0 },
                 { MAIL, "9.9.9.9", 465, 0 } },
      .top = "use-hostname",
      .also = "issue-certificate",
      .has = "9.9.9.9",
      .lacks = "www.example.com" },
    { .what = "... keeps the names that lead to it",
      .host = "9.9.9.9",
      .names = { { MAIL, "9.9.9.9" } },
      .certs = { { .names = MAIL } },
      .scans = { { "9.9.9.9", "9.9.9.9", 465, 0 } },
      .top = "issue-certificate",
      .has = MAIL },
    { .what = "a name that nobody may certify",
      .host = "mail.lan",
      .names = { { "mail.lan", HERE } },
      .certs = { { .names = "server42.example.net" } },
      .scans = { { "mail.lan", HERE, 465, 0 } },
      .top = "ask-provider",
      .never = "issue-certificate" },
};

static void set_up(struct scene *at, const struct expected *row)
{
    size_t certs[3] = { 0 };
    scene_open(at, row->host);
    for (const struct name_row *n = row->names; n->name; n++)
        scene_address(at, n->name, n->address);
    if (row->ptr)
        scene_record(at, name_reverse(at->arena, HERE), DNS_PTR, row->ptr);
    for (size_t i = 0; i < 3 && row->certs[i].names; i++)
        certs[i] = scene_cert(at, &row->certs[i]);
    for (const struct look *l = row->scans; l->host; l++)
        scene_cell(at, l->host, l->address, l->port, certs[l->cert]);
    scene_judge(at);
}

/* Everything that was found and offered, for the failure's message. */
static const char *told(const struct scene *at)
{
    struct buf b;
    buf_init(&b, at->arena, 4000);
    for (size_t i = 0; i < at->found.len; i++)
        buf_printf(&b, " %s", at->found.items[i].def->id);
    buf_text(&b, " ->");
    for (size_t i = 0; i < at->plan.len; i++)
        buf_printf(&b, " %s(%s)", at->plan.items[i].def->id,
                   table_text(proof_words, (int)at->plan.items[i].proof));
    return b.text;
}

static void check_top(const struct scene *at, const struct expected *row)
{
    const struct fix *top = at->plan.len ? &at->plan.items[0] : NULL;
    const char *id = top ? top->def->id : "nothing";
    const char *wanted = row->top ? row->top : "nothing";
    if (strcmp(id, wanted) != 0)
        fail_msg("%s: top is %s, not %s:%s", row->what, id, wanted, told(at));
    if (!top)
        return;
    double port = json_find_number(top->params, "port", 0);
    if (row->port > 0 && (port < row->port || port > row->port))
        fail_msg("%s: port %.0f, not %.0f", row->what, port, row->port);
    const char *value =
        row->param ? json_find_text(top->params, row->param) : NULL;
    if (row->param && (!value || strcmp(value, row->value) != 0))
        fail_msg("%s: %s is %s, not %s", row->what, row->param,
                 value ? value : "nothing", row->value);
}

static void check_others(const struct scene *at, const struct expected *row)
{
    const struct fix *issue = scene_fix(at, "issue-certificate");
    if (row->also && !scene_fix(at, row->also))
        fail_msg("%s: %s is not offered:%s", row->what, row->also, told(at));
    if (row->never && scene_fix(at, row->never))
        fail_msg("%s: %s is offered:%s", row->what, row->never, told(at));
    if (row->has && !scene_fix_has_name(issue, row->has))
        fail_msg("%s: %s is not ordered:%s", row->what, row->has, told(at));
    if (row->lacks && scene_fix_has_name(issue, row->lacks))
        fail_msg("%s: %s is ordered", row->what, row->lacks);
}

/* Every fix says what it proves, has words, and leads back to us. */
static void check_form(const struct scene *at, const struct expected *row)
{
    for (size_t i = 0; i < at->plan.len; i++) {
        const struct fix *fix = &at->plan.items[i];
        bool proven = fix->proof != PROOF_NONE;
        if (proven != (fix->clears_len > 0))
            fail_msg("%s: %s clears %zu findings by proof %d", row->what,
                     fix->def->id, fix->clears_len, (int)fix->proof);
        if (!fix->steps_len || !fix->recheck || !fix->proof_detail ||
            !fix->why || strchr(fix->title, '{'))
            fail_msg("%s: %s lacks words", row->what, fix->def->id);
    }
}

static void plans(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene at;
        set_up(&at, &cases[i]);
        check_top(&at, &cases[i]);
        check_others(&at, &cases[i]);
        check_form(&at, &cases[i]);
        scene_close(&at);
    }
}

/* The names served today against those of the order, and the gate. */
static const struct {
    const char *what;
    const char *fix;
    const char *served;
    int ends_in_days;
    const char *has;  /* in the order, or NULL */
    const char *gone; /* named by the gate; NULL: it is open */
} served[] = {
    { "all of them stay", "issue-certificate",
      "a.example.com b.example.net c.example.net", 60, "b.example.net", NULL },
    { "one leads elsewhere", "issue-certificate",
      "a.example.com away.example.net", 60, "a.example.com",
      "away.example.net" },
    { "a renewal keeps another domain", "renew-certificate",
      MAIL " b.example.net", -3, "b.example.net", NULL },
    { "a renewal without what nobody certifies", "renew-certificate",
      MAIL " a_b.example.com", -3, MAIL, "a_b.example.com" },
    { "a renewal of another's name elsewhere", "renew-certificate",
      MAIL " away.example.net", -3, MAIL, "away.example.net" },
    { "a renewal of an own name elsewhere", "renew-certificate",
      MAIL " away.example.com", -3, "away.example.com", NULL },
    { "a renewal keeps the star", "renew-certificate", MAIL " *.example.net",
      -3, "*.example.net", NULL },
};

static const struct gate *gate_of(const struct fix *fix, const char *id)
{
    for (size_t i = 0; i < fix->gates_len; i++)
        if (strcmp(fix->gates[i].id, id) == 0)
            return &fix->gates[i];
    return NULL;
}

static void served_names(void **state)
{
    static const char *const here[] = { MAIL, "a.example.com", "b.example.net",
                                        "c.example.net", "a_b.example.com" };
    (void)state;
    for (size_t i = 0; i < sizeof served / sizeof *served; i++) {
        struct scene_cert spec = { .names = served[i].served,
                                   .ends_in_days = served[i].ends_in_days };
        struct scene at;
        scene_open(&at, MAIL);
        for (size_t n = 0; n < sizeof here / sizeof *here; n++)
            scene_address(&at, here[n], HERE);
        scene_address(&at, "away.example.net", THERE);
        scene_address(&at, "away.example.com", THERE);
        scene_cell(&at, MAIL, HERE, 465, scene_cert(&at, &spec));
        scene_judge(&at);
        const struct fix *fix = scene_fix(&at, served[i].fix);
        const struct gate *gate = fix ? gate_of(fix, "names-that-go") : NULL;
        if (!gate || gate->open != !served[i].gone)
            fail_msg("%s: the gate is %s", served[i].what,
                     !gate ? "not there" : gate->detail);
        if (served[i].gone && (!strstr(gate->detail, served[i].gone) ||
                               scene_fix_has_name(fix, served[i].gone)))
            fail_msg("%s: %s", served[i].what, gate->detail);
        if (served[i].has && !scene_fix_has_name(fix, served[i].has))
            fail_msg("%s: %s is not ordered", served[i].what, served[i].has);
        scene_close(&at);
    }
}

/* A published record wants the key kept: one that nobody can read cannot be,
 * so a fix that would keep it is not offered. */
static void unreadable_key(void **state)
{
    static const struct {
        const char *what;
        bool readable, published, offered;
    } rows[] = {
        { "a key that is read", true, true, true },
        { "one that is not", false, true, false },
        { "nor has to be", false, false, true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene_cert spec = { .names = MAIL, .ends_in_days = -3 };
        struct scene at;
        scene_open(&at, MAIL);
        scene_address(&at, MAIL, HERE);
        const struct cell *c =
            scene_cell(&at, MAIL, HERE, 465, scene_cert(&at, &spec));
        struct cert *leaf = &at.survey->certs[c->chain[0]].cert;
        if (rows[i].published)
            scene_record(&at, tlsa_owner(at.arena, MAIL, 465), DNS_TLSA,
                         tlsa_of_key(at.arena, leaf));
        if (!rows[i].readable) {
            leaf->key_type = KEY_UNKNOWN;
            leaf->key_bits = 0;
        }
        scene_judge(&at);
        const struct fix *fix = scene_fix(&at, "renew-certificate");
        if (!fix != !rows[i].offered)
            fail_msg("%s: %s", rows[i].what, told(&at));
        if (fix && json_find_bool(fix->params, "keep_key") != rows[i].published)
            fail_msg("%s: it is kept, or not", rows[i].what);
        scene_close(&at);
    }
}

static void full_chain_unproven(void **state)
{
    (void)state;
    struct scene at;
    scene_open(&at, MAIL);
    scene_address(&at, MAIL, HERE);
    struct scene_cert spec = { .names = MAIL, .chain = SCENE_LEAF };
    scene_cell(&at, MAIL, HERE, 465, scene_cert(&at, &spec));
    scene_judge(&at);
    const struct fix *fix = scene_fix(&at, "serve-full-chain");
    assert_non_null(fix);
    assert_int_equal(fix->proof, PROOF_NONE);
    assert_non_null(strstr(fix->proof_detail, "could not be fetched"));
    scene_close(&at);
}

static bool wishes_look(const struct probe_requests *w, const char *host,
                        uint16_t port)
{
    for (size_t i = 0; i < w->scans_len; i++) {
        if (w->scans[i].port == port && strcmp(w->scans[i].host, host) == 0)
            return true;
    }
    return false;
}

static bool wishes_question(const struct probe_requests *w, const char *name,
                            enum dns_type type)
{
    for (size_t i = 0; i < w->questions_len; i++) {
        if (w->questions[i].type == type &&
            strcmp(w->questions[i].name, name) == 0)
            return true;
    }
    return false;
}

static void wishes_converge(void **state)
{
    (void)state;
    struct scene at;
    scene_open(&at, MAIL);
    at.survey->target.port = 587;
    scene_address(&at, MAIL, HERE);
    struct scene_cert spec = { .names = "*.example.net" };
    scene_cell(&at, MAIL, HERE, 587, scene_cert(&at, &spec));
    scene_judge(&at);
    struct probe_requests w = { .arena = at.arena };
    prove_requests(at.survey, &at.found, &w);
    assert_true(wishes_question(&w, "1.2.0.192.in-addr.arpa", DNS_PTR));
    assert_true(wishes_question(&w, "example.com", DNS_MX));
    assert_true(wishes_question(&w, "smtp.example.com", DNS_A));
    assert_true(wishes_look(&w, MAIL, 465));
    assert_false(wishes_look(&w, "smtp.example.com", 587));

    scene_record(&at, "1.2.0.192.in-addr.arpa", DNS_PTR, "box.example.net");
    scene_address(&at, "box.example.net", HERE);
    w = (struct probe_requests){ .arena = at.arena };
    prove_requests(at.survey, &at.found, &w);
    assert_true(wishes_look(&w, "box.example.net", 587));
    assert_true(wishes_look(&w, "box.example.net", 465));
    assert_false(wishes_look(&w, "box.example.net", 993));
    scene_close(&at);
}

static void healthy_wishes_nothing(void **state)
{
    (void)state;
    struct scene at;
    scene_open(&at, MAIL);
    scene_address(&at, MAIL, HERE);
    struct scene_cert spec = { .names = MAIL };
    scene_cell(&at, MAIL, HERE, 465, scene_cert(&at, &spec));
    scene_judge(&at);
    struct probe_requests w = { .arena = at.arena };
    prove_requests(at.survey, &at.found, &w);
    assert_int_equal(w.scans_len + w.questions_len + w.fetches_len, 0);
    scene_close(&at);
}

/* What is tried is as long as what would be given on that day. */
static void test_supposed_lifetime(void **state)
{
    static const struct {
        const char *day;
        int64_t days;
    } rows[] = {
        { "2026-11-28", 90 }, { "2027-02-09", 90 }, { "2027-02-10", 64 },
        { "2028-02-15", 64 }, { "2028-02-16", 45 },
    };
    struct arena *a = arena_new();
    struct target target = { .kind = TARGET_HOST };
    struct survey *s = survey_new(a, &target, 0);
    const struct trial t = { .survey = s, .arena = a };
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(clock_parse(rows[i].day, &s->judged_at, &err));
        struct test_cert_request made = simulate_request(&t);
        assert_true(made.not_before < s->judged_at);
        assert_int_equal(made.not_after - made.not_before + 1,
                         rows[i].days * DAY_S);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_supposed_lifetime),
        cmocka_unit_test(plans),
        cmocka_unit_test(served_names),
        cmocka_unit_test(unreadable_key),
        cmocka_unit_test(full_chain_unproven),
        cmocka_unit_test(wishes_converge),
        cmocka_unit_test(healthy_wishes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
