/*
 * preflight_judge - what the checks found about one name, and what it means for
 * an order by the challenge that was chosen
 */
#include <string.h>

#include "acme/acme_explanation.h"
#include "acme/persist_record.h"
#include "check/check.h"
#include "run/preflight.h"

enum proof_ways {
    BY_HTTP = 1,
    BY_DNS = 2,
    BY_ALPN = 4,
    BY_ADDRESS = 5,
    BY_PERSIST = 8,
    BY_ANY = 15
};

static const struct rating {
    const char *finding; /* the id begins so; the first that fits counts */
    const char *check;
    enum preflight_grade grade;
    unsigned ways;   /* it matters to */
    const char *fix; /* NULL: that of acme/acme_explanation.h */
} ratings[] = {
    { "acme.name_unissuable", "names", PREFLIGHT_BLOCK, BY_ANY, NULL },
    { "acme.caa_", "caa", PREFLIGHT_BLOCK, BY_ANY, NULL },
    { "dns.bogus", "dnssec", PREFLIGHT_BLOCK, BY_ANY, NULL },
    { "dns.nxdomain", "dns", PREFLIGHT_BLOCK, BY_ADDRESS, NULL },
    { "dns.no_address", "dns", PREFLIGHT_BLOCK, BY_ADDRESS, NULL },
    { "dns.private_address", "dns", PREFLIGHT_BLOCK, BY_ADDRESS, NULL },
    { "dns.servers_differ", "dns", PREFLIGHT_WARN, BY_ANY,
      "Let the zone be transferred to all of its name servers." },
    { "dns.server_silent", "dns", PREFLIGHT_WARN, BY_ANY,
      "Have that name server mended, or taken out of the zone." },
    { "http01.", "port80", PREFLIGHT_BLOCK, BY_HTTP, NULL },
    { "dns01.doubled_label", "dns01", PREFLIGHT_WARN, BY_DNS,
      "Type the name without the zone into the provider's form: it adds the "
      "zone by itself." },
    { "dns01.", "dns01", PREFLIGHT_BLOCK, BY_DNS, NULL },
};

static const struct rating *rating_of(const char *id)
{
    for (size_t i = 0; i < sizeof ratings / sizeof *ratings; i++)
        if (strncmp(id, ratings[i].finding, strlen(ratings[i].finding)) == 0)
            return &ratings[i];
    return NULL;
}

static enum proof_ways way_of(const char *challenge)
{
    if (strcmp(challenge, "dns-01") == 0)
        return BY_DNS;
    if (strcmp(challenge, PERSIST_TYPE) == 0)
        return BY_PERSIST;
    return strcmp(challenge, "http-01") == 0 ? BY_HTTP : BY_ALPN;
}

static const char *fix_of(struct arena *a, const char *name,
                          const struct finding *f, const struct rating *r)
{
    const char *record = json_find_text(f->params, "record");
    const char *value = json_find_text(f->params, "value");
    if (json_find_text(f->params, "shut"))
        return acme_explanation_todo("proof-redirect-shut", name);
    const char *fix = r->fix ? r->fix : acme_explanation_todo(f->def->id, name);

    if (!record || !value || strcmp(r->check, "caa") != 0)
        return fix;
    return arena_printf(a, "%s It would be: %s CAA %s", fix ? fix : "", record,
                        value);
}

/* A machine behind a router often cannot reach itself by its outer address. */
static bool may_be_own_side(const struct survey *s, const struct finding *f)
{
    if (!s->ordered.shown || strcmp(f->def->id, "http01.unreachable") != 0)
        return false;
    JSON_EACH (address, json_find(f->params, "addresses"))
        if (name_ip_is_private(address->text) ||
            preflight_is_own(address->text))
            return false;
    return true;
}

static void add(struct preflight_run *run, struct preflight_look *l,
                struct preflight_part *part, const struct finding *f)
{
    const struct rating *r = rating_of(f->def->id);

    if (!r || !(r->ways & way_of(part->challenge)) ||
        issue_skips(run->request->options, r->check))
        return;
    struct preflight_item item = {
        .check = r->check,
        .grade = r->grade,
        .finding = f->def->id,
        .text = f->detail,
        .fix = fix_of(run->arena, l->name, f, r),
    };
    if (json_find_bool(f->params, "doubtful")) {
        item.grade = PREFLIGHT_WARN;
        item.fix =
            "Compare with the name that this CA has for CAA records, and "
            "add a record with it if none is there.";
    }
    if (may_be_own_side(l->survey, f)) {
        item.grade = PREFLIGHT_WARN;
        item.fix = "Behind a router that does not let this machine reach its "
                   "own outer address this may be well all the same; look "
                   "from elsewhere.";
    }
    preflight_add(run->out, part, &item);
}

/* Our own responder or the web server's folder could not be used. */
static void add_unshown(struct preflight_run *run, struct preflight_look *l,
                        struct preflight_part *part)
{
    bool taken = l->unshown && strcmp(part->challenge, "http-01") == 0;
    const struct preflight_item item = {
        .check = "port80",
        .grade = PREFLIGHT_BLOCK,
        .text = l->unshown,
        .fix = "If a web server runs here, give its folder with --webroot.",
        .is_own = true,
    };

    if (taken && !issue_skips(run->request->options, "port80"))
        preflight_add(run->out, part, &item);
}

static bool is_lost(const struct survey *s, const char *name,
                    enum dns_type type)
{
    const struct dns_answer *d = survey_answer(s, name, type);

    return d && (d->outcome == DNS_SERVFAIL || d->outcome == DNS_TIMED_OUT);
}

/* No check tells what was not to be learnt. */
static void add_lost(struct preflight_run *run, struct preflight_look *l,
                     struct preflight_part *part)
{
    const struct preflight_item item = {
        .check = "dns",
        .grade = PREFLIGHT_BLOCK,
        .finding = "dns.broken",
        .text = arena_printf(run->arena,
                             "The question for the addresses of %s is not "
                             "answered.",
                             l->name),
        .fix = acme_explanation_todo("dns.broken", l->name),
    };

    if (is_lost(l->survey, l->name, DNS_A) &&
        is_lost(l->survey, l->name, DNS_AAAA) &&
        (way_of(part->challenge) & BY_ADDRESS) &&
        !issue_skips(run->request->options, "dns"))
        preflight_add(run->out, part, &item);
}

void preflight_judge(struct preflight_run *run, struct preflight_look *l,
                     struct preflight_part *part)
{
    struct findings found = { .arena = run->arena };

    preflight_choose(run, l, part);
    l->survey->ordered.method = part->challenge;
    check_all(l->survey, &found);
    for (size_t i = 0; i < found.len; i++)
        add(run, l, part, &found.items[i]);
    add_unshown(run, l, part);
    add_lost(run, l, part);
}
