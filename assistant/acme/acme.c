#include "acme/acme.h"

#include <string.h>

#include "acme/acme_session.h"
#include "base/clock.h"

bool acme_new(const struct acme_options *o, struct acme **out, struct err *err)
{
    struct http_place place;
    struct http *http = NULL;

    if (!acme_url_ok(o->directory_url))
        return err_set(err, ERR_USAGE,
                       "the CA \"%s\": an address that begins with https:// "
                       "was wanted",
                       o->directory_url);
    const struct http_options options = { .loop = o->loop,
                                          .ca_file = o->ca_file,
                                          .resolver = o->resolver,
                                          .connect_to = o->connect_to };
    if (!http_new(&options, &http, err))
        return false;
    struct arena *a = arena_new();
    struct acme *s = arena_alloc(a, 1, sizeof *s);
    *s = (struct acme){ .arena = a, .options = *o, .http = http };
    if (!http_place(http, a, o->directory_url, &place)) {
        acme_free(s);
        return err_set(err, ERR_USAGE, "the CA \"%s\": this is no address",
                       o->directory_url);
    }
    s->name = place.host;
    if (!s->options.budget_s)
        s->options.budget_s = ACME_BUDGET_S;
    *out = s;
    return true;
}

void acme_free(struct acme *s)
{
    if (!s)
        return;
    timer_stop(&s->told);
    http_free(s->http);
    acme_request_drop_all(s);
    arena_free(s->arena);
}

const struct acme_directory *acme_directory(const struct acme *s)
{
    return s->opened ? &s->directory : NULL;
}

int64_t acme_clock_ahead_s(const struct acme *s)
{
    return s->ahead_s;
}

bool acme_clock_agrees(const struct acme *s)
{
    return s->ahead_s <= HOUR_S && s->ahead_s >= -HOUR_S;
}

const char *acme_clock_words(struct arena *a, const struct acme *s)
{
    int64_t now_s = clock_now_s();

    return arena_printf(a,
                        "this machine's clock says %s, and the CA's %s: what "
                        "is due cannot be told by it; let the clock be set by "
                        "NTP",
                        clock_text(a, now_s),
                        clock_text(a, now_s - s->ahead_s));
}

void acme_begin(struct acme *s, acme_done *done, void *arg)
{
    s->done = done;
    s->arg = arg;
    s->deadline_ms = clock_monotonic_ms() + s->options.budget_s * 1000;
}

static void remember(struct acme *s, struct timer *timer)
{
    for (size_t i = 0; i < s->later_len; i++)
        if (s->later[i] == timer)
            return;
    s->later = arena_grow(s->arena, s->later, s->later_len, sizeof *s->later);
    s->later[s->later_len++] = timer;
}

void acme_stop(struct acme *s)
{
    s->stopping = true;
    for (size_t i = 0; i < s->later_len; i++)
        if (s->later[i]->event)
            timer_set(s->options.loop, s->later[i], 0);
    acme_request_stop_all(s);
}

void acme_later(struct acme *s, struct timer *timer, int64_t after_ms)
{
    int64_t left_ms = s->deadline_ms - clock_monotonic_ms();

    if (left_ms < 0 || s->stopping)
        left_ms = 0;
    remember(s, timer);
    timer_set(s->options.loop, timer, after_ms < left_ms ? after_ms : left_ms);
}

static void tell(void *arg)
{
    struct acme *s = arg;

    s->done(s->arg, &s->result);
}

void acme_end(struct acme *s, const struct acme_result *result)
{
    s->result = *result;
    s->told = (struct timer){ .call = tell, .arg = s };
    timer_set(s->options.loop, &s->told, 0);
}

void acme_end_because(struct acme *s, enum acme_outcome outcome,
                      const char *why)
{
    const struct acme_result result = {
        .outcome = outcome,
        .why = arena_text(s->arena, why),
    };

    acme_end(s, &result);
}

static void opened(void *arg, const struct acme_response *answer)
{
    struct acme *s = arg;
    struct acme_result result = acme_request_result(s, answer);
    const char *why = NULL;

    if (result.outcome == ACME_WORKED &&
        !acme_directory_read(s->arena, answer->json, &s->directory, &why)) {
        result.outcome = ACME_BROKEN;
        result.why = arena_printf(s->arena,
                                  "asking %s what it offers: its directory is "
                                  "not usable: %s.",
                                  s->name, why);
    }
    s->opened = result.outcome == ACME_WORKED;
    acme_end(s, &result);
}

void acme_open(struct acme *s, acme_done *done, void *arg)
{
    const struct acme_request ask = {
        .what = "asking the CA what it offers",
        .url = s->options.directory_url,
        .auth = ACME_AUTH_NONE,
        .done = opened,
        .arg = s,
    };

    acme_begin(s, done, arg);
    acme_request_send(s, &ask);
}
