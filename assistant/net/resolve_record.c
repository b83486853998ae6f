#include "net/resolve_record.h"

#include <arpa/nameser.h>
#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "model/name.h"

enum { SOA_NUMBERS = 5 };

const char *record_name(struct arena *a, const char *name)
{
    size_t len = strlen(name);

    if (len == 0)
        return ".";
    if (len > 1 && name[len - 1] == '.' && name[len - 2] != '\\')
        len--;
    char *text = arena_copy(a, name, len);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)tolower((unsigned char)text[i]);
    return text;
}

const char *record_take_name(struct rdata *r)
{
    char name[NS_MAXDNAME];
    int used = ns_name_uncompress(ns_msg_base(*r->msg), ns_msg_end(*r->msg),
                                  r->at, name, sizeof name);

    if (used < 0 || (size_t)used > r->len)
        return NULL;
    r->at += used;
    r->len -= (size_t)used;
    return record_name(r->arena, name);
}

static bool take_16(struct rdata *r, uint16_t *out)
{
    if (r->len < 2)
        return false;
    *out = (uint16_t)(r->at[0] << 8 | r->at[1]);
    r->at += 2;
    r->len -= 2;
    return true;
}

static bool take_32(struct rdata *r, uint32_t *out)
{
    uint16_t high = 0, low = 0;

    if (!take_16(r, &high) || !take_16(r, &low))
        return false;
    *out = (uint32_t)high << 16 | low;
    return true;
}

static bool read_address(struct rdata *r, struct dns_record *out)
{
    out->host = out->text = name_ip_text(r->arena, r->at, r->len);
    return out->host;
}

static bool read_a(struct rdata *r, struct dns_record *out)
{
    return r->len == 4 && read_address(r, out);
}

static bool read_aaaa(struct rdata *r, struct dns_record *out)
{
    return r->len == 16 && read_address(r, out);
}

static bool read_name(struct rdata *r, struct dns_record *out)
{
    out->host = out->text = record_take_name(r);
    return out->host && r->len == 0;
}

static bool read_mx(struct rdata *r, struct dns_record *out)
{
    if (!take_16(r, &out->priority) || !(out->host = record_take_name(r)) ||
        r->len)
        return false;
    out->text = arena_printf(r->arena, "%u %s", out->priority, out->host);
    return true;
}

static bool read_srv(struct rdata *r, struct dns_record *out) /* RFC 2782 */
{
    if (!take_16(r, &out->priority) || !take_16(r, &out->weight) ||
        !take_16(r, &out->port) || !(out->host = record_take_name(r)) || r->len)
        return false;
    out->text = arena_printf(r->arena, "%u %u %u %s", out->priority,
                             out->weight, out->port, out->host);
    return true;
}

static bool read_soa(struct rdata *r, struct dns_record *out)
{
    const char *primary = record_take_name(r);
    const char *mailbox = primary ? record_take_name(r) : NULL;
    uint32_t n[SOA_NUMBERS];

    if (!mailbox)
        return false;
    for (size_t i = 0; i < SOA_NUMBERS; i++)
        if (!take_32(r, &n[i]))
            return false;
    out->text = arena_printf(r->arena, "%s %s %u %u %u %u %u", primary, mailbox,
                             n[0], n[1], n[2], n[3], n[4]);
    return r->len == 0;
}

/* RFC 7208 3.3 and all that came after it: the strings without a gap. */
static bool read_txt(struct rdata *r, struct dns_record *out)
{
    struct buf text;

    buf_init(&text, r->arena, UINT16_MAX);
    while (r->len) {
        size_t len = *r->at;
        if (len >= r->len)
            return false;
        buf_bytes(&text, r->at + 1, len);
        r->at += len + 1;
        r->len -= len + 1;
    }
    out->text = arena_printable(r->arena, text.text, text.len);
    return true;
}

static bool read_tlsa(struct rdata *r, struct dns_record *out) /* RFC 6698 */
{
    struct buf text;

    if (r->len < 4)
        return false;
    buf_init(&text, r->arena, 2 * UINT16_MAX);
    buf_printf(&text, "%u %u %u ", r->at[0], r->at[1], r->at[2]);
    for (size_t i = 3; i < r->len; i++)
        buf_printf(&text, "%02x", r->at[i]);
    out->text = text.text;
    return true;
}

/* RFC 1035 5.1: what is not printable is told as \DDD. */
static void quote(struct buf *out, const uint8_t *bytes, size_t len)
{
    buf_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        bool special = bytes[i] == '"' || bytes[i] == '\\';
        bool plain = bytes[i] >= ' ' && bytes[i] < 0x7f;
        if (special)
            buf_char(out, '\\');
        if (plain)
            buf_char(out, (char)bytes[i]);
        else
            buf_printf(out, "\\%03u", bytes[i]);
    }
    buf_char(out, '"');
}

/* RFC 8659 4.1: flags, length of the tag, the tag, the value. */
static bool read_caa(struct rdata *r, struct dns_record *out)
{
    struct buf text;

    if (r->len < 2 || r->at[1] == 0 || r->at[1] > r->len - 2)
        return false;
    size_t tag_len = r->at[1];
    const uint8_t *tag = r->at + 2;
    buf_init(&text, r->arena, 5 * UINT16_MAX);
    buf_printf(&text, "%u ", r->at[0]);
    for (size_t i = 0; i < tag_len; i++) {
        if (!isalnum(tag[i]))
            return false;
        buf_char(&text, (char)tolower(tag[i]));
    }
    buf_char(&text, ' ');
    quote(&text, tag + tag_len, r->len - 2 - tag_len);
    out->text = text.text;
    return true;
}

static const struct {
    enum dns_type type;
    bool (*read)(struct rdata *r, struct dns_record *out);
} readers[] = {
    { DNS_A, read_a },       { DNS_AAAA, read_aaaa }, { DNS_CNAME, read_name },
    { DNS_NS, read_name },   { DNS_PTR, read_name },  { DNS_MX, read_mx },
    { DNS_SRV, read_srv },   { DNS_SOA, read_soa },   { DNS_TXT, read_txt },
    { DNS_TLSA, read_tlsa }, { DNS_CAA, read_caa },
};

bool record_read(struct rdata *r, enum dns_type type, struct dns_record *out)
{
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (readers[i].type == type)
            return readers[i].read(r, out);
    return false;
}
