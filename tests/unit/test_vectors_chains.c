/*
 * The chains of other projects' test suites (vectors/README.md): what
 * x509_read and verdict say, against what those suites expect.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "crypto/verification.h"
#include "crypto/x509_read.h"
#include "facts/cell_state.h"

enum { FILE_MAX_BYTES = 16 * 1024 * 1024 };

/*
 * Of the 590 plain RFC 5280 cases 35 are none of ours: they ask about a
 * client's or a mail certificate, or trust a certificate that is not
 * self-signed. Where we differ OpenSSL 3.0 differs too, and it is a convention:
 * an expired or non-CA root that is fine elsewhere, anyExtendedKeyUsage in a
 * leaf, a CA used as leaf, empty name constraints, a wildcard over a public
 * suffix.
 */
enum { CASES = 555, AGREED_AT_LEAST = 509 };

static const char *folder(void)
{
    const char *given = getenv("CERTMEND_VECTORS");

    return given ? given : "../shared/vectors";
}

static const char *read_whole(struct arena *a, const char *path, size_t *len)
{
    struct err err;
    const char *text = NULL;

    if (!file_read(a, path, FILE_MAX_BYTES, &text, len, &err))
        fail_msg("%s", err.text);
    return text;
}

/* limbo keeps its own names for the same things. */
static const struct json *member(const struct json *test, const char *ours,
                                 const char *limbo)
{
    const struct json *found = json_find(test, ours);

    return found ? found : json_find(test, limbo);
}

static size_t add_cert(struct survey *s, const char *pem,
                       enum cert_origin origin)
{
    struct err err;
    struct cert_list held = { 0 };

    if (!x509_read_file(s->arena, pem, strlen(pem), "vector", &held, &err))
        fail_msg("%s", err.text);
    held.items[0].origin = origin;
    return survey_cert_add(s, &held.items[0]);
}

static int64_t time_of(const struct json *test)
{
    static const char when_limbo_was_made[] = "2023-12-02T12:00:00Z";
    const struct json *time = member(test, "time", "validation_time");
    const char *text = time && time->text ? time->text : when_limbo_was_made;
    char whole[] = "2023-12-02T12:00:00Z"; /* without fractions and zone */
    struct err err;
    int64_t when = 0;

    memcpy(whole, text, strlen("2023-12-02T12:00:00"));
    if (!clock_parse(whole, &when, &err))
        fail_msg("%s", err.text);
    return when;
}

static const char *reference_of(struct arena *a, const struct json *test)
{
    const struct json *name = member(test, "peer_name", "expected_peer_name");
    const char *text = json_find_text(name, "value");
    const char *kind = json_find_text(name, "kind");

    if (!text || (strcmp(kind, "DNS") != 0 && strcmp(kind, "IP") != 0))
        return NULL;
    struct name_read read = name_read(a, text, strlen(text));
    return read.text ? read.text : "not a name";
}

static struct survey *survey_of(struct arena *a, const struct json *test)
{
    struct target target = { .kind = TARGET_FILE, .input = "vector" };
    struct survey *s = survey_new(a, &target, time_of(test));
    const struct json *sent =
        member(test, "intermediates", "untrusted_intermediates");
    size_t *chain = arena_alloc(a, 1 + (sent ? sent->len : 0), sizeof *chain);
    struct cell cell = { .reference = reference_of(a, test) };

    chain[cell.chain_len++] =
        add_cert(s, member(test, "peer", "peer_certificate")->text, CERT_SENT);
    JSON_EACH (pem, sent)
        chain[cell.chain_len++] = add_cert(s, pem->text, CERT_SENT);
    JSON_EACH (pem, member(test, "roots", "trusted_certs")) {
        size_t root = add_cert(s, pem->text, CERT_ANCHOR);
        s->certs[root].origin = CERT_ANCHOR;
    }
    cell.chain = chain;
    cell.handshake.outcome = OUTCOME_OK;
    survey_cell_add(s, &cell);
    return s;
}

/* We judge servers: whoever asks about any purpose gets no answer on it. */
static bool is_trusted(const struct verdict *v, const struct json *test)
{
    const char *purpose = member(test, "purpose", "validation_kind")->text;
    size_t ignored = 0;

    for (size_t i = 0; i < v->faults_len; i++)
        ignored += v->faults[i].code == TRUST_PURPOSE;
    return v->trusted ||
           (strcmp(purpose, "any") == 0 && ignored == v->faults_len);
}

static bool accepts(struct survey *s, const struct json *test)
{
    struct err err;
    struct anchors *trust = NULL;
    struct cell *c = s->cells;

    if (!anchors_from_survey(s, &trust, &err) ||
        !verification_fill(s, trust, &err))
        fail_msg("%s", err.text);
    anchors_free(trust);
    return is_trusted(&c->verdict, test) && cell_dates_hold(s, c) &&
           (!c->reference || c->verdict.name_ok);
}

static bool is_ours(const struct survey *s, const struct json *test)
{
    const char *purpose = member(test, "purpose", "validation_kind")->text;
    bool has_root = false;

    for (size_t i = 0; i < s->certs_len; i++)
        has_root |= s->certs[i].origin == CERT_ANCHOR &&
                    (s->certs[i].malformed || s->certs[i].cert.self_signed);
    return has_root &&
           (strcmp(purpose, "SERVER") == 0 || strcmp(purpose, "any") == 0);
}

static const struct json *find_test(const struct json *doc, const char *id)
{
    JSON_EACH (test, member(doc, "tests", "testcases"))
        if (strcmp(json_find_text(test, "id"), id) == 0)
            return test;
    return NULL;
}

/* The text up to the next tab; NULL at the end of the line. */
static const char *field(struct arena *a, const char **at)
{
    size_t len = strcspn(*at, "\t\n");

    if (**at == '\0' || **at == '\n')
        return NULL;
    const char *text = arena_text_n(a, *at, len);
    *at += len + ((*at)[len] == '\t');
    return text;
}

struct row {
    const char *file, *id, *expected, *tier, *openssl;
};

static bool next_row(struct arena *a, const char **at, struct row *out)
{
    *at += strcspn(*at, "\n");
    if (**at == '\n')
        (*at)++;
    out->file = field(a, at);
    out->id = field(a, at);
    out->expected = field(a, at);
    out->tier = field(a, at);
    out->openssl = field(a, at);
    return out->openssl != NULL;
}

static struct json *read_doc(struct arena *a, const char *file)
{
    struct err err;
    struct json *doc = NULL;
    size_t len = 0;
    const char *path = arena_printf(a, "%s/chains/%s", folder(), file);
    const char *text = read_whole(a, path, &len);

    if (!json_parse(a, text, len, file, &doc, &err))
        fail_msg("%s", err.text);
    return doc;
}

struct tally {
    size_t cases, agreed, worse;
};

static void count(struct arena *a, const struct row *row,
                  const struct json *test, struct tally *t)
{
    struct survey *s = survey_of(a, test);

    if (!is_ours(s, test))
        return;
    bool agrees = accepts(s, test) == (strcmp(row->expected, "SUCCESS") == 0);
    bool openssl_agrees = strcmp(row->openssl, row->expected) == 0;
    t->cases++;
    t->agreed += agrees;
    t->worse += !agrees && openssl_agrees;
    if (!agrees)
        print_message("%s: %s %s: expected %s\n",
                      openssl_agrees ? "WORSE" : "differs", row->file, row->id,
                      row->expected);
}

static void test_core_chains(void **state)
{
    struct arena *a = arena_new();
    const char *index = arena_printf(a, "%s/chains/index.tsv", folder());
    struct row row = { 0 };
    const char *open = "";
    struct json *doc = NULL;
    struct tally t = { 0 };
    size_t len = 0;

    (void)state;
    if (!file_exists(index)) {
        arena_free(a);
        skip();
    }
    for (const char *at = read_whole(a, index, &len); next_row(a, &at, &row);) {
        if (strcmp(row.tier, "core") != 0)
            continue;
        if (strcmp(open, row.file) != 0)
            doc = read_doc(a, row.file);
        open = row.file;
        count(a, &row, find_test(doc, row.id), &t);
    }
    print_message("%zu of %zu agree, %zu worse than OpenSSL\n", t.agreed,
                  t.cases, t.worse);
    assert_int_equal(t.cases, CASES);
    assert_int_equal(t.worse, 0);
    assert_true(t.agreed >= AGREED_AT_LEAST);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_core_chains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
