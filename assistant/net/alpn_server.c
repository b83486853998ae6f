#include "net/alpn_server.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/own.h"
#include "net/loop.h"

OWN_DEFINE(BIO, BIO_free_all);
OWN_DEFINE(EVP_PKEY, EVP_PKEY_free);
OWN_DEFINE(X509, X509_free);

enum {
    CALLERS_MAX = 64,
    CALLER_MS = 10 * 1000,
    NAME_MAX_LEN = 255,
    PAUSE_MS = 100, /* while no descriptor is free */
};

struct caller {
    struct alpn_server *server; /* NULL: nobody */
    SSL *ssl;
    int fd;
    struct watch watch;
};

struct door {
    struct alpn_server *server;
    int fd;
    struct watch watch;
    struct timer pause;
};

struct alpn_server {
    struct arena *arena;
    struct alpn_request order;
    struct listen_sockets sockets;
    struct door doors[LISTEN_MAX];
    struct caller callers[CALLERS_MAX];
    SSL_CTX *ctx;
};

/* Before anything is chosen: no ALPN, no handshake. */
static int check_hello(SSL *ssl, int *alert, void *arg)
{
    const unsigned char *bytes = NULL;
    size_t len = 0;
    int type = TLSEXT_TYPE_application_layer_protocol_negotiation;

    (void)arg;
    if (SSL_client_hello_get0_ext(ssl, (unsigned)type, &bytes, &len))
        return SSL_CLIENT_HELLO_SUCCESS;
    *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
    return SSL_CLIENT_HELLO_ERROR;
}

static int choose_protocol(SSL *ssl, const unsigned char **out,
                           unsigned char *out_len, const unsigned char *in,
                           unsigned in_len, void *arg)
{
    const struct alpn_server *s = arg;
    size_t want = strlen(s->order.protocol);

    (void)ssl;
    for (unsigned at = 0; at < in_len; at += 1u + in[at]) {
        if (in[at] != want || in_len - at - 1 < want ||
            memcmp(in + at + 1, s->order.protocol, want) != 0)
            continue;
        *out = in + at + 1;
        *out_len = in[at];
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static const struct alpn_cert *cert_for(const struct alpn_server *s, SSL *ssl)
{
    const char *sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    char name[NAME_MAX_LEN + 1] = "";

    if (!sni || strlen(sni) > NAME_MAX_LEN)
        return NULL;
    for (size_t i = 0; sni[i]; i++)
        name[i] = (char)tolower((unsigned char)sni[i]);
    return s->order.choose(s->order.arg, name);
}

/* 1: the handshake goes on; 0: it fails. */
static int choose_cert(SSL *ssl, void *arg)
{
    const struct alpn_cert *cert = cert_for(arg, ssl);

    if (!cert || cert->der_len > LONG_MAX)
        return 0;
    const unsigned char *at = cert->der;
    OWN(X509) *x = d2i_X509(NULL, &at, (long)cert->der_len);
    OWN(BIO) *in = BIO_new_mem_buf(cert->key_pem, -1);
    OWN(EVP_PKEY) *key =
        in ? PEM_read_bio_PrivateKey(in, NULL, NULL, NULL) : NULL;
    return x && key && SSL_use_certificate(ssl, x) == 1 &&
           SSL_use_PrivateKey(ssl, key) == 1;
}

static void hang_up(struct caller *c)
{
    watch_stop(&c->watch);
    SSL_free(c->ssl);
    close(c->fd);
    ERR_clear_error();
    *c = (struct caller){ .server = NULL };
}

static void shake(void *arg, bool ready)
{
    struct caller *c = arg;
    int done = ready ? SSL_accept(c->ssl) : -1;
    int wants = ready ? SSL_get_error(c->ssl, done) : SSL_ERROR_SSL;

    ERR_clear_error();
    if (wants == SSL_ERROR_WANT_READ || wants == SSL_ERROR_WANT_WRITE) {
        watch_set(c->server->order.loop, &c->watch, c->fd,
                  wants == SSL_ERROR_WANT_READ ? WATCH_READ : WATCH_WRITE,
                  CALLER_MS);
        return;
    }
    if (done == 1)
        SSL_shutdown(c->ssl);
    hang_up(c);
}

static struct caller *free_seat(struct alpn_server *s)
{
    for (size_t i = 0; i < CALLERS_MAX; i++)
        if (!s->callers[i].server)
            return &s->callers[i];
    return NULL;
}

static void seat(struct alpn_server *s, int fd)
{
    struct caller *c = free_seat(s);
    SSL *ssl = c ? SSL_new(s->ctx) : NULL;

    if (!ssl || SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        close(fd);
        return;
    }
    *c = (struct caller){ .server = s, .ssl = ssl, .fd = fd };
    c->watch = (struct watch){ .call = shake, .arg = c };
    watch_set(s->order.loop, &c->watch, fd, WATCH_READ, CALLER_MS);
}

static void open_door(struct door *d)
{
    watch_set(d->server->order.loop, &d->watch, d->fd, WATCH_READ, -1);
}

/* -1: the caller has gone again. */
static int let_in(int door)
{
    int fd = accept(door, NULL, NULL);

    if (fd < 0 || (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
                   fcntl(fd, F_SETFL, O_NONBLOCK) == 0))
        return fd;
    close(fd);
    return -1;
}

static void pause_ends(void *arg)
{
    open_door(arg);
}

static bool is_out_of_files(int why)
{
    return why == EMFILE || why == ENFILE || why == ENOBUFS || why == ENOMEM;
}

static void welcome(void *arg, bool ready)
{
    struct door *d = arg;
    int fd = ready ? let_in(d->fd) : -1;

    if (fd >= 0)
        seat(d->server, fd);
    /* It would be told again at once that somebody is there. */
    if (ready && fd < 0 && is_out_of_files(errno))
        timer_set(d->server->order.loop, &d->pause, PAUSE_MS);
    else
        open_door(d);
}

static bool make_context(struct alpn_server *s, struct err *err)
{
    s->ctx = SSL_CTX_new(TLS_server_method());
    if (!s->ctx)
        return err_set(err, ERR_SYSTEM, "TLS server: no room for it");
    SSL_CTX_set_min_proto_version(s->ctx, TLS1_2_VERSION); /* RFC 8737 3 */
    SSL_CTX_set_session_cache_mode(s->ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_client_hello_cb(s->ctx, check_hello, NULL);
    SSL_CTX_set_alpn_select_cb(s->ctx, choose_protocol, s);
    SSL_CTX_set_cert_cb(s->ctx, choose_cert, s);
    return true;
}

bool alpn_server_new(const struct alpn_request *order, struct alpn_server **out,
                     struct err *err)
{
    struct arena *a = arena_new();
    struct alpn_server *s = arena_alloc(a, 1, sizeof *s);

    *s = (struct alpn_server){ .arena = a, .order = *order };
    if (!make_context(s, err) ||
        !listen_open(&order->place, &s->sockets, err)) {
        alpn_server_free(s);
        return false;
    }
    for (int i = 0; i < s->sockets.len; i++) {
        struct door *d = &s->doors[i];
        *d = (struct door){ .server = s, .fd = s->sockets.fd[i] };
        d->watch = (struct watch){ .call = welcome, .arg = d };
        d->pause = (struct timer){ .call = pause_ends, .arg = d };
        open_door(d);
    }
    *out = s;
    return true;
}

void alpn_server_free(struct alpn_server *s)
{
    if (!s)
        return;
    for (int i = 0; i < s->sockets.len; i++) {
        watch_stop(&s->doors[i].watch);
        timer_stop(&s->doors[i].pause);
    }
    for (size_t i = 0; i < CALLERS_MAX; i++)
        if (s->callers[i].server)
            hang_up(&s->callers[i]);
    listen_close(&s->sockets);
    SSL_CTX_free(s->ctx);
    arena_free(s->arena);
}
