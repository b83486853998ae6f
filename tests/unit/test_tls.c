#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/x509_read.h"
#include "net/connection.h"
#include "net/loop.h"
#include "net/tls.h"
#include "peer.h"

static const struct peer_step speaks_tls[] = { { PEER_TLS, NULL, 0 },
                                               { PEER_END, NULL, 0 } };
static const struct peer_step greets[] = { { PEER_PAUSE, "", 20 },
                                           { PEER_SAY, "220 mx ESMTP\r\n", 0 },
                                           { PEER_END, NULL, 0 } };
static const struct peer_step speaks_noise[] = {
    { PEER_SAY, "\x80\x81\x82", 0 }, { PEER_END, NULL, 0 }
};
static const struct peer_step hangs_up[] = { { PEER_HANG_UP, NULL, 0 } };
static const struct peer_step breaks_off[] = {
    { PEER_PAUSE, "", 1000 },
    { PEER_SAY, "\x16\x03\x03", 0 },
    { PEER_HANG_UP, NULL, 0 },
};
static const struct peer_step speaks_badly[] = {
    { PEER_PAUSE, "", 1000 },
    { PEER_SAY, "\x16\x03\x03\xff\xff", 0 }, /* longer than any record */
    { PEER_END, NULL, 0 },
};

struct shaking {
    struct arena *arena;
    struct loop *loop;
    struct connection connection;
    struct tls tls;
    enum outcome outcome;
};

static struct tls_client *client;

static void may_go_on(void *arg, enum outcome outcome)
{
    struct shaking *s = arg;

    s->outcome = outcome;
}

static void wait_for(struct shaking *s)
{
    struct err err;

    assert_true(loop_run(s->loop, &err));
}

static void shake(struct shaking *s, uint16_t port, struct tls_request order)
{
    struct err err;

    *s = (struct shaking){ .arena = arena_new() };
    assert_true(loop_new(&s->loop, &err));
    s->connection = (struct connection){
        .loop = s->loop, .arena = s->arena, .call = may_go_on, .arg = s
    };
    connection_connect(&s->connection, "127.0.0.1", port, 1000);
    wait_for(s);
    assert_int_equal(s->outcome, OUTCOME_OK);
    order.fd = s->connection.fd;
    assert_true(tls_start(&s->tls, client, s->arena, &order, &err));
    while ((s->outcome = tls_handshake(&s->tls)) == OUTCOME_NOT_TRIED) {
        connection_wait(&s->connection, s->tls.wants, 5000);
        wait_for(s);
        assert_int_equal(s->outcome, OUTCOME_OK);
    }
}

static void end(struct shaking *s)
{
    tls_end(&s->tls);
    tls_end(&s->tls);
    connection_close(&s->connection);
    loop_free(s->loop);
    arena_free(s->arena);
}

static SSL_CTX *server(const char *key_types, int version)
{
    SSL_CTX *tls =
        peer_tls("mail.example.com", "DNS:mail.example.com", key_types);

    SSL_CTX_set_min_proto_version(tls, version ? version : TLS1_VERSION);
    SSL_CTX_set_max_proto_version(tls, version);
    return tls;
}

static void test_works(void **state)
{
    static const struct {
        const char *what, *key_types;
        int version;
        enum key_type wanted;
        const char *expected;
        enum key_type shown;
    } rows[] = {
        { "the newest", "ec", 0, KEY_UNKNOWN, "TLSv1.3", KEY_EC },
        { "TLS 1.2", "ec", TLS1_2_VERSION, KEY_UNKNOWN, "TLSv1.2", KEY_EC },
        { "TLS 1.0", "rsa", TLS1_VERSION, KEY_UNKNOWN, "TLSv1", KEY_RSA },
        { "small RSA", "rsa", 0, KEY_UNKNOWN, "TLSv1.3", KEY_RSA },
        { "RSA of two", "rsa ec", 0, KEY_RSA, "TLSv1.3", KEY_RSA },
        { "EC of two", "rsa ec", 0, KEY_EC, "TLSv1.3", KEY_EC },
        { "RSA of two in 1.2", "rsa ec", TLS1_2_VERSION, KEY_RSA, "TLSv1.2",
          KEY_RSA },
        { "EC of two in 1.2", "rsa ec", TLS1_2_VERSION, KEY_EC, "TLSv1.2",
          KEY_EC },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct peer *p = peer_start(&(struct peer_order){
            .script = speaks_tls,
            .tls = server(rows[i].key_types, rows[i].version) });
        struct shaking s;
        struct held_cert leaf;
        shake(&s, peer_port(p),
              (struct tls_request){ .sni = "mail.example.com",
                                    .key_type = rows[i].wanted });
        if (s.outcome != OUTCOME_OK ||
            strcmp(s.tls.version, rows[i].expected) != 0)
            fail_msg("%s: expected %s, got %s (%s)", rows[i].what,
                     rows[i].expected, s.tls.version, s.tls.detail);
        assert_non_null(s.tls.cipher);
        assert_int_equal(s.tls.alert, -1);
        assert_int_equal(s.tls.chain.len, 1);
        x509_read(s.arena, s.tls.chain.items[0].bytes, s.tls.chain.items[0].len,
                  CERT_SENT, &leaf);
        assert_string_equal(leaf.cert.subject_cn, "mail.example.com");
        if (leaf.cert.key_type != rows[i].shown)
            fail_msg("%s: expected key type %d, got %d", rows[i].what,
                     rows[i].shown, leaf.cert.key_type);
        end(&s);
        peer_stop(p);
    }
}

static void test_fails(void **state)
{
    static const struct {
        const char *what;
        const struct peer_step *script;
        enum key_type wanted;
        const char *refused;
        enum outcome expected;
        int alert;
        const char *first; /* clear text that came, or NULL */
    } rows[] = {
        { "no such key", speaks_tls, KEY_RSA, NULL, OUTCOME_ALERTED,
          SSL_AD_HANDSHAKE_FAILURE, NULL },
        { "name refused", speaks_tls, KEY_UNKNOWN, "mail.example.com",
          OUTCOME_ALERTED, SSL_AD_UNRECOGNIZED_NAME, NULL },
        { "clear text", greets, KEY_UNKNOWN, NULL, OUTCOME_PROTOCOL_ERROR, -1,
          "220 mx ESMTP\r\n" },
        { "noise", speaks_noise, KEY_UNKNOWN, NULL, OUTCOME_PROTOCOL_ERROR, -1,
          "\x80\x81\x82" },
        { "hangs up", hangs_up, KEY_UNKNOWN, NULL, OUTCOME_CLOSED, -1, NULL },
        { "breaks off", breaks_off, KEY_UNKNOWN, NULL, OUTCOME_CLOSED, -1,
          NULL },
        { "broken record", speaks_badly, KEY_UNKNOWN, NULL,
          OUTCOME_PROTOCOL_ERROR, -1, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct peer *p =
            peer_start(&(struct peer_order){ .script = rows[i].script,
                                             .tls = server("ec", 0),
                                             .refused = rows[i].refused });
        struct shaking s;
        shake(&s, peer_port(p),
              (struct tls_request){ .sni = "mail.example.com",
                                    .key_type = rows[i].wanted });
        if (s.outcome != rows[i].expected || s.tls.alert != rows[i].alert)
            fail_msg("%s: expected %d, alert %d, got %d, alert %d (%s)",
                     rows[i].what, rows[i].expected, rows[i].alert, s.outcome,
                     s.tls.alert, s.tls.detail);
        assert_non_null(s.tls.detail);
        assert_null(s.tls.version);
        assert_int_equal(s.tls.not_tls, rows[i].first != NULL);
        if (rows[i].first) {
            char bytes[64] = "";
            size_t len = 0;
            assert_int_equal(
                connection_read(&s.connection, bytes, sizeof bytes, &len),
                OUTCOME_OK);
            assert_string_equal(bytes, rows[i].first);
            assert_memory_equal(bytes, s.tls.first, s.tls.first_len);
        }
        end(&s);
        peer_stop(p);
    }
}

static void test_chain(void **state)
{
    static const struct {
        const char *what, *bytes;
        size_t len;
        bool is_tls13;
        size_t expected;
        size_t last_len;
    } rows[] = {
        { "nothing", "", 0, false, 0, 0 },
        { "an empty list", "\0\0\0", 3, false, 0, 0 },
        { "two", "\0\0\x09\0\0\x01z\0\0\x02yx", 12, false, 2, 2 },
        { "list cut short", "\0\0\x09\0\0\x01z\0\0", 9, false, 0, 0 },
        { "second cut short", "\0\0\x08\0\0\x01z\0\0\x02y", 11, false, 1, 1 },
        { "length beyond all", "\0\0\x05\xff\xff\xffzz", 8, false, 0, 0 },
        { "TLS 1.3", "\0\0\0\x07\0\0\x01z\0\x01e", 11, true, 1, 1 },
        { "TLS 1.3, two", "\0\0\0\x0c\0\0\x01z\0\0\0\0\x01y\0\0", 16, true, 2,
          1 },
        { "TLS 1.3, no extensions", "\0\0\0\x04\0\0\x01z", 8, true, 1, 1 },
        { "TLS 1.3, context",
          "\x01"
          "c\0\0\x06\0\0\x01z\0\0",
          11, true, 1, 1 },
    };
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        /* A block of its own, so that reading beyond it is noticed. */
        uint8_t *bytes = test_malloc(rows[i].len + 1);
        memcpy(bytes, rows[i].bytes, rows[i].len);
        struct der_list got =
            tls_chain_read(a, bytes, rows[i].len, rows[i].is_tls13);
        if (got.len != rows[i].expected)
            fail_msg("%s: expected %zu, got %zu", rows[i].what,
                     rows[i].expected, got.len);
        if (got.len)
            assert_int_equal(got.items[got.len - 1].len, rows[i].last_len);
        test_free(bytes);
    }
    arena_free(a);
}

static int set_up(void **state)
{
    struct err err;

    (void)state;
    return tls_client_new(&client, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    tls_client_free(client);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_works),
        cmocka_unit_test(test_fails),
        cmocka_unit_test(test_chain),
    };

    return cmocka_run_group_tests_name("tls", tests, set_up, tear_down);
}
