#define _GNU_SOURCE /* POLLRDHUP */
#include "peer.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { GUESTS_MAX = 256, PATIENCE_MS = 60 * 1000 };

struct peer {
    struct peer_order order;
    int fd;
    uint16_t port;
    pthread_t host, guests[GUESTS_MAX];
    int fds[GUESTS_MAX]; /* stay open until the end */
    atomic_int visits, crowd;
};

struct guest {
    struct peer *peer;
    int fd;
    SSL *ssl;
    bool is_first;
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool heard_from(int fd, int ms)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    return poll(&p, 1, ms) > 0;
}

static bool hear_byte(const struct guest *g, char *byte)
{
    bool waits = g->ssl && SSL_pending(g->ssl) > 0;

    if (!waits && !heard_from(g->fd, PATIENCE_MS))
        return false;
    return g->ssl ? SSL_read(g->ssl, byte, 1) == 1
                  : recv(g->fd, byte, 1, 0) == 1;
}

static bool say(const struct guest *g, const char *text)
{
    int len = (int)strlen(text);

    return g->ssl ? SSL_write(g->ssl, text, len) == len
                  : send(g->fd, text, (size_t)len, MSG_NOSIGNAL) > 0;
}

static bool hear_line(const struct guest *g, const char *start)
{
    char line[512];
    size_t len = 0;

    while (len < sizeof line) {
        if (!hear_byte(g, line + len))
            return false;
        if (line[len++] == '\n')
            return strncmp(line, start, strlen(start)) == 0;
    }
    return false;
}

static bool shake_hands(struct guest *g)
{
    g->ssl = SSL_new(g->peer->order.tls);
    SSL_set_fd(g->ssl, g->fd);
    return SSL_accept(g->ssl) == 1;
}

static bool play(struct guest *g, const struct peer_step *step)
{
    switch (step->action) {
    case PEER_SAY:
        return say(g, step->text);
    case PEER_HEAR:
        return hear_line(g, step->text);
    case PEER_TLS:
        return shake_hands(g);
    case PEER_PAUSE:
        return !heard_from(g->fd, step->ms) || step->text;
    default:
        return false;
    }
}

static void wait_for_end(const struct guest *g)
{
    char bytes[512];

    while (heard_from(g->fd, PATIENCE_MS) &&
           recv(g->fd, bytes, sizeof bytes, 0) > 0)
        ;
}

static void *entertain(void *arg)
{
    struct guest *g = arg;
    const struct peer_order *order = &g->peer->order;
    const struct peer_step *step =
        g->is_first && order->first ? order->first : order->script;

    while (play(g, step))
        step++;
    if (step->action == PEER_END)
        wait_for_end(g);
    SSL_free(g->ssl);
    shutdown(g->fd, SHUT_RDWR);
    free(g);
    return NULL;
}

/* How many of the first `len` have not hung up? */
static int present(const struct peer *p, int len)
{
    int n = 0;

    for (int i = 0; i < len; i++) {
        struct pollfd left = { .fd = p->fds[i], .events = POLLRDHUP };
        n += poll(&left, 1, 0) == 0;
    }
    return n;
}

static void *open_doors(void *arg)
{
    struct peer *p = arg;
    int fd = -1;

    while ((fd = accept(p->fd, NULL, NULL)) >= 0) {
        struct guest *g = calloc(1, sizeof *g);
        int n = atomic_load(&p->visits);
        must(n < GUESTS_MAX);
        int crowd = present(p, n) + 1;
        if (crowd > atomic_load(&p->crowd))
            atomic_store(&p->crowd, crowd);
        g->peer = p;
        g->is_first = n == 0;
        g->fd = p->fds[n] = fd;
        atomic_store(&p->visits, n + 1);
        must(pthread_create(&p->guests[n], NULL, entertain, g) == 0);
    }
    return NULL;
}

static int name_asked(SSL *ssl, int *alert, void *arg)
{
    const struct peer *p = arg;
    const char *sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

    if (!sni || !p->order.refused || strcmp(sni, p->order.refused) != 0)
        return SSL_TLSEXT_ERR_OK;
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

struct peer *peer_start(const struct peer_order *order)
{
    struct peer *p = calloc(1, sizeof *p);
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons(order->port) };
    socklen_t len = sizeof at;
    int on = 1;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    signal(SIGPIPE, SIG_IGN);
    p->order = *order;
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(p->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    must(bind(p->fd, (struct sockaddr *)&at, sizeof at) == 0);
    must(listen(p->fd, 64) == 0);
    must(getsockname(p->fd, (struct sockaddr *)&at, &len) == 0);
    p->port = ntohs(at.sin_port);
    if (order->tls) {
        SSL_CTX_set_tlsext_servername_callback(order->tls, name_asked);
        SSL_CTX_set_tlsext_servername_arg(order->tls, p);
    }
    must(pthread_create(&p->host, NULL, open_doors, p) == 0);
    return p;
}

uint16_t peer_port(const struct peer *p)
{
    return p->port;
}

int peer_visits(struct peer *p)
{
    return atomic_load(&p->visits);
}

int peer_crowd(struct peer *p)
{
    return atomic_load(&p->crowd);
}

void peer_stop(struct peer *p)
{
    shutdown(p->fd, SHUT_RDWR);
    pthread_join(p->host, NULL);
    close(p->fd);
    for (int i = 0; i < atomic_load(&p->visits); i++)
        pthread_join(p->guests[i], NULL);
    for (int i = 0; i < atomic_load(&p->visits); i++)
        close(p->fds[i]);
    SSL_CTX_free(p->order.tls);
    free(p);
}

static X509 *self_signed(const char *cn, const char *san, EVP_PKEY *key)
{
    X509 *x = X509_new();
    X509_NAME *name = X509_get_subject_name(x);
    X509_EXTENSION *names =
        X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, san);

    must(names);
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               (const unsigned char *)cn, -1, -1, 0);
    X509_set_issuer_name(x, name);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_add_ext(x, names, -1);
    X509_EXTENSION_free(names);
    must(X509_sign(x, key, EVP_sha256()) > 0);
    return x;
}

static void add_pair(SSL_CTX *tls, const char *cn, const char *san, bool rsa)
{
    EVP_PKEY *key = rsa ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024)
                        : EVP_EC_gen("P-256");
    X509 *x = self_signed(cn, san, key);

    must(SSL_CTX_use_certificate(tls, x) == 1);
    must(SSL_CTX_use_PrivateKey(tls, key) == 1);
    X509_free(x);
    EVP_PKEY_free(key);
}

SSL_CTX *peer_tls(const char *cn, const char *san, const char *key_types)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

    SSL_CTX_set_security_level(tls, 0);
    if (strstr(key_types, "rsa"))
        add_pair(tls, cn, san, true);
    if (strstr(key_types, "ec"))
        add_pair(tls, cn, san, false);
    return tls;
}
