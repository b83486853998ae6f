#include "model/name.h"

#include "model/name_idn.h"

#include <string.h>

enum {
    NAME_MAX_LEN = 253,   /* RFC 1035 2.3.4, as text without the last dot */
    LABEL_MAX_LEN = 63,   /* the same */
    TYPED_MAX_LEN = 2000, /* bytes; a name of 253 U-labels fits well */
};

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

struct label_span {
    const char *text;
    size_t len;
};

/* What is pasted around names: blanks, no-break and zero-width ones too. */
static const char *const blanks[] = {
    " ",
    "\t",
    "\n",
    "\r",
    "\xc2\xa0",
    "\xe1\x9a\x80",
    "\xe2\x80\x82",
    "\xe2\x80\x83",
    "\xe2\x80\x87",
    "\xe2\x80\x89",
    "\xe2\x80\xaf",
    "\xe2\x80\x8b",
    "\xe2\x81\xa0",
    "\xe3\x80\x80",
    "\xef\xbb\xbf",
};

/* Length of the blank at the beginning or at the end, 0: there is none. */
static size_t blank_len(struct label_span s, bool at_end)
{
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
        size_t len = strlen(blanks[i]);
        const char *at = at_end ? s.text + s.len - len : s.text;
        if (len <= s.len && memcmp(at, blanks[i], len) == 0)
            return len;
    }
    return 0;
}

void name_trim(const char **text, size_t *len)
{
    struct label_span s = { *text, *len };

    for (size_t n = blank_len(s, false); n; n = blank_len(s, false)) {
        s.text += n;
        s.len -= n;
    }
    for (size_t n = blank_len(s, true); n; n = blank_len(s, true))
        s.len -= n;
    *text = s.text;
    *len = s.len;
}

static const char *byte_fault(struct label_span s)
{
    if (!s.len)
        return "no characters at all";
    if (s.len > TYPED_MAX_LEN)
        return "more than 253 characters";
    if (memchr(s.text, '\0', s.len))
        return "a NUL byte";
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.text[i];
        if (c == ' ')
            return "a blank inside";
        if (c < ' ' || c == 0x7f)
            return "a control character";
    }
    return NULL;
}

static const char *label_fault(struct arena *a, struct label_span label)
{
    if (!label.len)
        return "an empty label";
    size_t good = strspn(label.text, LOWER DIGITS "-_");
    if (good < label.len)
        return arena_printf(a, "the character \"%c\"", label.text[good]);
    if (label.len > LABEL_MAX_LEN)
        return "a label of more than 63 characters";
    if (label.text[0] == '-' || label.text[label.len - 1] == '-')
        return "a label that begins or ends with a hyphen";
    return NULL;
}

/* RFC 1123 2.1: what ends in digits would be read as an address, and in
 * hexadecimal too by inet_aton(). */
static bool is_number(const char *label)
{
    bool hex = label[0] == '0' && label[1] == 'x';

    return label[strspn(label, DIGITS)] == '\0' ||
           (hex && label[2 + strspn(label + 2, DIGITS "abcdef")] == '\0');
}

static const char *host_fault(struct arena *a, const char *host)
{
    const char *label = host;

    if (strlen(host) > NAME_MAX_LEN)
        return arena_printf(a, "%zu characters, and 253 are the most",
                            strlen(host));
    for (;;) {
        struct label_span one = { label, strcspn(label, ".") };
        const char *why = label_fault(a, one);
        if (why)
            return why;
        if (label[one.len] == '\0')
            break;
        label += one.len + 1;
    }
    if (is_number(label))
        return "a number at its end, and no IPv4 address of four numbers "
               "from 0 to 255 without leading zeros";
    return NULL;
}

static bool has_high_bytes(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return true;
    return false;
}

static bool has_a_label(const char *text)
{
    for (; text; text = strchr(text, '.')) {
        text += *text == '.';
        if (strncmp(text, "xn--", 4) == 0)
            return true;
    }
    return false;
}

static char *folded(struct arena *a, struct label_span s, unsigned *repairs)
{
    char *text = arena_copy(a, s.text, s.len);

    for (char *p = text; *p; p++) {
        if (*p < 'A' || *p > 'Z')
            continue;
        *p = (char)(*p - 'A' + 'a');
        *repairs |= NAME_REPAIR_CASE;
    }
    return text;
}

static void drop_last_dot(struct arena *a, const char **text, unsigned *repairs)
{
    size_t len = strlen(*text);

    if (len < 2 || (*text)[len - 1] != '.')
        return;
    *text = arena_text_n(a, *text, len - 1);
    *repairs |= NAME_REPAIR_DOT;
}

static bool read_ip(struct arena *a, struct label_span s, struct name_read *out)
{
    uint8_t bytes[16];
    bool brackets = s.len > 2 && s.text[0] == '[' && s.text[s.len - 1] == ']';
    const char *text = arena_text_n(a, s.text + brackets, s.len - 2 * brackets);
    size_t len = name_ip_bytes(text, bytes);

    if (!len)
        return false;
    out->kind = len == 4 ? NAME_IP4 : NAME_IP6;
    out->text = name_ip_text(a, bytes, len);
    out->repairs |= brackets ? NAME_REPAIR_BRACKETS : 0;
    return true;
}

static void read_host(struct arena *a, struct label_span s,
                      struct name_read *out)
{
    const char *text = folded(a, s, &out->repairs);

    if (has_high_bytes(text))
        out->repairs |= NAME_REPAIR_IDN;
    if (has_high_bytes(text) || has_a_label(text))
        text = name_idn_ascii(a, text, &out->why);
    if (!text)
        return;
    drop_last_dot(a, &text, &out->repairs);
    out->why = host_fault(a, text);
    if (out->why)
        return;
    out->kind = NAME_HOST;
    out->text = text;
}

struct name_read name_read(struct arena *a, const char *text, size_t len)
{
    struct name_read out = { .kind = NAME_BAD };
    struct label_span s = { text, len };

    name_trim(&s.text, &s.len);
    if (s.len < len)
        out.repairs |= NAME_REPAIR_BLANKS;
    out.why = byte_fault(s);
    if (!out.why && !read_ip(a, s, &out))
        read_host(a, s, &out);
    return out;
}

bool name_is_wildcard(const char *name)
{
    return strncmp(name, "*.", 2) == 0;
}

const char *name_base(const char *name)
{
    return name_is_wildcard(name) ? name + 2 : name;
}

const char *name_read_pattern(struct arena *a, const char *text)
{
    const char *rest = name_base(text);
    struct name_read read = name_read(a, rest, strlen(rest));

    if (read.kind != NAME_HOST)
        return NULL;
    return rest > text ? arena_printf(a, "*.%s", read.text) : read.text;
}

const char *name_for_people(struct arena *a, const char *host)
{
    const char *unicode = has_a_label(host) ? name_idn_unicode(a, host) : NULL;

    return unicode ? unicode : arena_text(a, host);
}

bool name_is_below(const char *host, const char *zone)
{
    size_t host_len = strlen(host), zone_len = strlen(zone);

    return host_len > zone_len + 1 && host[host_len - zone_len - 1] == '.' &&
           strcmp(host + host_len - zone_len, zone) == 0;
}

size_t name_labels(const char *host)
{
    size_t labels = *host != '\0';

    for (; *host; host++)
        labels += *host == '.';
    return labels;
}
