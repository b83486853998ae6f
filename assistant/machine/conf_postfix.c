#include "machine/conf_postfix.h"

#include <string.h>

#include "base/buf.h"
#include "machine/ask_program.h"
#include "machine/conf_edits.h"
#include "machine/conf_scratch.h"
#include "machine/postfix_places.h"
#include "machine/proc.h"

bool conf_postfix_is_it(const struct listener *l)
{
    const char *name = l->program ? strrchr(l->program, '/') : NULL;

    return name && strcmp(name, "/master") == 0 &&
           strstr(l->program, "postfix") != NULL;
}

enum { ENVIRON_MAX = 128 * 1024 };

/* MAIL_CONFIG of the process: postfix(1) hands its folder down by it. */
static const char *folder_in_environ(struct arena *a, const struct listener *l)
{
    static const char name[] = "MAIL_CONFIG=";
    size_t len = 0;
    const char *text =
        proc_text(a, "/proc", arena_printf(a, "%ld/environ", (long)l->pid),
                  ENVIRON_MAX, &len);

    if (l->pid <= 0 || !text)
        return NULL;
    for (size_t at = 0; at < len; at += strlen(text + at) + 1)
        if (strncmp(text + at, name, sizeof name - 1) == 0 &&
            text[at + sizeof name - 1] == '/')
            return text + at + sizeof name - 1;
    return NULL;
}

static const char *folder_of(struct arena *a, const struct listener *l)
{
    const char *folder = l ? conf_option(l, "-c") : NULL;

    if (!folder && l)
        folder = folder_in_environ(a, l);
    return folder && folder[0] == '/' ? folder : "/etc/postfix";
}

bool conf_postfix_parse(struct arena *a, struct server_conf *conf,
                        struct conf_settings *all, struct err *err)
{
    struct postfix_settings s = { .main = 0 };

    if (!conf->dir)
        conf->dir = folder_of(a, conf->listener);
    conf->user = "root";
    if (!postfix_settings_read(a, conf, &s, err) ||
        !postfix_places(a, conf, &s, err))
        return false;
    conf_mark_kept(a, conf);
    *all = s.all;
    return true;
}

static bool read_as_in(struct arena *a, struct server_conf *conf,
                       const char *folder, struct err *err)
{
    struct postfix_settings s = { .main = 0 };

    conf->user = "root"; /* it opens the key before it gives up its rights */
    if (!postfix_settings_read(a, conf, &s, err))
        return false;
    postfix_settings_ask(a, conf, folder, &s);
    if (!postfix_places(a, conf, &s, err))
        return false;
    conf_mark_kept(a, conf);
    return true;
}

bool conf_postfix_read(struct arena *a, struct server_conf *conf,
                       struct err *err)
{
    conf->dir = folder_of(a, conf->listener);
    return read_as_in(a, conf, conf->dir, err);
}

/* What an edit is about; what else stands there has to stay. */
static bool is_ours(const char *line, size_t len)
{
    static const char *const names[] = {
        "smtpd_tls_cert_file",   "smtpd_tls_key_file",
        "smtpd_tls_eccert_file", "smtpd_tls_eckey_file",
        "smtpd_tls_chain_files", "smtpd_tls_security_level",
        "config_directory",
    };
    const char *slash = memchr(line, ' ', len);
    size_t end = slash ? (size_t)(slash - line) : len;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        if (end >= n && memcmp(line + end - n, names[i], n) == 0 &&
            (end == n || line[end - n - 1] == '/'))
            return true;
    }
    return false;
}

/* The lines of what postconf says that no edit touches. */
static const char *rest_of(struct arena *a, const char *text)
{
    struct buf rest;

    buf_init(&rest, a, ASK_OUTPUT_MAX);
    while (*text) {
        size_t len = strcspn(text, "\n");
        if (!is_ours(text, len)) {
            buf_bytes(&rest, text, len);
            buf_char(&rest, '\n');
        }
        text += len + (text[len] ? 1 : 0);
    }
    return rest.text;
}

/* What postconf says there of all else; NULL: it says nothing. */
static const char *rest_in(struct arena *a, const struct server_conf *conf,
                           const char *folder, const char *how)
{
    const char *argv[] = { "postconf", "-c", folder, how, NULL };
    struct program_answer answer = { 0 };
    struct err err;

    if (!ask_program(a, &conf->root, argv, &answer, &err) || answer.status != 0)
        return NULL;
    return rest_of(a, answer.output);
}

static bool has_line(const char *text, const char *line, size_t len)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        if (n == len && memcmp(text, line, n) == 0)
            return true;
        text += n + (text[n] ? 1 : 0);
    }
    return false;
}

/* A name of the owner's own that no value uses any more is no longer shown: so
 * lines may go, but none may come. */
static bool differs(struct arena *a, const struct server_conf *conf,
                    const char *folder)
{
    static const char *const ways[] = { "-n", "-P" };

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const char *before = rest_in(a, conf, conf->dir, ways[i]);
        const char *after = rest_in(a, conf, folder, ways[i]);
        if (!before || !after)
            return true;
        while (*after) {
            size_t len = strcspn(after, "\n");
            if (!has_line(before, after, len))
                return true;
            after += len + (after[len] ? 1 : 0);
        }
    }
    return false;
}

bool conf_postfix_holds(struct arena *a, const struct conf_trial *trial,
                        const struct conf_scratch *scratch, bool *was_asked,
                        struct err *err)
{
    const struct server_conf *conf = trial->conf;
    struct server_conf after = conf_edits_after(a, conf, trial->edits);
    size_t at = (size_t)(trial->change->place - conf->places);

    for (size_t i = 0; i < after.files_len; i++) {
        const char *name = strrchr(after.files[i].path, '/') + 1;
        if (strcmp(conf_path(a, conf->dir, name), after.files[i].path) == 0 &&
            !conf_scratch_put(scratch, name, after.files[i].text,
                              after.files[i].len, err))
            return false;
    }
    if (!read_as_in(a, &after, scratch->path, err) ||
        !conf_edits_meant(a, conf, &after, at, trial->change, err))
        return false;
    if (after.places[at].cert.doubt)
        return err_set(err, ERR_INPUT, "%s", after.places[at].cert.doubt);
    if (differs(a, conf, scratch->path))
        return err_set(err, ERR_INPUT,
                       "%s: Postfix would read more than the certificate "
                       "otherwise by this change",
                       conf_shown(a, conf->dir));
    *was_asked = true;
    return true;
}

static const char *const *words(struct arena *a, const struct server_conf *conf,
                                const char *verb)
{
    const char *argv[] = { "postfix", "-c", conf->dir, verb, NULL };

    return arena_copy(a, argv, sizeof argv);
}

const char *const *conf_postfix_check(struct arena *a,
                                      const struct server_conf *conf)
{
    return words(a, conf, "check");
}

const char *const *conf_postfix_reload(struct arena *a,
                                       const struct server_conf *conf)
{
    if (conf->listener && conf->listener->unit)
        return conf_service_words(a, conf, "reload", "postfix");
    return words(a, conf, "reload");
}
