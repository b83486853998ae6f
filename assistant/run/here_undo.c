#include "run/here_undo.h"

#include <string.h>

#include "base/file.h"
#include "machine/ask_program.h"
#include "machine/server_conf.h"
#include "run/here_change.h"

static bool reads_one_of(const struct server_conf *conf,
                         const char *const *paths, size_t len)
{
    for (size_t i = 0; i < conf->files_len; i++)
        if (text_is_among(conf->files[i].resolved, paths, len))
            return true;
    return false;
}

static void ask_places(struct arena *a, const struct server_conf *conf,
                       struct text_list *broken)
{
    for (size_t i = 0; i < conf->places_len; i++) {
        const struct tls_place *p = &conf->places[i];
        const struct pair_files files = { .root = &conf->root,
                                          .cert = p->cert.path,
                                          .key = p->key.path,
                                          .chain = p->chain.path,
                                          .user = conf->user };
        struct pair_fit fit;
        if (p->is_off || !files.cert || !files.key)
            continue;
        pair_fit_read(a, &files, &fit);
        for (size_t k = 0; k < fit.broken.len; k++)
            text_list_add_new(a, broken, fit.broken.text[k]);
    }
}

/* Many ports are one process. */
static bool is_first_of(const struct listeners *all, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (all->items[i].pid == all->items[at].pid)
            return false;
    return true;
}

bool here_undo_fits(struct arena *a, const char *const *paths, size_t len,
                    struct text_list *broken, struct err *err)
{
    struct listeners all;

    if (!listeners_find(a, "/proc", &all, err))
        return false;
    for (size_t i = 0; i < all.len; i++) {
        struct server_conf conf;
        struct err unread; /* that the server itself will tell */
        if (!all.items[i].pid || !is_first_of(&all, i) ||
            !server_kind_of(&all.items[i]) ||
            !server_conf_read(a, &all.items[i], &conf, &unread))
            continue;
        if (reads_one_of(&conf, paths, len))
            ask_places(a, &conf, broken);
        server_conf_close(&conf);
    }
    return true;
}

/* Whether it worked; *out: a sentence. */
static bool run_reload(struct arena *a, const struct act *act, const char **out)
{
    struct machine_root root = { .fd = -1 };
    struct program_answer answer = { .status = -1 };
    struct err err;
    const char *line = here_command(a, act->reload);

    if (!machine_root_open(a, "/", &root, &err)) {
        *out = arena_printf(a, "%s.", err.text);
        return false;
    }
    bool ran = ask_program(a, &root, act->reload, &answer, &err);
    machine_root_close(&root);
    if (!ran)
        *out = arena_printf(a, "%s did not run: %s.", line, err.text);
    else if (answer.status == 0)
        *out = arena_printf(a, "%s was run.", line);
    else
        *out = arena_printf(a, "%s did not work%s%s", line,
                            *answer.complaint ? ": " : ".", answer.complaint);
    return ran && answer.status == 0;
}

bool here_undo_reload(struct arena *a, struct journal *j, struct act *act,
                      struct text_list *said, bool *told, struct err *err)
{
    struct text_list broken = { 0 };
    const char *sentence = NULL;

    if (!here_undo_fits(a, act->paths, act->paths_len, &broken, err))
        return false;
    *told = !broken.len;
    for (size_t i = 0; i < broken.len; i++)
        text_list_add_new(a, said, broken.text[i]);
    if (broken.len)
        text_list_add(a, said,
                      "The files are as they were before; the server was not "
                      "told to read them, as it would stop serving TLS.");
    else if (act->reload) {
        *told = run_reload(a, act, &sentence);
        text_list_add(a, said, sentence);
    }
    return act_mark(j, act, ACT_UNDONE, err);
}

bool here_undo_recovered(struct arena *a, struct journal *j,
                         const struct journal_recovery *found,
                         struct text_list *said, struct err *err)
{
    for (size_t i = 0; i < found->len; i++)
        text_list_add(a, said, found->said[i]);
    for (size_t i = 0; i < found->to_reload_len; i++) {
        bool told = false; /* if not, a sentence says so */
        if (!here_undo_reload(a, j, found->to_reload[i], said, &told, err))
            return false;
    }
    return true;
}

bool here_undo_recover(struct arena *a, const char *folder,
                       struct text_list *said, struct err *err)
{
    struct journal_recovery found = { .said = NULL };
    struct journal *j = NULL;

    if (!folder)
        folder = journal_default;
    if (!file_exists(folder))
        return true;
    if (!journal_open(a, folder, &j, &found, err))
        return false;
    bool good = here_undo_recovered(a, j, &found, said, err);
    journal_close(j);
    return good;
}
