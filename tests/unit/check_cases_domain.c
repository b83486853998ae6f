#include <string.h>

#include "check_cases.h"
#include "facts/mail_places.h"
#include "facts/mail_ways.h"

#define DOMAIN  "example.com"
#define FILE_AT "https://autoconfig.example.com/mail/config-v1.1.xml"

/* example.com with its MX host, right on 25, and all of its SRV questions
 * answered: none. */
static struct survey *mail_domain(struct arena *a)
{
    struct built_cert cert = { .names = HOST " imap.example.net" };
    struct survey *s = build_survey(a, HOST);
    struct text_list owners = mail_places_srv_owners(a, DOMAIN);

    s->target.kind = TARGET_DOMAIN;
    s->target.host = s->target.domain = DOMAIN;
    s->target.role = ROLE_MX;
    build_record(s, DOMAIN, DNS_MX, HOST);
    build_record(s, HOST, DNS_A, ADDR);
    struct cell *c = build_cell(s, ADDR, 25, build_cert(s, &cert));
    c->host = c->reference = c->sni = HOST;
    build_verdict(s, c, 0);
    for (size_t i = 0; i < owners.len; i++)
        build_answer(s, owners.text[i], DNS_SRV, DNS_NXDOMAIN);
    return s;
}

static void place(struct survey *s, const char *host, uint16_t port,
                  bool is_clean)
{
    struct built_cert cert = { .names = is_clean ? host : "www.example.org" };
    size_t leaf = build_cert(s, &cert);
    struct cell *c = build_cell(s, ADDR, port, leaf);

    build_record(s, host, DNS_A, ADDR);
    c->host = c->reference = c->sni = host;
    build_verdict(s, c, leaf);
}

static void publish(struct survey *s, const char *label, const char *host,
                    uint16_t port)
{
    struct dns_record *r = arena_alloc(s->arena, 1, sizeof *r);
    const char *owner = arena_printf(s->arena, "%s._tcp." DOMAIN, label);

    *r = (struct dns_record){ .host = host, .port = port, .text = host };
    for (size_t i = 0; i < s->answers_len; i++)
        if (strcmp(s->answers[i].name, owner) == 0) {
            s->answers[i].outcome = DNS_ANSWERED;
            s->answers[i].records = r;
            s->answers[i].len = 1;
        }
}

static void serve(struct survey *s, const char *host)
{
    const char *body = arena_printf(
        s->arena,
        "<clientConfig><emailProvider><incomingServer type=\"imap\">"
        "<hostname>%s</hostname><port>993</port><socketType>SSL</socketType>"
        "</incomingServer></emailProvider></clientConfig>",
        host);

    survey_fetch_add(s, &(struct fetch){
                            .url = FILE_AT,
                            .attempt = { .outcome = OUTCOME_OK },
                            .status = 200,
                            .body = (const uint8_t *)body,
                            .body_len = strlen(body),
                        });
}

static struct survey *seen(struct survey *s)
{
    mail_ways_fill(s);
    return s;
}

static struct survey *srv_to_nobody(struct arena *a)
{
    struct survey *s = mail_domain(a);

    publish(s, "_imaps", "imap-old.example.com", 993);
    build_answer(s, "imap-old.example.com", DNS_A, DNS_NXDOMAIN);
    build_answer(s, "imap-old.example.com", DNS_AAAA, DNS_NXDOMAIN);
    return seen(s);
}

static struct survey *srv_to_host(struct arena *a)
{
    struct survey *s = mail_domain(a);

    publish(s, "_imaps", "imap.example.com", 993);
    place(s, "imap.example.com", 993, true);
    return seen(s);
}

static struct survey *file_to_wrong_name(struct arena *a)
{
    struct survey *s = mail_domain(a);

    serve(s, "imap.example.com");
    place(s, "imap.example.com", 993, false);
    return seen(s);
}

static struct survey *guess_beside_file(struct arena *a)
{
    struct survey *s = mail_domain(a);

    serve(s, HOST);
    place(s, HOST, 993, true);
    place(s, "imap.example.com", 993, false);
    return seen(s);
}

static struct survey *guess_alone(struct arena *a)
{
    struct survey *s = mail_domain(a);

    place(s, HOST, 993, true);
    place(s, "imap.example.com", 993, false);
    return seen(s);
}

static struct survey *two_sources(struct arena *a)
{
    struct survey *s = mail_domain(a);

    serve(s, HOST);
    place(s, HOST, 993, true);
    publish(s, "_imaps", "imap.example.com", 993);
    place(s, "imap.example.com", 993, true);
    return seen(s);
}

static struct survey *one_source_twice(struct arena *a)
{
    struct survey *s = mail_domain(a);

    serve(s, HOST);
    place(s, HOST, 993, true);
    publish(s, "_imaps", HOST, 993);
    return seen(s);
}

static struct survey *nothing_published(struct arena *a)
{
    return seen(mail_domain(a));
}

const struct check_case cases_domain[] = {
    { "config.advertised_bad", SEV_ERROR, "SRV to a host that is gone",
      srv_to_nobody, srv_to_host, false },
    { "config.advertised_bad", SEV_ERROR, "a file to a wrong name",
      file_to_wrong_name, guess_beside_file, false },
    { "name.mismatch.provider", SEV_ERROR, "the fault itself",
      file_to_wrong_name, srv_to_host, false },
    { "name.mismatch.provider", SEV_WARNING, "a guess, and no file",
      guess_alone, guess_beside_file, false },
    { "config.inconsistent", SEV_INFO, "file and SRV differ", two_sources,
      one_source_twice, false },
    { "config.no_srv", SEV_INFO, "nothing published", nothing_published,
      srv_to_host, false },
    { NULL, SEV_INFO, NULL, NULL, NULL, false },
};
