#include <string.h>

#include "base/buf.h"
#include "machine/ask_program.h"
#include "machine/postfix_lines.h"
#include "machine/postfix_settings.h"

/* What a place is made of. */
static const char *const asked[] = {
    "smtpd_tls_cert_file",
    "smtpd_tls_key_file",
    "smtpd_tls_chain_files",
    "smtpd_tls_eccert_file",
    "smtpd_tls_eckey_file",
    "smtpd_tls_dcert_file",
    "smtpd_tls_security_level",
    "smtpd_tls_wrappermode",
    "smtpd_use_tls",
    "smtpd_enforce_tls",
    "tls_server_sni_maps",
    "tlsproxy_tls_cert_file",
    "tlsproxy_tls_key_file",
    "tlsproxy_tls_chain_files",
    "queue_directory",
    "mail_version",
};

enum { ASKED = sizeof asked / sizeof *asked };

/* "name = value", or "service/type/name = value". */
static void keep_line(struct arena *a, const char *line, size_t len,
                      bool has_block, struct conf_settings *out)
{
    const char *is = memchr(line, '=', len);
    struct conf_setting one = { .block = "" };
    const char *slash, *value;
    size_t n;

    if (!is || is == line)
        return;
    for (n = (size_t)(is - line); n && line[n - 1] == ' ';)
        n--;
    one.name = arena_text_n(a, line, n);
    slash = strrchr(one.name, '/');
    if (has_block) {
        if (!slash)
            return;
        one.block = arena_text_n(a, one.name, (size_t)(slash - one.name));
        one.name = slash + 1;
    }
    value = is + 1;
    n = len - (size_t)(value - line);
    if (n && *value == ' ') {
        value++;
        n--;
    }
    one.value = arena_text_n(a, value, n);
    *conf_settings_add(a, out) = one;
}

static void keep_lines(struct arena *a, const char *text, bool has_block,
                       struct conf_settings *out)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        keep_line(a, text, len, has_block, out);
        text += len + (text[len] ? 1 : 0);
    }
}

static bool ask(struct arena *a, struct server_conf *conf, const char *dir,
                bool is_expanded, bool is_master, struct postfix_settings *s)
{
    const char *argv[ASKED + 6] = { "postconf", "-c", dir };
    struct program_answer answer = { 0 };
    struct err err;
    size_t n = 3;

    if (is_expanded)
        argv[n++] = "-x";
    if (is_master)
        argv[n++] = "-P";
    for (size_t i = 0; i < ASKED && !is_master; i++)
        argv[n++] = asked[i];
    if (!ask_program(a, &conf->root, argv, &answer, &err)) {
        s->not_said = arena_printf(
            a, "Postfix does not say what is in force: %s.", err.text);
        return false;
    }
    if (answer.status != 0) {
        s->not_said = arena_printf(
            a, "Postfix does not say what is in force: %s.",
            *answer.complaint ? answer.complaint : "postconf failed");
        return false;
    }
    keep_lines(a, answer.output, is_master,
               is_expanded ? &s->said_expanded : &s->said);
    return true;
}

void postfix_settings_ask(struct arena *a, struct server_conf *conf,
                          const char *dir, struct postfix_settings *s)
{
    const struct conf_setting *version;

    s->not_said = NULL;
    if (!ask(a, conf, dir, false, false, s) ||
        !ask(a, conf, dir, true, false, s) ||
        !ask(a, conf, dir, false, true, s) || !ask(a, conf, dir, true, true, s))
        return;
    version = conf_settings_last(&s->said_expanded, "", "mail_version");
    if (version)
        conf->version = version->value;
}

static const struct {
    const char *name, *value;
} own[] = {
    { "smtpd_tls_key_file", "$smtpd_tls_cert_file" },
    { "smtpd_tls_eckey_file", "$smtpd_tls_eccert_file" },
    { "smtpd_tls_wrappermode", "no" },
    { "smtpd_use_tls", "no" },
    { "smtpd_enforce_tls", "no" },
    { "queue_directory", "/var/spool/postfix" },
    { "tlsproxy_tls_cert_file", "$smtpd_tls_cert_file" },
    { "tlsproxy_tls_key_file", "$smtpd_tls_key_file" },
    { "tlsproxy_tls_chain_files", "$smtpd_tls_chain_files" },
};

/* The program's own value, as far as we know it; NULL: we do not. */
static const char *own_value(const char *name)
{
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i].name, name) == 0)
            return own[i].value;
    for (size_t i = 0; i < ASKED; i++)
        if (strcmp(asked[i], name) == 0 && strcmp(name, "mail_version") != 0)
            return "";
    return NULL;
}

enum { EXPAND_MAX = 8 * 1024, EXPAND_DEPTH = 8 };

/* "$name", "${name}" and "$(name)" at `p`: its name, and what is behind it.
 * NULL: another form, or none. */
static const char *reference(struct arena *a, const char *p, const char **rest)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    char close = p[1] == '{' ? '}' : p[1] == '(' ? ')' : '\0';
    const char *name = p + (close ? 2 : 1);
    size_t len = strspn(name, letters);

    if (len == 0 || (close && name[len] != close))
        return NULL;
    *rest = name + len + (close ? 1 : 0);
    return arena_text_n(a, name, len);
}

static bool expand(struct arena *a, const struct postfix_settings *s,
                   const char *block, const char *text, int depth,
                   struct buf *out)
{
    if (depth == EXPAND_DEPTH)
        return false;
    while (*text) {
        const struct conf_setting *set;
        const char *name, *value;
        if (*text != '$') {
            buf_char(out, *text++);
            continue;
        }
        if (text[1] == '$') {
            buf_char(out, '$');
            text += 2;
            continue;
        }
        name = reference(a, text, &text);
        if (!name)
            return false;
        set = conf_settings_last(&s->all, block, name);
        if (!set)
            set = conf_settings_last(&s->all, "", name);
        value = set ? set->value : own_value(name);
        if (!value || !expand(a, s, block, value, depth + 1, out))
            return false;
    }
    return !out->full;
}

static bool is_alike(const char *one, const char *two)
{
    if (!one || !two)
        return one == two;
    for (;;) {
        while (postfix_lines_blank(*one) && postfix_lines_blank(one[1]))
            one++;
        while (postfix_lines_blank(*two) && postfix_lines_blank(two[1]))
            two++;
        if (postfix_lines_blank(*one) && postfix_lines_blank(*two)) {
            one++;
            two++;
            continue;
        }
        if (*one != *two)
            return false;
        if (!*one)
            return true;
        one++;
        two++;
    }
}

static bool has_own(const struct postfix_settings *s, const char *block)
{
    for (size_t i = 0; *block && i < s->all.len; i++)
        if (strcmp(s->all.items[i].block, block) == 0)
            return true;
    return false;
}

static void disagree(struct arena *a, const struct server_conf *conf,
                     const char *said, struct postfix_value *v)
{
    v->doubt = arena_printf(
        a, "%s says \"%s\", while Postfix itself reads \"%s\".",
        v->set ? conf_span_place(a, conf, v->set->span) : "This program",
        conf_shown(a, v->literal), conf_shown(a, said));
}

/* What the program says of it has the last word. But postconf expands what a
 * service takes from main.cf as main.cf alone would have it. */
static void compare(struct arena *a, const struct server_conf *conf,
                    const struct postfix_settings *s, const char *block,
                    const char *name, struct postfix_value *v)
{
    const struct conf_setting *said = conf_settings_last(&s->said, block, name);
    bool is_of_block = said && *block;
    const char *where = is_of_block ? block : "";
    const struct conf_setting *expanded =
        conf_settings_last(&s->said_expanded, where, name);

    if (!said)
        said = conf_settings_last(&s->said, "", name);
    if (!said || !expanded) { /* of a version that does not know it */
        *v = (struct postfix_value){ .literal = "", .expanded = "" };
        return;
    }
    if (!v->set) {
        v->literal = said->value;
        if (!strchr(said->value, '$'))
            v->expanded = expanded->value;
    } else if (is_of_block != (v->set->block[0] != '\0') ||
               !is_alike(said->value, v->literal)) {
        disagree(a, conf, said->value, v);
    }
    if (!v->expanded)
        v->expanded = expanded->value;
    else if (!has_own(s, block) && !v->doubt &&
             !is_alike(v->expanded, expanded->value))
        disagree(a, conf, expanded->value, v);
}

const char *postfix_settings_expand(struct arena *a,
                                    const struct postfix_settings *s,
                                    const char *block, const char *text)
{
    struct buf out;

    buf_init(&out, a, EXPAND_MAX);
    return expand(a, s, block, text, 0, &out) ? out.text : NULL;
}

struct postfix_value postfix_settings_value(struct arena *a,
                                            const struct server_conf *conf,
                                            const struct postfix_settings *s,
                                            const char *block, const char *name)
{
    struct postfix_value v = { .set =
                                   conf_settings_last(&s->all, block, name) };

    if (!v.set)
        v.set = conf_settings_last(&s->all, "", name);
    v.literal = v.set ? v.set->value : own_value(name);
    if (v.literal)
        v.expanded = postfix_settings_expand(a, s, block, v.literal);
    if (s->said.len)
        compare(a, conf, s, block, name, &v);
    if (s->not_said)
        v.doubt = s->not_said;
    if (v.set && v.set->is_unclear)
        v.doubt = arena_printf(a, "%s: a zero byte stands in this line.",
                               conf_span_place(a, conf, v.set->span));
    if (!v.expanded && !v.doubt)
        v.doubt = "It is put together in a way that only Postfix can tell.";
    if (!v.literal)
        v.literal = "";
    return v;
}
