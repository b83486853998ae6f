#include "report/provider.h"

#include <string.h>

#include "model/host_port.h"
#include "model/name.h"
#include "report/report_read.h"

/* In normal form; NULL: it is no host name. */
static const char *host_in(struct arena *a, const char *text)
{
    struct name_read name = { .kind = NAME_BAD };

    if (text)
        name = name_read(a, text, strlen(text));
    return name.kind == NAME_HOST ? name.text : NULL;
}

static const char *asked_host(struct arena *a, const struct json *report)
{
    return host_in(a, json_find_text(json_find(report, "asked"), "host"));
}

/* The registrable domain of `host`, unless it is the customer's own. */
static const char *foreign_domain(struct arena *a, const struct json *report,
                                  const char *host)
{
    const char *own = asked_host(a, report);
    const char *domain = host ? name_domain(a, host) : NULL;

    return domain && own && name_same_domain(own, host) ? NULL : domain;
}

static bool is_blamed(struct arena *a, const struct json *report,
                      const struct json *endpoint)
{
    const char *address = json_find_text(endpoint, "address");

    if (!address || !report_read_is_client_view(report, endpoint))
        return false;
    const char *where = host_port_text(a, address, report_read_port(endpoint));
    JSON_EACH (f, json_find(report, "findings")) {
        if (report_read_is_loud(f) &&
            json_has_text(json_find(f, "where"), where))
            return true;
    }
    return false;
}

/* Where the fault shows first; else what was looked at first. */
static const struct json *place_of(struct arena *a, const struct json *report)
{
    const struct json *first = NULL;

    JSON_EACH (e, json_find(report, "endpoints")) {
        if (is_blamed(a, report, e))
            return e;
        if (!first && report_read_is_client_view(report, e))
            first = e;
    }
    return first;
}

static const char *by_fix(struct arena *a, const struct json *report,
                          const struct fix_defs *fixes)
{
    JSON_EACH (fix, json_find(report, "fixes")) {
        const struct fix_def *def =
            fix_defs_find(fixes, json_find_text(fix, "id"));
        const struct json *params = json_find(fix, "params");
        if (def && def->kind == FIX_HOSTNAME)
            return foreign_domain(
                a, report, host_in(a, json_find_text(params, "hostname")));
    }
    return NULL;
}

/* All its names are of one domain, which is not the customer's: the provider's
 * own, or some other customer's. Which of the two, the finding says. */
static const char *by_certificate(struct arena *a, const struct json *report)
{
    JSON_EACH (f, json_find(report, "findings")) {
        const char *id = json_find_text(f, "id");
        const struct json *offered =
            json_find(json_find(f, "params"), "offered");
        const char *first = NULL;
        bool alike = true;
        if (!id || strcmp(id, "name.mismatch.provider") != 0)
            continue;
        JSON_EACH (name, offered) {
            const char *text = name->text ? name->text : "";
            const char *host =
                host_in(a, strncmp(text, "*.", 2) == 0 ? text + 2 : text);
            const char *domain = foreign_domain(a, report, host);
            alike = alike && domain && (!first || strcmp(first, domain) == 0);
            first = first ? first : domain;
        }
        if (alike && first)
            return first;
    }
    return NULL;
}

struct provider provider_of(struct arena *a, const struct json *report,
                            const struct fix_defs *fixes)
{
    const struct json *place = place_of(a, report);
    const char *address = json_find_text(place, "address");
    struct provider p = { .domain = by_fix(a, report, fixes) };

    if (!p.domain)
        p.domain = foreign_domain(a, report,
                                  host_in(a, json_find_text(place, "host")));
    if (!p.domain)
        p.domain = by_certificate(a, report);
    if (address && name_is_ip(address))
        p.address = arena_text(a, address);
    return p;
}
