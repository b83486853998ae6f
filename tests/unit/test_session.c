#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "advise/rules.h"
#include "guide/actions.h"
#include "guide/answer.h"
#include "guide/fix_choice.h"
#include "guide/session.h"
#include "guide/session_json.h"
#include "scene.h"

#define HERE "192.0.2.1"
#define MAIL "mail.example.com"
#define HOST "server42.example.net"

/* What is seen at each look: faults that a server may have. */
enum seen { SEEN_PROVIDER, SEEN_CHAIN, SEEN_EXPIRED, SEEN_RIGHT, SEEN_NOTHING };

static const struct scene_cert certs[] = {
    [SEEN_PROVIDER] = { .names = HOST },
    [SEEN_CHAIN] = { .names = MAIL, .chain = SCENE_FETCHED },
    [SEEN_EXPIRED] = { .names = MAIL, .ends_in_days = -3 },
    [SEEN_RIGHT] = { .names = MAIL },
};

static void dead_cell(struct scene *at)
{
    struct scene_cert spec = { .names = MAIL };
    struct cell *c = scene_cell(at, MAIL, HERE, 587, scene_cert(at, &spec));

    c->connect.outcome = OUTCOME_TIMED_OUT;
    c->greeting.outcome = c->starttls.outcome = OUTCOME_NOT_TRIED;
    c->handshake.outcome = OUTCOME_NOT_TRIED;
    c->chain_len = 0;
}

/* A look at MAIL, or at HOST where that is what was wanted. */
static const struct report *look(struct scene *at, enum seen seen,
                                 const char *target)
{
    bool elsewhere = strncmp(target, HOST, strlen(HOST)) == 0;
    const char *host = elsewhere ? HOST : MAIL;
    struct report *r = NULL;

    scene_open(at, host);
    scene_address(at, MAIL, HERE);
    scene_address(at, HOST, HERE);
    if (seen == SEEN_NOTHING) {
        dead_cell(at);
    } else {
        size_t cert = scene_cert(at, &certs[seen]);
        struct cell *c = scene_cell(at, host, HERE, 587, cert);
        c->asked = true;
        c->banner = "220 " MAIL " ESMTP Postfix";
        if (seen == SEEN_PROVIDER && !elsewhere)
            scene_cell(at, HOST, HERE, 587, cert)->asked = false;
    }
    scene_judge(at);
    r = arena_alloc(at->arena, 1, sizeof *r);
    *r = (struct report){ at->survey, &at->found, &at->plan };
    return r;
}

enum { LOOKS_MAX = 20 };

static const struct play {
    const char *what;
    const char *typed[16];     /* NULL ends */
    enum seen seen[LOOKS_MAX]; /* at each look, the last one for ever */
    size_t seen_len;
    bool ends;
    enum ending ending;
    const char *says; /* somewhere in what was said */
} plays[] = {
    { "another name",
      { "", MAIL, "user", "", "done" },
      { SEEN_PROVIDER },
      1,
      true,
      ENDING_MENDED,
      "All is well with " HOST },
    { "nothing is wrong",
      { "", MAIL, "1" },
      { SEEN_RIGHT },
      1,
      true,
      ENDING_NOTHING,
      "Nothing is wrong" },
    { "nothing answers",
      { "", MAIL, "1" },
      { SEEN_NOTHING },
      1,
      true,
      ENDING_UNSEEN,
      "does not mean" },
    { "the chain, in the second try",
      { "", MAIL, "1", "", "look", "look" },
      { SEEN_CHAIN, SEEN_CHAIN, SEEN_RIGHT },
      3,
      true,
      ENDING_MENDED,
      "Not there yet" },
    { "the chain is the provider's to mend",
      { "", MAIL, "provider", "", "done" },
      { SEEN_CHAIN },
      1,
      true,
      ENDING_PROVIDER,
      "certmend watch " MAIL },
    { "something else is in the way afterwards",
      { "", MAIL, "me", "", "look" },
      { SEEN_CHAIN, SEEN_EXPIRED },
      2,
      false,
      ENDING_LEFT,
      "out of date" },
    { "expired, and renewed",
      { "", MAIL, "me", "", "look", "done" },
      { SEEN_EXPIRED, SEEN_RIGHT },
      2,
      true,
      ENDING_MENDED,
      "this keeps it so" },
    { "later",
      { "", MAIL, "me", "", "later" },
      { SEEN_EXPIRED },
      1,
      true,
      ENDING_WAITING,
      "old answers" },
    { "quit at the start",
      { "quit" },
      { SEEN_RIGHT },
      1,
      true,
      ENDING_LEFT,
      "Good-bye" },
    { "never understood",
      { "", MAIL, "x", "x", "x", "x", "x" },
      { SEEN_RIGHT },
      1,
      true,
      ENDING_LEFT,
      "Nothing is lost" },
    { "a server in place of a message",
      { MAIL " 587", "4", "" },
      { SEEN_PROVIDER },
      1,
      false,
      ENDING_LEFT,
      "Who runs the mail server " MAIL ":587" },
    { "a word explained",
      { "", "? star name", "?", "? name.wildcard_depth", "? \x1b[31m" },
      { SEEN_RIGHT },
      1,
      false,
      ENDING_LEFT,
      "A star stands for one label only" },
};

struct played {
    struct arena *arena;
    struct session session;
    struct turn turn;
    struct scene scenes[LOOKS_MAX];
    size_t scans;
    struct buf said;
};

static void check_turn(struct played *p, const struct play *play, bool good,
                       const struct err *err)
{
    if (!good)
        fail_msg("%s: %s", play->what, err->text);
    buf_text(&p->said, p->turn.text);
}

/* Everything that needs no person. */
static void run_on(struct played *p, const struct play *play)
{
    struct err err = { ERR_NONE, "" };

    while (p->turn.want == WANT_LOOK || p->turn.want == WANT_ACT) {
        struct turn next;
        struct action_result action_result = { .worked = true,
                                               .said = "Done." };
        size_t at = p->scans < play->seen_len ? p->scans : play->seen_len - 1;
        bool good = false;
        if (p->turn.want == WANT_ACT) {
            good = session_did(&p->session, &action_result, &next, &err);
        } else {
            const struct report *r =
                look(&p->scenes[p->scans++], play->seen[at], p->turn.target);
            good = session_seen(&p->session, r, &next, &err);
        }
        p->turn = next;
        check_turn(p, play, good, &err);
    }
}

static void start(struct played *p, const struct play *play)
{
    struct err err = { ERR_NONE, "" };

    *p = (struct played){ .arena = arena_new() };
    buf_init(&p->said, p->arena, 1024 * 1024);
    bool good =
        session_begin(&p->session, p->arena, NULL, NULL, &p->turn, &err);
    check_turn(p, play, good, &err);
}

static void stop(struct played *p)
{
    for (size_t i = 0; i < p->scans; i++)
        scene_close(&p->scenes[i]);
    arena_free(p->arena);
}

static void type(struct played *p, const struct play *play, const char *text)
{
    struct err err = { ERR_NONE, "" };
    struct turn next;
    bool good = session_answer(&p->session, text, &next, &err);

    p->turn = next;
    check_turn(p, play, good, &err);
    run_on(p, play);
}

static void check_end(const struct played *p, const struct play *play)
{
    bool ended = p->turn.want == WANT_END;

    if (ended != play->ends)
        fail_msg("%s: ended %d, not %d: %s", play->what, ended, play->ends,
                 p->said.text);
    if (ended && p->session.ending != play->ending)
        fail_msg("%s: ending %s, not %s: %s", play->what,
                 table_text(ending_words, (int)p->session.ending),
                 table_text(ending_words, (int)play->ending), p->said.text);
    if (strchr(p->said.text, '\x1b'))
        fail_msg("%s: an escape was said", play->what);
}

/* Folding parts words anywhere: blanks are alike. */
static bool says(struct arena *a, const char *said, const char *wanted)
{
    char *text = arena_copy(a, said, strlen(said));

    for (char *c = text; *c; c++)
        *c = *c == '\n' ? ' ' : *c;
    return strstr(text, wanted) != NULL;
}

static void sessions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof plays / sizeof *plays; i++) {
        struct played p;
        start(&p, &plays[i]);
        for (size_t k = 0; plays[i].typed[k] && p.turn.want != WANT_END; k++)
            type(&p, &plays[i], plays[i].typed[k]);
        check_end(&p, &plays[i]);
        if (!says(p.arena, p.said.text, plays[i].says))
            fail_msg("%s: \"%s\" was not said: %s", plays[i].what,
                     plays[i].says, p.said.text);
        stop(&p);
    }
}

/* Through JSON, as between two runs. */
static void kill_and_resume(struct played *p, const struct play *play)
{
    struct err err = { ERR_NONE, "" };
    struct session again;
    struct turn turn;
    struct json *kept = session_to_json(p->arena, &p->session);

    if (!session_from_json(p->arena, kept, "kept", &again, &err))
        fail_msg("%s: %s", play->what, err.text);
    p->session = again;
    bool good = session_resume(&p->session, &turn, &err);
    p->turn = turn;
    check_turn(p, play, good, &err);
    run_on(p, play);
}

static void resumed(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        const struct play *play = &plays[i];
        /* what is seen does not depend on how often it is looked */
        if (play->seen_len > 1)
            continue;
        for (size_t at = 0; play->typed[at]; at++) {
            struct played p;
            start(&p, play);
            for (size_t k = 0; play->typed[k] && p.turn.want != WANT_END; k++) {
                if (k == at)
                    kill_and_resume(&p, play);
                if (p.turn.want != WANT_END)
                    type(&p, play, play->typed[k]);
            }
            check_end(&p, play);
            stop(&p);
        }
    }
}

static const struct {
    const char *typed, *target; /* NULL: no server */
} servers[] = {
    { MAIL, MAIL },
    { MAIL " 587", MAIL ":587" },
    { MAIL ":587", MAIL ":587" },
    { MAIL ", port 465", MAIL ":465" },
    { " Mail.Example.COM. 465 ", MAIL ":465" },
    { MAIL " 587 SSL", "submissions://" MAIL ":587" },
    { MAIL " 587 starttls", MAIL ":587" },
    { MAIL " 465 STARTTLS", "submission://" MAIL ":465" },
    { MAIL " 993 tls", MAIL ":993" },
    { "my server is " MAIL " 25", MAIL ":25" },
    { "[2001:db8::1]:465", "[2001:db8::1]:465" },
    { "2001:db8::1", "2001:db8::1" },
    { "imaps://" MAIL, "imaps://" MAIL },
    { "user@example.com", "user@example.com" },
    { "localhost 2525", "localhost:2525" },
    { "587", NULL },
    { "", NULL },
    { "I don't know", NULL },
    { MAIL ":99999", NULL },
    { "a..b", NULL },
};

static void server_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
        struct arena *a = arena_new();
        const char *target = NULL;
        struct err err;
        bool good = answer_server(a, servers[i].typed, &target, &err);
        if (good != (servers[i].target != NULL))
            fail_msg("%s: %s", servers[i].typed, good ? target : err.text);
        if (good && strcmp(target, servers[i].target) != 0)
            fail_msg("%s: %s, not %s", servers[i].typed, target,
                     servers[i].target);
        arena_free(a);
    }
}

static const struct {
    const char *typed;
    enum verb verb;
    long number;
} words[] = {
    { "done", VERB_DONE, 0 },       { " DONE ", VERB_DONE, 0 },
    { "verify", VERB_DONE, 0 },     { "?", VERB_HELP, 0 },
    { "?star", VERB_HELP, 0 },      { "help star", VERB_HELP, 0 },
    { "yes please", VERB_NONE, 0 }, { "2", VERB_NONE, 2 },
    { "2.", VERB_NONE, 2 },         { "2a", VERB_NONE, 0 },
    { "123456", VERB_NONE, 0 },     { "-1", VERB_NONE, 0 },
    { "", VERB_NONE, 0 },
};

static void verbs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct arena *a = arena_new();
        struct answer got;
        answer_read(a, words[i].typed, &got);
        if (got.verb != words[i].verb || got.number != words[i].number)
            fail_msg("%s: verb %d, number %ld; not %d, %ld", words[i].typed,
                     (int)got.verb, got.number, (int)words[i].verb,
                     words[i].number);
        arena_free(a);
    }
}

static const struct {
    const char *what;
    bool next_time;
    size_t steps;
    const char *texts[4];
    size_t pages;
} books[] = {
    { "commands part pages", false, 3, { "a\n x", "b\n x", "c" }, 3 },
    { "what is only to be read goes with the next",
      false,
      3,
      { "a", "b\n x", "c\n x" },
      2 },
    { "the next time has a page of its own", true, 3, { "a", "b", "c" }, 2 },
    { "no step at all", true, 0, { NULL }, 1 },
};

static void pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof books / sizeof *books; i++) {
        struct fix_def def = { .id = "x",
                               .actor = ACTOR_YOU,
                               .next_time = books[i].next_time };
        struct fix fix = { .def = &def,
                           .steps = books[i].texts,
                           .steps_len = books[i].steps };
        size_t n = fix_choice_pages(&fix, WHO_ME), next = 0;
        if (n != books[i].pages)
            fail_msg("%s: %zu pages, not %zu", books[i].what, n,
                     books[i].pages);
        for (size_t k = 0; k < n && fix.steps_len; k++) {
            size_t from = 0, to = 0;
            fix_choice_step_page(&fix, WHO_ME, k, &from, &to);
            if (from != next || to <= from)
                fail_msg("%s: page %zu is [%zu, %zu)", books[i].what, k, from,
                         to);
            next = to;
        }
        assert_int_equal(next, fix.steps_len);
    }
}

/* Who may be asked to order, and who only has names to speak of. */
static const char *const ordering[] = { "issue-certificate", "issue-wildcard",
                                        "renew-certificate", "replace-key" };

static bool is_ordering(const char *id)
{
    for (size_t i = 0; i < sizeof ordering / sizeof *ordering; i++)
        if (strcmp(ordering[i], id) == 0)
            return true;
    return false;
}

/* A wildcard can be had and asked for; the choice of a default brings none. */
static void orders(void **state)
{
    static const char *const asked[] = { "order", "request" };
    struct arena *a = arena_new();
    struct json *params = json_object(a);
    const struct rules *rules = NULL;
    struct err err;

    (void)state;
    json_put_texts(a, params, "names", (const char *[]){ MAIL }, 1);
    assert_true(rules_load(a, NULL, &rules, &err));
    for (size_t i = 0; i < rules->fixes.len; i++) {
        struct fix fix = { .def = &rules->fixes.items[i], .params = params };
        bool wanted = is_ordering(fix.def->id);
        for (size_t w = 0; w < sizeof asked / sizeof *asked; w++)
            if ((action_find(&fix, false, asked[w]) != NULL) != wanted)
                fail_msg("%s: \"%s\" is %soffered", fix.def->id, asked[w],
                         wanted ? "not " : "");
        if ((fix.def->brings == BRINGS_CERTIFICATE) != wanted)
            fail_msg("%s brings %d", fix.def->id, fix.def->brings);
    }
    arena_free(a);
}

/* Who can get at what: an employee and a user of a mail program at neither
 * server nor zone, a hosting customer at the zone alone. */
static void reach(void **state)
{
    static const struct {
        enum who who;
        bool reaches[ACTOR_COUNT]; /* user, you, dns, provider, local */
    } rows[] = {
        { WHO_UNKNOWN, { 1, 0, 0, 0, 1 } },  { WHO_ME, { 1, 1, 1, 0, 1 } },
        { WHO_PROVIDER, { 1, 0, 1, 0, 1 } }, { WHO_COMPANY, { 1, 0, 0, 0, 1 } },
        { WHO_USER, { 1, 0, 0, 0, 1 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int actor = 0; actor < ACTOR_COUNT; actor++) {
            struct fix_def def = { .id = "x", .actor = (enum actor)actor };
            struct fix fix = { .def = &def };
            if (fix_choice_is_own(&fix, rows[i].who) != rows[i].reaches[actor])
                fail_msg("who %d, actor %d: not %d", (int)rows[i].who, actor,
                         rows[i].reaches[actor]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions),     cmocka_unit_test(resumed),
        cmocka_unit_test(server_names), cmocka_unit_test(verbs),
        cmocka_unit_test(pages),        cmocka_unit_test(orders),
        cmocka_unit_test(reach),
    };
    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
