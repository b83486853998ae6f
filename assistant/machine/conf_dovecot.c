#include "machine/conf_dovecot.h"

#include <string.h>

#include "machine/ask_program.h"
#include "machine/conf_edits.h"
#include "machine/conf_scratch.h"
#include "machine/dovecot_places.h"

bool conf_dovecot_is_it(const struct listener *l)
{
    const char *name = l->program ? strrchr(l->program, '/') : NULL;

    return name && strcmp(name, "/dovecot") == 0;
}

static const char *main_of(const struct listener *l)
{
    const char *path = l ? conf_option(l, "-c") : NULL;

    return path && path[0] == '/' ? path : "/etc/dovecot/dovecot.conf";
}

static const char *folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash > path ? arena_text_n(a, path, (size_t)(slash - path)) : "/";
}

static bool read_as(struct arena *a, struct server_conf *conf,
                    const char *first, const char *asked,
                    struct dovecot_settings *s, struct err *err)
{
    conf->dir = folder_of(a, first);
    conf->user = "root"; /* it hands the key's text to those who need it */
    if (!dovecot_settings_read(a, conf, first, s, err) ||
        !dovecot_places(a, conf, s, asked, err))
        return false;
    conf_mark_kept(a, conf);
    return true;
}

bool conf_dovecot_parse(struct arena *a, struct server_conf *conf,
                        struct conf_settings *all, struct err *err)
{
    const char *first =
        conf->files_len ? conf->files[0].path : main_of(conf->listener);
    struct dovecot_settings s = { .is_24 = false };

    if (!read_as(a, conf, first, NULL, &s, err))
        return false;
    *all = s.all;
    return true;
}

static const char *version_of(struct arena *a, const struct server_conf *conf)
{
    const char *argv[] = { "dovecot", "--version", NULL };
    struct program_answer answer = { 0 };
    struct err err;

    if (!ask_program(a, &conf->root, argv, &answer, &err) || answer.status != 0)
        return NULL;
    return arena_text_n(a, answer.output, strcspn(answer.output, " \n"));
}

bool conf_dovecot_read(struct arena *a, struct server_conf *conf,
                       struct err *err)
{
    const char *first = main_of(conf->listener);
    struct dovecot_settings s = { .is_24 = false };

    if (!read_as(a, conf, first, first, &s, err))
        return false;
    conf->version = version_of(a, conf);
    return true;
}

/* The lines of what doveconf says that no edit touches. */
static const char *rest_of(struct arena *a, const struct dovecot_settings *s,
                           const char *text)
{
    const char *const names[] = { dovecot_places_cert(s), dovecot_places_key(s),
                                  "ssl", "#" };
    struct buf rest;

    buf_init(&rest, a, ASK_OUTPUT_MAX);
    while (*text) {
        const char *word = text + strspn(text, " ");
        size_t len = strcspn(text, "\n"), n = strcspn(word, " =\n");
        bool is_ours = false;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            is_ours |= n == strlen(names[i]) && memcmp(word, names[i], n) == 0;
        if (!is_ours) {
            buf_bytes(&rest, text, len);
            buf_char(&rest, '\n');
        }
        text += len + (text[len] ? 1 : 0);
    }
    return rest.text;
}

/* What doveconf says of all else; NULL: it says nothing. */
static const char *rest_in(struct arena *a, const struct server_conf *conf,
                           const struct dovecot_settings *s, const char *first)
{
    const char *argv[] = { "doveconf", "-c", first, "-n", NULL };
    struct program_answer answer = { 0 };
    struct err err;

    if (!ask_program(a, &conf->root, argv, &answer, &err) || answer.status != 0)
        return NULL;
    return rest_of(a, s, answer.output);
}

static bool is_alike(struct arena *a, const struct server_conf *conf,
                     const struct dovecot_settings *s, const char *first,
                     const char *copy)
{
    const char *before = rest_in(a, conf, s, first);
    const char *after = rest_in(a, conf, s, copy);

    return before && after && strcmp(before, after) == 0;
}

bool conf_dovecot_holds(struct arena *a, const struct conf_trial *trial,
                        const struct conf_scratch *scratch, bool *was_asked,
                        struct err *err)
{
    static const char name[] = "certmend-copy.conf";
    const struct server_conf *conf = trial->conf;
    struct server_conf after = conf_edits_after(a, conf, trial->edits);
    size_t at = (size_t)(trial->change->place - conf->places);
    const char *first = conf->files[0].path;
    const char *copy = conf_path(a, scratch->path, name);
    struct dovecot_settings s = { .is_24 = false };

    if (!dovecot_settings_read(a, &after, first, &s, err) ||
        !conf_scratch_put(scratch, name, s.flat.text, s.flat.len, err) ||
        !dovecot_places(a, &after, &s, copy, err) ||
        !conf_edits_meant(a, conf, &after, at, trial->change, err))
        return false;
    if (after.places[at].cert.doubt)
        return err_set(err, ERR_INPUT, "%s", after.places[at].cert.doubt);
    if (!is_alike(a, conf, &s, first, copy))
        return err_set(err, ERR_INPUT,
                       "%s: Dovecot would read more than the certificate "
                       "otherwise by this change",
                       conf_shown(a, first));
    *was_asked = true;
    return true;
}

/* "-x" has it open the files that are named; keys are not shown. */
const char *const *conf_dovecot_check(struct arena *a,
                                      const struct server_conf *conf)
{
    const char *argv[] = { "doveconf", "-c", conf->files[0].path,
                           "-n",       "-x", NULL };

    return arena_copy(a, argv, sizeof argv);
}

const char *const *conf_dovecot_reload(struct arena *a,
                                       const struct server_conf *conf)
{
    const char *argv[] = { "doveadm", "-c", conf->files[0].path, "reload",
                           NULL };

    if (conf->listener && conf->listener->unit)
        return conf_service_words(a, conf, "reload", "dovecot");
    return arena_copy(a, argv, sizeof argv);
}
