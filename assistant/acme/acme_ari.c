#include "acme/acme_ari.h"

#include <string.h>

#include "base/base64url.h"
#include "base/clock.h"

/* Hexadecimal digits to bytes; the length, or 0 when it is none. `out` has
 * room for a byte more, before the first. */
static size_t hex_bytes(const char *hex, uint8_t *out)
{
    static const char digits[] = "0123456789abcdef";
    size_t len = strlen(hex);

    for (size_t i = 0; i < len; i++) {
        const char *digit = strchr(digits, hex[i]);
        if (!digit)
            return 0;
        unsigned before = i % 2 ? out[i / 2] : 0U;
        out[i / 2] = (uint8_t)(before << 4 | (unsigned)(digit - digits));
    }
    return len % 2 ? 0 : len / 2;
}

const char *acme_ari_id(struct arena *a, const struct cert *c)
{
    if (!c->issuer_key_id_hex || !c->serial_hex)
        return NULL;
    uint8_t *key_id = arena_alloc(a, strlen(c->issuer_key_id_hex) + 2, 1);
    uint8_t *serial = arena_alloc(a, strlen(c->serial_hex) + 2, 1);
    size_t key_id_len = hex_bytes(c->issuer_key_id_hex, key_id);
    size_t serial_len = hex_bytes(c->serial_hex, serial + 1);
    if (!key_id_len || !serial_len)
        return NULL;
    /* 4.1: the bytes of the DER INTEGER, so a high bit has a zero before. */
    bool is_high = serial[1] & 0x80;
    return arena_printf(
        a, "%s.%s", base64url_text(a, key_id, key_id_len),
        base64url_text(a, serial + !is_high, serial_len + is_high));
}

bool acme_ari_read(struct arena *a, const struct json *j, struct acme_ari *out,
                   const char **why)
{
    const struct json *window = json_find(j, "suggestedWindow");
    const char *start = json_find_text(window, "start");
    const char *end = json_find_text(window, "end");
    const char *url = json_find_text(j, "explanationURL");
    struct acme_ari ari = { .retry_at = out->retry_at };
    struct err unused;

    if (!start || !end || !clock_parse(start, &ari.start, &unused) ||
        !clock_parse(end, &ari.end, &unused)) {
        *why = "it has no window with a start and an end";
        return false;
    }
    if (ari.start >= ari.end) {
        *why = "its window ends before it starts";
        return false;
    }
    ari.why_url = url ? arena_printable(a, url, strlen(url)) : NULL;
    *out = ari;
    return true;
}

int64_t acme_ari_moment(const struct acme_ari *ari, double chance,
                        int64_t now_s)
{
    double width = (double)(ari->end - ari->start);
    int64_t moment = ari->start + (int64_t)(width * chance);

    return moment > now_s ? moment : now_s;
}
