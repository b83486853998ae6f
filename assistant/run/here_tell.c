#include "run/here_tell.h"

#include <string.h>

#include "base/clock.h"
#include "base/term.h"
#include "run/here_case.h"

enum { NAMES_TOLD = 20 };

static const char *ports_head(struct arena *a, const struct here_finding *f)
{
    struct buf out;

    buf_init(&out, a, 1000);
    buf_text(&out, f->ports_len == 1 ? "Port " : "Ports ");
    for (size_t i = 0; i < f->ports_len; i++)
        buf_printf(&out, "%s%u", i ? ", " : "", (unsigned)f->ports[i]);
    return out.text;
}

/* "Ports 143, 993: Dovecot 2.3.19" */
static void put_head(struct arena *a, const struct here_report *h,
                     const struct here_finding *f, struct buf *out)
{
    const char *version =
        f->conf < h->confs_len ? h->confs[f->conf].conf.version : NULL;
    const char *head = ports_head(a, f);

    if (f->software)
        head =
            arena_printf(a, "%s: %s%s%s", head, here_case_title(a, f->software),
                         version ? " " : "", version ? version : "");
    buf_char(out, '\n');
    term_wrap(out, term_styled(a, TERM_BOLD, head), 2, term_width());
}

static void put_finding(struct arena *a, const struct here_report *h,
                        const struct here_finding *f, struct buf *out)
{
    put_head(a, h, f, out);
    term_wrap(out, f->text, 4, term_width());
    if (f->why_not && f->kind != HERE_PRINTED_ONLY)
        term_wrap(out,
                  arena_printf(a, "certmend does not change it itself. %s",
                               f->why_not),
                  4, term_width());
}

static size_t count(const struct here_report *h, bool wrong)
{
    size_t n = 0;

    for (size_t i = 0; i < h->findings_len; i++)
        n += wrong ? here_kind_is_wrong(h->findings[i].kind)
                   : h->findings[i].kind == HERE_RIGHT;
    return n;
}

/* What counts, first. */
static const char *summary(struct arena *a, const struct here_report *h)
{
    size_t wrong = count(h, true);

    if (wrong)
        return arena_printf(a, "On this machine %s to be put right.",
                            wrong == 1
                                ? "one thing is"
                                : arena_printf(a, "%s things are",
                                               text_number(a, (int64_t)wrong)));
    if (!h->findings_len)
        return "This is the machine, but none of its ports answered: there is "
               "nothing to go by.";
    if (count(h, false) == h->findings_len)
        return "On this machine all is as it should be: nothing is to be "
               "changed.";
    return count(h, false) ? "What could be read on this machine is as it "
                             "should be."
                           : "Nothing of it could be read on this machine.";
}

void here_tell_text(struct arena *a, const struct report *r,
                    const struct here_report *h, struct buf *out)
{
    if (!h->is_here) {
        term_wrap(out, h->not_here, 0, term_width());
        return;
    }
    term_wrap(out,
              arena_printf(a, "%s: %s", r->survey->target.input, summary(a, h)),
              0, term_width());
    for (int right = 0; right < 2; right++)
        for (size_t i = 0; i < h->findings_len; i++)
            if ((h->findings[i].kind == HERE_RIGHT) == right)
                put_finding(a, h, &h->findings[i], out);
}

static void put_cert(struct arena *a, struct json *o, const char *key,
                     const struct cert *c)
{
    if (!c) {
        json_put(a, o, key, NULL);
        return;
    }
    struct json *j = json_put_object(a, o, key);
    size_t names = c->dns_names.len;

    json_put_text(a, j, "sha256", c->sha256_hex);
    json_put_text(a, j, "not_before", clock_text(a, c->not_before));
    json_put_text(a, j, "not_after", clock_text(a, c->not_after));
    json_put_texts(a, j, "dns_names", c->dns_names.text,
                   names < NAMES_TOLD ? names : NAMES_TOLD);
}

/* A path of a configuration is a stranger's text. */
static void put_path(struct arena *a, struct json *o, const char *key,
                     const char *path)
{
    json_put_text(a, o, key,
                  path ? arena_printable(a, path, strlen(path)) : NULL);
}

static void put_server(struct arena *a, struct json *o,
                       const struct here_report *h,
                       const struct here_finding *f)
{
    const struct here_conf *c =
        f->conf < h->confs_len ? &h->confs[f->conf] : NULL;

    json_put_text(a, o, "software", f->software);
    json_put_text(a, o, "version", c ? c->conf.version : NULL);
    put_path(a, o, "program", c ? c->listener->program : NULL);
    json_put_text(a, o, "unit", c ? c->listener->unit : NULL);
    json_put_text(a, o, "container", c ? c->listener->container : NULL);
}

static void put_one(struct arena *a, struct json *list,
                    const struct here_report *h, const struct here_finding *f)
{
    struct json *o = json_add_object(a, list);
    struct json *ports = json_put_array(a, o, "ports");

    for (size_t i = 0; i < f->ports_len; i++)
        json_add_number(a, ports, f->ports[i]);
    json_put_text(a, o, "kind", table_text(here_kind_words, (int)f->kind));
    json_put_bool(a, o, "wrong", here_kind_is_wrong(f->kind));
    json_put_text(a, o, "text", f->text);
    put_server(a, o, h, f);
    put_path(a, o, "file", f->file);
    json_put(a, o, "line", f->line ? json_number(a, (double)f->line) : NULL);
    json_put_text(a, o, "setting", f->setting);
    put_path(a, o, "names", f->names);
    put_cert(a, o, "holds", f->holds);
    put_cert(a, o, "shown", f->shown);
    put_path(a, o, "wanted_certificate", f->wanted_cert);
    put_path(a, o, "wanted_key", f->wanted_key);
    json_put_text(a, o, "loses", f->loses);
    json_put_text(a, o, "reload", f->reload);
    json_put_text(a, o, "why_not", f->why_not);
}

struct json *here_tell_json(struct arena *a, const struct here_report *h)
{
    struct json *o = json_object(a);

    json_put_bool(a, o, "is_here", h->is_here);
    json_put_text(a, o, "not_here", h->not_here);
    struct json *list = json_put_array(a, o, "findings");
    for (size_t i = 0; i < h->findings_len; i++)
        put_one(a, list, h, &h->findings[i]);
    return o;
}

enum exit_status here_tell_status(const struct here_report *h)
{
    if (count(h, true))
        return EXIT_FAULTS;
    return count(h, false) ? EXIT_CLEAN : EXIT_UNSEEN;
}
