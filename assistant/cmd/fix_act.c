#include "cmd/fix_act.h"

#include <string.h>

#include "act/act_csr.h"
#include "act/hook.h"
#include "base/file.h"
#include "cmd/letter.h"
#include "net/loop.h"

enum { LETTER_MAX = 256 * 1024, LETTERS_MAX = 20, WORDS_MAX = 60 };

static void fail(struct arena *a, const struct err *err, struct deed *out)
{
    *out = (struct deed){ .said = arena_printf(a, "That did not work: %s.",
                                               err->text) };
}

static void make_request(struct arena *a, const struct session *s,
                         const struct act *act, struct deed *out)
{
    struct csr_job job = {
        .order = { .names = act->names, .names_len = act->names_len },
        .key_kind = KEY_KIND_EC256,
        .out_key = act_csr_file_name(a, act->names[0], ".key"),
        .out_csr = act_csr_file_name(a, act->names[0], ".csr"),
    };
    struct err err = { ERR_NONE, "" };

    (void)s;
    if (!act_csr(a, &job, &err)) {
        fail(a, &err, out);
        return;
    }
    *out = (struct deed){
        .worked = true,
        .said =
            arena_printf(a, "Done: %s goes to the authority, %s stays here.",
                         job.out_csr, job.out_key),
        .file = job.out_csr,
    };
}

static const char *recipient(const struct session *s)
{
    if (s->who == WHO_COMPANY)
        return "it";
    return s->fix && s->fix->def->actor == ACTOR_DNS ? "dns" : "provider";
}

/* A letter that was written before, and perhaps changed, stays. */
static const char *free_name(struct arena *a, const char *host)
{
    const char *name = act_csr_file_name(a, host, ".letter.txt");

    for (int i = 2; file_exists(name) && i < LETTERS_MAX; i++)
        name = act_csr_file_name(a, host, arena_printf(a, ".letter-%d.txt", i));
    return name;
}

static void write_letter(struct arena *a, const struct session *s,
                         const struct act *act, struct deed *out)
{
    const struct target *asked = &s->report->survey->target;
    const char *path = free_name(a, asked->host ? asked->host : "server");
    struct err err = { ERR_NONE, "" };
    struct buf text;

    (void)act;
    buf_init(&text, a, LETTER_MAX);
    if (!letter_write(a, s->templates, report_json(a, s->report), recipient(s),
                      &text, &err) ||
        !file_write(path, text.text, text.len, FILE_PUBLIC_NEW, &err)) {
        fail(a, &err, out);
        return;
    }
    *out = (struct deed){
        .worked = true,
        .said = arena_printf(a,
                             "The letter is in %s. Read it, add your account "
                             "number, and send it. Never add your password.",
                             path),
        .file = path,
    };
}

struct run {
    struct arena *arena;
    struct deed *out;
};

static void ran(void *arg, const struct hook_result *result)
{
    struct run *run = arg;
    const char *output =
        *result->output
            ? arena_printf(run->arena, " It said: %s", result->output)
            : "";

    *run->out = (struct deed){
        .worked = !result->why,
        .said = arena_printf(
            run->arena, "%s%s",
            result->why ? result->why : "It ran without error.", output),
    };
}

static bool split(struct arena *a, const char *command, const char **words,
                  struct err *err)
{
    static const char shells[] = "|&;<>()$`\\\"'*?[]{}~#";
    size_t n = 0;

    if (command[strcspn(command, shells)])
        return err_set(err, ERR_USAGE,
                       "it is run without a shell, so it may hold words only, "
                       "no quotes and no signs such as | or &&");
    while (*(command += strspn(command, " \t")) && n < WORDS_MAX) {
        size_t len = strcspn(command, " \t");
        words[n++] = arena_text_n(a, command, len);
        command += len;
    }
    words[n] = NULL;
    if (!n || !hook_find(a, words[0]))
        return err_set(err, ERR_USAGE, "there is no program \"%.100s\" here",
                       n ? words[0] : "");
    return true;
}

static void run_command(struct arena *a, const struct session *s,
                        const struct act *act, struct deed *out)
{
    const char *words[WORDS_MAX + 1];
    struct loop *loop = NULL;
    struct run run = { a, out };
    struct err err = { ERR_NONE, "" };

    (void)s;
    if (!split(a, act->command, words, &err) || !loop_new(&loop, &err)) {
        fail(a, &err, out);
        return;
    }
    struct hook_job job = { .loop = loop, .arena = a, .argv = words };
    hook_run(&job, ran, &run);
    if (!loop_run(loop, &err))
        fail(a, &err, out);
    loop_free(loop);
}

static void (*const rows[ACT_COUNT])(struct arena *a, const struct session *s,
                                     const struct act *act,
                                     struct deed *out) = {
    [ACT_REQUEST] = make_request,
    [ACT_LETTER] = write_letter,
    [ACT_RUN] = run_command,
};

void fix_act(struct arena *a, const struct session *s, const struct act *act,
             struct deed *out)
{
    *out = (struct deed){ .said = "I cannot do that yet." };
    if (rows[act->kind])
        rows[act->kind](a, s, act, out);
}
