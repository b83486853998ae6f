#include "machine/conf_exim_ask.h"

#include <string.h>

#include "machine/ask_program.h"

static void add_all(struct arena *a, struct text_list *argv,
                    const char *const *words)
{
    for (; *words; words++)
        text_list_add(a, argv, *words);
}

/* Which configuration it was started with, and which macros: "-C FILE",
 * "-CFILE", "-DNAME=TEXT". */
const char *const *exim_as_started(struct arena *a, const struct listener *l,
                                   const char *const *more)
{
    struct text_list argv = { 0 };

    text_list_add(a, &argv, l->program);
    for (size_t i = 1; l->argv && l->argv[0] && l->argv[i]; i++) {
        const char *word = l->argv[i];
        if (strncmp(word, "-C", 2) != 0 && strncmp(word, "-D", 2) != 0)
            continue;
        text_list_add(a, &argv, word);
        if (strcmp(word, "-C") == 0 && l->argv[i + 1])
            text_list_add(a, &argv, l->argv[++i]);
    }
    add_all(a, &argv, more);
    text_list_add(a, &argv, NULL);
    return argv.text;
}

static bool ask(struct arena *a, const struct server_conf *conf,
                const char *const *words, struct program_answer *answer,
                struct err *err)
{
    if (!ask_program(a, &conf->root, exim_as_started(a, conf->listener, words),
                     answer, err))
        return err_add(err, "Exim cannot be asked what it uses");
    if (answer->status != 0)
        return err_set(err, ERR_INPUT, "Exim cannot be asked what it uses: %s",
                       answer->complaint);
    return true;
}

/* "name = value", or the value alone where it has no name. */
static void note_answer(struct exim_answers *out, const char *line)
{
    const struct {
        const char *name, **value;
    } rows[] = {
        { "tls_certificate = ", &out->certificate },
        { "tls_privatekey = ", &out->privatekey },
        { "exim_user = ", &out->user },
        { "daemon_smtp_ports = ", &out->ports },
        { "tls_on_connect_ports = ", &out->connect_ports },
        { "tls_advertise_hosts = ", &out->advertise },
    };

    if (line[0] == '/')
        out->config_file = line;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strncmp(line, rows[i].name, strlen(rows[i].name)) == 0)
            *rows[i].value = line + strlen(rows[i].name);
}

static struct text_list lines_of(struct arena *a, const char *text)
{
    struct text_list lines = { 0 };

    for (size_t len = 0; *text; text += len + (text[len] == '\n')) {
        len = strcspn(text, "\n");
        text_list_add(a, &lines, arena_text_n(a, text, len));
    }
    return lines;
}

static bool ask_version(struct arena *a, const struct server_conf *conf,
                        const char **version, struct err *err)
{
    static const char *const words[] = { "-bV", NULL };
    static const char said[] = "Exim version ";
    struct program_answer answer;

    if (!ask(a, conf, words, &answer, err))
        return false;
    const char *at = strstr(answer.output, said);
    at = at ? at + sizeof said - 1 : "";
    *version = arena_printable(a, at, strcspn(at, " \n"));
    return true;
}

bool exim_ask(struct arena *a, const struct server_conf *conf,
              struct exim_answers *out, struct err *err)
{
    static const char *const words[] = {
        "-bP",
        "config_file",
        "tls_certificate",
        "tls_privatekey",
        "exim_user",
        "daemon_smtp_ports",
        "tls_on_connect_ports",
        "tls_advertise_hosts",
        NULL,
    };
    struct exim_answers all = { NULL, "", "", "root", "", "", "", "" };
    struct program_answer answer;

    if (!ask(a, conf, words, &answer, err) ||
        !ask_version(a, conf, &all.version, err))
        return false;
    struct text_list lines = lines_of(a, answer.output);
    for (size_t i = 0; i < lines.len; i++)
        note_answer(&all, lines.text[i]);
    if (!all.config_file)
        return err_set(err, ERR_INPUT,
                       "Exim does not say which configuration it reads");
    *out = all;
    return true;
}

bool exim_ask_macros(struct arena *a, const struct server_conf *conf,
                     struct text_list *out, struct err *err)
{
    static const char *const words[] = { "-bP", "macros", NULL };
    struct program_answer answer;

    if (!ask(a, conf, words, &answer, err))
        return false;
    struct text_list lines = lines_of(a, answer.output);
    for (size_t i = 0; i < lines.len; i++)
        if (lines.text[i][0] == '_')
            text_list_add(
                a, out,
                arena_text_n(a, lines.text[i], strcspn(lines.text[i], "=")));
    return true;
}

const char *exim_ask_pid_file(struct arena *a, const struct server_conf *conf)
{
    static const char *const words[] = { "-bP", "pid_file_path", NULL };
    static const char said[] = "pid_file_path = ";
    struct program_answer answer;
    struct err err;

    if (!ask(a, conf, words, &answer, &err) ||
        strncmp(answer.output, said, sizeof said - 1) != 0)
        return NULL;
    const char *path = answer.output + sizeof said - 1;
    return arena_text_n(a, path, strcspn(path, "\n"));
}
