#ifndef CERTMEND_TESTS_WEB_STAGE_H
#define CERTMEND_TESTS_WEB_STAGE_H
/*
 * web_stage - a web server in a process of its own, and browsers that behave
 * as badly as they like
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture.h"
#include "net/alpn_server.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "net/signals.h"
#include "net/web_server.h"

#if defined(__SANITIZE_ADDRESS__)
enum { ROOMY = 30 }; /* what was freed is kept back */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { ROOMY = 30 };
#else
enum { ROOMY = 1 };
#endif
#else
enum { ROOMY = 1 };
#endif

#define GET(path) "GET " path " HTTP/1.1\r\nHost: ours\r\n\r\n"
#define LAST(path)                                                             \
    "GET " path " HTTP/1.1\r\nHost: ours\r\nConnection: close\r\n\r\n"
#define POST(header, body)                                                     \
    "POST /echo HTTP/1.1\r\nHost: ours\r\nOrigin: http://ours\r\n"             \
    "Content-Type: application/x-www-form-urlencoded\r\n" header "\r\n" body

struct web_stage {
    pid_t pid; /* 0: closed */
    uint16_t port;
    int says; /* its standard error */
};

enum { BIG = 1024 * 1024, HEARD_MAX = 4 * BIG, BURNT_MAX = 1024 };

static struct loop *loop;
static size_t stage_left;
static int burnt[BURNT_MAX];
static volatile sig_atomic_t burnt_len;

struct visit {
    struct web_exchange *exchange;
    struct timer timer;
    const char *event;
};

static inline void reply_text(struct web_exchange *x, const char *text,
                              size_t len)
{
    web_reply(x, &(struct web_answer){ .status = 200,
                                       .type = "text/plain; charset=utf-8",
                                       .body = text,
                                       .body_len = len });
}

static inline void has_left(void *arg)
{
    struct visit *v = arg;

    timer_stop(&v->timer);
    stage_left++;
}

static inline void reply_now(void *arg)
{
    struct visit *v = arg;

    reply_text(v->exchange, "later", 5);
}

static inline void send_event(void *arg)
{
    struct visit *v = arg;

    if (!web_stream_event(v->exchange, "news", v->event)) {
        stage_left++;
        return;
    }
    timer_set(loop, &v->timer, v->event[0] == 'x' ? 1 : 20);
}

static inline struct visit *visit_new(struct web_exchange *x,
                                      const struct web_request *q,
                                      void (*call)(void *arg))
{
    struct visit *v = arena_alloc(q->arena, 1, sizeof *v);

    v->exchange = x;
    v->timer = (struct timer){ .call = call, .arg = v };
    web_exchange_on_gone(x, has_left, v);
    return v;
}

static inline void stream(struct web_exchange *x, const struct web_request *q,
                          const char *event)
{
    struct visit *v = visit_new(x, q, send_event);

    v->event = event;
    web_stream_begin(x);
    timer_set(loop, &v->timer, 1);
}

static inline void burn(int sig)
{
    int fd = 0;

    (void)sig;
    while (burnt_len < BURNT_MAX && fd >= 0) {
        fd = dup(0);
        if (fd >= 0)
            burnt[burnt_len++] = fd;
    }
}

static inline void unburn(int sig)
{
    (void)sig;
    while (burnt_len > 0)
        close(burnt[--burnt_len]);
}

static inline void answer(void *arg, struct web_exchange *x,
                          const struct web_request *q)
{
    static char big[BIG], event[1024];
    const char *what = web_request_field(q, "what");
    const char *number = arena_printf(q->arena, "%zu", stage_left);

    (void)arg;
    memset(big, 'b', sizeof big);
    memset(event, 'x', sizeof event - 1);
    if (strcmp(q->path, "/later") == 0)
        timer_set(loop, &visit_new(x, q, reply_now)->timer, 100);
    else if (strcmp(q->path, "/never") == 0)
        visit_new(x, q, NULL);
    else if (strcmp(q->path, "/stream") == 0)
        stream(x, q, "one\r\ntwo\nthree");
    else if (strcmp(q->path, "/flood") == 0)
        stream(x, q, event);
    else if (strcmp(q->path, "/big") == 0)
        reply_text(x, big, sizeof big);
    else if (strcmp(q->path, "/left") == 0)
        reply_text(x, number, strlen(number));
    else if (strcmp(q->path, "/echo") == 0 && what)
        reply_text(x, what, strlen(what));
    else if (strcmp(q->path, "/bad") == 0)
        web_reply(x, &(struct web_answer){ .status = 303,
                                           .type = "text/plain",
                                           .body = "secret",
                                           .body_len = 6,
                                           .location = "/\r\nX: y" });
    else
        reply_text(x, q->client, strlen(q->client));
}

static inline void stop(void *arg)
{
    (void)arg;
    loop_stop(loop);
}

static inline void answer_challenge(void *arg,
                                    const struct http_server_request *q,
                                    struct http_server_reply *reply)
{
    (void)arg;
    (void)q;
    *reply = (struct http_server_reply){ 200, "text/plain", "here", 4 };
}

static inline const struct alpn_cert *no_cert(void *arg, const char *name)
{
    (void)arg;
    (void)name;
    return NULL;
}

enum kind { PAGES, HTTP01, ALPN };

struct server {
    struct web_server *pages;
    struct http_server *http01;
    struct alpn_server *alpn;
};

/* The port; 0: it could not begin. */
static inline uint16_t begin(struct server *s, enum kind kind,
                             const struct web_server_options *o)
{
    const struct listen_place place = { .address = "127.0.0.1" };
    struct err err;

    if (kind == PAGES)
        return web_server_new(loop, o, answer, NULL, &s->pages, &err)
                   ? web_server_port(s->pages)
                   : 0;
    if (kind == HTTP01)
        return http_server_new(loop, &place, answer_challenge, NULL, &s->http01,
                               &err)
                   ? http_server_port(s->http01)
                   : 0;
    struct alpn_request order = { .loop = loop,
                                  .protocol = "acme-tls/1",
                                  .choose = no_cert };
    struct listen_sockets probe;
    if (!listen_open(&place, &probe, &err))
        return 0;
    order.place =
        (struct listen_place){ .address = "127.0.0.1", .port = probe.port };
    listen_close(&probe);
    return alpn_server_new(&order, &s->alpn, &err) ? order.place.port : 0;
}

static inline void serve(int out, enum kind kind,
                         const struct web_server_options *o)
{
    struct signals signals = { .call = stop };
    struct server s = { .pages = NULL };
    struct err err;

    if (!loop_new(&loop, &err))
        exit(3);
    uint16_t port = begin(&s, kind, o);
    if (!port)
        exit(3);
    signal(SIGUSR1, unburn);
    signal(SIGUSR2, burn);
    signals_set(loop, &signals);
    bool ran = write(out, &port, sizeof port) == sizeof port &&
               close(out) == 0 && loop_run(loop, &err);
    web_server_free(s.pages);
    http_server_free(s.http01);
    alpn_server_free(s.alpn);
    signals_stop(&signals);
    loop_free(loop);
    arena_free(arena);
    exit(ran ? 0 : 4);
}

static inline void open_as(struct web_stage *at, enum kind kind,
                           const struct web_server_options *o)
{
    int port[2], says[2];

    assert_int_equal(pipe(port), 0);
    assert_int_equal(pipe(says), 0);
    fcntl(says[0], F_SETFL, O_NONBLOCK);
    at->pid = fork();
    assert_true(at->pid >= 0);
    if (at->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(port[0]);
        dup2(says[1], STDERR_FILENO);
        close(says[0]);
        close(says[1]);
        serve(port[1], kind, o);
    }
    close(port[1]);
    close(says[1]);
    at->says = says[0];
    assert_int_equal(read(port[0], &at->port, sizeof at->port),
                     sizeof at->port);
    close(port[0]);
}

/*
 * One at a time. It answers /hello with the client's address; /echo with the
 * field "what"; /later after 100 ms; /never not at all; /left with how many
 * browsers left before they had an answer; /stream with an event each 20 ms,
 * /flood with 1 KB each; /big with 1 MB; anything else as /hello. Other servers
 * that listen: the responders of http-01 and tls-alpn-01.
 */
static inline void web_stage_open(struct web_stage *at,
                                  const struct web_server_options *o)
{
    open_as(at, PAGES, o);
}

static inline void web_stage_open_http01(struct web_stage *at)
{
    open_as(at, HTTP01, NULL);
}

static inline void web_stage_open_alpn(struct web_stage *at)
{
    open_as(at, ALPN, NULL);
}

/* No descriptor is free in it, until that is taken back. */
static inline void web_stage_use_up(const struct web_stage *at, bool used_up)
{
    kill(at->pid, used_up ? SIGUSR2 : SIGUSR1);
    usleep(50000);
}

/* It was told to end and ended well. */
static inline void web_stage_close(struct web_stage *at)
{
    int status = -1;

    kill(at->pid, SIGTERM);
    assert_int_equal(waitpid(at->pid, &status, 0), at->pid);
    at->pid = 0;
    char said[4096] = "";
    ssize_t len = status ? read(at->says, said, sizeof said - 1) : 0;
    if (status)
        fail_msg("the server ended with %d: %.*s", status, (int)len, said);
    close(at->says);
}

static inline const char *proc(const struct web_stage *at, const char *file)
{
    return arena_printf(arena, "/proc/%d/%s", (int)at->pid, file);
}

/* Resident, in KB. */
static inline size_t web_stage_memory(const struct web_stage *at)
{
    FILE *f = fopen(proc(at, "statm"), "r");
    size_t total = 0, resident = 0;

    assert_non_null(f);
    assert_int_equal(fscanf(f, "%zu %zu", &total, &resident), 2);
    fclose(f);
    return resident * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

static inline size_t web_stage_files(const struct web_stage *at)
{
    size_t len = 0;
    char link[8];

    for (int fd = 0; fd < BURNT_MAX; fd++)
        len += readlink(proc(at, arena_printf(arena, "fd/%d", fd)), link,
                        sizeof link) > 0;
    return len;
}

static inline int64_t web_stage_cpu_ms(const struct web_stage *at)
{
    FILE *f = fopen(proc(at, "stat"), "r");
    long long user = 0, system = 0;

    assert_non_null(f);
    assert_int_equal(fscanf(f,
                            "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u "
                            "%*u %*u %lld %lld",
                            &user, &system),
                     2);
    fclose(f);
    return (user + system) * 1000 / sysconf(_SC_CLK_TCK);
}

static inline int web_stage_dial(const struct web_stage *at)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(at->port) };

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static inline void web_stage_say(int fd, const char *words)
{
    /* Whoever is cut off reads why; nothing depends on all being sent. */
    ssize_t sent = send(fd, words, strlen(words), MSG_NOSIGNAL);

    (void)sent;
}

/* Up to the end, or as long as `ms`; NUL-terminated. *ended: it hung up. */
static inline const char *web_stage_hear(int fd, int64_t ms, bool *ended)
{
    int64_t until = clock_monotonic_ms() + ms;
    static char bytes[64 * 1024];
    struct buf heard;

    buf_init(&heard, arena, HEARD_MAX);
    *ended = false;
    while (!*ended) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        int64_t wait = until - clock_monotonic_ms();
        if (wait < 0 || poll(&p, 1, (int)wait) <= 0)
            break;
        ssize_t got = read(fd, bytes, sizeof bytes);
        *ended = got <= 0;
        if (got > 0)
            buf_bytes(&heard, bytes, (size_t)got);
    }
    return heard.text;
}

/* A connection of its own, up to its end, within 2 s. */
static inline const char *web_stage_ask(const struct web_stage *at,
                                        const char *words)
{
    int fd = web_stage_dial(at);
    bool ended = false;

    web_stage_say(fd, words);
    const char *heard = web_stage_hear(fd, 2000, &ended);
    close(fd);
    if (!ended)
        fail_msg("not hung up after: %.300s", heard);
    return heard;
}

/* 0: there is none. */
static inline int web_stage_status(const char *answer)
{
    return strncmp(answer, "HTTP/1.", 7) == 0
               ? (int)strtol(answer + 9, NULL, 10)
               : 0;
}

#endif
