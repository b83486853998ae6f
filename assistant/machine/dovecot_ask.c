#include "machine/dovecot_ask.h"

#include <string.h>

#include "machine/ask_program.h"

/* The lines of an answer; false: there are not as many. */
static bool split(struct arena *a, const char *text, const char **lines,
                  size_t wanted)
{
    for (size_t i = 0; i < wanted; i++) {
        size_t len = strcspn(text, "\n");
        if (!text[len])
            return false;
        lines[i] = arena_text_n(a, text, len);
        text += len + 1;
    }
    return !*text;
}

/* A name that "*.example.com" stands for. */
static const char *one_of(struct arena *a, const char *name)
{
    return name[0] == '*' ? arena_printf(a, "certmend%s", name + 1) : name;
}

static void ask(struct arena *a, const struct server_conf *conf,
                const struct dovecot_asking *asking, bool with_key,
                struct dovecot_answer *out)
{
    const char *argv[16] = { "doveconf", "-c", asking->first };
    const char *lines[2] = { NULL, NULL };
    struct program_answer answer = { 0 };
    struct err err;
    size_t n = 3;

    if (*out->protocol) {
        argv[n++] = "-f";
        argv[n++] = arena_printf(
            a, "%s=%s", asking->is_24 ? "protocol" : "service", out->protocol);
    }
    if (*out->name) {
        argv[n++] = "-f";
        argv[n++] =
            arena_printf(a, "%s=%s", asking->is_24 ? "local_name" : "lname",
                         one_of(a, out->name));
    }
    argv[n++] = "-h";
    argv[n++] = asking->is_24 ? "ssl_server_cert_file" : "ssl_cert";
    if (with_key)
        argv[n++] = asking->is_24 ? "ssl_server_key_file" : "ssl_key";
    if (!ask_program(a, &conf->root, argv, &answer, &err))
        out->failure = arena_printf(
            a, "Dovecot does not say what is in force: %s.", err.text);
    else if (answer.status != 0 ||
             !split(a, answer.output, lines, with_key ? 2 : 1))
        out->failure =
            arena_printf(a, "Dovecot does not say what is in force: %s.",
                         *answer.complaint ? answer.complaint
                                           : "doveconf answered otherwise");
    out->cert = lines[0] ? lines[0] : "";
    out->key = with_key && lines[1] ? lines[1] : NULL;
}

const struct dovecot_answer *dovecot_ask(struct arena *a,
                                         const struct server_conf *conf,
                                         struct dovecot_asking *asking,
                                         const char *protocol, const char *name,
                                         bool with_key)
{
    struct dovecot_answer one = { .protocol = protocol, .name = name };

    for (size_t i = 0; i < asking->len; i++) {
        const struct dovecot_answer *known = &asking->items[i];
        if (strcmp(known->protocol, protocol) == 0 &&
            strcmp(known->name, name) == 0 && (known->key || !with_key))
            return known;
    }
    ask(a, conf, asking, with_key, &one);
    asking->items =
        arena_grow(a, asking->items, asking->len, sizeof *asking->items);
    asking->items[asking->len] = one;
    return &asking->items[asking->len++];
}
