/* What is published, held against a certificate that is still to come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "facts/tlsa_fit.h"

#define A64  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C64  "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define D64  "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
#define E128 A64 B64
#define F128 B64 A64

static const uint8_t spki[] = { 0x30, 0x59 };

/* Key: a, certificate: b; that of its issuer: c and d. */
static const struct cert leaf = {
    .sha256_hex = B64,
    .sha512_hex = F128,
    .spki_sha256_hex = A64,
    .spki_sha512_hex = E128,
    .spki = spki,
    .spki_len = sizeof spki,
};
static const struct cert key = {
    .spki_sha256_hex = A64,
    .spki_sha512_hex = E128,
    .spki = spki,
    .spki_len = sizeof spki,
};
static const struct cert issuer = {
    .sha256_hex = D64,
    .spki_sha256_hex = C64,
};

static const struct tlsa_offer issued = { &leaf, &issuer, 1, true };
static const struct cert root = {
    .sha256_hex = B64,
    .spki_sha256_hex = B64,
    .self_signed = true,
};
static const struct tlsa_offer with_root = { &leaf, &root, 1, true };
static const struct tlsa_offer known = { &key, NULL, 0, false };
static const struct tlsa_offer unknown = { NULL, NULL, 0, false };
static const struct tlsa_offer same_ca = { &key, &issuer, 1, true };

enum { RECORDS_MAX = 4 };

static const struct {
    const char *what;
    const struct tlsa_offer *offer;
    const char *records[RECORDS_MAX];
    enum tlsa_fit wanted;
    uint16_t port;
} rows[] = {
    { "the key", &known, { "3 1 1 " A64 }, TLSA_FITS, 25 },
    { "another key", &known, { "3 1 1 " B64 }, TLSA_MISMATCH, 25 },
    { "a new key", &unknown, { "3 1 1 " A64 }, TLSA_MISMATCH, 25 },
    { "one of two", &known, { "3 1 1 " B64, "3 1 1 " A64 }, TLSA_FITS, 25 },
    { "the key's own bytes", &known, { "3 1 0 3059" }, TLSA_FITS, 25 },
    { "other bytes", &known, { "3 1 0 3058" }, TLSA_MISMATCH, 25 },
    { "nothing", &unknown, { NULL }, TLSA_FREE, 25 },
    { "nothing that can be read", &unknown, { "3 1 1 00" }, TLSA_FREE, 25 },
    { "unreadable beside another",
      &known,
      { "3 1 1 00", "3 1 1 " B64 },
      TLSA_MISMATCH,
      25 },
    /* RFC 7671 9 */
    { "the stronger digest decides against it",
      &known,
      { "3 1 1 " A64, "3 1 2 " F128 },
      TLSA_MISMATCH,
      25 },
    { "the stronger digest decides for it",
      &known,
      { "3 1 1 " B64, "3 1 2 " E128 },
      TLSA_FITS,
      25 },
    { "a stronger digest of something else",
      &issued,
      { "3 1 1 " A64, "3 0 2 " E128 },
      TLSA_FITS,
      25 },
    { "bytes beside a stronger digest",
      &known,
      { "3 1 0 3059", "3 1 2 " F128 },
      TLSA_FITS,
      25 },
    { "a whole certificate, not issued yet",
      &known,
      { "3 0 1 " B64 },
      TLSA_MISMATCH,
      25 },
    { "a whole certificate", &issued, { "3 0 1 " B64 }, TLSA_FITS, 25 },
    { "another whole certificate",
      &issued,
      { "3 0 1 " C64 },
      TLSA_MISMATCH,
      25 },
    { "an issuer, unknown yet", &known, { "2 1 1 " C64 }, TLSA_OPEN, 25 },
    { "an issuer, of a new key", &unknown, { "2 0 1 " D64 }, TLSA_OPEN, 25 },
    { "the issuer of the last one", &same_ca, { "2 1 1 " C64 }, TLSA_FITS, 25 },
    { "another than the last one's",
      &same_ca,
      { "2 1 1 " B64 },
      TLSA_MISMATCH,
      25 },
    { "the issuer", &issued, { "2 0 1 " D64 }, TLSA_FITS, 25 },
    { "another issuer", &issued, { "2 0 1 " C64 }, TLSA_MISMATCH, 25 },
    { "an issuer's record does not fit the leaf",
      &issued,
      { "2 1 1 " A64 },
      TLSA_MISMATCH,
      25 },
    { "a leaf's does not fit the issuer",
      &issued,
      { "3 1 1 " C64 },
      TLSA_MISMATCH,
      25 },
    { "either", &known, { "3 1 1 " B64, "2 1 1 " C64 }, TLSA_OPEN, 25 },
    /* RFC 7672 3.1.3 */
    { "usage 1 does not help on port 25",
      &known,
      { "1 1 1 " A64, "3 1 1 " B64 },
      TLSA_MISMATCH,
      25 },
    { "usage 1 alone counts", &known, { "1 1 1 " B64 }, TLSA_MISMATCH, 25 },
    { "usage 1 helps elsewhere",
      &known,
      { "1 1 1 " A64, "3 1 1 " B64 },
      TLSA_FITS,
      443 },
    { "usage 0: a root that is not sent along",
      &issued,
      { "0 1 1 " A64 },
      TLSA_OPEN,
      443 },
    { "usage 0: another root than the one sent",
      &with_root,
      { "0 1 1 " A64 },
      TLSA_MISMATCH,
      443 },
    { "usage 0 elsewhere", &issued, { "0 1 1 " C64 }, TLSA_FITS, 443 },
};

static struct dns_answer answer_of(const char *const *texts,
                                   struct dns_record *records)
{
    struct dns_answer d = { .outcome = DNS_ANSWERED, .records = records };

    while (d.len < RECORDS_MAX && texts[d.len]) {
        records[d.len] = (struct dns_record){ .text = texts[d.len] };
        d.len++;
    }
    return d;
}

static void test_fit(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dns_record records[RECORDS_MAX];
        const struct dns_answer d = answer_of(rows[i].records, records);
        enum tlsa_fit got = tlsa_fit(a, &d, rows[i].port, rows[i].offer);
        if (got != rows[i].wanted)
            fail_msg("%s: %d, not %d", rows[i].what, (int)got,
                     (int)rows[i].wanted);
    }
    arena_free(a);
}

static const struct {
    const char *what;
    const char *records[RECORDS_MAX];
    const char *publish;
    bool wants_certificate;
} to_publish[] = {
    { "beside a digest of a key", { "3 1 1 " B64 }, "3 1 1 " A64, false },
    { "beside a stronger one", { "3 1 2 " F128 }, "3 1 2 " E128, false },
    { "beside an issuer's stronger one",
      { "2 1 2 " F128 },
      "3 1 1 " A64,
      false },
    { "beside a whole certificate", { "3 0 1 " B64 }, "3 1 1 " A64, true },
    { "beside both", { "3 0 1 " B64, "3 1 1 " B64 }, "3 1 1 " A64, false },
};

static void test_publish(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof to_publish / sizeof *to_publish; i++) {
        struct dns_record records[RECORDS_MAX];
        const struct dns_answer d = answer_of(to_publish[i].records, records);
        const char *got = tlsa_to_publish(a, &d, &key);
        if (!got || strcmp(got, to_publish[i].publish) != 0)
            fail_msg("%s: %s", to_publish[i].what, got ? got : "nothing");
        if (tlsa_wants_certificate(a, &d, 25) !=
            to_publish[i].wants_certificate)
            fail_msg("%s: of a certificate?", to_publish[i].what);
        assert_null(tlsa_to_publish(a, &d, NULL));
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_publish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
