#include "serve/serve.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "model/host_port.h"
#include "probe/ehlo_name.h"
#include "serve/browser.h"
#include "serve/look_run.h"
#include "serve/serve_inside.h"

enum {
    TICK_MS = 30 * 1000,
    CONNECTIONS = 256, /* of browsers */
    OTHER_FILES = 16,
    JOBS = 400, /* connections of all looks */
};

/* ---- the address to open ---- */

/* Where a browser finds us, which is not "every address". */
static const char *host_of(const struct serve *s)
{
    const char *address = s->place.address;

    if (!address || strcmp(address, "0.0.0.0") == 0)
        return "127.0.0.1";
    return strcmp(address, "::") == 0 ? "::1" : address;
}

static bool say(const struct serve *s, const char *text, struct err *err)
{
    return s->options->say(text, strlen(text), err);
}

static bool say_address(struct serve *s, bool opens, struct err *err)
{
    struct arena *a = arena_new();
    const char *host = host_port_text(a, host_of(s), web_server_port(s->web));
    const char *token = NULL;
    bool said = false;

    if (s->options->public_name) {
        said = say(s,
                   arena_printf(a, "Serving https://%s at %s\n",
                                s->options->public_name, host),
                   err);
    } else if (sessions_start(&s->sessions, clock_monotonic_ms(), &token,
                              err)) {
        const char *address = arena_printf(a, "http://%s/open/%s", host, token);
        said = say(s, arena_printf(a, "Open %s\n", address), err);
        if (said && opens)
            browser_open(address);
    }
    arena_free(a);
    return said;
}

/* ---- Enter, for another browser ---- */

/* Of a terminal that is another program's just now nothing may be read. */
static bool is_ours(void)
{
    return !isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void stop_for(struct serve *s, const struct err *err)
{
    s->err = *err;
    loop_stop(s->loop);
}

static void heard(void *arg, bool ready)
{
    struct serve *s = arg;
    char text[512];
    struct err err;

    (void)ready;
    ssize_t got = is_ours() ? read(STDIN_FILENO, text, sizeof text) : 0;
    if (got <= 0)
        return; /* nothing comes any more */
    if (memchr(text, '\n', (size_t)got) && !say_address(s, false, &err)) {
        stop_for(s, &err);
        return;
    }
    watch_set(s->loop, &s->input, STDIN_FILENO, WATCH_READ, -1);
}

/* A file or /dev/null has no Enter, and cannot be waited for. */
static void hear_enter(struct serve *s)
{
    struct stat what;
    bool is_pipe = fstat(STDIN_FILENO, &what) == 0 && S_ISFIFO(what.st_mode);

    s->input = (struct watch){ .call = heard, .arg = s };
    if (!s->options->public_name && is_ours() &&
        (is_pipe || isatty(STDIN_FILENO)))
        watch_set(s->loop, &s->input, STDIN_FILENO, WATCH_READ, -1);
}

/* ---- running ---- */

static void tick(void *arg)
{
    struct serve *s = arg;

    looks_tick(&s->looks, clock_monotonic_ms());
    if (s->desk)
        public_desk_tick(s->desk, clock_monotonic_ms());
    timer_set(s->loop, &s->tick, TICK_MS);
}

static void ended(void *arg)
{
    struct serve *s = arg;

    loop_stop(s->loop);
}

static bool open_shared(struct serve *s, struct err *err)
{
    const struct probe_options *probe = &s->options->look->probe;
    const struct probe_shared_options o = {
        .loop = s->loop,
        .probes = LOOKS_RUNNING,
        .jobs = probe->jobs && probe->jobs < JOBS ? probe->jobs : JOBS,
        .a_second = probe->a_second,
        .other_files = CONNECTIONS + OTHER_FILES,
    };

    s->probe = *probe;
    s->probe.ca_file = s->options->look->ca_file; /* for https too */
    /* Who finds us in a log finds there who we are. */
    if (!s->probe.ehlo && s->options->public_name)
        s->probe.ehlo = s->options->public_name;
    if (!s->probe.ehlo)
        s->probe.ehlo = ehlo_name(s->arena);
    return probe_shared_new(&o, &s->shared, err);
}

static bool open_web(struct serve *s, struct err *err)
{
    const struct serve_options *o = s->options;
    struct web_server_options web = { .place = s->place,
                                      .proxy = o->proxy,
                                      .connections_max = CONNECTIONS };

    if (o->public_name) {
        text_list_add(s->arena, &web.hosts, o->public_name);
        web.origin = arena_printf(s->arena, "https://%s", o->public_name);
    }
    if (!web_server_new(s->loop, &web, pages_answer, s, &s->web, err))
        return false;
    s->cookie = o->public_name
                    ? "__Host-cm"
                    : arena_printf(s->arena, "cm_%u",
                                   (unsigned)web_server_port(s->web));
    return true;
}

static bool begin(struct serve *s, struct err *err)
{
    s->place = (struct listen_place){ .address = "127.0.0.1" };
    if (s->options->listen &&
        !listen_parse(s->arena, s->options->listen, 0, &s->place, err))
        return err_add(err, "--listen");
    s->looks = (struct looks){ .start = look_run_start,
                               .drop = look_run_drop,
                               .arg = s };
    s->tick = (struct timer){ .call = tick, .arg = s };
    s->signals = (struct signals){ .call = ended, .arg = s };
    bool opened =
        loop_new(&s->loop, err) && sessions_init(&s->sessions, err) &&
        evaluation_open(s->arena, s->options->look, &s->evaluation, err) &&
        open_shared(s, err) && open_web(s, err) &&
        (!s->options->public_name ||
         public_desk_open(s->arena, s->options, &s->desk, err));
    s->sessions.is_open = s->options->public_name != NULL;
    return opened;
}

static bool run(struct serve *s, struct err *err)
{
    timer_set(s->loop, &s->tick, TICK_MS);
    signals_set(s->loop, &s->signals);
    hear_enter(s);
    if (!say_address(s, !s->options->no_browser, err) ||
        !loop_run(s->loop, err))
        return false;
    if (s->err.kind == ERR_NONE)
        return true;
    *err = s->err;
    return false;
}

static void close_all(struct serve *s)
{
    looks_free(&s->looks);
    web_server_free(s->web);
    timer_stop(&s->tick);
    watch_stop(&s->input);
    signals_stop(&s->signals);
    probe_shared_free(s->shared);
    evaluation_close(&s->evaluation);
    loop_free(s->loop);
}

bool serve_run(struct arena *a, const struct serve_options *o, struct err *err)
{
    struct serve *s = arena_alloc(a, 1, sizeof *s);

    *s = (struct serve){ .arena = a, .options = o };
    bool ran = begin(s, err) && run(s, err);
    close_all(s);
    return ran || err_add(err, "the web page");
}
