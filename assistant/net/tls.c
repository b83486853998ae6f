#include "net/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "base/own.h"
#include "net/connection.h"
#include "net/loop.h"

OWN_DEFINE(SSL_CTX, SSL_CTX_free);
OWN_DEFINE(SSL, SSL_free);

struct tls_client {
    struct arena *arena;
    SSL_CTX *ctx;
};

enum {
    CERT_LIST_MAX = 512 * 1024, /* 10,000 names take 250 KB */
    RECORD_FIRST = SSL3_RT_CHANGE_CIPHER_SPEC,
    RECORD_LAST = SSL3_RT_APPLICATION_DATA,
    RECORD_MAJOR = 3, /* RFC 8446 5.1: TLS 1.0 to 1.3 all say 3.x */
};

static const char ciphers[] = "DEFAULT:@SECLEVEL=0";

/* Verification comes later, on the stored bytes. */
static int accept_any(X509_STORE_CTX *store, void *arg)
{
    (void)store;
    (void)arg;
    return 1;
}

static void note_certificates(struct tls *t, const uint8_t *message, size_t len)
{
    if (len <= SSL3_HM_HEADER_LENGTH || t->chain.len)
        return;
    t->chain = tls_chain_read(t->arena, message + SSL3_HM_HEADER_LENGTH,
                              len - SSL3_HM_HEADER_LENGTH,
                              SSL_version(t->ssl) == TLS1_3_VERSION);
}

/* Sees every message of the handshake as it goes over the wire, decrypted. */
/* NOLINTNEXTLINE(readability-function-size): OpenSSL asks for them all */
static void saw_message(int is_ours, int version, int type, const void *bytes,
                        size_t len, SSL *ssl, void *arg)
{
    struct tls *t = arg;
    const uint8_t *p = bytes;

    (void)version;
    (void)ssl;
    if (is_ours || len < 2)
        return;
    if (type == SSL3_RT_HANDSHAKE && p[0] == SSL3_MT_CERTIFICATE)
        note_certificates(t, p, len);
    else if (type == SSL3_RT_ALERT && p[1] != SSL_AD_CLOSE_NOTIFY)
        t->alert = p[1];
}

static bool configure(SSL_CTX *ctx)
{
    SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_max_cert_list(ctx, CERT_LIST_MAX);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_cert_verify_callback(ctx, accept_any, NULL);
    SSL_CTX_set_msg_callback(ctx, saw_message);
    return SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(ctx, ciphers) == 1;
}

bool tls_client_new(struct tls_client **out, struct err *err)
{
    /* This machine's policy must not narrow what can be seen. */
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    /* OpenSSL writes by write(2): a peer that is gone must not kill us. */
    signal(SIGPIPE, SIG_IGN);
    OWN(SSL_CTX) *ctx = SSL_CTX_new(TLS_client_method());
    if (!ctx || !configure(ctx))
        return err_set(err, ERR_SYSTEM,
                       "TLS: the library cannot be set up here");
    struct arena *a = arena_new();
    struct tls_client *c = arena_alloc(a, 1, sizeof *c);
    *c = (struct tls_client){ .arena = a, .ctx = ctx };
    ctx = NULL;
    *out = c;
    return true;
}

void tls_client_free(struct tls_client *c)
{
    if (!c)
        return;
    SSL_CTX_free(c->ctx);
    arena_free(c->arena);
}

/* A server with two certificates shows the one of the type we can check. */
static const struct {
    enum key_type type;
    const char *ciphers; /* up to TLS 1.2 */
    const char *sigalgs;
} restrictions[] = {
    { KEY_RSA, "aRSA:@SECLEVEL=0",
      "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:"
      "RSA+SHA256:RSA+SHA384:RSA+SHA512:RSA+SHA1" },
    { KEY_EC, "aECDSA:@SECLEVEL=0",
      "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ECDSA+SHA1" },
};

/* OpenSSL takes some of its texts without const. */
static char *copy(struct arena *a, const char *text)
{
    return arena_copy(a, text, strlen(text));
}

static bool restrict_key(struct arena *a, SSL *ssl, enum key_type type)
{
    for (size_t i = 0; i < sizeof restrictions / sizeof *restrictions; i++) {
        if (restrictions[i].type != type)
            continue;
        char *sigalgs = copy(a, restrictions[i].sigalgs);
        return SSL_set_cipher_list(ssl, restrictions[i].ciphers) == 1 &&
               SSL_set1_sigalgs_list(ssl, sigalgs) == 1;
    }
    return true;
}

static bool send_name(struct arena *a, SSL *ssl, const char *sni)
{
    return !sni || SSL_set_tlsext_host_name(ssl, copy(a, sni)) == 1;
}

static bool offer_protocol(SSL *ssl, const char *alpn)
{
    unsigned char list[256];
    size_t len = alpn ? strlen(alpn) : 0;

    if (!len || len > sizeof list - 1)
        return true;
    list[0] = (unsigned char)len;
    memcpy(list + 1, alpn, len);
    return SSL_set_alpn_protos(ssl, list, (unsigned)len + 1) == 0;
}

static bool begins_like_tls(const uint8_t *bytes, size_t len)
{
    return bytes[0] >= RECORD_FIRST && bytes[0] <= RECORD_LAST &&
           (len < 2 || bytes[1] == RECORD_MAJOR);
}

/* Looks at the peer's first bytes without taking them: what is no TLS is left
 * in the socket for somebody who understands it. */
/* NOLINTNEXTLINE(readability-function-size): OpenSSL asks for them all */
static long before_reading(BIO *in, int what, const char *bytes, size_t room,
                           int unused_1, long unused_2, int go_on,
                           size_t *unused_3)
{
    struct tls *t = (struct tls *)(void *)BIO_get_callback_arg(in);

    (void)bytes, (void)room, (void)unused_1, (void)unused_2, (void)unused_3;
    if (what != BIO_CB_READ || t->heard)
        return go_on;
    BIO_clear_retry_flags(in);
    ssize_t n = recv(t->fd, t->first, sizeof t->first, MSG_PEEK);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        BIO_set_retry_read(in);
        return -1;
    }
    t->heard = true;
    t->first_len = n > 0 ? (size_t)n : 0;
    t->not_tls = n > 0 && !begins_like_tls(t->first, t->first_len);
    return t->not_tls ? -1 : go_on;
}

bool tls_start(struct tls *t, struct tls_client *c, struct arena *a,
               const struct tls_request *order, struct err *err)
{
    OWN(SSL) *ssl = SSL_new(c->ctx);

    if (!ssl || SSL_set_fd(ssl, order->fd) != 1 ||
        !send_name(a, ssl, order->sni) ||
        !restrict_key(a, ssl, order->key_type) ||
        SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp) != 1 ||
        !offer_protocol(ssl, order->alpn))
        return err_set(err, ERR_SYSTEM, "TLS: no handshake can be set up");
    SSL_set_connect_state(ssl);
    SSL_set_msg_callback_arg(ssl, t);
    BIO_set_callback_ex(SSL_get_rbio(ssl), before_reading);
    BIO_set_callback_arg(SSL_get_rbio(ssl), (char *)t);
    *t = (struct tls){ .arena = a, .ssl = ssl, .fd = order->fd, .alert = -1 };
    ssl = NULL;
    return true;
}

static void note_staple(struct tls *t)
{
    const unsigned char *bytes = NULL;
    long len = SSL_get_tlsext_status_ocsp_resp(t->ssl, &bytes);

    if (!bytes || len <= 0)
        return;
    t->staple_len = len < STAPLE_MAX ? (size_t)len : STAPLE_MAX;
    t->staple = arena_copy(t->arena, bytes, t->staple_len);
}

static enum outcome why_not(struct tls *t, int error, int system_error)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(code);

    if (t->not_tls) {
        t->detail = "something else came where TLS was due";
        return OUTCOME_PROTOCOL_ERROR;
    }
    if (t->alert >= 0) {
        t->detail = arena_text(t->arena, SSL_alert_desc_string_long(t->alert));
        return OUTCOME_ALERTED;
    }
    if (error == SSL_ERROR_SYSCALL && system_error) {
        t->detail = arena_text(t->arena, strerror(system_error));
        return connection_outcome(system_error);
    }
    if (error != SSL_ERROR_SSL ||
        ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        t->detail = "the server hung up during the handshake";
        return OUTCOME_CLOSED;
    }
    t->detail = arena_text(t->arena, reason ? reason : "no TLS we know");
    return OUTCOME_PROTOCOL_ERROR;
}

enum outcome tls_handshake(struct tls *t)
{
    ERR_clear_error();
    errno = 0;
    int result = SSL_do_handshake(t->ssl);
    int system_error = errno;
    int error = SSL_get_error(t->ssl, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        t->wants = error == SSL_ERROR_WANT_READ ? WATCH_READ : WATCH_WRITE;
        return OUTCOME_NOT_TRIED;
    }
    if (result != 1)
        return why_not(t, error, system_error);
    t->version = SSL_get_version(t->ssl);
    t->cipher = arena_text(t->arena, SSL_get_cipher_name(t->ssl));
    note_staple(t);
    return OUTCOME_OK;
}

/* What a call that moves bytes came to. */
static enum outcome moved_how(struct tls *t, int result)
{
    int system_error = errno;
    int error = SSL_get_error(t->ssl, result);

    if (result == 1)
        return OUTCOME_OK;
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        t->wants = error == SSL_ERROR_WANT_READ ? WATCH_READ : WATCH_WRITE;
        return OUTCOME_NOT_TRIED;
    }
    if (error == SSL_ERROR_ZERO_RETURN) {
        t->detail = "the server ended TLS";
        return OUTCOME_CLOSED;
    }
    enum outcome outcome = why_not(t, error, system_error);
    if (outcome == OUTCOME_CLOSED)
        t->detail = "the server hung up";
    return outcome;
}

enum outcome tls_read(struct tls *t, void *bytes, size_t room, size_t *len)
{
    *len = 0;
    ERR_clear_error();
    errno = 0;
    return moved_how(t, SSL_read_ex(t->ssl, bytes, room, len));
}

enum outcome tls_write(struct tls *t, const void *bytes, size_t len,
                       size_t *moved)
{
    *moved = 0;
    ERR_clear_error();
    errno = 0;
    return moved_how(t, SSL_write_ex(t->ssl, bytes, len, moved));
}

void tls_end(struct tls *t)
{
    OWN(SSL) *ssl = t->ssl;

    t->ssl = NULL;
    if (ssl && t->version)
        SSL_shutdown(ssl);
    ERR_clear_error();
}
