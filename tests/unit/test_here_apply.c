/*
 * What becomes of a machine's files, whatever its server and the network say:
 * programs, wire and person are played, journal and files are real.
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/act_journal.h"
#include "base/file.h"
#include "run/here_apply.h"

#define OLD "cert = old\n"
#define NEW "cert = new\n"

static char top[] = "/tmp/certmend-apply-XXXXXX";

/* What is played. */
struct play {
    const char *what;
    const char *unfit; /* the own check's sentence */
    bool no, nobody;   /* the person */
    bool print_only, dry_run, reload_only;
    int check, reload;      /* exit status */
    const char *read_back;  /* sentence */
    const char *worse;      /* on the wire, after the change */
    const char *worse_back; /* and once it is back */
    const char *unfit_back;
    const char *human; /* who writes the file: "agree", "check", "look" */
    bool blind;        /* the look itself fails */
    /* what is to come of it */
    enum here_outcome outcome;
    const char *left; /* in the file */
    const char *ran;  /* programs */
    const char *why;  /* part of a sentence */
};

static const struct play *playing;
static char ran[200];

static const char *in_top(const char *name)
{
    return arena_printf(arena, "%s/%s", top, name);
}

static void put(const char *text)
{
    struct err err;

    if (!file_write(in_top("conf"), text, strlen(text), FILE_PUBLIC, &err))
        fail_msg("%s", err.text);
}

static void human(const char *when)
{
    if (same(playing->human, when))
        put("by hand\n");
}

static bool fits(void *arg, const struct here_change *c, struct text_list * not,
                 struct err *err)
{
    (void)arg;
    (void)c;
    (void)err;
    if (playing->unfit)
        text_list_add(arena, not, playing->unfit);
    return true;
}

static bool fits_back(void *arg, const struct here_change *c,
                      struct text_list * not, struct err *err)
{
    (void)arg;
    (void)c;
    (void)err;
    if (playing->unfit_back)
        text_list_add(arena, not, playing->unfit_back);
    return true;
}

static bool run(void *arg, struct arena *a, const struct here_change *c,
                const char *const *argv, struct program_answer *out,
                struct err *err)
{
    bool checks = strcmp(argv[0], "check") == 0;

    (void)arg;
    (void)a;
    (void)c;
    (void)err;
    strcat(strcat(ran, *ran ? " " : ""), argv[0]);
    human(argv[0]);
    *out = (struct program_answer){
        .status = checks ? playing->check : playing->reload,
        .complaint = "it said so",
    };
    return true;
}

static bool read_back(void *arg, struct arena *a, const struct here_change *c,
                      const char **why, struct err *err)
{
    (void)arg;
    (void)a;
    (void)c;
    (void)err;
    *why = playing->read_back;
    return true;
}

static bool look(void *arg, struct arena *a, const struct here_change *c,
                 bool back, struct text_list *worse, struct err *err)
{
    const char *said = back ? playing->worse_back : playing->worse;

    (void)arg;
    (void)a;
    (void)c;
    if (!back)
        human("look");
    if (!back && playing->blind)
        return err_set(err, ERR_SYSTEM, "no socket can be had");
    if (said)
        text_list_add(arena, worse, said);
    return true;
}

static struct buf shown;

static bool say(void *arg, const char *text, struct err *err)
{
    (void)arg;
    (void)err;
    buf_text(&shown, text);
    return true;
}

static bool agree(void *arg, bool *yes, bool *asked, struct err *err)
{
    (void)arg;
    (void)err;
    human("agree");
    *yes = !playing->no && !playing->nobody;
    *asked = !playing->nobody;
    return true;
}

static const struct here_world world = { NULL,      fits, fits_back, run,
                                         read_back, look, say,       agree };

static struct here_result carry_out(const struct play *p)
{
    static const char *const check[] = { "check", NULL };
    static const char *const reload[] = { "reload", NULL };
    const struct act_file file = { .path = in_top("conf"),
                                   .before = OLD,
                                   .before_len = strlen(OLD),
                                   .after = NEW,
                                   .after_len = strlen(NEW),
                                   .mode = 0640 };
    const struct here_change change = {
        .server = "Postfix",
        .what = "Postfix: it names new",
        .print_only = p->print_only ? "It runs in a box." : NULL,
        .files = &file,
        .files_len = !p->reload_only,
        .check = check,
        .reload = reload,
    };
    const struct here_job job = { .arena = arena,
                                  .world = &world,
                                  .journal = in_top("acts"),
                                  .dry_run = p->dry_run };
    struct here_result result;
    struct err err;

    playing = p;
    ran[0] = '\0';
    buf_init(&shown, arena, 1 << 16);
    put(OLD);
    assert_int_equal(chmod(in_top("conf"), 0640), 0);
    if (!here_apply(&job, &change, &result, &err))
        fail_msg("%s: %s", p->what, err.text);
    return result;
}

static const struct play plays[] = {
    { .what = "all is well",
      .outcome = HERE_KEPT,
      .left = NEW,
      .ran = "check reload" },
    { .what = "unfit",
      .unfit = "The key is another's.",
      .outcome = HERE_REFUSED,
      .left = OLD,
      .ran = "",
      .why = "another's" },
    { .what = "a no",
      .no = true,
      .outcome = HERE_DECLINED,
      .left = OLD,
      .ran = "" },
    { .what = "nobody there",
      .nobody = true,
      .outcome = HERE_DECLINED,
      .left = OLD,
      .ran = "" },
    { .what = "dry run",
      .dry_run = true,
      .outcome = HERE_DRY,
      .left = OLD,
      .ran = "" },
    { .what = "print only",
      .print_only = true,
      .outcome = HERE_PRINTED,
      .left = OLD,
      .ran = "",
      .why = "in a box" },
    { .what = "its check says no",
      .check = 1,
      .outcome = HERE_BACK,
      .left = OLD,
      .ran = "check",
      .why = "status 1 and said: it said so" },
    { .what = "read back otherwise",
      .read_back = "Line 3 says another thing.",
      .outcome = HERE_BACK,
      .left = OLD,
      .ran = "check",
      .why = "Line 3" },
    { .what = "the reload fails",
      .reload = 1,
      .outcome = HERE_BACK,
      .left = OLD,
      .ran = "check reload reload",
      .why = "status 1" },
    { .what = "worse on the wire",
      .worse = "993 is closed.",
      .outcome = HERE_BACK,
      .left = OLD,
      .ran = "check reload reload",
      .why = "993 is closed" },
    { .what = "worse, and it stays so",
      .worse = "993 is closed.",
      .worse_back = "995 is closed.",
      .outcome = HERE_WORSE,
      .left = OLD,
      .ran = "check reload reload",
      .why = "995 is closed" },
    { .what = "worse, and what was there before would do more harm",
      .worse = "993 is closed.",
      .unfit_back = "The old key is another's.",
      .outcome = HERE_WORSE,
      .left = OLD,
      .ran = "check reload",
      .why = "old key" },
    { .what = "the look fails",
      .blind = true,
      .outcome = HERE_BACK,
      .left = OLD,
      .ran = "check reload reload",
      .why = "no socket" },
    { .what = "somebody was faster",
      .human = "agree",
      .outcome = HERE_REFUSED,
      .left = "by hand\n",
      .ran = "",
      .why = "conf" },
    { .what = "somebody saved after us, and all is well",
      .human = "look",
      .outcome = HERE_KEPT,
      .left = "by hand\n",
      .ran = "check reload",
      .why = "changed by somebody else" },
    { .what = "somebody saved after us, and it is worse",
      .human = "look",
      .worse = "993 is closed.",
      .outcome = HERE_WORSE,
      .left = "by hand\n",
      .ran = "check reload" },
    { .what = "somebody saved while it was checked",
      .human = "check",
      .check = 1,
      .outcome = HERE_WORSE,
      .left = "by hand\n",
      .ran = "check" },
    { .what = "only to be reloaded",
      .reload_only = true,
      .outcome = HERE_KEPT,
      .left = OLD,
      .ran = "reload" },
    { .what = "only to be reloaded, in vain",
      .reload_only = true,
      .worse = "993 still shows another certificate.",
      .outcome = HERE_WORSE,
      .left = OLD,
      .ran = "reload",
      .why = "still shows" },
};

static const char *outcome_word(enum here_outcome outcome)
{
    return table_text(here_outcome_words, (int)outcome);
}

static bool is_why(const struct here_result *r, const char *part)
{
    for (size_t i = 0; part && i < r->why.len; i++)
        if (strstr(r->why.text[i], part))
            return true;
    return !part;
}

static void check_play(const struct play *p)
{
    const struct here_result got = carry_out(p);
    const char *left = NULL;
    size_t len = 0;
    struct err err;
    struct stat now;

    if (got.outcome != p->outcome)
        fail_msg("%s: %s, not %s: %s", p->what, outcome_word(got.outcome),
                 outcome_word(p->outcome), got.said);
    assert_true(file_read(arena, in_top("conf"), 1000, &left, &len, &err));
    if (strcmp(left, p->left) != 0)
        fail_msg("%s: the file has \"%s\"", p->what, left);
    if (strcmp(ran, p->ran) != 0)
        fail_msg("%s: \"%s\" were run, not \"%s\"", p->what, ran, p->ran);
    if (!is_why(&got, p->why))
        fail_msg("%s: \"%s\" is not told, but %s", p->what, p->why,
                 got.why.len ? got.why.text[0] : "nothing");
    assert_int_equal(stat(in_top("conf"), &now), 0);
    if (!p->human && (now.st_mode & 07777) != 0640)
        fail_msg("%s: mode %o", p->what, now.st_mode & 07777);
    bool has_undo = strstr(got.said, "certmend undo ") != NULL;
    if (has_undo != (got.outcome == HERE_KEPT && !p->reload_only))
        fail_msg("%s: %s", p->what, got.said);
}

/* What a next run would still find to do. */
static void check_journal(const struct play *p)
{
    struct journal_recovery found = { .said = NULL };
    struct journal *j = NULL;
    struct err err;

    if (!file_exists(in_top("acts")))
        return;
    if (!journal_open(arena, in_top("acts"), &j, &found, &err))
        fail_msg("%s: %s", p->what, err.text);
    if (found.len || found.to_reload_len)
        fail_msg("%s: left over: %s", p->what,
                 found.len ? found.said[0] : "a reload");
    journal_close(j);
}

static void test_plays(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof plays / sizeof *plays; i++) {
        assert_int_equal(system(arena_printf(arena, "rm -rf %s/*", top)), 0);
        check_play(&plays[i]);
        check_journal(&plays[i]);
    }
}

static void test_shown_before_it_is_done(void **state)
{
    static const struct play no = { .what = "a no", .no = true };

    (void)state;
    carry_out(&no);
    const char *path = in_top("conf") + 1;
    assert_string_equal(
        shown.text,
        arena_printf(arena,
                     "\nPostfix: it names new\n\n"
                     "  --- %s\n  +++ %s\n  @@ -1 +1 @@\n  -cert = old\n"
                     "  +cert = new\n\nThen this is run:\n  check\n  reload\n",
                     path, path));
}

static int begin(void **state)
{
    set_up(state);
    umask(022);
    return mkdtemp(top) ? 0 : -1;
}

static int finish(void **state)
{
    int left = system(arena_printf(arena, "rm -rf %s", top));

    tear_down(state);
    return left;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plays),
        cmocka_unit_test(test_shown_before_it_is_done),
    };

    return cmocka_run_group_tests(tests, begin, finish);
}
