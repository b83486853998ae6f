#include "check/check.h"

#include "check/finding_text.h"
#include "check/replacement.h"
#include "facts/http01.h"

enum { UNREACHABLE, ELSEWHERE, BAD_REDIRECT, CATCHALL, V6_BROKEN };

static const struct finding_def finds[] = {
    [UNREACHABLE] = {
        "http01.unreachable",
        "Port 80 cannot be reached, where an authority would look for its "
        "proof",
        "The name has to be proven by DNS, or the port be opened.",
        "RFC 8555 8.3",
    },
    [ELSEWHERE] = {
        "http01.elsewhere",
        "Port 80 of the name sends visitors to another host",
        "The proof would be looked for there, not on this machine.",
        "RFC 8555 8.3",
    },
    [BAD_REDIRECT] = {
        "http01.bad_redirect",
        "Port 80 sends visitors where no authority follows",
        "Authorities follow to ports 80 and 443 of a host, no further.",
        "RFC 8555 8.3",
    },
    [CATCHALL] = {
        "http01.catchall",
        "Port 80 answers with the same page whatever it is asked",
        "The file with the proof would not be found behind it.",
        "RFC 8555 8.3",
    },
    [V6_BROKEN] = {
        "http01.v6_broken",
        "Port 80 works by IPv4, but not by IPv6",
        "Authorities prefer IPv6 and may never try the other.",
        "RFC 8555 8.3",
    },
    { NULL, NULL, NULL, NULL },
};

static const int states[HTTP01_STATE_COUNT] = {
    [HTTP01_UNKNOWN] = -1,
    [HTTP01_OPEN] = -1,
    [HTTP01_UNREACHABLE] = UNREACHABLE,
    [HTTP01_ELSEWHERE] = ELSEWHERE,
    [HTTP01_BAD_REDIRECT] = BAD_REDIRECT,
    [HTTP01_SHUT_REDIRECT] = BAD_REDIRECT,
    [HTTP01_CATCHALL] = CATCHALL,
};

static const char *detail_of(struct arena *a, const char *host,
                             const struct http01_all *all)
{
    const char *at = finding_text_list(a, all->unlike.text, all->unlike.len);

    if (all->worst == HTTP01_UNREACHABLE)
        return arena_printf(a, "Nothing answers on port 80 of %s at %s.", host,
                            at);
    if (all->worst == HTTP01_SHUT_REDIRECT)
        return arena_printf(
            a, "Port 80 of %s at %s sends on to %s, where nothing answers.",
            host, at, all->fetch->url);
    if (all->worst == HTTP01_CATCHALL)
        return arena_printf(a,
                            "%s answers 200 to the question for a file that "
                            "does not exist.",
                            at);
    if (all->worst == HTTP01_ELSEWHERE && !all->fetch->location)
        return arena_printf(a,
                            "What was put there is not what %s answers (status "
                            "%d): another machine or another folder answers.",
                            at, all->fetch->status);
    return arena_printf(a, "%s sends the question on to %s.", at,
                        all->fetch->location ? all->fetch->location
                                             : "nowhere");
}

static void judge(const struct survey *s, const char *host,
                  struct findings *out)
{
    struct http01_all all = http01_judge(s, out->arena, host);
    int which = all.only_ip6 ? V6_BROKEN : states[all.worst];

    /* One name speaks for all: they lead to the same machine. */
    if (which < 0 || finding_find(out, finds[which].id))
        return;
    struct finding *f = finding_add(out, &finds[which], SEV_INFO, "%s",
                                    detail_of(out->arena, host, &all));
    f->subject = arena_text(out->arena, host);
    finding_text(out, f, "name", host);
    finding_text(out, f, "location", all.fetch->location);
    if (all.worst == HTTP01_SHUT_REDIRECT)
        finding_text(out, f, "shut", all.fetch->url);
    finding_list(out, f, "addresses", all.unlike.text, all.unlike.len);
}

static void run(const struct survey *s, struct findings *out)
{
    if (!replacement_is_due(s, out))
        return;
    struct text_list names = replacement_names(s, out->arena);
    for (size_t i = 0; i < names.len; i++)
        if (names.text[i][0] != '*')
            judge(s, names.text[i], out);
}

const struct check chk_http01 = {
    .name = "http01",
    .about = "Could an authority fetch its proof on port 80?",
    .finds = finds,
    .run = run,
};
