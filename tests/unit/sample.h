#ifndef CERTMEND_TESTS_SAMPLE_H
#define CERTMEND_TESTS_SAMPLE_H
/*
 * sample - a survey made by hand: mail.example.com, whose server shows its
 * provider's certificate on 587, refuses 465 and is silent on 993
 */
#include "model/survey.h"
#include "moment.h"

#include <string.h>

static inline struct held_cert sample_cert(struct arena *a, const char *text)
{
    static const char *names[] = { "server42.hosting.example.net",
                                   "*.hosting.example.net" };
    struct held_cert h = { .origin = CERT_SENT };

    h.cert = (struct cert){
        .subject = arena_printf(a, "CN=%s", text),
        .issuer = "CN=R12,O=Let's Encrypt,C=US",
        .subject_cn = arena_text(a, text),
        .issuer_cn = "R12",
        .serial_hex = "01",
        .sha256_hex = arena_printf(a, "%064x", (unsigned)strlen(text)),
        .spki_sha256_hex = "00",
        .dns_names = { names, 2 },
        .not_before = TEST_NOW_S - 30 * 86400,
        .not_after = TEST_NOW_S + 60 * 86400,
        .key_type = KEY_EC,
        .key_bits = 256,
        .curve = "P-256",
        .signature = "ecdsa-with-SHA256",
        .server_auth = true,
        .der = arena_copy(a, text, strlen(text)),
        .der_len = strlen(text),
    };
    return h;
}

static inline struct cell sample_cell(const char *service, const char *address)
{
    const struct service *row = service_find(service);

    return (struct cell){
        .host = "mail.example.com",
        .reference = "mail.example.com",
        .address = address,
        .port = row->port,
        .service = row->name,
        .security = row->security,
        .sni = "mail.example.com",
        .asked = true,
        .alert = -1,
    };
}

static inline struct cell sample_tls_cell(const char *service,
                                          const char *address,
                                          const size_t *chain, size_t len)
{
    struct cell c = sample_cell(service, address);
    struct attempt worked = { OUTCOME_OK, NULL, 7 };

    c.connect = worked;
    c.handshake = worked;
    if (c.security == SECURITY_STARTTLS) {
        c.greeting = worked;
        c.starttls = worked;
    }
    c.banner = "mx.example.net ESMTP Postfix";
    c.greeted_as = "mx.example.net";
    c.tls_version = "TLSv1.3";
    c.cipher = "TLS_AES_256_GCM_SHA384";
    c.chain = chain;
    c.chain_len = len;
    c.verdict = (struct verdict){
        .done = true, .trusted = true, .path = chain, .path_len = len
    };
    return c;
}

static inline struct survey *sample_survey(struct arena *a)
{
    static const size_t chain[] = { 0, 1 };
    static const char *const alias[] = { "web.example.net" };
    static const struct dns_record records[] = {
        { .text = "192.0.2.10", .host = "192.0.2.10" },
    };
    static const struct target target = {
        .kind = TARGET_HOST,
        .input = "mail.example.com",
        .host = "mail.example.com",
        .role = ROLE_MUA,
    };
    struct survey *s = survey_new(a, &target, TEST_NOW_S);
    struct held_cert leaf = sample_cert(a, "server42.hosting.example.net");
    struct held_cert inter = sample_cert(a, "R12");

    inter.cert.is_ca = true;
    survey_cert_add(s, &leaf);
    survey_cert_add(s, &inter);
    survey_answer_add(s, &(struct dns_answer){ .name = "mail.example.com",
                                               .type = DNS_A,
                                               .alias = alias,
                                               .alias_len = 1,
                                               .records = records,
                                               .len = 1,
                                               .ttl_s = 300 });
    struct cell c = sample_tls_cell("submission", "192.0.2.10", chain, 2);
    survey_cell_add(s, &c);
    c = sample_cell("submissions", "192.0.2.10");
    c.connect = (struct attempt){ OUTCOME_REFUSED, "Connection refused", 1 };
    survey_cell_add(s, &c);
    c = sample_cell("imaps", "192.0.2.10");
    c.connect = (struct attempt){ OUTCOME_TIMED_OUT, NULL, 10000 };
    survey_cell_add(s, &c);
    return s;
}

#endif
