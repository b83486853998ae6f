#include "check_cases.h"

#define FAR "8.8.8.8" /* a public address; nothing is sent there */

/* The healthy host, and one more port that ended in `step` as said. */
#define STEP(id, number, step, result)                                         \
    static struct survey *id(struct arena *a)                                  \
    {                                                                          \
        struct survey *s = NULL;                                               \
        struct cell *c = healthy_and(a, number, &s);                           \
        c->step.outcome = result;                                              \
        c->chain_len = 0;                                                      \
        c->verdict.done = false;                                               \
        return s;                                                              \
    }
/* The same, ended by an alert. */
#define ALERT(id, number)                                                      \
    static struct survey *id(struct arena *a)                                  \
    {                                                                          \
        struct survey *s = NULL;                                               \
        struct cell *c = healthy_and(a, 995, &s);                              \
        c->handshake.outcome = OUTCOME_ALERTED;                                \
        c->alert = number;                                                     \
        c->chain_len = 0;                                                      \
        c->verdict.done = false;                                               \
        return s;                                                              \
    }

STEP(no_starttls, 143, starttls, OUTCOME_NOT_OFFERED)
STEP(no_starttls_on_25, 25, starttls, OUTCOME_NOT_OFFERED)
STEP(starttls_said_no, 110, starttls, OUTCOME_REFUSED)
STEP(starttls_silent, 143, starttls, OUTCOME_TIMED_OUT)
STEP(injected, 143, starttls, OUTCOME_PLAINTEXT_INJECTION)
STEP(hangs_up, 143, handshake, OUTCOME_CLOSED)
STEP(hangs_up_at_once, 995, handshake, OUTCOME_CLOSED)
STEP(other_service, 4190, greeting, OUTCOME_PROTOCOL_ERROR)
STEP(policy, 25, greeting, OUTCOME_REFUSED)
STEP(hung_up, 143, greeting, OUTCOME_CLOSED)
ALERT(alert_40, 40)
ALERT(alert_70, 70)
ALERT(alert_80, 80)
ALERT(alert_112, 112)
ALERT(alert_116, 116)

static struct survey *stripped(struct arena *a)
{
    static const char *const said[] = { "SIZE 1000", "XXXXXXXA" };
    struct survey *s = no_starttls(a);
    struct cell *c = &s->cells[s->cells_len - 1];

    c->capabilities = said;
    c->capabilities_len = 2;
    return s;
}

/* The healthy host, and one more port that came to this within TLS. */
static struct survey *within(struct arena *a, uint16_t port, bool is_asked,
                             enum outcome outcome)
{
    struct survey *s = NULL;
    struct cell *c = healthy_and(a, port, &s);

    c->inside =
        (struct attempt){ outcome, "it speaks HTTP: HTTP/1.1 400", 15000 };
    if (is_asked)
        s->target.port = port;
    return s;
}

/* A web page is served at `address`; what of mail was tried ended so. */
static struct survey *behind_a_proxy(struct arena *a, const char *host,
                                     const char *address, enum outcome connect)
{
    struct survey *s = build_survey(a, host);
    const struct built_cert cert = { .names = host };

    build_record(s, host, DNS_A, address);
    build_cell(s, address, 443, build_cert(s, &cert));
    build_dead_cell(s, address, 587, connect);
    build_dead_cell(s, address, 993, connect);
    return s;
}

static struct survey *proxied(struct arena *a)
{
    return behind_a_proxy(a, HOST, "104.21.7.7", OUTCOME_TIMED_OUT);
}

/* Cloudflare takes mail at some of its addresses itself. */
static struct survey *proxied_and_open(struct arena *a)
{
    const struct built_cert cert = { .names = HOST };
    struct survey *s = proxied(a);

    build_cell(s, "104.21.7.7", 25, build_cert(s, &cert));
    return s;
}

static struct survey *proxied_port(struct arena *a)
{
    struct survey *s = build_survey(a, "x1.example.com");

    build_record(s, "x1.example.com", DNS_AAAA, "2606:4700:3030::6815:1");
    build_dead_cell(s, "2606:4700:3030::6815:1", 587, OUTCOME_REFUSED);
    s->target.port = 587;
    return s;
}

static struct survey *near_the_proxies(struct arena *a)
{
    return behind_a_proxy(a, HOST, "104.32.0.1", OUTCOME_TIMED_OUT);
}

static struct survey *proxied_web(struct arena *a)
{
    return behind_a_proxy(a, "www.example.com", "172.67.1.1",
                          OUTCOME_TIMED_OUT);
}

static struct survey *proxied_without_a_way(struct arena *a)
{
    return behind_a_proxy(a, "www.example.com", "172.67.1.1",
                          OUTCOME_UNREACHABLE);
}

static struct survey *web_within(struct arena *a)
{
    return within(a, 993, false, OUTCOME_PROTOCOL_ERROR);
}

static struct survey *silent_within(struct arena *a)
{
    return within(a, 993, true, OUTCOME_TIMED_OUT);
}

static struct survey *gone_within(struct arena *a)
{
    return within(a, 995, true, OUTCOME_CLOSED);
}

static struct survey *heard_within(struct arena *a)
{
    return within(a, 995, true, OUTCOME_OK);
}

static struct survey *slow_within(struct arena *a)
{
    return within(a, 993, false, OUTCOME_OK);
}

static struct survey *refused_within(struct arena *a)
{
    return within(a, 465, false, OUTCOME_REFUSED);
}

static struct survey *offers_within(struct arena *a, const char *const *said,
                                    size_t len)
{
    struct survey *s = heard_within(a);
    struct cell *c = &s->cells[s->cells_len - 1];

    c->inside.elapsed_ms = 10;
    c->inside_capabilities = said;
    c->inside_capabilities_len = len;
    return s;
}

static struct survey *doubled_and_locked(struct arena *a)
{
    static const char *const said[] = { "UIDL", "STLS" };

    return offers_within(a, said, 2);
}

static struct survey *doubled_yet_open(struct arena *a)
{
    static const char *const said[] = { "STLS", "USER" };

    return offers_within(a, said, 2);
}

static struct survey *once_is_enough(struct arena *a)
{
    static const char *const said[] = { "UIDL", "USER" };

    return offers_within(a, said, 2);
}

static struct survey *odd_extension(struct arena *a)
{
    static const char *const said[] = { "XCLIENT NAME", "XFORWARD" };
    struct survey *s = no_starttls(a);
    struct cell *c = &s->cells[s->cells_len - 1];

    c->capabilities = said;
    c->capabilities_len = 2;
    return s;
}

static struct survey *plain(struct arena *a)
{
    struct survey *s = hangs_up_at_once(a);
    struct cell *c = &s->cells[s->cells_len - 1];

    c->handshake.outcome = OUTCOME_PROTOCOL_ERROR;
    c->plain_text = true;
    c->banner = "+OK ready";
    return s;
}

static struct survey *web_on_995(struct arena *a)
{
    struct survey *s = plain(a);

    s->cells[s->cells_len - 1].banner = "HTTP/1.1 400 Bad Request";
    return s;
}

static struct survey *tls_on_143(struct arena *a)
{
    struct survey *s = NULL;
    struct cell *c = healthy_and(a, 143, &s);

    c->greeting.outcome = OUTCOME_TIMED_OUT;
    c->starttls.outcome = OUTCOME_NOT_TRIED;
    c->wants_tls = true;
    return s;
}

static struct survey *tls_version(struct arena *a, const char *version)
{
    struct survey *s = NULL;

    healthy_and(a, 995, &s)->tls_version = version;
    return s;
}

static struct survey *tls_1_1(struct arena *a)
{
    return tls_version(a, "TLSv1.1");
}

static struct survey *tls_1_2(struct arena *a)
{
    return tls_version(a, "TLSv1.2");
}

static struct survey *asked_alone(struct arena *a, enum outcome connect)
{
    struct survey *s = build_survey(a, HOST);

    s->target.port = 587;
    build_record(s, HOST, DNS_A, ADDR);
    build_dead_cell(s, ADDR, 587, connect);
    return s;
}

static struct survey *asked_refused(struct arena *a)
{
    return asked_alone(a, OUTCOME_REFUSED);
}

static struct survey *asked_silent(struct arena *a)
{
    return asked_alone(a, OUTCOME_TIMED_OUT);
}

static struct survey *asked_no_route(struct arena *a)
{
    return asked_alone(a, OUTCOME_UNREACHABLE);
}

/* Nobody asked for these ports. */
static struct survey *others_closed(struct arena *a)
{
    struct survey *s = healthy(a);

    build_dead_cell(s, ADDR, 143, OUTCOME_REFUSED);
    build_dead_cell(s, ADDR, 25, OUTCOME_TIMED_OUT);
    return s;
}

static struct survey *greets_after(struct arena *a, int32_t elapsed_ms)
{
    struct survey *s = NULL;

    healthy_and(a, 25, &s)->greeting.elapsed_ms = elapsed_ms;
    return s;
}

static struct survey *slow(struct arena *a)
{
    return greets_after(a, 20000);
}

static struct survey *brisk(struct arena *a)
{
    return greets_after(a, 900);
}

static struct survey *busy_at_first(struct arena *a)
{
    struct survey *s = brisk(a);

    s->cells[s->cells_len - 1].put_off = "421 4.3.2 Too busy";
    return s;
}

/* The healthy host, somewhere on the Internet, and what its 25 does. */
static struct survey *far_with_25(struct arena *a, enum outcome connect)
{
    struct survey *s = healthy(a);

    for (size_t i = 0; i < s->cells_len; i++)
        s->cells[i].address = FAR;
    build_dead_cell(s, FAR, 25, connect);
    return s;
}

static struct survey *silent_at_25(struct arena *a)
{
    return far_with_25(a, OUTCOME_TIMED_OUT);
}

static struct survey *closed_at_25(struct arena *a)
{
    return far_with_25(a, OUTCOME_REFUSED);
}

static struct survey *open_elsewhere_at_25(struct arena *a)
{
    struct survey *s = silent_at_25(a);

    build_cell(s, "9.9.9.9", 25, s->cells[0].chain[0]);
    return s;
}

/* A proxy for the web: 443 answers, and no port of mail. */
static struct survey *web_alone(struct arena *a)
{
    struct survey *s = with_port(a, 443, (struct built_cert){ .names = HOST });

    s->target.port = 0;
    s->cells[0].address = FAR;
    build_dead_cell(s, FAR, 25, OUTCOME_TIMED_OUT);
    build_dead_cell(s, FAR, 993, OUTCOME_TIMED_OUT);
    return s;
}

static struct survey *nobody_answers(struct arena *a, enum dns_outcome control)
{
    struct survey *s = build_survey(a, HOST);

    s->answers_len = 0;
    build_answer(s, HOST, DNS_A, DNS_TIMED_OUT);
    build_answer(s, ".", DNS_NS, control);
    return s;
}

static struct survey *no_resolver(struct arena *a)
{
    return nobody_answers(a, DNS_TIMED_OUT);
}

static struct survey *its_servers_fail(struct arena *a)
{
    return nobody_answers(a, DNS_ANSWERED);
}

static struct survey *no_way_out(struct arena *a)
{
    struct survey *s = build_survey(a, HOST);

    s->has_no_route = true;
    build_dead_cell(s, FAR, 465, OUTCOME_UNREACHABLE);
    return s;
}

static struct survey *its_network_is_gone(struct arena *a)
{
    struct survey *s = no_way_out(a);

    s->has_no_route = false;
    return s;
}

#define CASE(id, sev, what, shows, innocent)                                   \
    {                                                                          \
        id, sev, what, shows, innocent, false                                  \
    }
#define NOISY(id, sev, what, shows, innocent)                                  \
    {                                                                          \
        id, sev, what, shows, innocent, true                                   \
    }

/* 143 goes over to TLS, and says this before it does. */
static struct survey *imap_says(struct arena *a, const char *const *said)
{
    struct survey *s = NULL;
    struct cell *c = healthy_and(a, 143, &s);

    c->capabilities = said;
    c->capabilities_len = 2;
    return s;
}

static struct survey *login_at_once(struct arena *a)
{
    static const char *const said[] = { "IMAP4rev1", "STARTTLS" };

    return imap_says(a, said);
}

static struct survey *login_later(struct arena *a)
{
    static const char *const said[] = { "STARTTLS", "LOGINDISABLED" };

    return imap_says(a, said);
}

static struct survey *pop_without_995(struct arena *a)
{
    struct survey *s = NULL;

    healthy_and(a, 110, &s);
    return s;
}

const struct check_case cases_port[] = {
    NOISY("port.cleartext_only", SEV_INFO, "143", no_starttls,
          starttls_said_no),
    CASE("auth.cleartext", SEV_INFO, "LOGIN", login_at_once, login_later),
    CASE("port.no_implicit_tls", SEV_INFO, "110 alone", pop_without_995,
         healthy),
    CASE("starttls.absent", SEV_ERROR, "143", no_starttls, healthy),
    CASE("starttls.absent", SEV_INFO, "25 in a whole host", no_starttls_on_25,
         healthy),
    NOISY("starttls.absent", SEV_ERROR, "an extension with an X", odd_extension,
          stripped),
    NOISY("starttls.stripped", SEV_ERROR, "XXXXXXXA", stripped, odd_extension),
    NOISY("starttls.refused", SEV_ERROR, "-ERR", starttls_said_no, no_starttls),
    CASE("starttls.refused", SEV_ERROR, "silence", starttls_silent, healthy),
    CASE("starttls.injection", SEV_ERROR, "text behind it", injected, healthy),
    NOISY("tls.expected_plain_got", SEV_ERROR, "995 in clear text", plain,
          tls_on_143),
    NOISY("plain.expected_tls_got", SEV_ERROR, "143 waits for TLS", tls_on_143,
          plain),
    CASE("port.wrong_service", SEV_INFO, "HTTP on 995", web_on_995, healthy),
    NOISY("port.wrong_service", SEV_INFO, "noise on 4190", other_service,
          plain),
    CASE("tls.too_old", SEV_ERROR, "TLS 1.1", tls_1_1, tls_1_2),
    NOISY("tls.too_old", SEV_ERROR, "alert 70", alert_70, alert_40),
    NOISY("tls.no_overlap", SEV_ERROR, "alert 40", alert_40, alert_80),
    NOISY("tls.key_cert_broken", SEV_ERROR, "alert 80", alert_80, alert_40),
    NOISY("tls.client_cert_required", SEV_ERROR, "alert 116", alert_116,
          alert_40),
    NOISY("tls.intolerant", SEV_ERROR, "after the go-ahead", hangs_up,
          alert_112),
    CASE("tls.intolerant", SEV_INFO, "a port nobody asked for",
         hangs_up_at_once, healthy),
    NOISY("sni.rejected", SEV_WARNING, "alert 112", alert_112, alert_40),
    CASE("conn.refused", SEV_ERROR, "the port asked for", asked_refused,
         others_closed),
    CASE("conn.timeout", SEV_ERROR, "the port asked for", asked_silent,
         others_closed),
    CASE("conn.timeout", SEV_ERROR, "but a missing route is our own",
         asked_silent, asked_no_route),
    CASE("conn.put_off", SEV_INFO, "421 at first", busy_at_first, brisk),
    CASE("mx.cdn_proxied", SEV_ERROR, "all of mail is silent", proxied,
         proxied_and_open),
    CASE("mx.cdn_proxied", SEV_ERROR, "one port was asked for", proxied_port,
         near_the_proxies),
    CASE("mx.cdn_proxied", SEV_INFO, "a name that nobody has for mail",
         proxied_web, proxied_without_a_way),
    CASE("conn.greeting_slow", SEV_INFO, "20 seconds", slow, brisk),
    CASE("local.egress25", SEV_INFO, "25 hangs, 465 answers", silent_at_25,
         closed_at_25),
    CASE("local.egress25", SEV_INFO, "another address is open", silent_at_25,
         open_elsewhere_at_25),
    NOISY("local.egress25", SEV_INFO, "web pages alone", silent_at_25,
          web_alone),
    CASE("local.no_connection", SEV_INFO, "no name server", no_resolver,
         its_servers_fail),
    CASE("local.no_connection", SEV_INFO, "no route", no_way_out,
         its_network_is_gone),
    CASE("conn.refused_policy", SEV_INFO, "554", policy, hung_up),
    CASE("conn.refused_policy", SEV_INFO, "554 within TLS", refused_within,
         brisk),
    NOISY("conn.greeting_slow", SEV_ERROR, "nothing within TLS", silent_within,
          gone_within),
    CASE("conn.greeting_slow", SEV_INFO, "15 seconds within TLS", slow_within,
         brisk),
    CASE("port.wrong_service", SEV_INFO, "HTTP within TLS on 993", web_within,
         brisk),
    NOISY("tls.ends_early", SEV_ERROR, "hangs up within TLS", gone_within,
          once_is_enough),
    CASE("tls.doubled", SEV_ERROR, "and nobody may log in", doubled_and_locked,
         once_is_enough),
    CASE("tls.doubled", SEV_INFO, "yet it lets people in", doubled_yet_open,
         once_is_enough),
    { NULL, SEV_INFO, NULL, NULL, NULL, false },
};
