#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "advise/rules.h"
#include "advise/rules_lint.h"
#include "advise/rules_table.h"
#include "base/file.h"
#include "check/check.h"
#include "prove/gates.h"

#define FIX_WITH(inner)                                                        \
    "{\"fix\":\"f\",\"title\":\"T {{p}}\",\"effort\":\"1\"," inner "}"
#define FIX_OF(kind, actor, needs, prove)                                      \
    FIX_WITH("\"kind\":\"" kind "\",\"actor\":\"" actor                        \
             "\",\"risk\":\"none\",\"needs\":[" needs "],\"prove\":\"" prove   \
             "\"")
#define FIX FIX_OF("server", "you", "\"p\"", "none")
#define ROW(inner)                                                             \
    "{\"finding\":\"x\",\"rows\":[{\"id\":\"r\",\"fix\":\"f\","                \
    "\"why\":\"W\",\"rank\":1,\"refs\":[]," inner "}]}"
#define WITH "\"with\":{\"p\":\"asked.host\"}"

/* A table in a folder of its own: rules/x.json, and the fix f. */
struct folder {
    struct arena *arena;
    char *dir;
};

static void put(const struct folder *f, const char *name, const char *text)
{
    struct err err;
    const char *path = arena_printf(f->arena, "%s/%s", f->dir, name);
    if (!file_write(path, text, strlen(text), FILE_PUBLIC, &err))
        fail_msg("%s", err.text);
}

static struct folder make(const char *rules, const char *fix)
{
    static const char form[] = "/tmp/certmend-rules-XXXXXX";
    struct folder f = { .arena = arena_new() };
    f.dir = arena_copy(f.arena, form, sizeof form);
    assert_non_null(mkdtemp(f.dir));
    const char *fixes = arena_printf(f.arena, "%s/fixes", f.dir);
    assert_int_equal(mkdir(fixes, 0700), 0);
    put(&f, "x.json", rules);
    put(&f, "fixes/f.json", fix);
    return f;
}

static void drop(struct folder *f)
{
    static const char *const names[] = { "x.json", "fixes/f.json", "fixes",
                                         "" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(
            remove(arena_printf(f->arena, "%s/%s", f->dir, names[i])), 0);
    arena_free(f->arena);
}

static const struct {
    const char *what, *rules, *fix;
    const char *error; /* part of it; NULL: it loads */
} loads[] = {
    { "a row", ROW("\"when\":{}," WITH), FIX, NULL },
    { "no rows, and why", "{\"finding\":\"x\",\"why_none\":\"w\",\"rows\":[]}",
      FIX, NULL },
    { "no rows", "{\"finding\":\"x\",\"rows\":[]}", FIX, "\"why_none\"" },
    { "not JSON", "{", FIX, "x.json" },
    { "a list", "[]", FIX, "x.json: an object was wanted" },
    { "unknown word in when", ROW("\"when\":{\"foo\":true}," WITH), FIX,
      "x.json: rows[0].when: unknown word \"foo\"" },
    { "unknown word in with", ROW("\"when\":{},\"with\":{\"p\":\"foo\"}"), FIX,
      "x.json: rows[0].with: unknown word \"foo\"" },
    { "unknown key", ROW("\"when\":{},\"whit\":{}," WITH), FIX,
      "rows[0]: unknown key \"whit\"" },
    { "unknown key in a range",
      ROW("\"when\":{\"names.count\":{\"mim\":1}}," WITH), FIX,
      "rows[0].when.names.count: unknown key \"mim\"" },
    { "a range of texts",
      ROW("\"when\":{\"names.count\":{\"min\":\"1\"}}," WITH), FIX,
      "\"min\" must be a number" },
    { "an empty range", ROW("\"when\":{\"names.count\":{}}," WITH), FIX,
      "a range needs" },
    { "null", ROW("\"when\":{\"names.count\":null}," WITH), FIX,
      "rows[0].when.names.count: a literal" },
    { "a list in a list", ROW("\"when\":{\"asked.role\":[[]]}," WITH), FIX,
      "a list holds only" },
    { "a need unfilled", ROW("\"when\":{}"), FIX, "fix \"f\" needs \"p\"" },
    { "a filling of no kind", ROW("\"when\":{},\"with\":{\"p\":1}"), FIX,
      "\"p\" must be a word" },
    { "no when", ROW(WITH), FIX, "rows[0]" },
    { "a bad date", ROW("\"when\":{},\"since\":\"soon\"," WITH), FIX,
      "\"since\" must be a date" },
    { "another name than the file's",
      "{\"finding\":\"y\",\"why_none\":\"w\",\"rows\":[]}", FIX,
      "x.json: it speaks of \"y\"" },
    { "an unknown actor", ROW("\"when\":{}," WITH),
      FIX_OF("server", "god", "", "none"),
      "f.json: unknown actor \"god\"; known are user, you, " },
    { "an unknown kind", ROW("\"when\":{}," WITH),
      FIX_OF("luck", "you", "", "none"), "f.json: unknown kind \"luck\"" },
    { "an unknown proof", ROW("\"when\":{}," WITH),
      FIX_OF("server", "you", "", "faith"), "f.json: unknown prove \"faith\"" },
    { "no proof", ROW("\"when\":{}," WITH),
      FIX_WITH("\"kind\":\"server\",\"actor\":\"you\",\"risk\":\"none\","
               "\"needs\":[\"p\"]"),
      "\"prove\"" },
    { "a key that nobody reads", ROW("\"when\":{}," WITH),
      FIX_OF("server", "you", "\"p\"", "none\",\"prov\":\"x"),
      "f.json: unknown key \"prov\"" },
    { "an unknown recipient", ROW("\"when\":{}," WITH),
      FIX_OF("server", "you", "\"p\"",
             "none\",\"recipients\":[\"king\"],\"once\":\""),
      "f.json: unknown recipients \"king\"" },
    { "recipients that are no list", ROW("\"when\":{}," WITH),
      FIX_OF("server", "you", "\"p\"", "none\",\"recipients\":\"it"),
      "f.json: \"recipients\" must be a list" },
    { "a letter to nobody", ROW("\"when\":{}," WITH),
      FIX_OF("letter", "provider", "\"p\"", "none"),
      "f.json: a letter needs \"recipients\"" },
    { "a proof that is not told what it has to know", ROW("\"when\":{}," WITH),
      FIX_OF("record", "dns", "\"p\",\"record\"", "caa"),
      "f.json: what is proven by \"caa\" needs \"value\"" },
    { "something unknown that it brings", ROW("\"when\":{}," WITH),
      FIX_OF("server", "you", "\"p\"", "none\",\"brings\":\"luck"),
      "f.json: unknown brings \"luck\"" },
    { "a certificate for no names", ROW("\"when\":{}," WITH),
      FIX_OF("key", "you", "\"p\"", "certificate\",\"brings\":\"certificate"),
      "f.json: what brings a certificate needs \"names\"" },
    { "a certificate that is proven otherwise", ROW("\"when\":{}," WITH),
      FIX_OF("key", "you", "\"p\",\"names\"",
             "none\",\"brings\":\"certificate"),
      "f.json: \"brings\": \"certificate\" and \"prove\"" },
    { "a certificate proven and not brought", ROW("\"when\":{}," WITH),
      FIX_OF("server", "you", "\"p\",\"names\"", "certificate"),
      "f.json: \"brings\": \"certificate\" and \"prove\"" },
    { "a kind that brings none", ROW("\"when\":{}," WITH),
      FIX_OF("server", "you", "\"p\",\"names\"",
             "certificate\",\"brings\":\"certificate"),
      "f.json: the kind \"server\" has no \"brings\"" },
    { "a kind that has to bring one", ROW("\"when\":{}," WITH),
      FIX_OF("renewal", "you", "\"p\",\"names\"", "none"),
      "f.json: the kind \"renewal\" goes with \"brings\"" },
    { "an unknown fix",
      "{\"finding\":\"x\",\"rows\":[{\"id\":\"r\",\"fix\":\"g\",\"why\":\"W\","
      "\"rank\":1,\"refs\":[],\"when\":{}}]}",
      FIX, "rows[0]: unknown fix \"g\"" },
    { "an id twice",
      "{\"finding\":\"x\",\"rows\":["
      "{\"id\":\"r\",\"fix\":\"f\",\"why\":\"W\",\"rank\":1,\"refs\":[],"
      "\"when\":{}," WITH "},"
      "{\"id\":\"r\",\"fix\":\"f\",\"why\":\"W\",\"rank\":1,\"refs\":[],"
      "\"when\":{}," WITH "}]}",
      FIX, "rows[1]: the id \"r\" is taken" },
};

static void loading(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        struct folder f = make(loads[i].rules, loads[i].fix);
        const struct rules *r = NULL;
        struct err err = { .kind = ERR_NONE };
        bool loaded = rules_load(f.arena, f.dir, &r, &err);
        if (loaded != !loads[i].error)
            fail_msg("%s: %s", loads[i].what, loaded ? "it loads" : err.text);
        if (!loaded && !strstr(err.text, loads[i].error))
            fail_msg("%s: \"%s\" lacks \"%s\"", loads[i].what, err.text,
                     loads[i].error);
        if (!loaded)
            assert_int_equal(err.kind, ERR_INPUT);
        drop(&f);
    }
}

static void no_folder(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct rules *r = NULL;
    struct err err;
    assert_false(rules_load(a, "/nonexistent", &r, &err));
    assert_null(r);
    assert_non_null(strstr(err.text, "/nonexistent"));
    arena_free(a);
}

static const struct {
    const char *what, *rules;
    const char *fault; /* part of one; NULL: only what a lone folder lacks */
} lints[] = {
    { "a sound row", ROW("\"when\":{\"candidate.found\":true}," WITH), NULL },
    { "a value it never has", ROW("\"when\":{\"asked.role\":\"mta\"}," WITH),
      "can never hold" },
    { "a type it never has",
      ROW("\"when\":{\"candidate.found\":\"yes\"}," WITH), "can never hold" },
    { "an empty list", ROW("\"when\":{\"asked.role\":[]}," WITH),
      "can never hold" },
    { "an empty range",
      ROW("\"when\":{\"names.count\":{\"min\":4,\"max\":3}}," WITH),
      "can never hold" },
    { "conditions that contradict",
      ROW("\"when\":{\"candidate.found\":false,\"candidate.port\":465}," WITH),
      "contradict" },
    { "dates that contradict",
      ROW("\"when\":{},\"since\":\"2026-01-01\",\"until\":\"2025-01-"
          "01\"," WITH),
      "ends before it begins" },
    { "a text with an unknown blank",
      ROW("\"when\":{},\"with\":{\"p\":{\"text\":\"{{foo}}\"}}"),
      "nothing fills {{foo}}" },
    { "two rows alike",
      "{\"finding\":\"x\",\"rows\":["
      "{\"id\":\"r\",\"fix\":\"f\",\"why\":\"W\",\"rank\":1,\"refs\":[],"
      "\"when\":{}," WITH "},"
      "{\"id\":\"s\",\"fix\":\"f\",\"why\":\"W\",\"rank\":2,\"refs\":[],"
      "\"when\":{}," WITH "}]}",
      "same conditions" },
};

static const char *find_fault(const struct text_list *faults, const char *part)
{
    for (size_t i = 0; i < faults->len; i++) {
        if (strstr(faults->text[i], part))
            return faults->text[i];
    }
    return NULL;
}

/* The built-in weights are for the real checks, and here is none. */
static const char *other_fault(const struct text_list *faults)
{
    for (size_t i = 0; i < faults->len; i++)
        if (!strstr(faults->text[i], "generic.mustache") &&
            !strstr(faults->text[i], "rules/judging.json: points for"))
            return faults->text[i];
    return NULL;
}

static void linting(void **state)
{
    static const char *const ids[] = { "x" };
    const struct lint_known known = { ids, 1, gate_ids, GATE_COUNT };
    (void)state;
    for (size_t i = 0; i < sizeof lints / sizeof *lints; i++) {
        struct folder f = make(lints[i].rules, FIX);
        const struct rules *r = NULL;
        struct err err;
        if (!rules_load(f.arena, f.dir, &r, &err))
            fail_msg("%s: %s", lints[i].what, err.text);
        struct text_list faults = rules_lint(f.arena, r, NULL, &known);
        assert_non_null(find_fault(&faults, "generic.mustache"));
        if (lints[i].fault && !find_fault(&faults, lints[i].fault))
            fail_msg("%s: no fault says \"%s\"", lints[i].what, lints[i].fault);
        if (!lints[i].fault && other_fault(&faults))
            fail_msg("%s: %s", lints[i].what, other_fault(&faults));
        drop(&f);
    }
}

static void findings_and_files(void **state)
{
    static const char *const ids[] = { "y" };
    const struct lint_known known = { ids, 1, gate_ids, GATE_COUNT };
    (void)state;
    struct folder f = make(ROW("\"when\":{}," WITH), FIX);
    const struct rules *r = NULL;
    struct err err;
    assert_true(rules_load(f.arena, f.dir, &r, &err));
    struct text_list faults = rules_lint(f.arena, r, NULL, &known);
    assert_non_null(find_fault(&faults, "there is no rules/y.json"));
    assert_non_null(find_fault(&faults, "rules/x.json: no check reports it"));
    drop(&f);
}

static const struct {
    const char *what, *name, *text;
    const char *error, *fault; /* of loading; of the lint */
} others[] = {
    { "points that are no number", "judging.json",
      "{\"confidence\":{\"harm\":{\"error\":\"a\",\"warning\":1},\"who\":{"
      "\"asked\":1,\"published\":1,\"spare\":1,\"mail_host\":1,\"guess\":1,"
      "\"filter\":1,\"exchanger\":1,\"backup\":1,\"port_25\":1,\"web\":1,"
      "\"domain\":1},\"one_place\":60,\"further\":10,\"beside\":[]},"
      "\"order\":[]}",
      "judging.json", NULL },
    { "more points than there are", "judging.json",
      "{\"confidence\":{\"harm\":{\"error\":101,\"warning\":1},\"who\":{"
      "\"asked\":1,\"published\":1,\"spare\":1,\"mail_host\":1,\"guess\":1,"
      "\"filter\":1,\"exchanger\":1,\"backup\":1,\"port_25\":1,\"web\":1,"
      "\"domain\":1},\"one_place\":60,\"further\":10,\"beside\":[]},"
      "\"order\":[]}",
      "judging.json: \"error\" must be", NULL },
    { "a warning worse than an error", "judging.json",
      "{\"confidence\":{\"harm\":{\"error\":10,\"warning\":20},\"who\":{"
      "\"asked\":1,\"published\":1,\"spare\":1,\"mail_host\":1,\"guess\":1,"
      "\"filter\":1,\"exchanger\":1,\"backup\":1,\"port_25\":1,\"web\":1,"
      "\"domain\":1},\"one_place\":60,\"further\":10,\"beside\":[]},"
      "\"order\":[]}",
      "judging.json: \"warning\" must not be above", NULL },
    { "harm of an id that is no number", "judging.json",
      "{\"confidence\":{\"harm\":{\"error\":80,\"warning\":20,\"a.b\":\"c\"},"
      "\"who\":{\"asked\":1,\"published\":1,\"spare\":1,\"mail_host\":1,"
      "\"guess\":1,\"filter\":1,\"exchanger\":1,\"backup\":1,\"port_25\":1,"
      "\"web\":1,\"domain\":1},\"one_place\":60,\"further\":10,\"beside\":[]},"
      "\"order\":[]}",
      "judging.json", NULL },
    { "somebody who cannot be hit", "judging.json",
      "{\"confidence\":{\"harm\":{\"error\":80,\"warning\":20},\"who\":{"
      "\"martians\":1},\"one_place\":60,\"further\":10,\"beside\":[]},"
      "\"order\":[]}",
      "judging.json: unknown key \"martians\"", NULL },
    { "somebody is forgotten", "judging.json",
      "{\"confidence\":{\"harm\":{\"error\":80,\"warning\":20},\"who\":{"
      "\"asked\":1},\"one_place\":60,\"further\":10,\"beside\":[]},"
      "\"order\":[]}",
      "judging.json: \"published\"", NULL },
    { "ids that are none", "judging.json",
      "{\"confidence\":{\"harm\":{\"error\":80,\"warning\":20},\"who\":{"
      "\"asked\":1,\"published\":1,\"spare\":1,\"mail_host\":1,\"guess\":1,"
      "\"filter\":1,\"exchanger\":1,\"backup\":1,\"port_25\":1,\"web\":1,"
      "\"domain\":1},\"one_place\":60,\"further\":10,\"beside\":[1]},"
      "\"order\":[]}",
      "judging.json: \"beside\" holds only ids", NULL },
    { "an unknown key of confidence", "judging.json",
      "{\"confidence\":{\"harm\":{\"error\":80,\"warning\":20},\"who\":{"
      "\"asked\":1,\"published\":1,\"spare\":1,\"mail_host\":1,\"guess\":1,"
      "\"filter\":1,\"exchanger\":1,\"backup\":1,\"port_25\":1,\"web\":1,"
      "\"domain\":1},\"one_place\":60,\"further\":10,\"beside\":[],\"luck\":1},"
      "\"order\":[]}",
      "judging.json: unknown key \"luck\"", NULL },
    { "an unknown order", "judging.json",
      "{\"confidence\":{\"harm\":{\"error\":80,\"warning\":20},\"who\":{"
      "\"asked\":1,\"published\":1,\"spare\":1,\"mail_host\":1,\"guess\":1,"
      "\"filter\":1,\"exchanger\":1,\"backup\":1,\"port_25\":1,\"web\":1,"
      "\"domain\":1},\"one_place\":60,\"further\":10,\"beside\":[]},"
      "\"order\":[\"luck\"]}",
      "judging.json: unknown order \"luck\"", NULL },
    { "an order twice", "judging.json",
      "{\"confidence\":{\"harm\":{\"error\":80,\"warning\":20},\"who\":{"
      "\"asked\":1,\"published\":1,\"spare\":1,\"mail_host\":1,\"guess\":1,"
      "\"filter\":1,\"exchanger\":1,\"backup\":1,\"port_25\":1,\"web\":1,"
      "\"domain\":1},\"one_place\":60,\"further\":10,\"beside\":[]},"
      "\"order\":[\"risk\",\"risk\"]}",
      "judging.json: \"order\" has \"risk\" twice", NULL },
    { "a gate that says nothing", "gates.json",
      "{\"gates\":[{\"id\":\"names-that-go\"}]}", "gates.json: gates[0]",
      NULL },
    { "a gate twice", "gates.json",
      "{\"gates\":[{\"id\":\"a\",\"about\":\"A\"},"
      "{\"id\":\"a\",\"about\":\"B\"}]}",
      "gates.json: gates[1]: the id \"a\" is taken", NULL },
    { "a gate that there is not", "gates.json",
      "{\"gates\":[{\"id\":\"names-that-stay\",\"about\":\"A\"}]}", NULL,
      "rules/gates.json: there is no gate \"names-that-stay\"" },
    { "a gate that nothing is said of", "gates.json", "{\"gates\":[]}", NULL,
      "rules/gates.json: nothing about \"names-that-go\"" },
};

/* Files that stand beside the rules, and need not. */
static void beside_the_rules(void **state)
{
    static const char *const ids[] = { "x" };
    const struct lint_known known = { ids, 1, gate_ids, GATE_COUNT };

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct folder f = make(ROW("\"when\":{}," WITH), FIX);
        const struct rules *r = NULL;
        struct err err = { .kind = ERR_NONE };
        put(&f, others[i].name, others[i].text);
        bool loaded = rules_load(f.arena, f.dir, &r, &err);
        if (loaded != !others[i].error)
            fail_msg("%s: %s", others[i].what, loaded ? "it loads" : err.text);
        if (!loaded && !strstr(err.text, others[i].error))
            fail_msg("%s: \"%s\" lacks \"%s\"", others[i].what, err.text,
                     others[i].error);
        struct text_list faults = { 0 };
        if (loaded)
            faults = rules_lint(f.arena, r, NULL, &known);
        if (loaded && !find_fault(&faults, others[i].fault))
            fail_msg("%s: no fault says \"%s\"", others[i].what,
                     others[i].fault);
        assert_int_equal(
            remove(arena_printf(f.arena, "%s/%s", f.dir, others[i].name)), 0);
        drop(&f);
    }
}

/* A new certificate mends what it is offered for, and is offered for what it
 * mends; but for these, which have other ways out as well. */
static const char *const offered_only[] = {
    "cert.not_yet_valid",
    "keytype.divergent",
    "name.ip_reference",
    "sts.mx_cert_bad",
};

static bool offers_certificate(const struct rules *r, const char *finding)
{
    const struct rule_file *file = rules_find(r, finding);

    for (size_t i = 0; file && i < file->rows_len; i++)
        if (file->rows[i].fix->brings == BRINGS_CERTIFICATE)
            return true;
    return false;
}

static void mended_as_offered(void **state)
{
    struct arena *a = arena_new();
    const struct rules *r = NULL;
    struct err err;

    (void)state;
    assert_true(rules_load(a, NULL, &r, &err));
    for (const struct check *const *c = all_checks; *c; c++)
        for (const struct finding_def *d = (*c)->finds; d->id; d++) {
            bool only = false;
            for (size_t i = 0; i < sizeof offered_only / sizeof *offered_only;
                 i++)
                only = only || strcmp(offered_only[i], d->id) == 0;
            if (offers_certificate(r, d->id) != (check_is_mended(d) || only))
                fail_msg("%s: a certificate is %s", d->id,
                         only || check_is_mended(d) ? "not offered"
                                                    : "offered, and mends not");
        }
    arena_free(a);
}

static void built_in_is_clean(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct rules *r = NULL;
    struct err err;
    const char *ids[300];
    size_t len = 0;
    if (!rules_load(a, NULL, &r, &err))
        fail_msg("%s", err.text);
    for (const struct check *const *c = all_checks; *c; c++) {
        for (const struct finding_def *d = (*c)->finds; d->id; d++)
            ids[len++] = d->id;
    }
    struct text_list faults = rules_lint(
        a, r, NULL, &(struct lint_known){ ids, len, gate_ids, GATE_COUNT });
    for (size_t i = 0; i < faults.len; i++)
        print_message("%s\n", faults.text[i]);
    assert_int_equal(faults.len, 0);
    arena_free(a);
}

static void table_is_whole(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct rules *r = NULL;
    struct err err;
    struct buf out;
    assert_true(rules_load(a, NULL, &r, &err));
    buf_init(&out, a, 1024 * 1024);
    rules_table(r, 80, &out);
    assert_false(out.full);
    assert_non_null(strstr(out.text, "name.wildcard_depth\n"));
    assert_non_null(strstr(out.text, "if candidate.found is yes, and "
                                     "asked.role is mua or https"));
    assert_non_null(strstr(out.text, "candidate.hostname"));
    assert_null(strstr(out.text, "{{#"));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loading),
        cmocka_unit_test(no_folder),
        cmocka_unit_test(linting),
        cmocka_unit_test(findings_and_files),
        cmocka_unit_test(beside_the_rules),
        cmocka_unit_test(mended_as_offered),
        cmocka_unit_test(built_in_is_clean),
        cmocka_unit_test(table_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
