#include "check/finding_text.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "model/host_port.h"

enum { LIST_MAX = 4096, DATE_LEN = 10 };

const char *finding_text_list(struct arena *a, const char *const *words,
                              size_t len)
{
    struct buf b;

    buf_init(&b, a, LIST_MAX);
    text_list_tell(&b, words, len);
    return b.text;
}

static struct text_list ports_of(const struct group *g, struct arena *a)
{
    struct text_list ports = { 0 };

    for (size_t i = 0; i < g->len; i++) {
        unsigned port = g->survey->cells[g->cells[i]].port;
        text_list_add_new(a, &ports, arena_printf(a, "%u", port));
    }
    return ports;
}

static struct text_list addresses_of(const struct group *g, struct arena *a)
{
    struct text_list addresses = { 0 };

    for (size_t i = 0; i < g->len; i++)
        text_list_add_new(a, &addresses, g->survey->cells[g->cells[i]].address);
    return addresses;
}

const char *finding_text_where(const struct group *g, struct arena *a)
{
    const struct cell *first = group_first(g);
    const struct target *t = &g->survey->target;

    if (t->kind == TARGET_FILE)
        return arena_printf(a, "the file %s", t->input);
    struct text_list ports = ports_of(g, a);
    if (ports.len == 1)
        return host_port_text(a, first->host, first->port);
    return arena_printf(a, "%s (ports %s)", first->host,
                        finding_text_list(a, ports.text, ports.len));
}

const char *finding_text_for_now(const struct group *g)
{
    const struct cell *c = group_first(g);
    const struct attempt *all[] = { &c->greeting, &c->starttls, &c->inside };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i]->outcome == OUTCOME_REFUSED && all[i]->detail &&
            *all[i]->detail == '4')
            return c->put_off ? ", and so once more a moment later; the 4 in "
                                "front means that it is for now only"
                              : "; the 4 in front means that it is for now "
                                "only";
    return "";
}

const char *finding_text_names(struct arena *a, const struct cert *leaf)
{
    size_t count = leaf->dns_names.len + leaf->ip_names.len;

    if (!count)
        return leaf->subject_cn
                   ? arena_printf(a, "%s (in the outdated CN field only)",
                                  leaf->subject_cn)
                   : "no name at all";
    const char *first =
        leaf->dns_names.len ? leaf->dns_names.text[0] : leaf->ip_names.text[0];
    if (count == 1)
        return first;
    return arena_printf(a, "%s and %zu more name%s", first, count - 1,
                        count == 2 ? "" : "s");
}

const char *finding_text_subject(const struct cert *c)
{
    if (c->subject_cn)
        return c->subject_cn;
    return c->subject && *c->subject ? c->subject : "nobody by name";
}

const char *finding_text_issuer(const struct cert *c)
{
    if (c->issuer_cn)
        return c->issuer_cn;
    return c->issuer && *c->issuer ? c->issuer : "nobody by name";
}

const char *finding_text_addresses(const struct group *g, struct arena *a)
{
    struct text_list addresses = addresses_of(g, a);

    return finding_text_list(a, addresses.text, addresses.len);
}

const char *finding_text_date(struct arena *a, int64_t when_s)
{
    return clock_day(a, when_s);
}

const char *finding_text_days(struct arena *a, int64_t span_s)
{
    long long days = span_s / DAY_S;

    if (days < 1)
        return "less than a day";
    return arena_printf(a, "%lld day%s", days, days == 1 ? "" : "s");
}

static void finding_text_cells(struct findings *out, struct finding *f,
                               const struct group *g)
{
    const struct cell *first = group_first(g);
    struct text_list kinds = { 0 };

    for (size_t i = 0; i < g->len; i++) {
        finding_cell(out, f, g->cells[i]);
        text_list_add_new(out->arena, &kinds,
                          g->survey->cells[g->cells[i]].service);
    }
    struct text_list ports = ports_of(g, out->arena);
    struct text_list addresses = addresses_of(g, out->arena);
    finding_text(out, f, "host", first->host);
    finding_text(out, f, "name", first->reference);
    finding_text(out, f, "address", first->address);
    finding_number(out, f, "port", first->port);
    finding_list(out, f, "ports", ports.text, ports.len);
    finding_list(out, f, "services", kinds.text, kinds.len);
    finding_list(out, f, "addresses", addresses.text, addresses.len);
}

/* For programs. */
static const char *iso_day(struct arena *a, int64_t when_s)
{
    return arena_text_n(a, clock_text(a, when_s), DATE_LEN);
}

static void finding_text_leaf(struct findings *out, struct finding *f,
                              const struct cert *leaf)
{
    finding_text(out, f, "certificate", leaf->sha256_hex);
    finding_text(out, f, "subject", leaf->subject);
    finding_text(out, f, "issuer", leaf->issuer);
    finding_text(out, f, "not_before", iso_day(out->arena, leaf->not_before));
    finding_text(out, f, "not_after", iso_day(out->arena, leaf->not_after));
}

struct finding *finding_text_add(struct findings *out,
                                 const struct finding_def *def,
                                 enum severity sev, const struct group *g,
                                 const char *detail)
{
    struct finding *f = finding_add(out, def, sev, "%s", detail);
    const struct cert *leaf = cell_leaf(g->survey, group_first(g));

    finding_text_cells(out, f, g);
    if (leaf)
        finding_text_leaf(out, f, leaf);
    return f;
}
