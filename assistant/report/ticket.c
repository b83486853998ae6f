#include "report/ticket.h"

#include <string.h>

#include "base/clock.h"
#include "model/host_port.h"
#include "model/service.h"
#include "report/report_read.h"

enum {
    NAMES_SHOWN = 6, /* of a certificate; the rest is counted */
    TEXT_MAX = 4000,
};

/* Who is asked even where nothing in the plan is his to do. */
static const bool asked_anyway[TO_COUNT] = {
    [TO_PROVIDER] = true, [TO_IT] = true
};

/* States that say nothing unless a finding names the port. */
static const char *const quiet[] = { "refused", "timed_out", "not_tried" };

static const char *where_of(struct arena *a, const struct json *e)
{
    const char *address = json_find_text(e, "address");

    return address ? host_port_text(a, address, report_read_port(e)) : "";
}

/* The mail domain asked about; NULL: it was none. */
static const char *domain_of(const struct json *report)
{
    return json_find_text(json_find(report, "asked"), "domain");
}

/* Is the port one that a finding complains about? */
static bool is_blamed(struct arena *a, const struct json *report,
                      const struct json *e)
{
    const char *where = where_of(a, e);
    JSON_EACH (f, json_find(report, "findings")) {
        if (report_read_is_loud(f) &&
            json_has_text(json_find(f, "where"), where))
            return true;
    }
    return false;
}

static bool is_shown(struct arena *a, const struct json *report,
                     const struct json *e)
{
    const char *state = json_find_text(e, "state");
    if (!state || !json_find_text(e, "address") ||
        !report_read_is_client_view(report, e))
        return false;
    /* Of a domain's many servers those that the letter is about. */
    bool is_quiet = domain_of(report) != NULL;
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++)
        is_quiet = is_quiet || strcmp(state, quiet[i]) == 0;
    return !is_quiet || is_blamed(a, report, e);
}

/* The same answer from the same machine. */
static bool is_same(const struct json *one, const struct json *other)
{
    static const char *const keys[] = { "host",    "address", "state",
                                        "name_ok", "trusted", "certificate" };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!json_equal(json_find(one, keys[i]), json_find(other, keys[i])))
            return false;
    }
    return true;
}

static void list_names(const struct json *names, size_t *len, struct buf *out)
{
    JSON_EACH (name, names) {
        if (name->type == JSON_TEXT && ++*len <= NAMES_SHOWN)
            buf_printf(out, "%s%s", out->len ? ", " : "", name->text);
    }
}

/* As people write it; what is no time stays as it is. */
static const char *moment_of(struct arena *a, const char *text)
{
    int64_t when_s = 0;
    struct err err;

    return text && clock_parse(text, &when_s, &err) ? clock_moment(a, when_s)
                                                    : text;
}

static void put_certificate(struct arena *a, struct json *o,
                            const struct json *c)
{
    struct json *j = json_put_object(a, o, "certificate");
    struct buf names;
    size_t len = 0;
    buf_init(&names, a, TEXT_MAX);
    list_names(json_find(c, "dns_names"), &len, &names);
    list_names(json_find(c, "ip_names"), &len, &names);
    if (len > NAMES_SHOWN)
        buf_printf(&names, " and %zu more", len - NAMES_SHOWN);
    json_put_text(a, j, "names", names.text);
    json_put_text(a, j, "subject", json_find_text(c, "subject"));
    json_put_text(a, j, "issuer", json_find_text(c, "issuer"));
    json_put_text(a, j, "from", moment_of(a, json_find_text(c, "not_before")));
    json_put_text(a, j, "until", moment_of(a, json_find_text(c, "not_after")));
    json_put_text(a, j, "serial", json_find_text(c, "serial"));
}

static const char *ports_of(struct arena *a, const struct json *report,
                            const struct json *one)
{
    struct buf ports;
    buf_init(&ports, a, TEXT_MAX);
    JSON_EACH (e, json_find(report, "endpoints")) {
        if (is_shown(a, report, e) && is_same(e, one))
            buf_printf(&ports, "%s%.0f", ports.len ? ", " : "",
                       json_find_number(e, "port", 0));
    }
    return ports.text;
}

static bool was_told(struct arena *a, const struct json *report,
                     const struct json *one)
{
    JSON_EACH (e, json_find(report, "endpoints")) {
        if (e == one)
            return false;
        if (is_shown(a, report, e) && is_same(e, one))
            return true;
    }
    return false;
}

static void put_shown(struct arena *a, struct json *data,
                      const struct json *report)
{
    struct json *list = json_put_array(a, data, "shown");
    JSON_EACH (e, json_find(report, "endpoints")) {
        if (!is_shown(a, report, e) || was_told(a, report, e))
            continue;
        struct json *j = json_add_object(a, list);
        const struct json *c = report_read_certificate(report, e);
        json_put(a, j, "host", json_find(e, "host"));
        json_put(a, j, "address", json_find(e, "address"));
        json_put_text(a, j, "ports", ports_of(a, report, e));
        json_put_text(a, j, "state", json_find_text(e, "state"));
        json_put_bool(a, j, "fits", json_find_bool(e, "name_ok"));
        json_put_bool(a, j, "trusted", json_find_bool(e, "trusted"));
        if (c)
            put_certificate(a, j, c);
    }
}

/* What else the fault shows in; of two of the same id, the first's. */
static void put_parts(struct arena *a, struct json *told,
                      const struct json *report, const struct json *whole)
{
    const struct json *all = json_find(report, "findings");
    const char *id = json_find_text(whole, "id");
    struct json *list = json_put_array(a, told, "parts");
    JSON_EACH (f, all) {
        const char *its = json_find_text(f, "id");
        bool is_same = id && its && strcmp(its, id) == 0;
        if (f == whole)
            break;
        if (is_same && !json_find_text(f, "part_of"))
            return;
    }
    JSON_EACH (f, all) {
        const char *of = json_find_text(f, "part_of");
        const char *detail = json_find_text(f, "detail");
        if (of && id && detail && report_read_is_loud(f) && strcmp(of, id) == 0)
            json_add_text(a, list, detail);
    }
}

static void put_wrong(struct arena *a, struct json *data,
                      const struct json *report)
{
    struct json *list = json_put_array(a, data, "wrong");
    JSON_EACH (f, json_find(report, "findings")) {
        if (!report_read_is_loud(f) || json_find_text(f, "part_of"))
            continue;
        struct json *j = json_add_object(a, list);
        json_put(a, j, "title", json_find(f, "title"));
        json_put(a, j, "detail", json_find(f, "detail"));
        put_parts(a, j, report, f);
    }
}

/* In normal form, as it goes into a command; NULL: no host name, no address. */
static const char *host_at(struct arena *a, const struct json *o,
                           const char *key)
{
    const char *text = json_find_text(o, key);
    return text ? name_read(a, text, strlen(text)).text : NULL;
}

/* An address is no server name (RFC 6066 3), and perhaps none was said. */
static const char *names_said(struct arena *a, const char *host,
                              const char *sni)
{
    const char *said =
        sni ? arena_printf(a, "-servername %s", sni) : "-noservername";
    return arena_printf(a, "%s -verify_%s %s", said,
                        name_is_ip(host) ? "ip" : "hostname", host);
}

/* What the other side can type to see the same. */
static void put_command(struct arena *a, struct json *data,
                        const struct json *report)
{
    const struct json *best = NULL;
    JSON_EACH (e, json_find(report, "endpoints")) {
        if (is_shown(a, report, e) && (!best || !is_blamed(a, report, best)))
            best = e;
    }
    const char *host = host_at(a, best, "host");
    const char *service = json_find_text(best, "service");
    const char *security = json_find_text(best, "security");
    const struct service *row = service ? service_find(service) : NULL;
    if (!host || !row || !security)
        return;
    bool starttls =
        strcmp(security, table_text(security_words, SECURITY_STARTTLS)) == 0;
    const char *where = host_port_text(a, host, report_read_port(best));
    json_put_text(
        a, data, "command",
        arena_printf(a, "openssl s_client -connect %s%s%s %s </dev/null", where,
                     starttls ? " -starttls " : "", starttls ? row->family : "",
                     names_said(a, host, host_at(a, best, "sni"))));
}

static const struct fix_def *def_of(const struct ticket_request *t,
                                    const struct json *fix)
{
    return fix_defs_find(t->fixes, json_find_text(fix, "id"));
}

static const struct json *fix_for(const struct ticket_request *t)
{
    JSON_EACH (fix, json_find(t->report, "fixes")) {
        const struct fix_def *def = def_of(t, fix);
        if (def && fix_def_is_for(def, t->to))
            return fix;
    }
    return NULL;
}

bool ticket_is_for(const struct ticket_request *t)
{
    return fix_for(t) != NULL;
}

/* A name that could be used meanwhile. */
static void put_way_round(struct arena *a, struct json *data,
                          const struct ticket_request *t)
{
    JSON_EACH (fix, json_find(t->report, "fixes")) {
        const struct fix_def *def = def_of(t, fix);
        const struct json *params = json_find(fix, "params");
        if (def && def->kind == FIX_HOSTNAME)
            json_put(a, data, "other_name", json_find(params, "hostname"));
    }
}

static void put_fix(struct arena *a, struct json *o, const struct json *fix)
{
    struct buf names;
    size_t len = 0;
    json_put(a, o, "title", json_find(fix, "title"));
    JSON_EACH (param, json_find(fix, "params")) {
        json_put(a, o, param->key, param);
        if (param->type != JSON_ARRAY)
            continue;
        buf_init(&names, a, TEXT_MAX);
        len = 0;
        list_names(param, &len, &names);
        json_put_text(a, o, arena_printf(a, "%s_list", param->key), names.text);
    }
}

/* The same work elsewhere is asked for in the same letter. */
static void put_fixes(struct arena *a, struct json *data,
                      const struct ticket_request *t, const struct json *first)
{
    const struct fix_def *def = def_of(t, first);
    struct json *list = json_put_array(a, data, "fixes");
    put_fix(a, json_put_object(a, data, "fix"), first);
    JSON_EACH (fix, json_find(t->report, "fixes")) {
        if (def_of(t, fix) == def)
            put_fix(a, json_add_object(a, list), fix);
    }
}

bool ticket_data(struct arena *a, const struct ticket_request *t,
                 struct json **out, struct err *err)
{
    const struct json *report = t->report;
    const char *host = host_at(a, json_find(report, "asked"), "host");
    struct json *data = json_object(a);
    if (!host)
        return err_set(err, ERR_INPUT, "a report about a server was wanted");
    const struct json *fix = fix_for(t);
    if (!fix && !asked_anyway[t->to])
        return err_set(err, ERR_INPUT,
                       "a letter (%s) about %s was wanted, but nothing in its "
                       "plan is for them to do",
                       table_text(recipient_words, (int)t->to), host);
    json_put_text(a, data, "host", host);
    if (domain_of(report))
        json_put_text(a, data, "domain", host);
    json_put_text(a, data, "looked_at",
                  moment_of(a, json_find_text(report, "looked_at")));
    put_shown(a, data, report);
    put_wrong(a, data, report);
    put_command(a, data, report);
    put_way_round(a, data, t);
    if (fix)
        put_fixes(a, data, t, fix);
    *out = data;
    return true;
}
