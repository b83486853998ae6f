/*
 * cmd_serve - the same in a browser
 */
#include <stddef.h>
#include <string.h>

#include "base/log.h"
#include "cmd/cmd.h"
#include "net/listen.h"
#include "serve/serve.h"

struct serve_command {
    struct look_options look; /* first: its rows write into it */
    struct serve_options serve;
};

static bool set_deny(struct arena *a, void *into, const char *value,
                     struct err *err)
{
    struct serve_command *o = into;

    (void)err;
    text_list_add(a, &o->serve.deny, value);
    return true;
}

static bool set_allow(struct arena *a, void *into, const char *value,
                      struct err *err)
{
    struct serve_command *o = into;

    (void)err;
    text_list_add(a, &o->serve.allow, value);
    return true;
}

#define AT(field) offsetof(struct serve_command, field)

static const struct option_row rows[] = {
    { .name = "listen",
      .value = "ADDR:PORT",
      .about = "wait there; without it on 127.0.0.1, at a free port",
      .at = AT(serve.listen) },
    { .name = "no-browser",
      .about = "open no browser: only say which address to open",
      .at = AT(serve.no_browser) },
    { .name = "public",
      .value = "NAME",
      .about = "for everybody, as https://NAME behind a reverse proxy",
      .at = AT(serve.public_name) },
    { .name = "proxy",
      .value = "ADDR",
      .about = "with --public: the address the reverse proxy calls from",
      .at = AT(serve.proxy) },
    { .name = "deny",
      .value = "WHAT",
      .about = "with --public: never look at this domain or block; repeatable",
      .set = set_deny },
    { .name = "allow",
      .value = "CIDR",
      .about = "with --public: look at this block, public or not; repeatable",
      .set = set_allow },
    { .name = NULL },
};

/* How to look; what to look at is asked in the browser. */
static const char *const shared[] = {
    "ip4",       "ip6",     "ca-file",    "resolver",  "trust-anchor",
    "no-dnssec", "ehlo",    "connect-to", "timeout",   "jobs",
    "rate",      "now",     "rules",      "templates", "revocation",
    "quiet",     "verbose", "no-color",   "software",
};

enum { ROWS_MAX = sizeof shared / sizeof *shared + 1 };

static const struct option_row *shared_rows(struct arena *a)
{
    struct option_row *kept = arena_alloc(a, ROWS_MAX, sizeof *kept);
    size_t n = 0;

    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        for (const struct option_row *r = look_option_rows; r->name; r++)
            if (strcmp(r->name, shared[i]) == 0 && n + 1 < ROWS_MAX)
                kept[n++] = *r;
    return kept;
}

/* Who listens on another address than loopback lets others in. */
static bool check_place(struct arena *a, const struct serve_options *o,
                        struct err *err)
{
    struct listen_place place = { .address = "127.0.0.1" };

    if (o->listen && !listen_parse(a, o->listen, 0, &place, err))
        return err_add(err, "--listen");
    if (place.address && name_ip_is_loopback(place.address))
        return true;
    if (!o->public_name)
        return err_set(err, ERR_USAGE,
                       "--listen %s: others could reach the page there, which "
                       "is for this machine only; for everybody there is "
                       "--public NAME, behind a reverse proxy",
                       o->listen);
    log_note("--listen %s: whoever reaches this address talks to certmend "
             "without the reverse proxy's encryption; 127.0.0.1 is enough "
             "where the proxy runs on this machine",
             o->listen);
    return true;
}

/* A page for everybody that cannot tell one visitor from another has no limits;
 * so it has to be told who calls on whose behalf. */
static bool check_public(struct arena *a, struct serve_options *o,
                         struct err *err)
{
    struct name_read name = { .text = NULL };

    if (!o->public_name) {
        const char *alone = o->proxy       ? "--proxy"
                            : o->deny.len  ? "--deny"
                            : o->allow.len ? "--allow"
                                           : NULL;
        return !alone || err_set(err, ERR_USAGE,
                                 "%s goes with --public NAME only", alone);
    }
    name = name_read(a, o->public_name, strlen(o->public_name));
    if (name.kind != NAME_HOST)
        return err_set(err, ERR_USAGE,
                       "--public %.100s: the name of the page was wanted, as "
                       "certmend.example.com",
                       o->public_name);
    if (!o->proxy)
        return err_set(err, ERR_USAGE,
                       "--public %s: it takes a reverse proxy that speaks "
                       "HTTPS and says who asks; --proxy ADDR says from which "
                       "address it calls, 127.0.0.1 where it runs on this "
                       "machine",
                       name.text);
    o->public_name = name.text;
    return true;
}

static bool check(struct arena *a, struct serve_options *o,
                  const struct text_list *words, struct err *err)
{
    if (words->len)
        return err_set(err, ERR_USAGE,
                       "what to look at is typed into the page, not here: "
                       "\"%.100s\"",
                       words->text[0]);
    return check_public(a, o, err) && check_place(a, o, err);
}

enum exit_status cmd_serve(struct arena *a, char **argv, struct err *err)
{
    const struct option_row *const tables[] = { rows, shared_rows(a), NULL };
    struct serve_command o = { .serve = { .say = command_print } };
    struct text_list words;

    look_options_init(&o.look);
    if (!options_read(a, argv, tables, &o, &words, err))
        return EXIT_FAILED;
    look_options_settle(&o.look);
    o.serve.look = &o.look;
    if (!check(a, &o.serve, &words, err) || !serve_run(a, &o.serve, err))
        return EXIT_FAILED;
    return EXIT_CLEAN;
}
