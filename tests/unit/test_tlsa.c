/* RFC 6698 and 7671: records as published, held against what is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "facts/tlsa.h"
#include "scene.h"

#define HERE  "192.0.2.1"
#define MAIL  "mail.example.com"
#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const struct {
    const char *what, *text;
    bool usable;
} readings[] = {
    { "a digest of the key", "3 1 1 " HEX64, true },
    { "upper case",
      "3 1 1 00112233445566778899AABBCCDDEEFF00112233445566778"
      "899AABBCCDDEEFF",
      true },
    { "SHA-512", "2 0 2 " HEX64 HEX64, true },
    { "the bytes themselves", "3 1 0 3059", true },
    { "a digest too short", "3 1 1 0011", false },
    { "a digest too long", "3 1 1 " HEX64 "00", false },
    { "half a byte", "3 1 0 305", false },
    { "no hex", "3 1 0 xy", false },
    { "nothing behind it", "3 1 1", false },
    { "no data", "3 1 1 ", false },
    { "usage 4", "4 1 1 " HEX64, false },
    { "selector 2", "3 2 1 " HEX64, false },
    { "matching 3", "3 1 3 " HEX64, false },
    { "a sign", "-3 1 1 " HEX64, false },
    { "a huge number", "99999999999999999999 1 1 " HEX64, false },
    { "empty", "", false },
};

static void records_are_read(void **state)
{
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        struct tlsa record = tlsa_read(a, readings[i].text);
        if (record.usable != readings[i].usable)
            fail_msg("%s: usable %d, not %d", readings[i].what, record.usable,
                     readings[i].usable);
    }
    arena_free(a);
}

static const char *hex(struct arena *a, const uint8_t *bytes, size_t len)
{
    struct buf b;
    buf_init(&b, a, 2 * len);
    for (size_t i = 0; i < len; i++)
        buf_printf(&b, "%02x", bytes[i]);
    return b.text;
}

enum part { LEAF, KEY, ISSUER, ISSUER_KEY, NOBODY };

/* The record's data, of a part of what is shown. */
static const char *data_of(const struct scene *at, enum part part, int matching)
{
    const struct cell *c = &at->survey->cells[0];
    bool leaf = part == LEAF || part == KEY;
    bool key = part == KEY || part == ISSUER_KEY;
    const struct cert *of = &at->survey->certs[c->chain[leaf ? 0 : 1]].cert;
    if (part == NOBODY)
        return HEX64;
    if (matching == 1)
        return key ? of->spki_sha256_hex : of->sha256_hex;
    if (matching == 2)
        return key ? of->spki_sha512_hex : of->sha512_hex;
    return hex(at->arena, key ? of->spki : of->der,
               key ? of->spki_len : of->der_len);
}

static const struct {
    const char *what;
    int usage, selector, matching;
    enum part part;
    bool matched, end_entity, key_fits;
} matches[] = {
    { "3 1 1 of the key", 3, 1, 1, KEY, true, true, true },
    { "3 1 2 of the key", 3, 1, 2, KEY, true, true, true },
    { "3 1 0 of the key", 3, 1, 0, KEY, true, true, true },
    { "3 0 1 of the certificate", 3, 0, 1, LEAF, true, true, false },
    { "3 0 2 of the certificate", 3, 0, 2, LEAF, true, true, false },
    { "3 0 0 of the certificate", 3, 0, 0, LEAF, true, true, false },
    { "3 1 1 of another key", 3, 1, 1, NOBODY, false, false, false },
    { "3 1 1 of the issuer's key", 3, 1, 1, ISSUER_KEY, false, false, false },
    { "3 0 1 with the key's digest", 3, 0, 1, KEY, false, false, false },
    { "2 1 1 of the issuer's key", 2, 1, 1, ISSUER_KEY, true, false, false },
    { "2 0 1 of the issuer", 2, 0, 1, ISSUER, true, false, false },
    { "2 1 1 of the leaf's key", 2, 1, 1, KEY, false, false, false },
    { "1 1 1 of the key", 1, 1, 1, KEY, true, false, true },
    { "0 1 1 of the issuer's key", 0, 1, 1, ISSUER_KEY, true, false, false },
};

static void records_fit_what_is_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof matches / sizeof *matches; i++) {
        struct scene at;
        struct scene_cert spec = { .names = MAIL };
        scene_open(&at, MAIL);
        scene_address(&at, MAIL, HERE);
        scene_cell(&at, MAIL, HERE, 25, scene_cert(&at, &spec));
        scene_judge(&at);
        scene_record(
            &at, "_25._tcp." MAIL, DNS_TLSA,
            arena_printf(at.arena, "%d %d %d %s", matches[i].usage,
                         matches[i].selector, matches[i].matching,
                         data_of(&at, matches[i].part, matches[i].matching)));
        struct tlsa_state got =
            tlsa_judge(at.survey, at.arena, &at.survey->cells[0]);
        if (!got.published || got.matched != matches[i].matched ||
            got.by_end_entity != matches[i].end_entity ||
            got.key_fits != matches[i].key_fits)
            fail_msg("%s: matched %d by end entity %d key fits %d",
                     matches[i].what, got.matched, got.by_end_entity,
                     got.key_fits);
        scene_close(&at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_read),
        cmocka_unit_test(records_fit_what_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
