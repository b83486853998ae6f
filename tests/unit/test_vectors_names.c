/* Which names certificates cover: vectors of 15 projects, judged by the rules
 * of RFC 9525 (the README of the vectors says how they are to be gated). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <string.h>

#include "crypto/verification.h"
#include "crypto/x509_read.h"
#include "facts/hostname_match.h"
#include "model/name.h"
#include "vectors.h"

enum { SOURCES_MAX = 40, CERTS_MAX = 2000 };
enum { SOURCE = 0, ID = 1, REFERENCE = 6, RFC9525 = 9, TAGS = 11, CERT = 15 };

struct certs {
    const char *id[CERTS_MAX];
    const uint8_t *der[CERTS_MAX];
    size_t der_len[CERTS_MAX];
    size_t len;
};

struct count {
    const char *source;
    size_t rows, wrong;
};

/* Rows where we differ, and why. */
static const struct {
    const char *source, *id, *why;
} differences[] = {
    { "curl-unit1397", "21", "blanks around a typed name are put right" },
    { "cpython-match_hostname", "44", "the same, an IPv4 address" },
    { "cpython-match_hostname", "50", "the same, an IPv6 address" },
};

static bool is_difference(const char *source, const char *id)
{
    for (size_t i = 0; i < sizeof differences / sizeof *differences; i++)
        if (strcmp(differences[i].source, source) == 0 &&
            strcmp(differences[i].id, id) == 0)
            return true;
    return false;
}

static void read_certs(struct arena *a, struct certs *out)
{
    FILE *f = vectors_open("hostname_certs.tsv");
    struct vectors_row row;

    while (out->len < CERTS_MAX && vectors_next(a, f, &row)) {
        const char *base64 = row.field[1];
        size_t len = strlen(base64);
        uint8_t *der = arena_alloc(a, len + 1, 1);
        int bytes =
            EVP_DecodeBlock(der, (const unsigned char *)base64, (int)len);
        while (bytes > 0 && len && base64[len - 1] == '=') {
            bytes--;
            len--;
        }
        out->id[out->len] = row.field[0];
        out->der[out->len] = der;
        out->der_len[out->len++] = bytes > 0 ? (size_t)bytes : 0;
    }
    fclose(f);
}

static size_t cert_find(const struct certs *certs, const char *id)
{
    size_t i = 0;

    while (i < certs->len && strcmp(certs->id[i], id) != 0)
        i++;
    if (i == certs->len)
        fail_msg("no certificate %s", id);
    return i;
}

static struct count *count_find(struct count *counts, const char *source)
{
    struct count *c = counts;

    while (c->source && strcmp(c->source, source) != 0)
        c++;
    assert_true(c < counts + SOURCES_MAX - 1);
    c->source = source;
    return c;
}

static bool is_decisive(const struct vectors_row *row)
{
    static const char *const other[] = { "api-flag", "profile-rejection",
                                         "label-helper" };
    const char *verdict = row->field[RFC9525];

    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (strstr(row->field[TAGS], other[i]))
            return false;
    return strcmp(verdict, "match") == 0 || strcmp(verdict, "mismatch") == 0;
}

/* The verdict, and that the explanation says the same. */
static bool evaluation(struct arena *a, const struct certs *certs,
                       const struct vectors_row *row)
{
    size_t len, i = cert_find(certs, row->field[CERT]);
    const char *reference = vectors_unescape(a, row->field[REFERENCE], &len);
    struct name_read name = name_read(a, reference, len);
    struct held_cert held;

    if (name.kind == NAME_BAD)
        return false;
    bool covered =
        verification_name(certs->der[i], certs->der_len[i], name.text);
    x509_read(a, certs->der[i], certs->der_len[i], CERT_SENT, &held);
    if (held.malformed)
        return covered;
    bool fits =
        hostname_match_cert(&held.cert, name.text).kind == MATCH_COVERED;
    if (fits != covered)
        fail_msg("%s %s: %s: verdict %d, fit %d", row->field[SOURCE],
                 row->field[ID], name.text, covered, fits);
    return covered;
}

static void print_counts(const struct count *counts)
{
    for (const struct count *c = counts; c->source; c++)
        print_message("# %-34s %4zu rows, %zu wrong\n", c->source, c->rows,
                      c->wrong);
}

static void host_names(void **state)
{
    FILE *f = vectors_open("hostname.tsv");
    struct arena *a = arena_new();
    struct certs *certs = arena_alloc(a, 1, sizeof *certs);
    struct count counts[SOURCES_MAX] = { 0 };
    struct vectors_row row;
    size_t wrong = 0, known = 0;

    (void)state;
    read_certs(a, certs);
    while (vectors_next(a, f, &row)) {
        if (!is_decisive(&row))
            continue;
        struct count *c = count_find(counts, row.field[SOURCE]);
        bool expected = strcmp(row.field[RFC9525], "match") == 0;
        bool right = evaluation(a, certs, &row) == expected;
        bool exempt = is_difference(c->source, row.field[ID]);
        c->rows++;
        known += exempt && !right;
        if (right || exempt)
            continue;
        c->wrong++;
        wrong++;
        print_error("%s %s: \"%s\" expected %s\n", c->source, row.field[ID],
                    row.field[REFERENCE], row.field[RFC9525]);
    }
    fclose(f);
    print_counts(counts);
    assert_int_equal(wrong, 0);
    assert_int_equal(known, sizeof differences / sizeof *differences);
    arena_free(a);
}

enum { TEXT = 1, FAMILY = 2, EXPECTED = 3, CANONICAL = 4 };

/* Valid or not in that family, and the same bytes as the canonical form. */
static bool is_address_right(struct arena *a, const struct vectors_row *row)
{
    size_t len;
    uint8_t have[16], want[16];
    const char *text = vectors_unescape(a, row->field[TEXT], &len);
    size_t have_len = strlen(text) == len ? name_ip_bytes(text, have) : 0;
    size_t want_len = name_ip_bytes(row->field[CANONICAL], want);

    if (strcmp(row->field[EXPECTED], "invalid") == 0)
        return !have_len ||
               (have_len == 16 && strcmp(row->field[FAMILY], "ipv4") == 0);
    return have_len == want_len && memcmp(have, want, have_len) == 0;
}

static void addresses(void **state)
{
    FILE *f = vectors_open("ip_parse.tsv");
    struct arena *a = arena_new();
    struct vectors_row row;
    size_t rows = 0, wrong = 0;

    (void)state;
    vectors_next(a, f, &row);
    while (vectors_next(a, f, &row)) {
        rows++;
        /* NSS refuses "::", mbedTLS and RFC 4291 2.5.2 do not. */
        if (is_address_right(a, &row) || strcmp(row.field[TEXT], "::") == 0)
            continue;
        wrong++;
        print_error("%s: \"%s\" expected %s\n", row.field[SOURCE],
                    row.field[TEXT], row.field[EXPECTED]);
    }
    fclose(f);
    print_message("# %zu addresses\n", rows);
    assert_int_equal(wrong, 0);
    arena_free(a);
}

/* NSS and Go take a reference with a hyphen at a label's edge (RFC 1123 2.1
 * does not), and any "xn--" label (RFC 5891 5.4 does not). */
static bool is_looser_there(const char *name)
{
    size_t len = strlen(name);

    return strstr(name, "xn--") || strstr(name, "-.") || name[0] == '-' ||
           name[len - 1] == '-';
}

static void reference_names(void **state)
{
    enum { NAME = 1, AS_REFERENCE = 2 };
    FILE *f = vectors_open("dnsname_validity.tsv");
    struct arena *a = arena_new();
    struct vectors_row row;
    size_t rows = 0, wrong = 0;

    (void)state;
    vectors_next(a, f, &row);
    while (vectors_next(a, f, &row)) {
        size_t len;
        const char *text = vectors_unescape(a, row.field[NAME], &len);
        struct name_read read = name_read(a, text, len);
        bool repaired =
            (read.repairs & (NAME_REPAIR_BLANKS | NAME_REPAIR_IDN)) != 0;
        bool ours = read.kind == NAME_HOST && !repaired;
        bool valid = strcmp(row.field[AS_REFERENCE], "valid") == 0;
        if (!*row.field[AS_REFERENCE])
            continue;
        rows++;
        if (ours == valid || (valid && is_looser_there(text)))
            continue;
        wrong++;
        print_error("%s: \"%s\" expected %s\n", row.field[SOURCE],
                    row.field[NAME], row.field[AS_REFERENCE]);
    }
    fclose(f);
    print_message("# %zu names\n", rows);
    assert_int_equal(wrong, 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_names),
        cmocka_unit_test(addresses),
        cmocka_unit_test(reference_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
