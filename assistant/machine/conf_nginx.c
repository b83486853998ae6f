#include "machine/conf_nginx.h"

#include <string.h>

#include "machine/ask_program.h"
#include "machine/conf_edits.h"
#include "machine/conf_scratch.h"
#include "machine/nginx_places.h"

#define USUAL_FILE "/etc/nginx/nginx.conf"

bool conf_nginx_is_it(const struct listener *l)
{
    const char *name = l->program ? strrchr(l->program, '/') : NULL;

    return name && strcmp(name, "/nginx") == 0;
}

/* The master's words are all in one: "nginx: master process nginx -c FILE". */
static const char *option_of(struct arena *a, const struct listener *l,
                             const char *option)
{
    const char *title = l && l->argv && l->argv[0] ? l->argv[0] : "";
    const char *spaced = arena_printf(a, " %s ", option);
    const char *found = strstr(title, spaced);

    if (found) {
        found += strlen(spaced);
        return arena_text_n(a, found, strcspn(found, " "));
    }
    return l ? conf_option(l, option) : NULL;
}

/* What it was built with: `name` is "--conf-path=". */
static const char *built_with(struct arena *a, const char *said,
                              const char *name)
{
    const char *found = strstr(said, name);

    if (!found)
        return NULL;
    found += strlen(name);
    return arena_text_n(a, found, strcspn(found, " '"));
}

static const char *first_file(struct arena *a, const struct server_conf *conf)
{
    const char *argv[] = { "nginx", "-V", NULL };
    const char *file = option_of(a, conf->listener, "-c");
    const char *prefix = option_of(a, conf->listener, "-p");
    struct program_answer said = { .complaint = "" };
    struct err err;

    if (file && file[0] == '/')
        return file;
    if (!ask_program(a, &conf->root, argv, &said, &err))
        said.complaint = "";
    if (!prefix)
        prefix = built_with(a, said.complaint, "--prefix=");
    if (!file)
        file = built_with(a, said.complaint, "--conf-path=");
    if (!file)
        return USUAL_FILE;
    return conf_path(a, prefix ? prefix : "/", file);
}

static bool read_as(struct arena *a, struct server_conf *conf,
                    const char *first, struct nginx_settings *s,
                    struct err *err)
{
    const struct nginx_server *servers = NULL;
    const char *slash = strrchr(first, '/');

    conf->user = "root"; /* the master opens the key */
    conf->dir =
        slash > first ? arena_text_n(a, first, (size_t)(slash - first)) : "/";
    if (!nginx_settings_read(a, conf, first, s, err) ||
        !nginx_places(a, conf, s, &servers, err))
        return false;
    conf_mark_kept(a, conf);
    return true;
}

bool conf_nginx_parse(struct arena *a, struct server_conf *conf,
                      struct conf_settings *all, struct err *err)
{
    const char *first = conf->files_len ? conf->files[0].path : USUAL_FILE;
    struct nginx_settings s = { .len = 0 };

    if (!read_as(a, conf, first, &s, err))
        return false;
    *all = s.all;
    return true;
}

/* "nginx", how it is asked, and the words that it was started with. */
static const char *const *words(struct arena *a, const struct server_conf *conf,
                                const char *first, const char *how,
                                const char *more)
{
    const char *prefix = option_of(a, conf->listener, "-p");
    const char *argv[8] = { "nginx", "-c", first };
    size_t n = 3;

    if (prefix) {
        argv[n++] = "-p";
        argv[n++] = prefix;
    }
    argv[n++] = how;
    argv[n++] = more;
    argv[n] = NULL;
    return arena_copy(a, argv, sizeof argv);
}

static bool has_text(const char *text, size_t len, const char *wanted)
{
    size_t n = strlen(wanted);

    for (size_t i = 0; i + n <= len; i++)
        if (memcmp(text + i, wanted, n) == 0)
            return true;
    return false;
}

/* "nginx -T" prints each file behind a line with its name: are these all of
 * ours and no other? */
static bool reads_the_same(struct arena *a, const struct server_conf *conf,
                           const struct program_answer *said)
{
    size_t len = 0;

    for (size_t i = 0; i < conf->files_len; i++) {
        const char *head =
            arena_printf(a, "# configuration file %s:\n", conf->files[i].path);
        if (!has_text(said->output, said->output_len, head))
            return false;
        len += strlen(head) + conf->files[i].len + 1;
    }
    return len == said->output_len;
}

static void compare(struct arena *a, struct server_conf *conf,
                    const char *first)
{
    struct program_answer said = { .complaint = "" };
    const char *why = NULL;
    struct err err;

    if (!ask_program(a, &conf->root, words(a, conf, first, "-T", "-q"), &said,
                     &err))
        why =
            arena_printf(a, "nginx does not say what it reads: %s.", err.text);
    /* What it does not start with, it says nothing of: then the edit may be
     * what mends it, and the check comes behind it. */
    else if (said.status == 0 && !reads_the_same(a, conf, &said))
        why = "nginx reads other files than were found here.";
    for (size_t i = 0; why && i < conf->places_len; i++)
        conf_doubt(&conf->places[i].cert, why);
}

static const char *version_of(struct arena *a, const struct server_conf *conf)
{
    const char *argv[] = { "nginx", "-v", NULL };
    struct program_answer said = { .complaint = "" };
    const char *slash;
    struct err err;

    if (!ask_program(a, &conf->root, argv, &said, &err))
        return NULL;
    slash = strrchr(said.complaint, '/');
    return slash ? arena_text_n(a, slash + 1, strcspn(slash + 1, " ")) : NULL;
}

bool conf_nginx_read(struct arena *a, struct server_conf *conf, struct err *err)
{
    const char *first = first_file(a, conf);
    struct nginx_settings s = { .len = 0 };

    if (!read_as(a, conf, first, &s, err))
        return false;
    compare(a, conf, first);
    conf->version = version_of(a, conf);
    return true;
}

static bool takes(struct arena *a, const struct server_conf *conf,
                  const char *first, const char **complaint)
{
    struct program_answer said = { .complaint = "" };
    struct err err;

    if (!ask_program(a, &conf->root, words(a, conf, first, "-t", "-q"), &said,
                     &err)) {
        *complaint = arena_text(a, err.text);
        return false;
    }
    *complaint = said.complaint;
    return said.status == 0;
}

/* It cannot be asked what it would show. */
bool conf_nginx_holds(struct arena *a, const struct conf_trial *trial,
                      const struct conf_scratch *scratch, bool *was_asked,
                      struct err *err)
{
    static const char name[] = "certmend-copy.conf";
    const struct server_conf *conf = trial->conf;
    struct server_conf after = conf_edits_after(a, conf, trial->edits);
    const char *copy = conf_path(a, scratch->path, name);
    struct nginx_settings s = { .len = 0 };
    const char *now, *then;

    if (!nginx_settings_read(a, &after, conf->files[0].path, &s, err) ||
        !conf_scratch_put(scratch, name, s.flat.text, s.flat.len, err))
        return false;
    *was_asked = takes(a, conf, copy, &now);
    if (!*was_asked && takes(a, conf, conf->files[0].path, &then))
        return err_set(err, ERR_INPUT,
                       "nginx does not take the changed configuration: %s",
                       now);
    return true;
}

const char *const *conf_nginx_check(struct arena *a,
                                    const struct server_conf *conf)
{
    return words(a, conf, conf->files[0].path, "-t", NULL);
}

const char *const *conf_nginx_reload(struct arena *a,
                                     const struct server_conf *conf)
{
    if (conf->listener && conf->listener->unit)
        return conf_service_words(a, conf, "reload", "nginx");
    return words(a, conf, conf->files[0].path, "-s", "reload");
}
