#include "messages/error_pattern_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "messages/error_pattern_fold.h"

struct cleaner {
    struct buf out;
    const char *end;
    bool line_begins;
};

static void put(struct cleaner *c, char byte)
{
    size_t len = c->out.len;

    if (byte != ' ')
        buf_char(&c->out, byte);
    else if (len && c->out.text[len - 1] != ' ')
        buf_char(&c->out, ' ');
}

/* What a word processor makes of plain characters; sorted. */
static const struct {
    uint32_t first, last;
    char plain; /* 0: nothing stays */
} plain_forms[] = {
    { 0x00, 0x20, ' ' },      { 0x60, 0x60, '\'' },    { 0x7f, 0x9f, ' ' },
    { 0xa0, 0xa0, ' ' },      { 0xab, 0xab, '"' },     { 0xad, 0xad, 0 },
    { 0xb4, 0xb4, '\'' },     { 0xbb, 0xbb, '"' },     { 0x2b9, 0x2bc, '\'' },
    { 0x589, 0x589, ' ' },    { 0x60c, 0x60c, ' ' },   { 0x964, 0x965, ' ' },
    { 0x2000, 0x200a, ' ' },  { 0x200b, 0x200f, 0 },   { 0x2010, 0x2015, '-' },
    { 0x2018, 0x201b, '\'' }, { 0x201c, 0x201f, '"' }, { 0x2026, 0x2026, ' ' },
    { 0x2028, 0x2029, ' ' },  { 0x202a, 0x202e, 0 },   { 0x202f, 0x202f, ' ' },
    { 0x2032, 0x2032, '\'' }, { 0x2033, 0x2033, '"' }, { 0x2039, 0x203a, '\'' },
    { 0x205f, 0x205f, ' ' },  { 0x2060, 0x206f, 0 },   { 0x2212, 0x2212, '-' },
    { 0x3000, 0x3002, ' ' },  { 0xfeff, 0xfeff, 0 },   { 0xfff0, 0xffff, ' ' },
};

static bool put_plain_form(struct cleaner *c, uint32_t point)
{
    enum { WIDE_FIRST = 0xff01, WIDE_LAST = 0xff5e, WIDE_OFF = 0xfee0 };

    if (point >= WIDE_FIRST && point <= WIDE_LAST) {
        put(c, (char)(point - WIDE_OFF));
        return true;
    }
    for (size_t i = 0; i < sizeof plain_forms / sizeof *plain_forms; i++) {
        if (point > plain_forms[i].last)
            continue;
        if (point < plain_forms[i].first)
            return false;
        if (plain_forms[i].plain)
            put(c, plain_forms[i].plain);
        return true;
    }
    return false;
}

/* A character; a broken byte is passed over. Gives back its length. */
static size_t put_character(struct cleaner *c, const char *p, size_t left)
{
    uint32_t point = 0;
    size_t len = utf8_read(p, left, &point);

    if (!len)
        return 1;
    if (!put_plain_form(c, point))
        buf_bytes(&c->out, p, len);
    return len;
}

/* The eaters: each takes what begins at `p` (`c->end` ends the text, a NUL
 * stands there) and gives back its length, 0 when it is not its own. */

/* "> > " and "| " before a line of a quoted mail. */
static size_t eat_quote(struct cleaner *c, const char *p)
{
    size_t len = c->line_begins ? strspn(p, "> \t|") : 0;

    c->line_begins = *p == '\n';
    if (len)
        put(c, ' ');
    return len;
}

/* ECMA-48 5.4: control sequences; 8.3.89: commands to the terminal. */
static size_t eat_escape(struct cleaner *c, const char *p)
{
    (void)c;
    if (p[0] != '\x1b')
        return 0;
    if (p[1] == '[') {
        size_t len = 2 + strspn(p + 2, "0123456789;:<=>?!\"#$%&'()*+,-./ ");
        return len + (p[len] != '\0');
    }
    if (p[1] == ']') {
        size_t len = 2 + strcspn(p + 2, "\a\x1b\n");
        return len + (p[len] == '\a');
    }
    return p[1] ? 2 : 1;
}

static size_t put_entity(struct cleaner *c, const char *name, size_t len)
{
    static const struct {
        const char *name;
        char plain;
    } known[] = {
        { "quot;", '"' },   { "apos;", '\'' },  { "lt;", '<' },
        { "gt;", '>' },     { "amp;", '&' },    { "nbsp;", ' ' },
        { "rsquo;", '\'' }, { "lsquo;", '\'' }, { "ldquo;", '"' },
        { "rdquo;", '"' },
    };

    if (name[0] == '#') {
        bool hex = (name[1] | 0x20) == 'x';
        unsigned long point = strtoul(name + 1 + hex, NULL, hex ? 16 : 10);
        if (point < 0x7f && point > ' ')
            put(c, (char)point);
        else
            put_plain_form(c, point > 0xffff ? 0xffff : (uint32_t)point);
        return len;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].name) != len ||
            strncmp(known[i].name, name, len) != 0)
            continue;
        put(c, known[i].plain);
        return len;
    }
    return 0;
}

/* "&#39;", and "&amp;#39;" from a page that was escaped twice. */
static size_t eat_entity(struct cleaner *c, const char *p)
{
    enum { NAME_MAX_LEN = 8 };

    if (*p != '&')
        return 0;
    const char *name = p + 1;
    while (strncmp(name, "amp;", 4) == 0 &&
           (name[4] == '#' || isalpha((unsigned char)name[4])))
        name += 4;
    size_t len = strspn(name, "#abcdefghijklmnopqrstuvwxyzABCDEFX0123456789");
    if (!len || len > NAME_MAX_LEN || name[len] != ';')
        return 0;
    size_t ate = put_entity(c, name, len + 1);
    return ate ? (size_t)(name - p) + ate : 0;
}

/* "<br>", "</p>", "<a href=...>"; not "<mail.example.com>". */
static size_t eat_tag(struct cleaner *c, const char *p)
{
    enum { TAG_MAX = 1000 };

    if (*p != '<')
        return 0;
    const char *name = p + 1 + (p[1] == '/');
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ123456");
    if (!len || !strchr(" />\t\n", name[len]))
        return 0;
    const char *close =
        memchr(p, '>',
               (size_t)(c->end - p) < TAG_MAX ? (size_t)(c->end - p) : TAG_MAX);
    if (!close)
        return 0;
    put(c, ' ');
    return (size_t)(close - p) + 1;
}

static bool encoded_byte(const char *p, char *out)
{
    if (p[0] != '=' || !isxdigit((unsigned char)p[1]) ||
        !isxdigit((unsigned char)p[2]))
        return false;
    char hex[] = { p[1], p[2], '\0' };
    *out = (char)strtoul(hex, NULL, 16);
    return true;
}

/* Quoted-printable (RFC 2045 6.7): soft line breaks, "=3D", and bytes above
 * 7 bits. "num=62" has to stay what it is. */
static size_t eat_encoding(struct cleaner *c, const char *p)
{
    char bytes[4] = { 0 };
    size_t n = 0;

    if (p[0] != '=')
        return 0;
    if (p[1] == '\n' || (p[1] == '\r' && p[2] == '\n')) {
        c->line_begins = true;
        return p[1] == '\n' ? 2 : 3;
    }
    if (strncmp(p, "=3D", 3) == 0) {
        put(c, '=');
        return 3;
    }
    while (n < sizeof bytes && encoded_byte(p + 3 * n, &bytes[n]) &&
           (bytes[n] & 0x80))
        n++;
    return n ? 3 * put_character(c, bytes, n) : 0;
}

/* What programs print inside quotes: "\n", "\"", "\u2019". */
static size_t eat_backslash(struct cleaner *c, const char *p)
{
    enum { U_LEN = 6 };

    if (*p != '\\' || !p[1])
        return 0;
    if (strchr("nrt", p[1])) {
        put(c, ' ');
        return 2;
    }
    if (p[1] == 'u' && strspn(p + 2, "0123456789abcdefABCDEF") >= U_LEN - 2) {
        char hex[] = { p[2], p[3], p[4], p[5], '\0' };
        put_plain_form(c, (uint32_t)strtoul(hex, NULL, 16));
        return U_LEN;
    }
    return strchr("\"'/", p[1]) ? 1 : 0;
}

/* Letters and digits begin nothing that is eaten, and most bytes are such. */
static bool is_ordinary(char byte)
{
    return !(byte & 0x80) && isalnum((unsigned char)byte);
}

static size_t put_ordinary(struct cleaner *c, const char *p)
{
    size_t len = 0;

    while (is_ordinary(p[len]))
        len++;
    buf_bytes(&c->out, p, len);
    c->line_begins = false;
    return len;
}

static size_t eat(struct cleaner *c, const char *p)
{
    static size_t (*const eaters[])(struct cleaner *, const char *) = {
        eat_quote, eat_escape, eat_entity, eat_tag, eat_encoding, eat_backslash,
    };

    for (size_t i = 0; i < sizeof eaters / sizeof *eaters; i++) {
        size_t len = eaters[i](c, p);
        if (len)
            return len;
    }
    return put_character(c, p, (size_t)(c->end - p));
}

static size_t utf8_length(uint32_t point)
{
    return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

/* The character at plain[at]; false at the end. */
static bool read_at(const struct error_pattern_text *t, size_t at,
                    uint32_t *point)
{
    return at < t->plain_len &&
           utf8_read(t->plain + at, t->plain_len - at, point);
}

/* What stands before plain[at] belongs to a word. */
static bool joins_before(const struct error_pattern_text *t, size_t at,
                         uint32_t *point)
{
    while (at && (t->plain[at - 1] & 0xc0) == 0x80)
        at--;
    return at && read_at(t, at - 1, point) && error_pattern_fold_joins(*point);
}

size_t error_pattern_text_behind(const struct error_pattern_text *t, size_t to)
{
    uint32_t point = 0;
    size_t at = t->at[to - 1];

    return read_at(t, at, &point) ? at + utf8_length(point) : at + 1;
}

enum { GRAM = 4, GRAM_BITS = 16 };

static uint32_t gram_of(const char *letters)
{
    uint32_t word = 0;

    memcpy(&word, letters, sizeof word);
    return (word * 2654435761U) >> (32 - GRAM_BITS);
}

void error_pattern_text_index(struct arena *a, struct error_pattern_text *t)
{
    uint8_t *grams = arena_alloc(a, (1U << GRAM_BITS) / 8, 1);

    for (size_t i = 0; i + GRAM <= t->len; i++) {
        uint32_t gram = gram_of(t->letters + i);
        grams[gram / 8] |= (uint8_t)(1U << gram % 8);
    }
    t->grams = grams;
}

bool error_pattern_text_may_hold(const struct error_pattern_text *t,
                                 const char *letters, size_t len)
{
    if (len < GRAM || !t->grams)
        return true;
    uint32_t gram = gram_of(letters);
    return t->grams[gram / 8] & 1U << gram % 8;
}

enum { LETTERS_A_BYTE = 3 }; /* a Korean syllable of 3 bytes has 3 letters */

/* What a sign stands for beyond that is cut. */
static void fold_letters(struct arena *a, struct error_pattern_text *t)
{
    size_t room = 1;
    uint32_t point = 0;

    for (size_t i = 0; i < t->plain_len; i++)
        room += t->plain[i] & 0x80 ? LETTERS_A_BYTE : 1;
    char *letters = arena_alloc(a, room, 1);
    uint32_t *at = arena_alloc(a, room, sizeof *at);
    for (size_t i = 0; read_at(t, i, &point); i += utf8_length(point)) {
        char folded[ERROR_PATTERN_FOLD_MAX];
        size_t len = error_pattern_fold(point, folded);
        size_t most = LETTERS_A_BYTE * utf8_length(point);
        for (size_t k = 0; k < len && k < most; k++) {
            at[t->len] = (uint32_t)i;
            letters[t->len++] = folded[k];
        }
    }
    t->letters = letters;
    t->at = at;
}

struct error_pattern_text error_pattern_text_read(struct arena *a,
                                                  const char *text, size_t len)
{
    size_t most = len < ERROR_PATTERN_TEXT_MAX ? len : ERROR_PATTERN_TEXT_MAX;
    const char *p = arena_text_n(a, text, most); /* a NUL behind it */
    struct cleaner c = { .end = p + most, .line_begins = true };
    struct error_pattern_text t;

    buf_init(&c.out, a, most);
    while (p < c.end)
        p += is_ordinary(*p) ? put_ordinary(&c, p) : eat(&c, p);
    t = (struct error_pattern_text){ .plain = c.out.text,
                                     .plain_len = c.out.len };
    fold_letters(a, &t);
    return t;
}

bool error_pattern_text_whole(const struct error_pattern_text *t, size_t from,
                              size_t to)
{
    size_t first = t->at[from], next = error_pattern_text_behind(t, to);
    uint32_t inner = 0, outer = 0;

    if (joins_before(t, first, &outer) && read_at(t, first, &inner) &&
        error_pattern_fold_joins(inner))
        return false;
    while (read_at(t, next, &outer) && error_pattern_fold_is_mark(outer))
        next += utf8_length(outer);
    return !read_at(t, next, &outer) || !error_pattern_fold_joins(outer) ||
           !read_at(t, t->at[to - 1], &inner) ||
           !error_pattern_fold_joins(inner);
}

bool error_pattern_text_is(const struct error_pattern_text *t, size_t from,
                           size_t to, const char *exactly)
{
    const char *first = t->plain + t->at[from];
    size_t len = strlen(exactly);
    size_t next = error_pattern_text_behind(t, to);

    return next - t->at[from] == len && strncmp(first, exactly, len) == 0 &&
           !(next + 1 < t->plain_len && strchr(".-", first[len]) &&
             isalnum((unsigned char)first[len + 1]));
}
