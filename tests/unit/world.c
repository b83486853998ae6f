#include "world.h"

#include <string.h>

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
            w->looks[w->len++] =
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
    look(w, w->host, HERE);
    if (w->two)
        look(w, w->host, THERE);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(others[i], w->host) != 0 && below(2))
            look(w, others[i], HERE);
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
    for (size_t i = 0; i <= WORLD_CERTS; i++)
        certs[i] = scene_cert(at, &w->certs[i]);
    for (size_t i = 0; i < w->len; i++) {
        const struct sight *l = &w->looks[i];
        struct cell *c =
            scene_cell(at, l->host, l->address, l->port, certs[l->cert]);
        if (w->asked_port && l->port != w->asked_port)
            c->asked = false;
    }
    scene_judge(at);
}
