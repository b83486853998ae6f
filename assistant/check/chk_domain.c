#include "check/check.h"

#include <string.h>

#include "check/asked_hosts.h"
#include "check/finding_text.h"
#include "facts/mail_places.h"
#include "facts/mail_ways.h"
#include "model/host_port.h"
#include "model/service.h"

enum { ADVERTISED_BAD, INCONSISTENT, NO_SRV };

static const struct finding_def finds[] = {
    [ADVERTISED_BAD] = {
        "config.advertised_bad",
        "Something that the domain publishes for mail programs does not work",
        "Programs that set themselves up go by what is published.",
        "RFC 6186 4, RFC 8314 5.1",
    },
    [INCONSISTENT] = {
        "config.inconsistent",
        "The domain publishes different servers in different places",
        "Each works; which one a program takes depends on where it looks.",
        "RFC 6186 4",
    },
    [NO_SRV] = {
        "config.no_srv",
        "The domain publishes no servers for mail programs",
        "Programs guess the server names, or ask their user for them.",
        "RFC 6186 3, RFC 8314 5.1",
    },
    { NULL, NULL, NULL, NULL },
};

static const char *const family_words[WAY_FAMILY_COUNT] = {
    [WAY_SEND] = "sending mail",
    [WAY_IMAP] = "IMAP",
    [WAY_POP] = "POP",
    [WAY_SIEVE] = "mail filters",
};

/* ---- what is published and does not work ---- */

/* NULL: it keeps to the way of encrypting that is published. */
static const char *other_mode(const struct survey *s,
                              const struct mail_way *way)
{
    for (size_t i = 0; i < way->cells_len; i++) {
        const struct cell *c = &s->cells[way->cells[i]];
        if (c->wants_tls)
            return "where TLS begins at once, without STARTTLS";
        if (c->plain_text && c->security == SECURITY_IMPLICIT)
            return "where TLS does not begin at once";
    }
    return NULL;
}

/* Half a sentence about the place; NULL: it works, or nobody knows. */
static const char *fault_of(const struct survey *s, const struct mail_way *way)
{
    const char *mode = other_mode(s, way);

    switch (mail_way_state(s, way)) {
    case WAY_GONE:
        return "which does not exist";
    case WAY_CLOSED:
        return "where nothing answers";
    case WAY_MUTE:
        return mode ? mode : "where no mail server answers";
    case WAY_BAD:
        return mode ? mode : "where mail programs refuse to go on";
    default:
        return NULL;
    }
}

/* A program takes the first of its kind; the others are for when that fails. */
static enum severity weight_of(const struct mail_way *way)
{
    return way->is_first ? SEV_ERROR : SEV_WARNING;
}

/* Published in clear text, and there is no TLS: starttls.absent tells that. */
static bool is_told_elsewhere(const struct survey *s,
                              const struct mail_way *way)
{
    return way->is_plain && mail_way_state(s, way) == WAY_BAD;
}

static const char *socket_word(const struct mail_way *way)
{
    return way->service->security == SECURITY_IMPLICIT ? "SSL" : "STARTTLS";
}

static const char *type_word(const struct mail_way *way)
{
    return strcmp(way->service->family, "smtp") == 0 ? "smtp"
                                                     : way->service->family;
}

/* Another place of the same family that works, and the same way in where there
 * is one. */
static const struct mail_way *better_way(const struct survey *s,
                                         const struct mail_way *bad)
{
    const struct mail_way *any = NULL;

    for (size_t i = 0; i < s->ways->len; i++) {
        const struct mail_way *way = &s->ways->items[i];
        if (way->family != bad->family || way->is_plain || way->is_filter ||
            mail_way_state(s, way) != WAY_CLEAN)
            continue;
        if (way->service == bad->service)
            return way;
        any = any ? any : way;
    }
    return any;
}

/* What a program takes of that family, and every address of it is right. */
static const struct mail_way *best_way(const struct survey *s,
                                       enum way_family family)
{
    const struct mail_way *best = NULL;

    for (size_t i = 0; i < s->ways->len; i++) {
        const struct mail_way *way = &s->ways->items[i];
        bool tls = way->service->security == SECURITY_IMPLICIT;
        if (way->family != family || way->is_plain || way->is_filter ||
            !mail_way_is_all_clean(s, way))
            continue;
        if (!best || (tls && best->service->security != SECURITY_IMPLICIT))
            best = way;
    }
    return best;
}

static void put_server(struct arena *a, struct json *servers,
                       const struct mail_way *way)
{
    struct json *server = json_add_object(a, servers);

    json_put_text(a, server, "type", type_word(way));
    json_put_text(a, server, "hostname", way->host);
    json_put_number(a, server, "port", way->port);
    json_put_text(a, server, "socket", socket_word(way));
}

/* A whole file, of servers that were found right; Thunderbird wants one to
 * read from and one to send by. NULL: there are not both. */
static const struct mail_way *give_file(const struct survey *s,
                                        struct findings *out, struct finding *f)
{
    const struct mail_way *imap = best_way(s, WAY_IMAP);
    const struct mail_way *pop = best_way(s, WAY_POP);
    const struct mail_way *send = best_way(s, WAY_SEND);

    if (!send || (!imap && !pop))
        return NULL;
    finding_text(out, f, "served_domain", s->target.domain);
    struct json *incoming = json_put_array(out->arena, f->params, "incoming");
    if (imap)
        put_server(out->arena, incoming, imap);
    if (pop)
        put_server(out->arena, incoming, pop);
    put_server(out->arena, json_put_array(out->arena, f->params, "outgoing"),
               send);
    return imap ? imap : pop;
}

static void give_place(struct findings *out, struct finding *f,
                       const struct mail_way *good)
{
    finding_text(out, f, "good_host", good->host);
    finding_number(out, f, "good_port", good->port);
    finding_text(out, f, "good_socket", socket_word(good));
    finding_text(out, f, "good_type", type_word(good));
}

/* An SRV record keeps its meaning: the same service, elsewhere. */
static void give_cure(const struct survey *s, const struct mail_way *bad,
                      struct findings *out, struct finding *f)
{
    const struct mail_way *good = better_way(s, bad);
    bool is_srv = bad->source == WAY_SRV;

    finding_text(out, f, "source",
                 table_text(way_source_words, (int)bad->source));
    finding_text(out, f, "record", bad->published_at);
    finding_text(out, f, "host", bad->host);
    finding_number(out, f, "port", bad->port);
    if (!good)
        return;
    if (is_srv && good->service == bad->service && good->port == bad->port)
        finding_text(out, f, "target", good->host);
    if (bad->source != WAY_AUTOCONFIG || bad->is_providers)
        return;
    (void)give_file(s, out, f);
    give_place(out, f, good);
}

static void judge_way(const struct survey *s, const struct mail_way *way,
                      struct findings *out)
{
    const char *fault = fault_of(s, way);

    if (!way->published_at || !fault || is_told_elsewhere(s, way))
        return;
    struct finding *f =
        finding_add(out, &finds[ADVERTISED_BAD], weight_of(way),
                    "%s leads mail programs to %s, %s.%s", way->published_at,
                    host_port_text(out->arena, way->host, way->port), fault,
                    way->is_first ? ""
                                  : " They come to it only where the first "
                                    "of its kind fails.");
    for (size_t i = 0; i < way->cells_len; i++)
        finding_cell(out, f, way->cells[i]);
    f->subject = arena_text(out->arena, way->published_at);
    give_cure(s, way, out, f);
}

static void judge_file(const struct survey *s, struct findings *out)
{
    const struct broken_settings *broken = &s->ways->broken;
    bool is_autodiscover = broken->kind == PLACE_AUTODISCOVER;

    if (!broken->url)
        return;
    struct finding *f =
        finding_add(out, &finds[ADVERTISED_BAD], SEV_WARNING,
                    "The settings file at %s cannot be read: %s.", broken->url,
                    broken->why);
    f->subject = arena_text(out->arena, broken->url);
    finding_text(out, f, "source",
                 table_text(way_source_words, is_autodiscover
                                                  ? WAY_AUTODISCOVER
                                                  : WAY_AUTOCONFIG));
    finding_text(out, f, "record", broken->url);
    const struct mail_way *good =
        broken->kind == PLACE_SETTINGS ? give_file(s, out, f) : NULL;
    if (good)
        give_place(out, f, good);
}

/* ---- different places ---- */

static bool names_host(const struct survey *s, enum way_family family,
                       enum way_source source, const char *host)
{
    for (size_t i = 0; i < s->ways->len; i++) {
        const struct mail_way *way = &s->ways->items[i];
        if (way->family == family && way->source == source &&
            strcmp(way->host, host) == 0)
            return true;
    }
    return false;
}

/* A clean way of that source whose host the other source does not name, while
 * the other has a clean one too; NULL: they agree, or one is not there. */
static const struct mail_way *odd_one(const struct survey *s,
                                      enum way_family family)
{
    const struct mail_way *file =
        mail_way_clean(s, family, WAY_AUTOCONFIG, NULL);
    const struct mail_way *srv = mail_way_clean(s, family, WAY_SRV, NULL);
    bool agree = false;

    for (size_t i = 0; file && srv && i < s->ways->len; i++) {
        const struct mail_way *way = &s->ways->items[i];
        if (way->family == family && way->source == WAY_SRV)
            agree = agree || names_host(s, family, WAY_AUTOCONFIG, way->host);
    }
    return file && srv && !agree ? srv : NULL;
}

static void judge_sources(const struct survey *s, struct findings *out)
{
    for (int family = 0; family < WAY_FAMILY_COUNT; family++) {
        const struct mail_way *srv = odd_one(s, (enum way_family)family);
        if (!srv)
            continue;
        const struct mail_way *file =
            mail_way_clean(s, (enum way_family)family, WAY_AUTOCONFIG, NULL);
        struct finding *f =
            finding_add(out, &finds[INCONSISTENT], SEV_INFO,
                        "For %s the DNS names %s, and the settings file %s.",
                        family_words[family], srv->host, file->host);
        f->subject = arena_text(out->arena, s->target.domain);
        return;
    }
}

/* ---- nothing published ---- */

static bool has_clean_client(const struct survey *s)
{
    for (int family = 0; family < WAY_FAMILY_COUNT; family++)
        if (mail_way_clean(s, (enum way_family)family, WAY_SOURCE_COUNT, NULL))
            return true;
    return false;
}

static bool was_asked_for_srv(const struct survey *s, struct arena *a)
{
    struct text_list owners = mail_places_srv_owners(a, s->target.domain);

    for (size_t i = 0; i < owners.len; i++) {
        const struct dns_answer *srv =
            survey_answer(s, owners.text[i], DNS_SRV);
        if (!srv || srv->outcome == DNS_SERVFAIL ||
            srv->outcome == DNS_TIMED_OUT)
            return false;
    }
    return true;
}

static void judge_silence(const struct survey *s, struct findings *out)
{
    const char *domain = s->target.domain;

    if (s->ways->has_srv || s->ways->has_settings || s->ways->broken.url ||
        !asked_hosts(s, out->arena).len || !was_asked_for_srv(s, out->arena))
        return;
    struct finding *f =
        has_clean_client(s)
            ? finding_add(out, &finds[NO_SRV], SEV_INFO,
                          "%s has neither SRV records nor a settings file.",
                          domain)
            : finding_add(out, &finds[NO_SRV], SEV_INFO,
                          "%s has neither SRV records nor a settings file, and "
                          "no usual name (imap., smtp., mail.) serves mail "
                          "programs: ask the provider for the server names.",
                          domain);
    f->subject = arena_text(out->arena, domain);
}

static void run(const struct survey *s, struct findings *out)
{
    if (!s->ways)
        return;
    for (size_t i = 0; i < s->ways->len; i++)
        judge_way(s, &s->ways->items[i], out);
    judge_file(s, out);
    judge_sources(s, out);
    judge_silence(s, out);
}

const struct check chk_domain = {
    .name = "domain",
    .about = "Does what a domain publishes lead mail programs well?",
    .finds = finds,
    .run = run,
};
