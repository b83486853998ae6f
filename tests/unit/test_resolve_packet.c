#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dns_server.h"
#include "net/resolve_hosts.h"
#include "net/resolve_packet.h"

/* Also with the message cut short anywhere: no crash, nothing made up. */
static void cut_short(const struct message *m, const struct dns_answer *whole)
{
    struct arena *a = arena_new();

    for (size_t len = 0; len < m->len; len++) {
        uint8_t *bytes = malloc(len + 1);
        struct dns_answer answer = { .name = whole->name, .type = whole->type };
        assert_non_null(bytes);
        memcpy(bytes, m->bytes, len);
        resolve_packet(a, bytes, len, &answer);
        if (answer.outcome != DNS_SERVFAIL || answer.len)
            fail_msg("%s cut at %zu: %s", whole->name, len,
                     dns_told(a, &answer));
        free(bytes);
    }
    arena_free(a);
}

struct packet_row {
    const char *what;
    enum dns_type type;
    struct zone_record records[3];
    const char *told;
    int rcode;
};

static const struct packet_row packet_rows[] = {
    { "A",
      DNS_A,
      { { "q.lab", DNS_A, RDATA("\1\2\3\4") } },
      "answered: 1.2.3.4",
      0 },
    { "A of three bytes",
      DNS_A,
      { { "q.lab", DNS_A, RDATA("\1\2\3") } },
      "servfail",
      0 },
    { "one good, one bad",
      DNS_A,
      { { "q.lab", DNS_A, RDATA("\1\2\3") },
        { "q.lab", DNS_A, RDATA("\1\2\3\4") } },
      "answered: 1.2.3.4",
      0 },
    { "case",
      DNS_A,
      { { "Q.Lab", DNS_A, RDATA("\1\2\3\4") } },
      "answered: 1.2.3.4",
      0 },
    { "about another name",
      DNS_A,
      { { "x.lab", DNS_A, RDATA("\1\2\3\4") } },
      "no-data",
      0 },
    { "another type",
      DNS_AAAA,
      { { "q.lab", DNS_A, RDATA("\1\2\3\4") } },
      "no-data",
      0 },
    { "no such name", DNS_A, { { .owner = NULL } }, "nxdomain", 3 },
    { "refused", DNS_A, { { .owner = NULL } }, "servfail", 5 },
    { "MX",
      DNS_MX,
      { { "q.lab", DNS_MX, RDATA("\0\5\1M\3Lab\0") } },
      "answered: 5 m.lab",
      0 },
    { "null MX",
      DNS_MX,
      { { "q.lab", DNS_MX, RDATA("\0\0\0") } },
      "answered: 0 .",
      0 },
    { "MX and a byte",
      DNS_MX,
      { { "q.lab", DNS_MX, RDATA("\0\5\1m\0x") } },
      "servfail",
      0 },
    { "MX without a name",
      DNS_MX,
      { { "q.lab", DNS_MX, RDATA("\0\5") } },
      "servfail",
      0 },
    { "a name that points at itself",
      DNS_CNAME,
      { { "q.lab", DNS_CNAME, RDATA("\xc0\x28") } },
      "servfail",
      0 },
    { "a name that points outside",
      DNS_CNAME,
      { { "q.lab", DNS_CNAME, RDATA("\xff\xff") } },
      "servfail",
      0 },
    { "a name with strange bytes",
      DNS_PTR,
      { { "q.lab", DNS_PTR, RDATA("\3a\x1b.\3lab\0") } },
      "answered: a\\027\\..lab",
      0 },
    { "CNAME asked for",
      DNS_CNAME,
      { { "q.lab", DNS_CNAME, RDATA("\1c\3lab\0") } },
      "answered: c.lab",
      0 },
    { "a chain in the wrong order",
      DNS_A,
      { { "d.lab", DNS_A, RDATA("\1\2\3\4") },
        { "c.lab", DNS_CNAME, RDATA("\1d\3lab\0") },
        { "q.lab", DNS_CNAME, RDATA("\1c\3lab\0") } },
      "answered: 1.2.3.4 by c.lab by d.lab",
      0 },
    { "a loop",
      DNS_A,
      { { "q.lab", DNS_CNAME, RDATA("\1c\3lab\0") },
        { "c.lab", DNS_CNAME, RDATA("\1q\3lab\0") } },
      NULL,
      0 },
    { "a chain to nowhere",
      DNS_A,
      { { "q.lab", DNS_CNAME, RDATA("\1c\3lab\0") } },
      "nxdomain by c.lab",
      3 },
    { "SRV",
      DNS_SRV,
      { { "q.lab", DNS_SRV, RDATA("\0\1\0\2\3\xe1\1m\0") } },
      "answered: 1 2 993 m",
      0 },
    { "SRV to nowhere",
      DNS_SRV,
      { { "q.lab", DNS_SRV, RDATA("\0\0\0\0\0\0\0") } },
      "answered: 0 0 0 .",
      0 },
    { "TXT",
      DNS_TXT,
      { { "q.lab", DNS_TXT, RDATA("\2v=\1a\0\1\x1b") } },
      "answered: v=a?",
      0 },
    { "TXT that ends early",
      DNS_TXT,
      { { "q.lab", DNS_TXT, RDATA("\5v=") } },
      "servfail",
      0 },
    { "TLSA",
      DNS_TLSA,
      { { "q.lab", DNS_TLSA, RDATA("\3\1\1\x0a\xff") } },
      "answered: 3 1 1 0aff",
      0 },
    { "TLSA without data",
      DNS_TLSA,
      { { "q.lab", DNS_TLSA, RDATA("\3\1\1") } },
      "servfail",
      0 },
    { "CAA",
      DNS_CAA,
      { { "q.lab", DNS_CAA, RDATA("\0\5issueca.example") } },
      "answered: 0 issue \"ca.example\"",
      0 },
    { "CAA to be escaped",
      DNS_CAA,
      { { "q.lab", DNS_CAA, RDATA("\x80\5ISSUE\"\\\xff") } },
      "answered: 128 issue \"\\\"\\\\\\255\"",
      0 },
    { "CAA, nobody may",
      DNS_CAA,
      { { "q.lab", DNS_CAA, RDATA("\0\5issue;") } },
      "answered: 0 issue \";\"",
      0 },
    { "CAA with a tag too long",
      DNS_CAA,
      { { "q.lab", DNS_CAA, RDATA("\0\xffissue") } },
      "servfail",
      0 },
    { "CAA with a strange tag",
      DNS_CAA,
      { { "q.lab", DNS_CAA, RDATA("\0\2 \"x") } },
      "servfail",
      0 },
    { "SOA",
      DNS_SOA,
      { { "q.lab", DNS_SOA,
          RDATA("\1n\0\1r\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5") } },
      "answered: n r 1 2 3 4 5",
      0 },
};

static void packets(void **state)
{
    static struct message m;

    (void)state;
    for (size_t i = 0; i < sizeof packet_rows / sizeof *packet_rows; i++) {
        const struct packet_row *row = &packet_rows[i];
        struct arena *a = arena_new();
        struct dns_answer answer = { .name = "q.lab", .type = row->type };
        message_begin(&m, "q.lab", (uint16_t)row->type, row->rcode);
        for (size_t n = 0; n < 3 && row->records[n].owner; n++)
            message_add(&m, &row->records[n], (uint32_t)(60 - n));
        resolve_packet(a, m.bytes, m.len, &answer);
        const char *wanted = row->told ? row->told : "servfail";
        bool same = strncmp(dns_told(a, &answer), wanted, strlen(wanted)) == 0;
        if (!same ||
            (row->told && strlen(dns_told(a, &answer)) != strlen(wanted)))
            fail_msg("%s: \"%s\" instead of \"%s\"", row->what,
                     dns_told(a, &answer), wanted);
        cut_short(&m, &answer);
        arena_free(a);
    }
}

static void hosts_file(void **state)
{
    static const struct {
        const char *name;
        enum dns_type type;
        const char *told; /* NULL: not known */
    } rows[] = {
        { "mail.lab", DNS_A, "answered: 10.0.0.1" },
        { "mail", DNS_A, "answered: 10.0.0.1|10.0.0.9" },
        { "mail.lab", DNS_AAAA, "no-data" },
        { "mail.lab", DNS_MX, NULL },
        { "six.lab", DNS_AAAA, "answered: 2001:db8::1" },
        { "comment.lab", DNS_A, NULL },
        { "last.lab", DNS_A, "answered: 10.0.0.3" },
    };
    static const char text[] = "# comment.lab\n"
                               "10.0.0.1\tMail.Lab mail # comment.lab\n\n"
                               "bad line.lab\n"
                               "  2001:DB8:0::1 six.lab\r\n"
                               "10.0.0.9 mail\n"
                               "10.0.0.3 last.lab";
    char path[] = "/tmp/certmend-hosts-XXXXXX";
    struct arena *a = arena_new();
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    struct hosts *h = hosts_read(a, path);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dns_answer answer = { .name = rows[i].name,
                                     .type = rows[i].type,
                                     .outcome = DNS_TIMED_OUT };
        bool known = hosts_answer(h, a, &answer);
        const char *seen = known ? dns_told(a, &answer) : "not known";
        if (strcmp(seen, rows[i].told ? rows[i].told : "not known") != 0)
            fail_msg("%s: %s", rows[i].name, seen);
        if (!known && answer.outcome != DNS_TIMED_OUT)
            fail_msg("%s: silence became an answer", rows[i].name);
    }
    assert_false(
        hosts_answer(hosts_read(a, "/nonexistent"), a,
                     &(struct dns_answer){ .name = "mail", .type = DNS_A }));
    /* An answer lives on when the resolver, and what it read, is gone. */
    struct arena *resolver = arena_new();
    struct dns_answer kept = { .name = "mail.lab", .type = DNS_A };
    assert_true(hosts_answer(hosts_read(resolver, path), a, &kept));
    arena_free_wiped(resolver);
    assert_string_equal(kept.records[0].host, "10.0.0.1");
    unlink(path);
    arena_free(a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets),
        cmocka_unit_test(hosts_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
