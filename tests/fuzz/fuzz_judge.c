/*
 * A saved survey of anybody's making is judged, and the report shown in every
 * format holds nothing that a terminal would obey. Mutants are JSON trees.
 */
#include "base/utf8.h"
#include "model/survey_json.h"
#include "run/evaluation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX_BYTES = 1 << 20, REPORT_MAX_BYTES = 1 << 22, STEPS_MAX = 400 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
                               unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

static const char *const texts[] = {
    "",
    ".",
    "file",
    "mail.example.com",
    "::1",
    "192.0.2.9",
    "answered",
    "worked",
    "domain",
    "host",
    "alerted",
    "*.com",
    "a b",
    "$(x)`'\"<b>&",
    "_x",
    "smtp",
    "0 issue \"\\027[1m\"",
    "xn--a",
    "tlsa",
    "servfail",
    "3 1 1 ",
    "TLSv1.2",
    "refused",
    "anchor",
    "mx",
    "timed-out",
    "nxdomain",
    "no-data",
    "bogus",
};
static const double numbers[] = { 0,  1,     -1,           2,   25,
                                  80, 65535, 253402300799, 443, 1e300 };

static unsigned next(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 8;
}

static struct json *pick(struct json *tree, unsigned *seed)
{
    struct json *at = tree;

    for (int i = 0; i < STEPS_MAX && at->first; i++) {
        size_t skip = next(seed) % at->len;
        struct json *member = at->first;
        while (skip--)
            member = member->next;
        at = member;
        if (next(seed) % 12 == 0)
            break;
    }
    return at;
}

static void put_leaf(struct json *j, unsigned *seed)
{
    struct json was = *j;

    *j = (struct json){ .key = was.key, .next = was.next };
    j->type = next(seed) % 3 ? was.type : (enum json_type)(next(seed) % 6);
    j->yes = !was.yes;
    j->number = numbers[next(seed) % (sizeof numbers / sizeof *numbers)];
    if (j->type == JSON_TEXT)
        j->text = texts[next(seed) % (sizeof texts / sizeof *texts)];
}

/* What is in one place is put in another as well: contradictions. */
static void transplant(struct arena *a, struct json *tree, struct json *to,
                       unsigned *seed)
{
    struct json *copy = json_copy(a, pick(tree, seed));
    const char *key = to->key;
    struct json *next_one = to->next;

    *to = *copy;
    to->key = key;
    to->next = next_one;
}

static void grow(struct arena *a, struct json *list, unsigned *seed)
{
    if (list->type == JSON_ARRAY && list->first)
        json_add(a, list, pick(list, seed)->key ? list->first : list->last);
    else
        put_leaf(list, seed);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
                               unsigned seed)
{
    struct arena *a = arena_new();
    struct json *tree = NULL;
    struct err err;
    struct buf out;

    buf_init(&out, a, TEXT_MAX_BYTES);
    if (json_parse(a, (char *)data, size, "fuzz", &tree, &err)) {
        for (unsigned i = 0; i <= seed % 4; i++) {
            struct json *at = pick(tree, &seed);
            if (next(&seed) % 3 == 0)
                transplant(a, tree, at, &seed);
            else if (next(&seed) % 3 == 0)
                grow(a, at, &seed);
            else
                put_leaf(at, &seed);
        }
        json_print(tree, false, &out);
    }
    bool good = out.len && !out.full && out.len <= max;
    if (good)
        memcpy(data, out.text, out.len);
    size_t len = out.len;
    arena_free(a);
    return good ? len : LLVMFuzzerMutate(data, size, max);
}

/* Control characters, broken UTF-8 and what turns the writing. */
static bool is_harmless(struct arena *a, const struct buf *out)
{
    uint32_t point = 0;
    size_t n = 1;

    for (size_t at = 0; at < out->len; at += n) {
        const char *c = out->text + at;
        n = utf8_read(c, out->len - at, &point);
        if (*c == '\n' || *c == '\t' || (n == 1 && *c >= ' ' && *c < 0x7f))
            continue;
        if (!n || strncmp(arena_printable(a, c, n), c, n) != 0)
            return out->full && out->len - at < 4; /* cut within a letter */
    }
    return true;
}

static void show(struct arena *a, const struct report *r)
{
    static const enum format formats[] = {
        FORMAT_TEXT,   FORMAT_JSON,  FORMAT_HTML,
        FORMAT_NAGIOS, FORMAT_TABLE, FORMAT_OPENMETRICS,
    };
    struct json *again = NULL;
    struct err err;

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct look_options options;
        struct buf out;
        look_options_init(&options);
        options.format = formats[i];
        buf_init(&out, a, REPORT_MAX_BYTES);
        if (!evaluation_render(a, &options, r, &out, &err) && !out.full)
            abort();
        if (!is_harmless(a, &out))
            abort();
        if (formats[i] == FORMAT_JSON && !out.full &&
            !json_parse(a, out.text, out.len, "report", &again, &err))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *rules_arena;
    static const struct rules *rules;
    struct look_options o;
    struct arena *a = arena_new();
    struct json *j = NULL;
    struct survey *s = NULL;
    struct report report;
    struct err err = { 0 };

    if (!rules_arena) {
        rules_arena = arena_new();
        if (!rules_load(rules_arena, NULL, &rules, &err))
            abort();
    }
    look_options_init(&o);
    struct evaluation judge = { .arena = rules_arena,
                                .options = &o,
                                .rules = rules };
    if (json_parse(a, (const char *)data, size, "fuzz", &j, &err) &&
        survey_from_json(a, j, "fuzz", &s, &err)) {
        /* A peer's fault is data: it never keeps us from a report. */
        if (!evaluation_saved(&judge, s, &report, &err)) {
            fprintf(stderr, "%s\n", err.text);
            abort();
        }
        show(a, &report);
    }
    evaluation_close(&judge);
    arena_free(a);
    return 0;
}
