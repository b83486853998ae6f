#include "facts/tlsa.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool is_hex(const char *text)
{
    size_t len = strspn(text, "0123456789abcdef");

    return len && len % 2 == 0 && !text[len];
}

/* Digits, then a blank; -1 when it is anything else. */
static int number(const char **at)
{
    char *end = NULL;

    if (!isdigit((unsigned char)**at))
        return -1;
    long value = strtol(*at, &end, 10);
    if (*end != ' ' || value > UINT8_MAX)
        return -1;
    *at = end + strspn(end, " ");
    return (int)value;
}

static const char *lower(struct arena *a, const char *text)
{
    char *out = arena_copy(a, text, strlen(text) + 1);

    for (char *c = out; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return out;
}

struct tlsa tlsa_read(struct arena *a, const char *text)
{
    static const size_t hex_len[] = { [1] = 64, [2] = 128 };
    struct tlsa none = { 0 };
    int usage = number(&text);
    int selector = number(&text);
    int matching = number(&text);
    const char *data = lower(a, text);

    if (usage < TLSA_PKIX_TA || usage > TLSA_DANE_EE || selector < 0 ||
        selector > 1 || matching < 0 || matching > 2 || !is_hex(data))
        return none;
    if (matching && strlen(data) != hex_len[matching])
        return none;
    return (struct tlsa){ true, (enum tlsa_usage)usage, selector, matching,
                          data };
}

static bool same_bytes(const char *hex, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    if (strlen(hex) != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (hex[2 * i] != digits[bytes[i] >> 4] ||
            hex[2 * i + 1] != digits[bytes[i] & 15])
            return false;
    return true;
}

bool tlsa_is_of(const struct tlsa *record, const struct cert *c)
{
    bool key = record->selector == 1;
    const char *sha256 = key ? c->spki_sha256_hex : c->sha256_hex;
    const char *sha512 = key ? c->spki_sha512_hex : c->sha512_hex;
    const char *digest = record->matching == 1 ? sha256 : sha512;

    if (!record->usable)
        return false;
    if (record->matching == 0)
        return same_bytes(record->data, key ? c->spki : c->der,
                          key ? c->spki_len : c->der_len);
    return digest && strcmp(record->data, digest) == 0;
}

const char *tlsa_owner(struct arena *a, const char *host, uint16_t port)
{
    return arena_printf(a, "_%u._tcp.%s", (unsigned)port, host);
}

const struct dns_answer *tlsa_answer(const struct survey *s,
                                     const struct cell *c)
{
    const struct dns_answer *answer =
        survey_answer(s, tlsa_owner(s->arena, c->host, c->port), DNS_TLSA);

    return answer && answer->outcome == DNS_ANSWERED ? answer : NULL;
}

/* RFC 7671 5.2: an authority's record may fit any certificate above the
 * leaf; of the path too, as usage 0 needs no copy in the handshake. */
static bool fits_above(const struct survey *s, const struct cell *c,
                       const struct tlsa *record)
{
    const size_t *path =
        record->usage == TLSA_DANE_TA ? c->chain : c->verdict.path;
    size_t len =
        record->usage == TLSA_DANE_TA ? c->chain_len : c->verdict.path_len;

    for (size_t i = 1; i < len; i++)
        if (tlsa_is_of(record, &s->certs[path[i]].cert))
            return true;
    return false;
}

static void weigh(const struct survey *s, const struct cell *c,
                  const struct tlsa *record, struct tlsa_state *out)
{
    const struct cert *leaf = cell_leaf(s, c);
    bool of_leaf =
        record->usage == TLSA_DANE_EE || record->usage == TLSA_PKIX_EE;

    out->usable++;
    out->published = true;
    out->has_pkix |= record->usage <= TLSA_PKIX_EE;
    out->has_certificate |=
        record->usage == TLSA_DANE_EE && record->selector == 0;
    if (!leaf)
        return;
    bool fits = of_leaf ? tlsa_is_of(record, leaf) : fits_above(s, c, record);
    out->matched |= fits;
    out->by_end_entity |= fits && record->usage == TLSA_DANE_EE;
    out->key_fits |= fits && of_leaf && record->selector == 1;
}

struct tlsa_state tlsa_judge(const struct survey *s, struct arena *a,
                             const struct cell *c)
{
    const struct dns_answer *answer = tlsa_answer(s, c);
    struct tlsa_state out = { 0 };

    if (!answer)
        return out;
    out.proven = answer->security == DNS_SECURE;
    out.disproven = answer->security == DNS_INSECURE;
    for (size_t i = 0; i < answer->len; i++) {
        struct tlsa record = tlsa_read(a, answer->records[i].text);
        if (record.usable)
            weigh(s, c, &record, &out);
    }
    return out;
}

const char *tlsa_of_key(struct arena *a, const struct cert *c)
{
    return c->spki_sha256_hex ? arena_printf(a, "3 1 1 %s", c->spki_sha256_hex)
                              : NULL;
}
