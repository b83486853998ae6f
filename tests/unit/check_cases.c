#include "check_cases.h"

static const struct built_cert good = { .names = HOST, .cn = HOST };

struct survey *with_cert(struct arena *a, const char *host,
                         struct built_cert cert)
{
    static const uint16_t ports[] = { 465, 587, 993 };
    struct survey *s = build_survey(a, host);
    size_t leaf = build_cert(s, &cert);

    if (!s->target.host_is_ip)
        build_record(s, host, DNS_A, ADDR);
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        build_cell(s, ADDR, ports[i], leaf);
    return s;
}

struct survey *with_port(struct arena *a, uint16_t port, struct built_cert cert)
{
    struct survey *s = build_survey(a, HOST);

    s->target.port = port;
    build_record(s, HOST, DNS_A, ADDR);
    build_cell(s, ADDR, port, build_cert(s, &cert));
    return s;
}

struct survey *healthy(struct arena *a)
{
    return with_cert(a, HOST, good);
}

struct cell *healthy_and(struct arena *a, uint16_t port, struct survey **out)
{
    *out = healthy(a);
    return build_cell(*out, ADDR, port, build_cert(*out, &good));
}
