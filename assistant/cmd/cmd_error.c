/*
 * cmd_error - what a pasted error message means, and what to look at
 *
 * Never touches the network.
 */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/term.h"
#include "check/check.h"
#include "cmd/cmd.h"
#include "messages/error_pattern.h"
#include "messages/error_pattern_table.h"
#include "model/host_port.h"
#include "model/name.h"
#include "run/options.h"

enum { MESSAGE_MAX = 1024 * 1024, ANSWER_MAX = 64 * 1024 };

struct error_options {
    const char *format, *rules;
};

static const struct option_row rows[] = {
    { .name = "format",
      .value = "text|json",
      .about = "default text",
      .at = offsetof(struct error_options, format) },
    { .name = "rules",
      .value = "DIR",
      .about = "use the messages of this folder's errors.json and errors/",
      .at = offsetof(struct error_options, rules) },
    { .name = NULL },
};

static bool read_message(struct arena *a, const struct text_list *words,
                         const char **text, size_t *len, struct err *err)
{
    bool piped = !words->len || strcmp(words->text[0], "-") == 0;
    struct buf all;

    if (piped) {
        if (isatty(STDIN_FILENO))
            log_note("paste the error message, then press Ctrl-D");
        return file_read(a, "-", MESSAGE_MAX, text, len, err) ||
               err_add(err, "the error message from standard input");
    }
    buf_init(&all, a, MESSAGE_MAX);
    for (size_t i = 0; i < words->len; i++)
        buf_printf(&all, "%s%s", i ? " " : "", words->text[i]);
    *text = all.text;
    *len = all.len;
    return true;
}

static void put_json(struct arena *a, const struct error_pattern *s,
                     struct buf *out)
{
    struct json *j = json_object(a);

    json_put_text(a, j, "schema", "certmend.error/1");
    json_put_bool(a, j, "recognised", s->recognised);
    json_put_text(a, j, "client", s->client);
    json_put_text(a, j, "meaning", s->meaning);
    json_put_texts(a, j, "candidates", s->candidates.text, s->candidates.len);
    json_put_text(a, j, "host", s->place.host);
    if (s->place.port)
        json_put_number(a, j, "port", s->place.port);
    else
        json_put(a, j, "port", NULL);
    json_print(j, true, out);
}

static void tell_candidates(struct arena *a,
                            const struct error_pattern_table *table,
                            const struct error_pattern *s, struct buf *out)
{
    for (size_t i = 0; i < s->candidates.len; i++) {
        const char *id = s->candidates.text[i];
        const struct finding_def *def = check_find_def(id);
        const struct told_finding *told = error_pattern_finding(table, id);
        if (!def && !told)
            continue;
        term_hang(out, "  - ", def ? def->title : told->title,
                  term_row_width());
        buf_printf(out, "    %s\n", term_styled(a, TERM_DIM, id));
    }
}

static void tell_check(struct arena *a, const struct error_pattern *s,
                       struct buf *out)
{
    const struct pasted_place *place = &s->place;
    const char *host = place->host;
    const char *command = s->of_ca ? "acme preflight" : "check";

    buf_printf(out, "\n%s\n", term_styled(a, TERM_BOLD, "The check to run"));
    if (!host) {
        buf_printf(out, "  certmend %s HOST\n\n", command);
        term_wrap(out,
                  s->of_ca ? "HOST is the name that the certificate is for."
                           : "HOST is the server name as it was typed into "
                             "the program, with the port if you know it: "
                             "mail.example.com:587.",
                  2, term_width());
        return;
    }
    buf_printf(out, "  certmend %s %s\n", command,
               s->of_ca ? host : host_port_text(a, host, place->port));
}

static void put_text(struct arena *a, const struct error_pattern_table *table,
                     const struct error_pattern *s, struct buf *out)
{
    int width = term_width();

    if (!s->recognised) {
        term_wrap(
            out,
            "certmend does not know this message. Check the server anyway:", 0,
            width);
        tell_check(a, s, out);
        return;
    }
    buf_printf(out, "%s (%s)\n", term_styled(a, TERM_BOLD, "What it means"),
               s->client);
    term_wrap(out, s->means, 2, width);
    buf_printf(out, "\n%s\n",
               term_styled(a, TERM_BOLD, "What to look at first"));
    term_wrap(out, s->look, 2, width);
    buf_printf(out, "\n%s\n",
               term_styled(a, TERM_BOLD, "What it may turn out to be"));
    tell_candidates(a, table, s, out);
    tell_check(a, s, out);
}

static bool read_options(struct arena *a, char **argv, struct error_options *o,
                         struct text_list *words, struct err *err)
{
    static const struct option_row *const tables[] = { rows, NULL };

    if (!options_read(a, argv, tables, o, words, err))
        return false;
    if (strcmp(o->format, "text") != 0 && strcmp(o->format, "json") != 0)
        return err_set(err, ERR_USAGE,
                       "--format: text or json was wanted, not \"%.100s\"",
                       o->format);
    return true;
}

enum exit_status cmd_error(struct arena *a, char **argv, struct err *err)
{
    struct error_options o = { .format = "text" };
    const struct error_pattern_table *table = NULL;
    struct text_list words;
    const char *text = NULL;
    size_t len = 0;
    struct buf out;

    if (!read_options(a, argv, &o, &words, err) ||
        !error_pattern_table_load(a, o.rules, &table, err) ||
        !read_message(a, &words, &text, &len, err))
        return EXIT_FAILED;
    struct error_pattern s = error_pattern_read(a, table, text, len);
    buf_init(&out, a, ANSWER_MAX);
    if (strcmp(o.format, "json") == 0)
        put_json(a, &s, &out);
    else
        put_text(a, table, &s, &out);
    if (!command_print(out.text, out.len, err))
        return EXIT_FAILED;
    return s.recognised ? EXIT_CLEAN : EXIT_FAULTS;
}
