#include "net/proxy.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "model/host_port.h"
#include "model/name.h"

enum { SIGN_IN_MAX = 255 }; /* RFC 1929: one byte says how long */

static const struct {
    const char *scheme;
    enum proxy_kind kind;
} schemes[] = {
    { "socks5://", PROXY_SOCKS5 },
    { "http://", PROXY_HTTP },
};

static const char *skip_scheme(const char *text, enum proxy_kind *kind)
{
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t len = strlen(schemes[i].scheme);
        if (strncmp(text, schemes[i].scheme, len) != 0)
            continue;
        *kind = schemes[i].kind;
        return text + len;
    }
    return NULL;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* NULL: a "%" without its two digits, or a NUL, or too short or long. */
static const char *decoded(struct arena *a, const char *text, size_t len)
{
    char *out = arena_alloc(a, len + 1, 1);
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        bool coded = text[i] == '%';
        int high = coded && i + 2 < len ? hex_digit(text[i + 1]) : -1;
        int low = coded && i + 2 < len ? hex_digit(text[i + 2]) : -1;
        if (coded && (high < 0 || low < 0 || high + low == 0))
            return NULL;
        out[n++] = coded ? (char)(high * 16 + low) : text[i];
        i += coded ? 2 : 0;
    }
    out[n] = '\0';
    return n >= 1 && n <= SIGN_IN_MAX ? out : NULL;
}

/* "USER:PASSWORD"; what is said of it must not show it. */
static bool read_sign_in(struct arena *a, const char *text, size_t len,
                         struct proxy *out, struct err *err)
{
    const char *colon = memchr(text, ':', len);

    if (!colon)
        return err_set(err, ERR_USAGE,
                       "the password is missing: USER:PASSWORD@ was wanted "
                       "before the proxy's name");
    size_t user_len = (size_t)(colon - text);
    out->user = decoded(a, text, user_len);
    out->password = decoded(a, colon + 1, len - user_len - 1);
    if (!out->user || !out->password ||
        (out->kind == PROXY_HTTP && strchr(out->user, ':')))
        return err_set(err, ERR_USAGE,
                       "the user or the password cannot be read: 1 to %d "
                       "characters each, those with a meaning in a URL "
                       "written as %%XX (\"@\" is %%40)",
                       SIGN_IN_MAX);
    return true;
}

bool proxy_read(struct arena *a, const char *text, struct proxy *out,
                struct err *err)
{
    struct proxy p = { .port = 0 };
    const char *host = NULL;
    const char *rest = skip_scheme(text, &p.kind);
    const char *at = rest ? strrchr(rest, '@') : NULL;

    if (at && !read_sign_in(a, rest, (size_t)(at - rest), &p, err))
        return false;
    const char *place = at ? at + 1 : rest;
    if (!place || !host_port_read(a, place, &host, &p.port) || !p.port)
        return err_set(err, ERR_USAGE,
                       "socks5://HOST:PORT or http://HOST:PORT was wanted, "
                       "with USER:PASSWORD@ before the host where the proxy "
                       "asks for it");
    struct name_read name = name_read(a, host, strlen(host));
    if (!host[0] || name.kind == NAME_BAD)
        return err_set(err, ERR_USAGE, "\"%.100s\" is no host: %s", host,
                       host[0] ? name.why : "it is empty");
    p.host = name.text;
    *out = p;
    return true;
}

static void put_coded(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (isalnum((unsigned char)*text) || strchr("-._~", *text))
            buf_char(out, *text);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

const char *proxy_text(struct arena *a, const struct proxy *proxy)
{
    struct buf out;

    buf_init(&out, a, 2048);
    buf_text(&out, proxy->kind == PROXY_HTTP ? "http://" : "socks5://");
    if (proxy->user) {
        put_coded(&out, proxy->user);
        buf_char(&out, '@');
    }
    buf_text(&out, host_port_text(a, proxy->host, proxy->port));
    return out.text;
}
