#include "report/fleet_row.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "report/report_read.h"
#include "report/report_words.h"

enum { PORTS_TEXT_MAX = 200, PORTS_TOLD = 4, SURE = 100, SUM_MAX = 400 };

const struct word fleet_grade_words[] = {
    { "error", FLEET_ERROR },     { "warning", FLEET_WARNING },
    { "untested", FLEET_UNSEEN }, { "no target", FLEET_NO_TARGET },
    { "ok", FLEET_OK },           { NULL, FLEET_GRADES },
};
static_assert(sizeof fleet_grade_words / sizeof *fleet_grade_words ==
                  FLEET_GRADES + 1,
              "a word per grade");

const struct word fleet_change_words[] = {
    { "unchanged", FLEET_UNCHANGED }, { "new", FLEET_NEW },
    { "mended", FLEET_MENDED },       { "changed", FLEET_CHANGED },
    { NULL, FLEET_CHANGES },
};
static_assert(sizeof fleet_change_words / sizeof *fleet_change_words ==
                  FLEET_CHANGES + 1,
              "a word per change");

/* The file may be another user's: nothing of it reaches a terminal as it is. */
static const char *text_at(struct arena *a, const struct json *o,
                           const char *key)
{
    const char *text = json_find_text(o, key);

    return text ? arena_printable(a, text, strlen(text)) : "";
}

static int64_t time_at(const struct json *o, const char *key)
{
    const char *text = json_find_text(o, key);
    int64_t when_s = 0;
    struct err unused;

    return text && clock_parse(text, &when_s, &unused) ? when_s : 0;
}

static int64_t days_of(int64_t left_s)
{
    int64_t days = left_s / DAY_S;

    return left_s < 0 && left_s % DAY_S ? days - 1 : days;
}

/* ---- faults ---- */

/* "192.0.2.1:465", "[2001:db8::1]:465": 465. A bare address or name has none.
 */
static const char *port_in(const char *where)
{
    const char *colon = strrchr(where, ':');
    bool bracketed = colon && colon > where && colon[-1] == ']';

    if (!colon || (!bracketed && strchr(where, ':') != colon) ||
        colon[1] == '\0' || strspn(colon + 1, "0123456789") > 5 ||
        colon[1 + strspn(colon + 1, "0123456789")] != '\0')
        return NULL;
    return colon + 1;
}

static int by_port(const void *one, const void *other)
{
    long a = strtol(*(const char *const *)one, NULL, 10);
    long b = strtol(*(const char *const *)other, NULL, 10);

    return (a > b) - (a < b);
}

static struct text_list ports_of(struct arena *a, const struct json *finding)
{
    struct text_list ports = { 0 };

    JSON_EACH (where, json_find(finding, "where")) {
        const char *port = where->text ? port_in(where->text) : NULL;
        if (port)
            text_list_add_new(a, &ports, arena_text(a, port));
    }
    if (ports.len)
        qsort(ports.text, ports.len, sizeof *ports.text, by_port);
    return ports;
}

static void read_faults(struct arena *a, const struct json *line,
                        struct fleet_row *row)
{
    struct fleet_fault *faults = NULL;
    size_t len = 0;

    JSON_EACH (f, json_find(line, "findings")) {
        if (!report_read_is_loud(f))
            continue;
        int severity =
            table_code(severity_words, json_find_text(f, "severity"));
        faults = arena_grow(a, faults, len, sizeof *faults);
        faults[len++] = (struct fleet_fault){
            .id = text_at(a, f, "id"),
            .title = text_at(a, f, "title"),
            .detail = text_at(a, f, "detail"),
            .severity = severity == SEV_ERROR ? SEV_ERROR : SEV_WARNING,
            .ports = ports_of(a, f),
            .is_part = json_find_text(f, "part_of") != NULL,
        };
    }
    row->faults = faults;
    row->faults_len = len;
}

static const struct fleet_fault *gravest(const struct fleet_row *row)
{
    const struct fleet_fault *worst = NULL;

    for (size_t i = 0; i < row->faults_len; i++) {
        const struct fleet_fault *f = &row->faults[i];
        if (!worst || (worst->is_part && !f->is_part) ||
            (worst->is_part == f->is_part && f->severity > worst->severity))
            worst = f;
    }
    return worst;
}

static void tell_fault(struct arena *a, struct fleet_row *row)
{
    const struct fleet_fault *worst = gravest(row);
    struct buf ports;

    if (!worst)
        return;
    buf_init(&ports, a, PORTS_TEXT_MAX);
    text_list_tell_most(&ports, worst->ports.text, worst->ports.len,
                        PORTS_TOLD);
    row->port = ports.text;
    row->fault = worst->title;
    row->fault_id = worst->id;
}

/* ---- certificates and places ---- */

/* "C=US, O=Let's Encrypt, CN=R11" is of the same maker as CN=R10. */
static const char *maker_of(struct arena *a, const char *issuer)
{
    static const char organisation[] = "O=";

    for (const char *at = issuer; *at; at++) {
        bool begins = at == issuer || at[-1] == ' ' || at[-1] == ',' ||
                      at[-1] == '/' || at[-1] == '+';
        if (!begins || strncmp(at, organisation, 2) != 0)
            continue;
        return arena_text_n(a, at + 2, strcspn(at + 2, ",/+"));
    }
    return issuer;
}

static struct text_list names_of(struct arena *a, const struct json *cert)
{
    static const char *const keys[] = { "dns_names", "ip_names" };
    struct text_list names = { 0 };

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        JSON_EACH (name, json_find(cert, keys[i])) {
            if (name->text)
                text_list_add_new(
                    a, &names,
                    arena_printable(a, name->text, strlen(name->text)));
        }
    return names;
}

/* Where it stands among the row's; added if it is not there. */
static size_t cert_index(struct arena *a, const struct json *cert,
                         struct fleet_row *row)
{
    const char *sha256 = text_at(a, cert, "sha256");
    const char *issuer = text_at(a, cert, "issuer");
    struct fleet_cert *certs = NULL;

    for (size_t i = 0; i < row->certs_len; i++)
        if (strcmp(row->certs[i].sha256, sha256) == 0)
            return i;
    certs = arena_grow(a, row->certs, row->certs_len, sizeof *certs);
    certs[row->certs_len] = (struct fleet_cert){
        .sha256 = sha256,
        .issuer = issuer,
        .maker = maker_of(a, issuer),
        .names = names_of(a, cert),
        .begins_s = time_at(cert, "not_before"),
        .ends_s = time_at(cert, "not_after"),
    };
    row->certs = certs;
    return row->certs_len++;
}

static struct fleet_place *place_at(struct arena *a, const char *host,
                                    uint16_t port, struct fleet_row *row)
{
    struct fleet_place *places =
        arena_grow(a, row->places, row->places_len, sizeof *places);

    row->places = places;
    for (size_t i = 0; i < row->places_len; i++)
        if (places[i].port == port && strcmp(places[i].host, host) == 0)
            return &places[i];
    places[row->places_len] =
        (struct fleet_place){ .host = host, .port = port };
    return &places[row->places_len++];
}

static bool place_has(const struct fleet_place *p, size_t cert)
{
    for (size_t i = 0; i < p->certs_len; i++)
        if (p->certs[i] == cert)
            return true;
    return false;
}

static bool is_answer(const char *state)
{
    static const char *const answers[] = { "verified", "faulty", "no_tls" };

    return text_is_among(state, answers, sizeof answers / sizeof *answers);
}

static void read_places(struct arena *a, const struct json *line,
                        struct fleet_row *row)
{
    JSON_EACH (e, json_find(line, "endpoints")) {
        const struct json *cert = report_read_certificate(line, e);
        if (!report_read_is_client_view(line, e))
            continue;
        struct fleet_place *p =
            place_at(a, text_at(a, e, "host"), report_read_port(e), row);
        const char *state = text_at(a, e, "state");
        p->answers = p->answers || is_answer(state);
        p->tried = p->tried || strcmp(state, "not_tried") != 0;
        size_t at = cert ? cert_index(a, cert, row) : 0;
        if (cert && !place_has(p, at)) {
            size_t *certs =
                arena_grow(a, p->certs, p->certs_len, sizeof *certs);
            certs[p->certs_len++] = at;
            p->certs = certs;
        }
    }
}

const struct fleet_cert *fleet_row_first_to_end(const struct fleet_row *r)
{
    const struct fleet_cert *first = NULL;

    for (size_t i = 0; i < r->certs_len; i++)
        if (r->certs[i].ends_s &&
            (!first || r->certs[i].ends_s < first->ends_s))
            first = &r->certs[i];
    return first;
}

/* ---- a row ---- */

/* For a column; report_actors say it in full. */
static const char *const short_actors[] = {
    [ACTOR_USER] = "users",        [ACTOR_YOU] = "server", [ACTOR_DNS] = "DNS",
    [ACTOR_PROVIDER] = "provider", [ACTOR_LOCAL] = "here",
};
static_assert(sizeof short_actors / sizeof *short_actors == ACTOR_COUNT,
              "words per actor");

static void tell_fix(struct arena *a, const struct json *line,
                     struct fleet_row *row)
{
    const struct json *fixes = json_find(line, "fixes");
    const struct json *best = fixes ? fixes->first : NULL;
    const char *actor = json_find_text(best, "actor");
    int code = actor ? table_code(actor_words, actor) : ACTOR_COUNT;

    row->fix = text_at(a, best, "title");
    row->who = code == ACTOR_COUNT ? "" : report_actors[code];
    row->who_short = code == ACTOR_COUNT ? "" : short_actors[code];
}

static void read_report(struct arena *a, const struct json *line,
                        struct fleet_row *row)
{
    const char *verdict = text_at(a, line, "verdict");
    int64_t now_s = time_at(line, "judged_at");

    row->looked_at_s = time_at(line, "looked_at");
    row->confidence = (int)json_find_number(line, "confidence", 0);
    read_faults(a, line, row);
    read_places(a, line, row);
    const struct fleet_cert *first = fleet_row_first_to_end(row);
    row->has_days = first != NULL;
    row->days = first ? days_of(first->ends_s - now_s) : 0;
    if (strcmp(verdict, "ok") == 0) {
        row->grade = FLEET_OK;
    } else if (strcmp(verdict, "problems") == 0 && row->faults_len) {
        row->grade = FLEET_WARNING;
        for (size_t i = 0; i < row->faults_len; i++)
            if (row->faults[i].severity == SEV_ERROR)
                row->grade = FLEET_ERROR;
        tell_fault(a, row);
        tell_fix(a, line, row);
    } else {
        row->grade = FLEET_UNSEEN;
        row->fault = "Nothing could be looked at";
    }
}

bool fleet_row_read(struct arena *a, const struct json *line,
                    struct fleet_row *out, struct err *err)
{
    const char *schema = json_find_text(line, "schema");
    const struct json *asked = json_find(line, "asked");
    bool is_report = schema && strcmp(schema, "certmend.report/1") == 0;
    bool is_failure = schema && strcmp(schema, "certmend.failure/1") == 0;
    struct fleet_row row = { .fault = "",
                             .fault_id = "",
                             .port = "",
                             .who = "",
                             .who_short = "",
                             .fix = "",
                             .target = text_at(a, asked, "input"),
                             .label = text_at(a, asked, "label") };

    if ((!is_report && !is_failure) || !*row.target)
        return err_set(err, ERR_INPUT,
                       "a line of \"certmend check --format jsonl\" was "
                       "wanted, and this is another kind of document");
    if (is_report) {
        read_report(a, line, &row);
    } else {
        row.grade = FLEET_NO_TARGET;
        row.fault = text_at(a, line, "error");
    }
    *out = row;
    return true;
}

/* ---- many ---- */

static int order(int64_t one, int64_t other)
{
    return (one > other) - (one < other);
}

static int by_need(const void *one, const void *other)
{
    const struct fleet_row *a = *(const struct fleet_row *const *)one;
    const struct fleet_row *b = *(const struct fleet_row *const *)other;
    int64_t never = INT64_MAX;
    int by[] = {
        order((int64_t)a->grade, (int64_t)b->grade),
        order(a->confidence, b->confidence),
        order(a->has_days ? a->days : never, b->has_days ? b->days : never),
        order((int64_t)a->at, (int64_t)b->at),
    };

    for (size_t i = 0; i < sizeof by / sizeof *by; i++)
        if (by[i])
            return by[i];
    return 0;
}

struct json *fleet_row_failure(struct arena *a, const char *input,
                               const char *label, const char *error)
{
    struct json *line = json_object(a);
    struct json *asked = NULL;

    json_put_text(a, line, "schema", "certmend.failure/1");
    asked = json_put_object(a, line, "asked");
    json_put_text(a, asked, "input", input);
    if (label)
        json_put_text(a, asked, "label", label);
    json_put_text(a, line, "error", error);
    return line;
}

void fleet_row_sort(const struct fleet_row **rows, size_t len)
{
    if (len)
        qsort(rows, len, sizeof *rows, by_need);
}

static int by_target(const void *one, const void *other)
{
    const struct fleet_row *a = *(const struct fleet_row *const *)one;
    const struct fleet_row *b = *(const struct fleet_row *const *)other;
    int targets = strcmp(a->target, b->target);

    return targets ? targets : order((int64_t)a->at, (int64_t)b->at);
}

void fleet_row_sort_by_target(const struct fleet_row **rows, size_t len)
{
    if (len)
        qsort(rows, len, sizeof *rows, by_target);
}

const char *fleet_row_sum(struct arena *a, const struct fleet_row *const *rows,
                          size_t len)
{
    static const char *const phrases[] = {
        [FLEET_ERROR] = "with errors",    [FLEET_WARNING] = "with warnings",
        [FLEET_UNSEEN] = "not seen",      [FLEET_NO_TARGET] = "no target",
        [FLEET_OK] = "where all is well",
    };
    size_t counts[FLEET_GRADES] = { 0 };
    struct buf out;

    static_assert(sizeof phrases / sizeof *phrases == FLEET_GRADES,
                  "a phrase per grade");
    for (size_t i = 0; i < len; i++)
        counts[rows[i]->grade]++;
    buf_init(&out, a, SUM_MAX);
    buf_printf(&out, "%zu target%s", len, len == 1 ? "" : "s");
    const char *before = ": ";
    for (size_t i = 0; i < FLEET_GRADES; i++) {
        if (!counts[i])
            continue;
        buf_printf(&out, "%s%zu %s", before, counts[i], phrases[i]);
        before = ", ";
    }
    buf_char(&out, '.');
    return out.text;
}
