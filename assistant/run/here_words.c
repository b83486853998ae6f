/*
 * here_words - the sentences of a finding: what, why it matters, what to do
 */
#include <ctype.h>
#include <string.h>

#include "base/clock.h"
#include "base/shell_word.h"
#include "machine/conf_source.h"
#include "run/here_case.h"

enum { TEXT_MAX = 4000 };

struct here_sentence {
    struct arena *arena;
    const struct survey *survey;
    const struct here_finding *f;
    const struct server_conf *conf; /* NULL: none was read */
    const char *who;                /* "Dovecot" */
    const char *ports;              /* "ports 143 and 993" */
    const char *line; /* "/etc/postfix/main.cf line 12", or NULL */
    struct buf *out;
};

const char *here_case_title(struct arena *a, const char *software)
{
    static const struct {
        const char *name, *title;
    } rows[] = { { "nginx", "nginx" },
                 { "stunnel", "stunnel" },
                 { "haproxy", "HAProxy" },
                 { "opensmtpd", "OpenSMTPD" } };
    char *text = arena_copy(a, software, strlen(software) + 1);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, software) == 0)
            return rows[i].title;
    text[0] = (char)toupper((unsigned char)text[0]);
    return text;
}

static const char *ports_text(struct arena *a, const struct here_finding *f)
{
    const char **texts = arena_alloc(a, f->ports_len, sizeof *texts);
    struct buf out;

    buf_init(&out, a, TEXT_MAX);
    buf_text(&out, f->ports_len == 1 ? "port " : "ports ");
    for (size_t i = 0; i < f->ports_len; i++)
        texts[i] = arena_printf(a, "%u", (unsigned)f->ports[i]);
    text_list_tell(&out, texts, f->ports_len);
    return out.text;
}

/* "is", "are": the verb of the ports. */
static const char *by_number(const struct here_sentence *w, const char *one,
                             const char *many)
{
    return w->f->ports_len == 1 ? one : many;
}

static void say_named(const struct here_sentence *w)
{
    if (w->line)
        buf_printf(w->out, "%s names %s", w->line, w->f->names);
    else
        buf_printf(w->out, "%s reads %s, as it does where nothing is set",
                   w->who, w->f->names);
}

/* What of this machine would do, or that nothing does. */
static void say_wanted(const struct here_sentence *w)
{
    const struct here_finding *f = w->f;

    if (!f->wanted) {
        buf_text(w->out, " No other certificate of this machine fits: a new "
                         "one is needed (certmend issue).");
        return;
    }
    const struct cert *leaf = &f->wanted->chain.items[0].cert;
    buf_printf(w->out, " %s fits, and is valid until %s", f->wanted_cert,
               clock_day(w->arena, leaf->not_after));
    if (strcmp(f->wanted_cert, f->wanted_key) == 0)
        buf_text(w->out, "; its key is in the same file.");
    else
        buf_printf(w->out, "; its key is %s.", f->wanted_key);
    buf_printf(w->out, " Let %s name these.", w->who);
}

static void say_right(const struct here_sentence *w)
{
    if (!w->f->names) {
        buf_printf(w->out, "%s does no TLS on %s, and nothing asks for it.",
                   w->who, w->ports);
        return;
    }
    say_named(w);
    if (w->f->why)
        buf_printf(w->out,
                   ". Nothing has to be changed: %s, which those who come "
                   "there do not mind.",
                   w->f->why);
    else
        buf_text(w->out, ". Nothing is to be changed.");
}

/* The day, and the minute where both are of the same one. */
static const char *begin_of(const struct here_sentence *w, const struct cert *c,
                            const struct cert *other)
{
    const char *day = clock_day(w->arena, c->not_before);

    return strcmp(day, clock_day(w->arena, other->not_before)) == 0
               ? clock_moment(w->arena, c->not_before)
               : day;
}

static void say_stale(const struct here_sentence *w)
{
    const struct here_finding *f = w->f;
    const char *old = begin_of(w, f->shown, f->holds);
    const char *new = begin_of(w, f->holds, f->shown);

    if (strcmp(old, new) == 0)
        buf_printf(w->out,
                   "%s on %s still shows another certificate than %s "
                   "holds by now: ",
                   w->who, w->ports, f->names);
    else
        buf_printf(w->out,
                   "%s on %s still shows the certificate of %s. %s "
                   "holds the one of %s by now: ",
                   w->who, w->ports, old, f->names, new);
}

static void say_reload(const struct here_sentence *w)
{
    const struct here_finding *f = w->f;
    const struct cert *shown = f->shown;

    if (!shown)
        buf_printf(w->out,
                   "%s on %s shows no certificate, and %s is in order: ",
                   w->who, w->ports, f->names);
    else if (strcmp(shown->sha256_hex, f->holds->sha256_hex) != 0)
        say_stale(w);
    else
        buf_printf(w->out,
                   "%s on %s shows its certificate without those of "
                   "its authority. %s holds them by now: ",
                   w->who, w->ports, f->names);
    say_named(w);
    buf_printf(w->out, ". It only needs a reload: %s", f->reload);
}

static void say_map(const struct here_sentence *w)
{
    struct buf command;

    buf_init(&command, w->arena, TEXT_MAX);
    buf_text(&command, "postmap -F ");
    shell_word(&command, w->f->places[0]->map.path);
    buf_printf(w->out,
               "%s on %s still shows another certificate than %s holds by now. "
               "It keeps a copy of key and certificate in the table that %s "
               "names, which no reload makes anew. Make it: %s",
               w->who, w->ports, w->f->names, w->line, command.text);
}

static void say_other(const struct here_sentence *w)
{
    say_named(w);
    buf_printf(w->out, ", and %s.", w->f->why);
    say_wanted(w);
}

static void say_overridden(const struct here_sentence *w)
{
    say_named(w);
    buf_printf(w->out,
               ", and %s. It wins over %s, which names the right one and "
               "counts for nothing here.",
               w->f->why, w->f->loses);
    say_wanted(w);
}

static void say_no_tls(const struct here_sentence *w)
{
    buf_printf(w->out, "%s offers no TLS on %s", w->who, w->ports);
    if (w->line)
        buf_printf(w->out, ": %s says so.", w->line);
    else
        buf_text(w->out, ": its configuration names no certificate for it.");
    if (w->f->wanted)
        say_wanted(w);
}

static void say_not_there(const struct here_sentence *w)
{
    buf_printf(w->out, "%s has no certificate that it could show on %s. ",
               w->who, w->ports);
    if (w->f->names)
        say_named(w);
    else
        buf_printf(w->out, "%s sets it", w->line);
    buf_printf(w->out, ". %s", w->f->why);
    say_wanted(w);
}

static void say_closed(const struct here_sentence *w)
{
    if (w->f->locked) {
        buf_printf(w->out,
                   "The key in %s is in a passphrase, which nobody is there to "
                   "give when %s starts: it does no TLS on %s.",
                   w->f->why, w->who, w->ports);
        if (!w->f->wanted)
            buf_text(w->out, " Give it a key without one.");
    } else {
        say_named(w);
        buf_printf(w->out,
                   ". %s reads it as the user %s, to whom %s is closed.",
                   w->who, w->conf->user, w->f->why);
        if (!w->f->wanted)
            buf_text(w->out, " Give it a copy that it may read, or the right "
                             "to read this one.");
    }
    if (w->f->wanted)
        say_wanted(w);
}

static void say_key(const struct here_sentence *w)
{
    const struct tls_place *p = w->f->places[0];

    buf_printf(w->out, "The key in %s is not that of the certificate in %s",
               p->key.path, w->f->names);
    if (w->line)
        buf_printf(w->out, " (%s)", w->line);
    buf_printf(w->out, ", so %s cannot do TLS on %s with them.", w->who,
               w->ports);
    say_wanted(w);
}

static void say_chain(const struct here_sentence *w)
{
    say_named(w);
    buf_text(w->out, ", and in it are no certificates of the authority: "
                     "programs that do not know them cannot check it.");
    if (w->f->wanted)
        say_wanted(w);
    else
        buf_text(w->out, " Put them behind it, in the same file.");
}

static void say_same(const struct here_sentence *w)
{
    say_named(w);
    buf_printf(
        w->out,
        ". That is in order; the certificate itself is not: %s. No other "
        "one of this machine fits, so a new one is needed.",
        w->f->why);
}

static void say_worse(const struct here_sentence *w)
{
    buf_printf(w->out, "All is well on %s until %s is reloaded: ", w->ports,
               w->who);
    say_named(w);
    buf_printf(w->out, ", which was changed since, and %s.", w->f->why);
    if (w->f->wanted)
        say_wanted(w);
}

static void say_elsewhere(const struct here_sentence *w)
{
    buf_printf(w->out, "%s answers on %s. %s", w->who, w->ports, w->f->why_not);
}

static void say_unclear(const struct here_sentence *w)
{
    buf_printf(w->out, "What answers on %s is not clear: %s.", w->ports,
               w->f->why);
}

static void say_not_root(const struct here_sentence *w)
{
    buf_printf(w->out,
               "What answers on %s takes root to see: run this once more "
               "as root (sudo). Nothing was guessed.",
               w->ports);
}

static void say_nobody(const struct here_sentence *w)
{
    buf_printf(w->out,
               "No program of this machine listens on %s, and %s looked at "
               "here: start the one that should.",
               w->ports, by_number(w, "it was", "they were"));
}

static void (*const says[HERE_KIND_COUNT])(const struct here_sentence *w) = {
    [HERE_RIGHT] = say_right,
    [HERE_NEEDS_RELOAD] = say_reload,
    [HERE_MAP_STALE] = say_map,
    [HERE_NAMES_OTHER] = say_other,
    [HERE_OVERRIDDEN] = say_overridden,
    [HERE_NO_TLS] = say_no_tls,
    [HERE_NOT_THERE] = say_not_there,
    [HERE_NOT_READABLE] = say_closed,
    [HERE_KEY_DIFFERS] = say_key,
    [HERE_CHAIN_MISSING] = say_chain,
    [HERE_FILE_IS_SAME] = say_same,
    [HERE_NEXT_IS_WORSE] = say_worse,
    [HERE_PRINTED_ONLY] = say_elsewhere,
    [HERE_NOT_UNDERSTOOD] = say_unclear,
    [HERE_NOT_ROOT] = say_not_root,
    [HERE_NO_LISTENER] = say_nobody,
};

void here_case_word(struct arena *a, const struct survey *s,
                    const struct here_report *h, struct here_finding *f)
{
    const struct here_conf *conf =
        f->conf < h->confs_len ? &h->confs[f->conf] : NULL;
    const char *program =
        conf && conf->listener->program ? conf->listener->program : NULL;
    struct buf out;

    buf_init(&out, a, TEXT_MAX);
    const struct here_sentence w = {
        .arena = a,
        .survey = s,
        .f = f,
        .conf = conf && conf->conf.kind ? &conf->conf : NULL,
        .who = f->software ? here_case_title(a, f->software)
               : program   ? arena_printable(a, program, strlen(program))
                           : "The server",
        .ports = ports_text(a, f),
        .line =
            f->file ? arena_printf(a, "%s line %zu", f->file, f->line) : NULL,
        .out = &out,
    };
    says[f->kind](&w);
    f->text = out.text;
}
