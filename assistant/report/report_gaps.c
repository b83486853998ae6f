#include "report/report_gaps.h"

#include <string.h>

#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/mail_places.h"
#include "facts/mail_ways.h"

enum { LIST_MAX = 4000 };

static const char time_was_up[] = "the time was up first; --timeout gives more";

static void add(struct report_gaps *g, const char *what, const char *why)
{
    g->items = arena_grow(g->arena, g->items, g->len, sizeof *g->items);
    g->items[g->len++] = (struct report_gap){ what, why };
}

static const char *told(struct arena *a, const struct text_list *list)
{
    struct buf out;

    buf_init(&out, a, LIST_MAX);
    text_list_tell(&out, list->text, list->len);
    return out.text;
}

static const char *number(struct arena *a, uint16_t port)
{
    return arena_printf(a, "%u", (unsigned)port);
}

/* "port 110", "ports 110 and 995" */
static const char *ports_told(struct arena *a, const struct text_list *ports)
{
    return arena_printf(a, "port%s %s", ports->len > 1 ? "s" : "",
                        told(a, ports));
}

static bool is_of(const struct survey *s, const struct cell *c,
                  const char *host)
{
    return c->port && client_view_counts(s, c) && strcmp(c->host, host) == 0;
}

/* ---- ways that nothing here leads ---- */

/* All that was tried at the address failed before it left this machine. */
static bool is_out_of_reach(const struct survey *s, const char *host,
                            const char *address)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (is_of(s, c, host) && strcmp(c->address, address) == 0 &&
            c->connect.outcome != OUTCOME_UNREACHABLE)
            return false;
    }
    return true;
}

static const char *proxy_says(const struct survey *s, const char *host,
                              const char *address)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (is_of(s, c, host) && strcmp(c->address, address) == 0 &&
            cell_proxy_words(&c->connect))
            return cell_proxy_words(&c->connect);
    }
    return NULL;
}

static const char *unreachable_why(const struct survey *s, const char *host,
                                   const char *address)
{
    const char *said = proxy_says(s, host, address);

    if (said)
        return said;
    return strchr(address, ':') ? "this computer has no IPv6 connection to it"
                                : "this computer has no connection to it";
}

static void add_unreachable(struct report_gaps *g, const struct survey *s,
                            const char *host)
{
    struct text_list addresses = { 0 };

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (is_of(s, c, host) && is_out_of_reach(s, host, c->address))
            text_list_add_new(g->arena, &addresses, c->address);
    }
    for (size_t i = 0; i < addresses.len; i++)
        add(g, arena_printf(g->arena, "%s at %s", host, addresses.text[i]),
            unreachable_why(s, host, addresses.text[i]));
}

/* What was not tried for this reason; NULL: nothing kept us but the time. */
static void add_untried_for(struct report_gaps *g, const struct survey *s,
                            const char *host, const char *why)
{
    struct text_list ports = { 0 };

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        const char *said = c->connect.detail;
        bool same = why ? said && strcmp(said, why) == 0 : !said;
        if (is_of(s, c, host) && c->connect.outcome == OUTCOME_NOT_TRIED &&
            same)
            text_list_add_new(g->arena, &ports, number(g->arena, c->port));
    }
    if (ports.len)
        add(g,
            arena_printf(g->arena, "%s of %s", ports_told(g->arena, &ports),
                         host),
            why ? why : time_was_up);
}

static void add_untried(struct report_gaps *g, const struct survey *s,
                        const char *host)
{
    struct text_list reasons = { 0 };

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (is_of(s, c, host) && c->connect.outcome == OUTCOME_NOT_TRIED &&
            c->connect.detail)
            text_list_add_new(g->arena, &reasons, c->connect.detail);
    }
    for (size_t i = 0; i < reasons.len; i++)
        add_untried_for(g, s, host, reasons.text[i]);
    add_untried_for(g, s, host, NULL);
}

/* ---- what other programs would be shown ---- */

static const char *lost_why(const struct cell *c)
{
    if (c->connect.outcome == OUTCOME_NOT_TRIED)
        return time_was_up;
    return c->connect.outcome == OUTCOME_REFUSED
               ? "it took no further connection"
               : "no answer came in time";
}

/* Is the usual look `c` one that the lost look stands for? A second key is
 * asked for once, of all ports of an address that show the same certificate. */
static bool shares_lost(const struct survey *s, const struct cell *c,
                        const struct cell *lost)
{
    bool is_here = c->port == lost->port;

    if (!is_of(s, c, lost->host) || strcmp(c->address, lost->address) != 0 ||
        !c->chain_len || c->port == PORT_HTTPS)
        return false;
    for (size_t i = 0;
         !is_here && lost->key_type != KEY_UNKNOWN && i < s->cells_len; i++) {
        const struct cell *usual = &s->cells[i];
        is_here = usual->port == lost->port && is_of(s, usual, lost->host) &&
                  strcmp(usual->address, lost->address) == 0 &&
                  usual->chain_len && usual->chain[0] == c->chain[0];
    }
    return is_here;
}

static void add_lost(struct report_gaps *g, const struct survey *s,
                     const char *host, bool of_key)
{
    struct text_list places = { 0 };
    const struct cell *first = NULL;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *lost = &s->cells[i];
        if (strcmp(lost->host, host) != 0 ||
            (lost->key_type != KEY_UNKNOWN) != of_key ||
            !client_view_lost(s, lost))
            continue;
        first = first ? first : lost;
        for (size_t k = 0; k < s->cells_len; k++)
            if (shares_lost(s, &s->cells[k], lost))
                text_list_add_new(g->arena, &places,
                                  arena_printf(g->arena, "%s:%u", host,
                                               (unsigned)s->cells[k].port));
    }
    if (places.len)
        add(g,
            arena_printf(g->arena,
                         of_key ? "the second key type of %s"
                                : "what is shown without SNI at %s",
                         told(g->arena, &places)),
            lost_why(first));
}

/* Pages and lists that something here kept from us. */
static void add_unfetched(struct report_gaps *g, const struct survey *s)
{
    for (size_t i = 0; i < s->fetches_len; i++)
        if (cell_held_back(&s->fetches[i].attempt))
            add(g, s->fetches[i].url, cell_held_back(&s->fetches[i].attempt));
}

/* Where other ports of the host answer, it is the network in between that
 * keeps port 25 shut. */
static void add_smtp(struct report_gaps *g, const struct survey *s,
                     const char *host)
{
    bool is_mute = false, answers = false;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!is_of(s, c, host))
            continue;
        answers = answers || c->connect.outcome == OUTCOME_OK;
        is_mute = is_mute || (c->port == PORT_SMTP &&
                              (c->connect.outcome == OUTCOME_TIMED_OUT ||
                               (c->connect.outcome == OUTCOME_UNREACHABLE &&
                                !is_out_of_reach(s, host, c->address))));
    }
    if (is_mute && answers)
        add(g, arena_printf(g->arena, "port 25 of %s", host),
            "no answer, and many networks block this port on the way out; ask "
            "again from another network");
}

/* ---- families of addresses ---- */

static const char *family_why(const struct survey *s, const char *host,
                              enum dns_type type)
{
    const struct dns_answer *answer = survey_answer(s, host, type);

    if (!answer)
        return type == DNS_AAAA ? "left out, as -4 asks"
                                : "left out, as -6 asks";
    if (answer->outcome == DNS_SERVFAIL || answer->outcome == DNS_TIMED_OUT)
        return "the DNS did not say whether there is an address";
    if (answer->outcome != DNS_NODATA)
        return NULL;
    return type == DNS_AAAA ? "the name has no IPv6 address"
                            : "the name has no IPv4 address";
}

/* Neither asked: its addresses came from elsewhere. */
static void add_families(struct report_gaps *g, const struct survey *s,
                         const char *host)
{
    static const struct {
        enum dns_type type;
        const char *what;
    } families[] = { { DNS_AAAA, "IPv6" }, { DNS_A, "IPv4" } };

    if (!survey_answer(s, host, DNS_A) && !survey_answer(s, host, DNS_AAAA))
        return;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        const char *why = family_why(s, host, families[i].type);
        if (why)
            add(g, families[i].what, why);
    }
}

/* Some names have hundreds of addresses. */
static void add_cut(struct report_gaps *g, const struct survey *s,
                    const char *host)
{
    struct text_list all = survey_addresses(s, g->arena, host);
    struct text_list left = { 0 };

    for (size_t n = 0; n < all.len; n++) {
        bool seen = false;
        for (size_t i = 0; i < s->cells_len && !seen; i++)
            seen = strcmp(s->cells[i].host, host) == 0 &&
                   strcmp(s->cells[i].address, all.text[n]) == 0;
        if (!seen)
            text_list_add(g->arena, &left, all.text[n]);
    }
    if (left.len && left.len < all.len)
        add(g,
            arena_printf(g->arena, "%zu more addresses of %s", left.len, host),
            "there are too many to look at them all");
}

/* ---- a mail domain ---- */

/* The ports of one host where a program would knock in vain. */
static void add_closed(struct report_gaps *g, const struct survey *s,
                       const char *host)
{
    struct text_list ports = { 0 };

    for (size_t i = 0; i < s->ways->len; i++) {
        const struct mail_way *way = &s->ways->items[i];
        if (strcmp(way->host, host) == 0 &&
            mail_way_state(s, way) == WAY_CLOSED)
            text_list_add_new(g->arena, &ports, number(g->arena, way->port));
    }
    if (ports.len)
        add(g, host,
            arena_printf(g->arena, "nothing answers on %s",
                         ports_told(g->arena, &ports)));
}

/* Names that programs would try and that do not exist. */
static void add_absent(struct report_gaps *g, const struct survey *s)
{
    struct text_list names = mail_places_guesses(g->arena, s->target.domain);
    struct text_list gone = { 0 };

    for (size_t i = 0; i < s->ways->len; i++) {
        const struct mail_way *way = &s->ways->items[i];
        if (way->source == WAY_GUESS && text_list_has(&names, way->host) &&
            mail_way_state(s, way) == WAY_GONE)
            text_list_add_new(g->arena, &gone, way->host);
    }
    if (gone.len)
        add(g,
            arena_printf(g->arena, "%s, which mail programs try",
                         told(g->arena, &gone)),
            gone.len > 1 ? "they do not exist" : "it does not exist");
}

/* No place for mail programs was found that speaks mail. */
static bool has_none_for_programs(const struct survey *s)
{
    for (size_t i = 0; i < s->ways->len; i++) {
        enum way_state state = mail_way_state(s, &s->ways->items[i]);
        if (state == WAY_CLEAN || state == WAY_BAD)
            return false;
    }
    return true;
}

static bool saw_smtp(const struct survey *s)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (client_view_counts(s, &s->cells[i]) &&
            s->cells[i].port == PORT_SMTP && cell_has_tls(&s->cells[i]))
            return true;
    return false;
}

static void add_domain(struct report_gaps *g, const struct survey *s)
{
    struct text_list hosts = { 0 };

    if (has_none_for_programs(s))
        add(g, "servers for mail programs",
            saw_smtp(s) ? "nothing is published for them, and none was found "
                          "under the usual names; what was seen is port 25 "
                          "alone"
                        : "nothing is published for them, and none was found "
                          "under the usual names");
    for (size_t i = 0; i < s->ways->len; i++)
        text_list_add_new(g->arena, &hosts, s->ways->items[i].host);
    for (size_t i = 0; i < hosts.len; i++)
        add_closed(g, s, hosts.text[i]);
    add_absent(g, s);
    if (s->ways->planned)
        add(g, s->ways->planned,
            "it is there, and no mail program reads it yet");
    add(g, "Thunderbird's list of providers (ISPDB)",
        "asking it would tell others which domain is looked at");
}

/* ---- all of it ---- */

static void add_unasked(struct report_gaps *g, const struct target *t)
{
    if (t->port)
        add(g, "other ports",
            arena_printf(g->arena, "only port %u was asked for",
                         (unsigned)t->port));
    else if (t->service)
        add(g, "other services",
            arena_printf(g->arena, "only %s was asked for", t->service));
}

struct report_gaps report_gaps(struct arena *a, const struct survey *s)
{
    struct report_gaps g = { .arena = a };
    struct text_list hosts = { 0 };

    if (s->target.kind == TARGET_FILE)
        return g;
    for (size_t i = 0; i < s->cells_len; i++)
        if (is_of(s, &s->cells[i], s->cells[i].host))
            text_list_add_new(a, &hosts, s->cells[i].host);
    for (size_t i = 0; i < hosts.len; i++) {
        add_smtp(&g, s, hosts.text[i]);
        add_unreachable(&g, s, hosts.text[i]);
        add_untried(&g, s, hosts.text[i]);
        add_lost(&g, s, hosts.text[i], true);
        add_lost(&g, s, hosts.text[i], false);
        add_cut(&g, s, hosts.text[i]);
    }
    if (s->target.kind == TARGET_HOST && !s->target.host_is_ip)
        add_families(&g, s, s->target.host);
    add_unfetched(&g, s);
    add_unasked(&g, &s->target);
    if (s->ways)
        add_domain(&g, s);
    return g;
}

const char *report_gaps_mute(struct arena *a, const struct survey *s)
{
    struct text_list ports = { 0 };
    struct buf out;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (is_of(s, c, c->host) && c->connect.outcome != OUTCOME_REFUSED &&
            !cell_answered(c))
            text_list_add_new(a, &ports, number(a, c->port));
    }
    buf_init(&out, a, LIST_MAX);
    text_list_tell(&out, ports.text, ports.len);
    return ports.len ? arena_printf(a, " No answer on port%s %s.",
                                    ports.len > 1 ? "s" : "", out.text)
                     : "";
}
