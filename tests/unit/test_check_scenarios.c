#include "check/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "survey_builder.h"

/*
 * The lab's scenario files as surveys, without the lab: each cell is what a
 * look at the server in the file would have seen. Their "expect" is the judge.
 * CERTMEND_SCENARIOS names the folder.
 */
enum { SCENARIO_MAX = 1 << 20, PORTS = 9 };

struct lab {
    struct arena *arena;
    const struct json *file;
    struct survey *survey;
};

static bool has(const struct json *list, const char *text)
{
    return list && json_has_text(list, text);
}

static const char *joined(struct arena *a, const struct json *list)
{
    const char *text = "";

    JSON_EACH (item, list)
        text = arena_printf(a, "%s%s%s", text, *text ? " " : "", item->text);
    return *text ? text : NULL;
}

static size_t certificate(const struct lab *lab, const char *id)
{
    const struct json *j = json_find(json_find(lab->file, "certs"), id);
    const char *issuer = json_find_text(j, "issuer");
    const char *chain = json_find_text(j, "chain");
    struct built_cert spec = {
        .names = joined(lab->arena, json_find(j, "san")),
        .cn = json_find_text(j, "cn"),
        .starts_in_days = (int)json_find_number(j, "starts_in_days", 0),
        .ends_in_days = (int)json_find_number(j, "ends_in_days", 0),
    };

    if (issuer && strcmp(issuer, "self") == 0)
        spec.issuer = BUILT_SELF;
    if (issuer && strcmp(issuer, "stranger") == 0)
        spec.issuer = BUILT_PRIVATE;
    if (chain && strcmp(chain, "leaf") == 0)
        spec.chain =
            json_find_text(j, "aia") ? BUILT_REPAIRED : BUILT_LEAF_ONLY;
    return build_cert(lab->survey, &spec);
}

/* "smtps" on 465: does the server begin with TLS? */
static bool begins_with_tls(const struct json *server)
{
    const char *proto = json_find_text(server, "proto");

    return proto[strlen(proto) - 1] == 's';
}

static void talk(const struct json *server, struct cell *c)
{
    const struct json *offered = json_find(server, "starttls");
    bool no_starttls = offered && !offered->yes;
    bool plain = c->security == SECURITY_IMPLICIT && !begins_with_tls(server);

    if (!plain && !(c->security == SECURITY_STARTTLS && no_starttls))
        return;
    c->plain_text = plain;
    if (plain)
        c->handshake.outcome = OUTCOME_NONSENSE;
    else
        c->starttls.outcome = OUTCOME_NOT_OFFERED;
    c->chain_len = 0;
    c->verdict.done = false;
}

static void look(const struct lab *lab, const char *host, const char *address,
                 uint16_t port)
{
    struct survey *s = lab->survey;

    JSON_EACH (server, json_find(lab->file, "servers")) {
        const char *id = json_find_text(server, "cert");
        if (strcmp(json_find_text(server, "addr"), address) != 0 ||
            (uint16_t)json_find_number(server, "port", 0) != port || !id)
            continue;
        const char *with = json_find_text(json_find(server, "sni"), host);
        struct cell *c =
            build_cell(s, address, port, certificate(lab, with ? with : id));
        talk(server, c);
        if (c->verdict.done)
            build_cell_without_sni(s, address, port, certificate(lab, id));
        return;
    }
    build_dead_cell(s, address, port, OUTCOME_REFUSED);
}

static void look_everywhere(const struct lab *lab, const char *host)
{
    struct survey *s = lab->survey;
    struct address_list all = survey_addresses(s, lab->arena, host);
    size_t first = s->cells_len;

    for (size_t i = 0; i < all.len; i++)
        for (const struct service *at = services; at->name; at++)
            if (s->target.kind != TARGET_DOMAIN || at->role == ROLE_MX)
                look(lab, host, all.text[i], at->port);
    for (size_t i = first; i < s->cells_len; i++) {
        struct cell *c = &s->cells[i];
        c->host = c->reference = host;
        if (c->sni)
            c->sni = host;
        if (c->chain_len)
            build_verdict(s, c, c->chain[0]);
    }
}

static void answer_all(const struct lab *lab)
{
    JSON_EACH (owner, json_find(lab->file, "dns")) {
        JSON_EACH (item, json_find(owner, "A"))
            build_record(lab->survey, owner->key, DNS_A, item->text);
        JSON_EACH (item, json_find(owner, "MX"))
            build_record(lab->survey, owner->key, DNS_MX,
                         strchr(item->text, ' ') + 1);
    }
}

static void lab_look(struct lab *lab)
{
    const char *target = json_find_text(lab->file, "target");
    struct survey *s = build_survey(lab->arena, target);

    lab->survey = s;
    s->resolver = "127.0.0.1:5353";
    answer_all(lab);
    if (!has(json_find(lab->file, "args"), "--domain")) {
        look_everywhere(lab, target);
        return;
    }
    s->target.kind = TARGET_DOMAIN;
    s->target.domain = target;
    s->target.role = ROLE_MX;
    const struct dns_answer *mx = survey_answer(s, target, DNS_MX);
    for (size_t i = 0; mx && i < mx->len; i++)
        look_everywhere(lab, mx->records[i].host);
}

/* Round 2, gates and what another issue brings are not of this test. */
static bool is_ours(const char *id)
{
    static const char *const gates[] = { "acme.", "http01.", "dane.", "sts." };

    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++)
        if (strncmp(id, gates[i], strlen(gates[i])) == 0)
            return false;
    return check_find_def(id) != NULL;
}

static void compare(const struct lab *lab, const char *name)
{
    const struct json *wanted = json_find(lab->file, "expect");
    struct findings found = { .arena = lab->arena };
    bool wrong = false;

    check_all(lab->survey, &found);
    JSON_EACH (id, json_find(wanted, "findings"))
        if (is_ours(id->text) && !finding_find(&found, id->text))
            fail_msg("%s: %s was not found", name, id->text);
    for (size_t i = 0; i < found.len; i++) {
        const struct finding *f = &found.items[i];
        const char *id = f->def->id;
        if (has(json_find(wanted, "absent"), id))
            fail_msg("%s: %s should be absent", name, id);
        if (f->severity == SEV_INFO)
            continue;
        wrong = true;
        if (!has(json_find(wanted, "findings"), id) &&
            !has(json_find(wanted, "may"), id))
            fail_msg("%s: %s is a false alarm: %s", name, id, f->detail);
    }
    int status = wrong ? 1 : 0;
    if (status != (int)json_find_number(wanted, "status", -1))
        fail_msg("%s: status %d", name, status);
}

static void the_scenarios_are_judged_as_expected(void **state)
{
    const char *dir = getenv("CERTMEND_SCENARIOS");
    struct arena *a = arena_new();
    const char *const *names = NULL;
    struct err err = { 0 };
    size_t len = 0;

    (void)state;
    if (!dir)
        dir = "../shared/lab/scenarios";
    if (!file_list(a, dir, ".json", &names, &len, &err)) {
        arena_free(a);
        skip();
    }
    for (size_t i = 0; i < len; i++) {
        struct lab lab = { .arena = a };
        const char *path = arena_printf(a, "%s/%s", dir, names[i]);
        const char *text = NULL;
        size_t text_len = 0;
        struct json *file = NULL;
        if (!file_read(a, path, SCENARIO_MAX, &text, &text_len, &err) ||
            !json_parse(a, text, text_len, path, &file, &err))
            fail_msg("%s", err.text);
        lab.file = file;
        lab_look(&lab);
        compare(&lab, names[i]);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_scenarios_are_judged_as_expected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
