#include "world.h"

#include <string.h>

#include "facts/http01.h"
#include "facts/tlsa.h"

enum { RECORDS_MAX = 8 };

#define HERE  "192.0.2.1"
#define THERE "192.0.2.2"

static const char *const hosts[] = { "mail.example.com", "smtp.example.com",
                                     "example.com", "mail.berlin.example.com",
                                     HERE };
static const char *const others[] = { "mail.example.com", "smtp.example.com",
                                      "box.example.net" };
static const char *const pools[] = {
    "mail.example.com",       "smtp.example.com mail.example.com",
    "*.example.com",          "*.example.com example.com",
    "box.example.net",        "*.example.net",
    "mail.berlin.example.com"
};
static const uint16_t ports[] = { 25, 143, 443, 465, 587, 993 };
static const int ends[] = { -3, 10, 60, 60, 60 };

static const char *const caa[] = { NULL,
                                   NULL,
                                   "0 issue \"letsencrypt.org\"",
                                   "0 issue \"pki.example.net\"",
                                   "0 issuewild \";\"",
                                   "128 tbs \"x\"" };
static const int statuses[] = { 0, 200, 404 };

static uint32_t seed;

static size_t below(size_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % n;
}

#define ONE_OF(list) (list)[below(sizeof(list) / sizeof *(list))]

static void look(struct world *w, const char *host, const char *address)
{
    size_t usual = below(WORLD_CERTS);
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        if (w->len < WORLD_LOOKS && below(4))
            w->scans[w->len++] =
                (struct sight){ host, address, ports[i],
                                below(4) ? usual : below(WORLD_CERTS) };
    }
}

void world_make(struct world *w, uint32_t number)
{
    seed = number * 2654435761u;
    *w = (struct world){ .host = ONE_OF(hosts) };
    w->two = below(3) == 0 && !name_is_ip(w->host);
    w->moved = below(4) == 0;
    w->ptr = below(2) == 0;
    w->asked_port = below(3) ? 0 : 587;
    for (size_t i = 0; i < WORLD_CERTS; i++) {
        size_t chain = below(8);
        w->certs[i] = (struct scene_cert){
            .names = ONE_OF(pools),
            .chain = chain < 4 ? (enum scene_chain)chain : SCENE_FULL,
            .ends_in_days = ONE_OF(ends),
        };
    }
    w->certs[WORLD_CERTS] = w->certs[0];
    w->caa[0] = ONE_OF(caa);
    w->http_status = ONE_OF(statuses);
    w->tlsa = (struct pinned){ !below(4), !below(6), !below(8) };
    look(w, w->host, HERE);
    if (w->two)
        look(w, w->host, THERE);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(others[i], w->host) != 0 && below(2))
            look(w, others[i], HERE);
    }
}

/* scene_record() makes an answer of its own of each record. */
static void add_answer(struct scene *at, const char *name, enum dns_type type,
                       const char *const *texts)
{
    struct dns_answer answer = {
        .name = name, .type = type, .outcome = DNS_NODATA, .ttl_s = 3600
    };
    struct dns_record *records =
        arena_alloc(at->arena, RECORDS_MAX, sizeof *records);
    for (; texts[answer.len]; answer.len++)
        records[answer.len].text = texts[answer.len];
    answer.records = records;
    if (answer.len)
        answer.outcome = DNS_ANSWERED;
    survey_answer_add(at->survey, &answer);
}

static void add_caa(struct scene *at, const struct world *w)
{
    static const char *const none[] = { NULL };
    static const char *const names[] = { "mail.example.com", "smtp.example.com",
                                         "berlin.example.com",
                                         "mail.berlin.example.com", "com" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        add_answer(at, names[i], DNS_CAA, none);
    add_answer(at, "example.com", DNS_CAA, w->caa);
}

/* Of every certificate that 587 shows, whatever the address. */
static void add_tlsa(struct scene *at, const struct world *w,
                     const size_t *certs)
{
    const char *texts[RECORDS_MAX + 1] = { 0 };
    size_t len = 0;
    for (size_t i = 0; i < w->len && len + 2 < RECORDS_MAX; i++) {
        const struct sight *l = &w->scans[i];
        const struct cert *leaf = &at->survey->certs[certs[l->cert]].cert;
        if (l->port != 587 || strcmp(l->host, w->host) != 0)
            continue;
        if (w->tlsa.key)
            texts[len++] = tlsa_of_key(at->arena, leaf);
        if (w->tlsa.certificate)
            texts[len++] =
                arena_printf(at->arena, "3 0 1 %s", leaf->sha256_hex);
    }
    if (w->tlsa.stranger)
        texts[len++] = arena_printf(at->arena, "3 1 1 %064d", 0);
    if (!name_is_ip(w->host))
        add_answer(at, tlsa_owner(at->arena, w->host, 587), DNS_TLSA, texts);
}

static void add_fetches(struct scene *at, const struct world *w)
{
    const char *const addresses[] = { HERE, THERE };
    for (size_t i = 0; i < 2; i++) {
        struct fetch f = {
            .url = http01_url(at->arena, w->host),
            .address = addresses[i],
            .attempt.outcome = w->http_status ? OUTCOME_OK : OUTCOME_REFUSED,
            .status = w->http_status,
        };
        survey_fetch_add(at->survey, &f);
    }
}

void world_open(struct scene *at, const struct world *w)
{
    size_t certs[WORLD_CERTS + 1];
    scene_open(at, w->host);
    at->survey->target.port = w->asked_port;
    scene_address(at, w->host, HERE);
    if (w->two)
        scene_address(at, w->host, THERE);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(others[i], w->host) != 0)
            scene_address(at, others[i], HERE);
    }
    if (w->moved)
        scene_address(at, "box.example.net", THERE);
    if (w->ptr)
        scene_record(at, name_reverse(at->arena, HERE), DNS_PTR,
                     "box.example.net");
    add_caa(at, w);
    add_fetches(at, w);
    for (size_t i = 0; i <= WORLD_CERTS; i++)
        certs[i] = scene_cert(at, &w->certs[i]);
    for (size_t i = 0; i < w->len; i++) {
        const struct sight *l = &w->scans[i];
        struct cell *c =
            scene_cell(at, l->host, l->address, l->port, certs[l->cert]);
        if (w->asked_port && l->port != w->asked_port)
            c->asked = false;
    }
    add_tlsa(at, w, certs);
    scene_judge(at);
}
