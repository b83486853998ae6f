#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "crypto/verification.h"
#include "crypto/x509_read.h"
#include "forge.h"

/* The certificates of the tests: what is wrong is in the second word. */
enum who {
    ROOT,
    ISSUER,
    LEAF,
    LONE,     /* a leaf that signed itself */
    NOT_A_CA, /* an issuer without CA:TRUE, and its leaf */
    NOT_A_CA_LEAF,
    SHORT, /* an issuer of path length 0, one below it, its leaf */
    SHORT_SUB,
    SHORT_LEAF,
    NARROW, /* an issuer for example.net only, and its leaf */
    NARROW_LEAF,
    CLIENT_LEAF, /* EKU clientAuth */
    BAD_LEAF,    /* another key than the issuer's has signed */
    TWICE_LEAF,  /* an extension twice */
    OTHER_ROOT,
    WHO_COUNT,
    END = WHO_COUNT,
};

static const struct forge_ext short_ca[] = {
    { NID_basic_constraints, "critical,CA:TRUE,pathlen:0" }, { 0, NULL }
};
static const struct forge_ext no_ca[] = {
    { NID_basic_constraints, "critical,CA:FALSE" }, { 0, NULL }
};
static const struct forge_ext narrow_ca[] = {
    { NID_basic_constraints, "critical,CA:TRUE" },
    { NID_name_constraints, "critical,permitted;DNS:example.net" },
    { 0, NULL },
};
static const struct forge_ext client[] = {
    { NID_subject_alt_name, "DNS:mail.example.com" },
    { NID_ext_key_usage, "clientAuth" },
    { 0, NULL },
};
static const struct forge_ext twice[] = { { NID_netscape_comment, "one" },
                                          { NID_netscape_comment, "two" },
                                          { 0, NULL } };

static const struct {
    const char *cn;
    enum who issuer;
    const struct forge_ext *ext;
} family[] = {
    [ROOT] = { "root", ROOT, forge_ca },
    [ISSUER] = { "issuer", ROOT, forge_ca },
    [LEAF] = { "leaf", ISSUER, forge_leaf },
    [LONE] = { "lone", LONE, forge_leaf },
    [NOT_A_CA] = { "no ca", ROOT, no_ca },
    [NOT_A_CA_LEAF] = { "leaf", NOT_A_CA, forge_leaf },
    [SHORT] = { "short", ROOT, short_ca },
    [SHORT_SUB] = { "short sub", SHORT, short_ca },
    [SHORT_LEAF] = { "leaf", SHORT_SUB, forge_leaf },
    [NARROW] = { "narrow", ROOT, narrow_ca },
    [NARROW_LEAF] = { "leaf", NARROW, forge_leaf },
    [CLIENT_LEAF] = { "leaf", ISSUER, client },
    [BAD_LEAF] = { "leaf", ISSUER, forge_leaf },
    [TWICE_LEAF] = { "leaf", ISSUER, twice },
    [OTHER_ROOT] = { "other root", OTHER_ROOT, forge_ca },
};

static struct forged made[WHO_COUNT];

static int make_family(void **state)
{
    (void)state;
    for (size_t i = 0; i < WHO_COUNT; i++) {
        enum who issuer = family[i].issuer;
        made[i] = forge(
            &(struct forge_order){ .cn = family[i].cn,
                                   .issuer = issuer == i ? NULL : &made[issuer],
                                   .ext = family[i].ext });
    }
    return X509_sign(made[BAD_LEAF].x, made[OTHER_ROOT].key, EVP_sha256()) > 0
               ? 0
               : -1;
}

static int free_family(void **state)
{
    (void)state;
    for (size_t i = 0; i < WHO_COUNT; i++)
        forge_free(&made[i]);
    return 0;
}

static size_t add(struct survey *s, enum who who, enum cert_origin origin)
{
    struct held_cert held;
    size_t len = 0;
    const uint8_t *der = forge_der(s->arena, &made[who], &len);

    x509_read(s->arena, der, len, origin, &held);
    return survey_cert_add(s, &held);
}

enum { SENT_MAX = 5 };

static struct survey *new_survey(void)
{
    struct target target = { .kind = TARGET_HOST, .host = "mail.example.com" };

    return survey_new(arena, &target, FORGE_FROM + 1);
}

static struct cell *add_cell(struct survey *s, const enum who *sent,
                             const char *reference)
{
    size_t *chain = arena_alloc(arena, SENT_MAX, sizeof *chain);
    struct cell c = { .reference = reference, .chain = chain };

    while (sent[c.chain_len] != END) {
        chain[c.chain_len] = add(s, sent[c.chain_len], CERT_SENT);
        c.chain_len++;
    }
    return survey_cell_add(s, &c);
}

/* Anchors that trust `root`, by way of a survey of their own. */
static struct anchors *trust_in(enum who root)
{
    struct survey *s = new_survey();
    struct anchors *trust = NULL;
    struct err err;

    add(s, root, CERT_ANCHOR);
    if (!anchors_from_survey(s, &trust, &err))
        fail_msg("%s", err.text);
    return trust;
}

static void fill(struct survey *s, enum who root)
{
    struct anchors *trust = trust_in(root);
    struct err err;

    if (!verification_fill(s, trust, &err))
        fail_msg("%s", err.text);
    anchors_free(trust);
}

static const char *faults_text(const struct verdict *v)
{
    struct buf b;

    buf_init(&b, arena, 1000);
    for (size_t i = 0; i < v->faults_len; i++)
        buf_printf(&b, "%s%d:%s", i ? " " : "", v->faults[i].depth,
                   table_text(trust_words, (int)v->faults[i].code));
    return b.text;
}

static const char *path_text(const struct survey *s, const struct verdict *v)
{
    struct buf b;

    buf_init(&b, arena, 1000);
    for (size_t i = 0; i < v->path_len; i++) {
        const struct held_cert *held = &s->certs[v->path[i]];
        buf_printf(&b, "%s%s", i ? " < " : "", held->cert.subject_cn);
        if (held->origin == CERT_ANCHOR)
            buf_text(&b, "!");
    }
    return b.text;
}

static const struct {
    const char *what;
    enum who sent[SENT_MAX];
    const char *faults, *path;
} chains[] = {
    { "right", { LEAF, ISSUER, END }, "", "leaf < issuer < root!" },
    { "root sent too",
      { LEAF, ISSUER, ROOT, END },
      "",
      "leaf < issuer < root!" },
    { "misordered", { LEAF, ROOT, ISSUER, END }, "", "leaf < issuer < root!" },
    { "a stranger among them",
      { LEAF, OTHER_ROOT, ISSUER, END },
      "",
      "leaf < issuer < root!" },
    { "issuer missing", { LEAF, END }, "0:issuer-unknown", "leaf" },
    { "self-signed leaf", { LONE, END }, "0:self-signed", "lone" },
    { "a root in the leaf's place",
      { OTHER_ROOT, END },
      "0:self-signed 0:purpose",
      "other root" },
    { "issuer is no CA",
      { NOT_A_CA_LEAF, NOT_A_CA, END },
      "1:not-a-ca 1:purpose",
      "leaf < no ca < root!" },
    { "path length",
      { SHORT_LEAF, SHORT_SUB, SHORT, END },
      "2:path-length",
      "leaf < short sub < short < root!" },
    { "name constraint",
      { NARROW_LEAF, NARROW, END },
      "0:name-constraint",
      "leaf < narrow < root!" },
    { "for clients only",
      { CLIENT_LEAF, ISSUER, END },
      "0:purpose",
      "leaf < issuer < root!" },
    { "bad signature",
      { BAD_LEAF, ISSUER, END },
      "0:bad-signature",
      "leaf < issuer < root!" },
    { "malformed leaf", { TWICE_LEAF, ISSUER, END }, "0:malformed", "" },
    { "malformed issuer",
      { LEAF, TWICE_LEAF, END },
      "0:issuer-unknown 1:malformed",
      "leaf" },
    { "malformed but not needed",
      { LEAF, ISSUER, TWICE_LEAF, END },
      "",
      "leaf < issuer < root!" },
};

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i++) {
        struct survey *s = new_survey();
        struct cell *c = add_cell(s, chains[i].sent, "mail.example.com");
        fill(s, ROOT);
        const char *faults = faults_text(&c->verdict);
        const char *path = path_text(s, &c->verdict);
        if (strcmp(faults, chains[i].faults) != 0)
            fail_msg("%s: faults \"%s\", wanted \"%s\"", chains[i].what, faults,
                     chains[i].faults);
        if (strcmp(path, chains[i].path) != 0)
            fail_msg("%s: path \"%s\", wanted \"%s\"", chains[i].what, path,
                     chains[i].path);
        assert_true(c->verdict.done);
        assert_int_equal(c->verdict.trusted, !*faults);
    }
}

static void test_root_that_nobody_trusts(void **state)
{
    struct survey *s = new_survey();
    struct cell *c = add_cell(s, (enum who[]){ LEAF, ISSUER, ROOT, END },
                              "mail.example.com");

    (void)state;
    fill(s, OTHER_ROOT);
    assert_string_equal(faults_text(&c->verdict), "2:root-unknown");
    assert_string_equal(path_text(s, &c->verdict), "leaf < issuer < root");
}

static void test_fetched_certificates_repair(void **state)
{
    static const struct {
        const char *what;
        enum who fetched, root;
        bool repaired;
        const char *path;
    } rows[] = {
        { "nothing fetched", END, ROOT, false, "leaf" },
        { "the issuer", ISSUER, ROOT, true, "leaf < issuer < root!" },
        { "another one", SHORT, ROOT, false, "leaf" },
        { "issuer, unknown root", ISSUER, OTHER_ROOT, false, "leaf < issuer" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct survey *s = new_survey();
        struct cell *c =
            add_cell(s, (enum who[]){ LEAF, END }, "mail.example.com");
        if (rows[i].fetched != END)
            add(s, rows[i].fetched, CERT_FETCHED);
        fill(s, rows[i].root);
        assert_string_equal(faults_text(&c->verdict), "0:issuer-unknown");
        assert_false(c->verdict.trusted);
        if (c->verdict.repaired != rows[i].repaired)
            fail_msg("%s: repaired is %d", rows[i].what, c->verdict.repaired);
        if (strcmp(path_text(s, &c->verdict), rows[i].path) != 0)
            fail_msg("%s: path \"%s\", wanted \"%s\"", rows[i].what,
                     path_text(s, &c->verdict), rows[i].path);
    }
}

/* What a saved survey brings: bytes and origins, no facts, no verdicts. */
static void test_judged_again_from_the_bytes(void **state)
{
    struct survey *s = new_survey();
    struct cell *c = add_cell(s, (enum who[]){ LEAF, ISSUER, ROOT, END },
                              "mail.example.com");
    struct anchors *kept = NULL;
    struct err err;

    (void)state;
    fill(s, ROOT);
    c->verdict = (struct verdict){ 0 };
    for (size_t i = 0; i < s->certs_len; i++) {
        const struct cert *old = &s->certs[i].cert;
        s->certs[i].cert =
            (struct cert){ .der = old->der, .der_len = old->der_len };
    }
    assert_true(anchors_from_survey(s, &kept, &err));
    assert_true(verification_fill(s, kept, &err));
    anchors_free(kept);
    assert_true(c->verdict.trusted && c->verdict.name_ok);
    assert_string_equal(path_text(s, &c->verdict), "leaf < issuer < root!");
}

static void test_cells_share_a_verdict_but_not_a_name(void **state)
{
    struct survey *s = new_survey();

    (void)state;
    for (int i = 0; i < 3; i++)
        add_cell(s, (enum who[]){ LEAF, ISSUER, END },
                 i == 1 ? "www.example.com" : "mail.example.com");
    add_cell(s, (enum who[]){ END }, "mail.example.com");
    fill(s, ROOT);
    assert_ptr_equal(s->cells[0].verdict.path, s->cells[2].verdict.path);
    assert_true(s->cells[0].verdict.name_ok && s->cells[2].verdict.name_ok);
    assert_false(s->cells[1].verdict.name_ok);
    assert_true(s->cells[1].verdict.trusted);
    assert_false(s->cells[3].verdict.done);
    assert_int_equal(s->certs_len, 3);
}

static void test_names(void **state)
{
    static const struct {
        const char *pattern, *name;
        bool covered;
    } rows[] = {
        { "mail.example.com", "mail.example.com", true },
        { "MAIL.example.COM", "mail.example.com", true },
        { "*.example.com", "mail.example.com", true },
        { "*.example.com", "example.com", false },
        { "*.example.com", "a.b.example.com", false },
        { "m*.example.com", "mail.example.com", false },
        { "*", "localhost", false },
        { "*.com", "example.com", false },
        { ".example.com", "mail.example.com", false },
        { "mail.example.com", ".example.com", false },
        { "*.example.com", "*.example.com", false },
        { "mail.example.com", "mail.example.com.", false },
        { "mail.example.com", "MAIL.example.com", false },
        { "mail.example.com", "", false },
        { "b\xc3\xbc"
          "cher.example",
          "b\xc3\xbc"
          "cher.example",
          false },
        { "192.0.2.1", "192.0.2.1", true },
        { "192.0.2.1", "192.0.2.2", false },
        { "2001:db8::1", "2001:db8::1", true },
        { "192.0.2.1", "[192.0.2.1]", false },
        { "a_b.example.com", "a_b.example.com", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool covered = verification_patterns(&rows[i].pattern, 1, rows[i].name);
        if (covered != rows[i].covered)
            fail_msg("\"%s\" for \"%s\": %d, wanted %d", rows[i].pattern,
                     rows[i].name, covered, rows[i].covered);
    }
    assert_false(verification_patterns(NULL, 0, "mail.example.com"));
}

/* An address as dNSName, a NUL behind the name, a CN: none of them counts. */
static void test_names_in_certificates(void **state)
{
    static const struct {
        const char *what, *san, *name;
        bool covered;
    } rows[] = {
        { "address as DNS name", "DNS:192.0.2.1", "192.0.2.1", false },
        { "NUL behind it", "DER:300c820a612e6578616d706c6500", "a.example",
          false },
        { "its innocent twin", "DER:300b8209612e6578616d706c65", "a.example",
          true },
        { "CN beside a SAN", "DNS:b.example", "cn.example", false },
        { "CN alone", NULL, "cn.example", false },
        { "a broken SAN", "DER:0500", "cn.example", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct forge_ext ext[] = { { NID_subject_alt_name, rows[i].san },
                                         { 0, NULL } };
        struct forged f =
            forge(&(struct forge_order){ .cn = "cn.example", .ext = ext });
        size_t len = 0;
        const uint8_t *der = forge_der(arena, &f, &len);
        if (verification_name(der, len, rows[i].name) != rows[i].covered)
            fail_msg("%s: wanted %d", rows[i].what, rows[i].covered);
        forge_free(&f);
    }
    assert_false(verification_name((const uint8_t *)"x", 1, "a.example"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_faults),
        TEST(test_root_that_nobody_trusts),
        TEST(test_fetched_certificates_repair),
        TEST(test_judged_again_from_the_bytes),
        TEST(test_cells_share_a_verdict_but_not_a_name),
        TEST(test_names),
        TEST(test_names_in_certificates),
    };

    return cmocka_run_group_tests(tests, make_family, free_family);
}
