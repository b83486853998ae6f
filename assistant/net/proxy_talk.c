#include "net/proxy_talk.h"

#include <assert.h>
#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "model/host_port.h"
#include "model/name.h"

enum {
    VERSION = 5,
    SIGN_IN_VERSION = 1,
    OPEN_TO_ALL = 0, /* methods */
    BY_PASSWORD = 2,
    NONE_OF_THESE = 0xFF,
    CONNECT = 1,
    IS_IP4 = 1, /* address types */
    IS_NAME = 3,
    IS_IP6 = 4,
    REQUEST_MAX = 4096,
    STATUS_LINE_LEAST = 12, /* "HTTP/1.1 200" */
};

static const char garbage[] = "the proxy does not speak as one: is it the "
                              "right port and kind (socks5 or http)?";
static const char wants_password[] =
    "the proxy asks for a user and a password (USER:PASSWORD@ before its name)";
static const char wrong_password[] =
    "the proxy does not accept this user and password";

static void end(struct proxy_talk *t, enum outcome outcome, const char *detail)
{
    t->over = true;
    t->want = 0;
    t->outcome = outcome;
    t->detail = detail;
}

static void say_no(struct proxy_talk *t, const char *why)
{
    end(t, OUTCOME_NOT_TRIED, why);
}

static void say(struct proxy_talk *t, const struct buf *words)
{
    t->out = (const uint8_t *)words->text;
    t->out_len = words->len;
}

static void listen_for(struct proxy_talk *t, size_t bytes,
                       void (*step)(struct proxy_talk *t))
{
    t->in_len = 0;
    t->want = bytes;
    t->step = step;
}

/* ---- SOCKS5 ---- */

/* RFC 1928 6; what the proxy tells of the server, and what of itself. */
static const struct {
    enum outcome outcome;
    const char *detail;
} replies[] = {
    [1] = { OUTCOME_NOT_TRIED, "the proxy failed, and does not say why" },
    [2] = { OUTCOME_NOT_TRIED, "the proxy does not allow this connection" },
    [3] = { OUTCOME_UNREACHABLE, "the proxy has no connection to it" },
    [4] = { OUTCOME_UNREACHABLE, "the proxy has no connection to it" },
    [5] = { OUTCOME_REFUSED, "the server refused the proxy's connection" },
    [6] = { OUTCOME_TIMED_OUT, "no answer to the proxy's connection attempt" },
    [7] = { OUTCOME_NOT_TRIED, "the proxy makes no such connections" },
    [8] = { OUTCOME_NOT_TRIED, "the proxy cannot go to this kind of address" },
};

static void bound_heard(struct proxy_talk *t)
{
    end(t, OUTCOME_OK, NULL);
}

static void bound_name_heard(struct proxy_talk *t)
{
    listen_for(t, (size_t)t->in[0] + 2, bound_heard);
}

static void reply_heard(struct proxy_talk *t)
{
    uint8_t reply = t->in[1], kind = t->in[3];
    bool is_kind = kind == IS_IP4 || kind == IS_IP6 || kind == IS_NAME;

    if (t->in[0] != VERSION || reply >= sizeof replies / sizeof *replies ||
        (!reply && !is_kind))
        say_no(t, garbage);
    else if (reply)
        end(t, replies[reply].outcome, replies[reply].detail);
    else if (kind == IS_NAME)
        listen_for(t, 1, bound_name_heard);
    else
        listen_for(t, kind == IS_IP4 ? 4 + 2 : 16 + 2, bound_heard);
}

static void request(struct proxy_talk *t)
{
    uint8_t ip[16];
    size_t len = t->address ? name_ip_bytes(t->address, ip) : 0;
    struct buf b;

    if (!t->address) {
        end(t, OUTCOME_OK, NULL);
        return;
    }
    buf_init(&b, t->arena, REQUEST_MAX);
    buf_bytes(&b,
              (const char[]){ VERSION, CONNECT, 0, len == 4 ? IS_IP4 : IS_IP6 },
              4);
    buf_bytes(&b, ip, len);
    buf_char(&b, (char)(t->port >> 8));
    buf_char(&b, (char)(t->port & 0xFF));
    say(t, &b);
    listen_for(t, 4, reply_heard);
}

/* Some answer with the version of what is around it. */
static void sign_in_heard(struct proxy_talk *t)
{
    if (t->in[0] != SIGN_IN_VERSION && t->in[0] != VERSION)
        say_no(t, garbage);
    else if (t->in[1] != 0)
        say_no(t, wrong_password);
    else
        request(t);
}

static void sign_in(struct proxy_talk *t)
{
    const char *words[] = { t->proxy->user, t->proxy->password };
    struct buf b;

    buf_init(&b, t->arena, REQUEST_MAX);
    buf_char(&b, SIGN_IN_VERSION);
    for (size_t i = 0; i < 2; i++) {
        buf_char(&b, (char)strlen(words[i]));
        buf_text(&b, words[i]);
    }
    say(t, &b);
    listen_for(t, 2, sign_in_heard);
}

static void method_heard(struct proxy_talk *t)
{
    bool is_socks = t->in[0] == VERSION;
    uint8_t method = t->in[1];
    const char *refused = t->proxy->user
                              ? "the proxy takes no user and password, and "
                                "does not let everybody in"
                              : wants_password;

    if (is_socks && method == OPEN_TO_ALL)
        request(t);
    else if (is_socks && method == BY_PASSWORD && t->proxy->user)
        sign_in(t);
    else
        say_no(t, is_socks && method == NONE_OF_THESE ? refused : garbage);
}

static void start_socks(struct proxy_talk *t)
{
    struct buf b;

    buf_init(&b, t->arena, REQUEST_MAX);
    if (t->proxy->user)
        buf_bytes(&b, (const char[]){ VERSION, 2, OPEN_TO_ALL, BY_PASSWORD },
                  4);
    else
        buf_bytes(&b, (const char[]){ VERSION, 1, OPEN_TO_ALL }, 3);
    say(t, &b);
    listen_for(t, 2, method_heard);
}

/* ---- HTTP ---- */

/* "HTTP/1.1 200"; 0: it is no such line. */
static int status_of(const struct proxy_talk *t)
{
    const char *line = (const char *)t->in;
    int status = 0;

    if (t->in_len < STATUS_LINE_LEAST || memcmp(line, "HTTP/1.", 7) != 0 ||
        line[8] != ' ')
        return 0;
    for (size_t i = 9; i < STATUS_LINE_LEAST; i++) {
        if (line[i] < '0' || line[i] > '9')
            return 0;
        status = status * 10 + (line[i] - '0');
    }
    return status;
}

const char *proxy_status_words(struct arena *a, const struct proxy *proxy,
                               int status)
{
    if (status == 407)
        return proxy->user ? wrong_password : wants_password;
    return arena_printf(a,
                        status == 403 || status == 405
                            ? "the proxy does not allow this connection (it "
                              "answers %d)"
                            : "the proxy does not make this connection (it "
                              "answers %d)",
                        status);
}

static void judge_status(struct proxy_talk *t)
{
    int status = status_of(t);

    if (status / 100 == 2)
        end(t, OUTCOME_OK, NULL);
    else if (status / 100 == 1) { /* RFC 9110 15.2: the answer comes yet */
        t->in_len = t->line_len = 0;
        t->past_first = false;
    } else if (status == 407)
        say_no(t, t->proxy->user ? wrong_password : wants_password);
    else if (status == 403 || status == 405)
        say_no(t, arena_printf(t->arena,
                               "the proxy does not allow this connection (it "
                               "answers %d)",
                               status));
    else if (status)
        say_no(t, arena_printf(t->arena,
                               "the proxy does not make this connection (it "
                               "answers %d)",
                               status));
    else
        say_no(t, garbage);
}

/* Byte by byte: behind the empty line is the server's greeting. */
static void header_heard(struct proxy_talk *t, uint8_t byte)
{
    bool is_end = t->past_first && byte == '\n' && t->line_len == 0;

    if (!t->past_first && t->in_len < sizeof t->in)
        t->in[t->in_len++] = byte;
    if (byte != '\r')
        t->line_len = byte == '\n' ? 0 : t->line_len + 1;
    bool is_read = t->in_len >= STATUS_LINE_LEAST || byte == '\n';
    t->past_first = t->past_first || byte == '\n';
    if (is_read && !status_of(t))
        say_no(t, garbage);
    else if (is_end)
        judge_status(t);
    else if (++t->header_len >= PROXY_TALK_HEADER_MAX)
        say_no(t, "the proxy's answer is too long");
}

static const char *sign_in_text(const struct proxy_talk *t)
{
    const char *words =
        arena_printf(t->arena, "%s:%s", t->proxy->user, t->proxy->password);

    return base64_text(t->arena, (const uint8_t *)words, strlen(words));
}

static void start_http(struct proxy_talk *t)
{
    struct buf b;

    if (!t->address) {
        end(t, OUTCOME_OK, NULL);
        return;
    }
    const char *place = arena_printf(
        t->arena, "%s:%u", host_port_bracketed(t->arena, t->address), t->port);
    buf_init(&b, t->arena, REQUEST_MAX);
    buf_printf(&b, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", place, place);
    if (t->proxy->user)
        buf_printf(&b, "Proxy-Authorization: Basic %s\r\n", sign_in_text(t));
    buf_text(&b, "\r\n");
    say(t, &b);
    listen_for(t, 1, NULL);
}

/* ---- either ---- */

void proxy_talk_start(struct proxy_talk *t, struct arena *a,
                      const struct proxy *proxy, const char *address,
                      uint16_t port)
{
    *t = (struct proxy_talk){
        .proxy = proxy, .arena = a, .address = address, .port = port
    };
    if (proxy->kind == PROXY_HTTP)
        start_http(t);
    else
        start_socks(t);
}

void proxy_talk_take(struct proxy_talk *t, const uint8_t *bytes, size_t len)
{
    assert(len <= t->want && t->want <= sizeof t->in);
    if (t->proxy->kind == PROXY_HTTP) {
        if (len)
            header_heard(t, bytes[0]);
        return;
    }
    memcpy(t->in + t->in_len, bytes, len);
    t->in_len += len;
    t->want -= len;
    if (!t->want)
        t->step(t);
}

void proxy_talk_hung_up(struct proxy_talk *t)
{
    say_no(t, "the proxy hung up without an answer");
}
