#include "net/negotiation.h"

#include <ctype.h>
#include <string.h>

#include "net/capabilities.h"
#include "net/reply.h"
#include "net/tags.h"

/* SMTP "554", IMAP "NO" behind its tag of one letter, POP3 "-ERR". */
static struct span code_of(const struct negotiation *d, struct span line)
{
    struct span word =
        span_skip(line, line.len > 1 && line.at[1] == ' ' ? 2 : 0);
    size_t max = d->protocol->codes ? 3 : sizeof d->code - 1;
    size_t n = 0;

    while (n < word.len && n < max && word.at[n] != ' ')
        n++;
    return (struct span){ word.at, n };
}

/* RFC 5321 4.2.1: the same code on every line. */
static bool same_code(const struct negotiation *d, struct span line)
{
    struct span code = code_of(d, line);

    return !d->protocol->codes || !*d->code ||
           memcmp(d->code, code.at, code.len) == 0;
}

static bool has_tags(const struct negotiation *d)
{
    return d->protocol->shape == CAPABILITY_TAGS;
}

static void keep_name(struct negotiation *d, const char *text)
{
    struct span said = { text, strlen(text) };

    if (!d->greeted_as)
        d->greeted_as = capabilities_host(d->arena, said);
}

/* Of an XMPP stream error or failure: "host-unknown". */
static void keep_error(struct negotiation *d, const struct line_rule *rule,
                       struct span tag)
{
    struct span word = tags_word(tag);
    bool begins =
        word.len == strlen("error") && memcmp(word.at, "error", word.len) == 0;

    bool is_text =
        word.len == strlen("text") && memcmp(word.at, "text", word.len) == 0;

    if (d->in_error && rule->means == LINE_MORE && *tag.at != '/' && !is_text) {
        if (d->reply.len)
            buf_char(&d->reply, ' ');
        buf_bytes(&d->reply, word.at, word.len);
    }
    d->in_error = d->in_error || begins;
}

static void keep_words(struct negotiation *d, const struct line_rule *rule,
                       struct span line)
{
    if (rule->means == LINE_MORE && !d->protocol->codes)
        return;
    bool whole = d->protocol->shape == CAPABILITY_STRINGS;
    size_t from = whole ? 0 : strcspn(rule->start, "[");
    const char *text = capabilities_text(d, span_skip(line, from));
    struct span code = code_of(d, line);

    memcpy(d->code, code.at, code.len);
    d->code[code.len] = '\0';
    if (d->reply.len)
        buf_char(&d->reply, ' ');
    buf_text(&d->reply, text);
    bool greets = d->step == d->protocol->steps;
    if (greets)
        d->banner = arena_printable(d->arena, d->reply.text, d->reply.len);
    /* RFC 5321 4.1.1.1: the EHLO reply begins with its name. */
    if (greets || (d->protocol->codes && rule->offers && d->lines == 1))
        keep_name(d, text);
}

static void keep_offers(struct negotiation *d, const struct line_rule *rule,
                        struct span line)
{
    bool names_itself = d->protocol->codes && d->lines == 1;

    if (!rule->offers || rule->means == LINE_BODY || names_itself)
        return;
    bool whole = d->protocol->shape == CAPABILITY_STRINGS;
    capabilities_read(d, whole ? line : span_skip(line, strlen(rule->start)));
}

/* RFC 1939 3: a lone dot ends it; another one before a dot is dropped. */
static void hear_body(struct negotiation *d, struct span line)
{
    bool dot = line.len && *line.at == '.';

    if (dot && line.len == 1)
        reply_act(d, LINE_YES);
    else
        capabilities_read(d, span_skip(line, dot));
}

static void hear_stranger(struct negotiation *d, struct span line)
{
    bool first = d->step == d->protocol->steps && d->lines == 1;
    const char *speaks = first ? lines_guess_protocol(line) : NULL;
    const char *seen = arena_printable(d->arena, line.at, line.len);

    d->speaks = speaks;
    reply_protocol_error(
        d, arena_printf(d->arena, "%s%s: %s",
                        speaks ? "it speaks " : "outside the protocol",
                        speaks ? speaks : "", seen));
}

static void hear_tag(struct negotiation *d, struct span said)
{
    struct span tag = tags_plain(d->arena, said);
    bool is_tag = said.len && memchr(said.at, '<', said.len);
    const struct line_rule *rule =
        is_tag && tag.len ? lines_rule(d->step->lines, tag) : NULL;

    if (!rule) {
        hear_stranger(d, said);
        return;
    }
    keep_error(d, rule, tag);
    if (rule->offers)
        capabilities_read(d, tag);
    reply_act(d, rule->means);
}

static void hear(struct negotiation *d, struct span line)
{
    if (++d->lines > NEGOTIATION_LINES_MAX) {
        reply_protocol_error(d, "a reply without end");
        return;
    }
    if (memchr(line.at, '\0', line.len)) {
        reply_protocol_error(d, "binary data where text was due");
        return;
    }
    if (has_tags(d)) {
        hear_tag(d, line);
        return;
    }
    if (d->in_body) {
        hear_body(d, line);
        return;
    }
    const struct line_rule *rule = lines_rule(d->step->lines, line);
    if (!rule || !same_code(d, line)) {
        hear_stranger(d, line);
        return;
    }
    keep_words(d, rule, line);
    keep_offers(d, rule, line);
    reply_act(d, rule->means);
}

/* 0: not all of it is there. A stream begins with a tag, so what begins
 * otherwise is somebody else's line. */
static size_t first_len(const struct negotiation *d)
{
    struct span in = { d->in.text, d->in.len };
    const struct line_rule *rules = d->in_body ? NULL : d->step->lines;
    bool begins = d->step == d->protocol->steps && !d->lines;

    if (!has_tags(d))
        return lines_first(rules, in, NEGOTIATION_LINE_MAX);
    if (begins && in.len && *in.at != '<')
        return lines_first(NULL, in, NEGOTIATION_LINE_MAX);
    return tags_first(in, NEGOTIATION_LINE_MAX);
}

/* Deals with one line; false: there is none yet. */
static bool take_line(struct negotiation *d)
{
    struct span in = { d->in.text, d->in.len };
    size_t len = first_len(d);

    if (!len)
        return false;
    d->bytes += len;
    if (len > NEGOTIATION_LINE_MAX || d->bytes > NEGOTIATION_BYTES_MAX) {
        reply_protocol_error(d, "a line or a reply without end");
        return false;
    }
    struct span line = { arena_copy(d->arena, in.at, len), len };
    buf_eat(&d->in, len);
    hear(d, lines_trim(line));
    return true;
}

/* A TLS record has no line end, so this cannot wait for one. */
static bool is_record(const struct negotiation *d)
{
    struct span in = { d->in.text, d->in.len };

    return in.len && !d->bytes && iscntrl((unsigned char)*in.at) &&
           lines_guess_protocol(in);
}

void negotiation_start(struct negotiation *d, struct arena *a,
                       const struct protocol *p, const char *ehlo)
{
    *d = (struct negotiation){
        .arena = a,
        .protocol = p,
        .step = p->steps,
        .ehlo = ehlo,
        .wait_ms = p->steps->wait_ms,
    };
    buf_init(&d->in, a, NEGOTIATION_BYTES_MAX);
    buf_init(&d->out, a, NEGOTIATION_LINE_MAX);
    reply_forget(d);
    if (p->steps->send)
        reply_say(d);
}

void negotiation_start_inside(struct negotiation *d, struct arena *a,
                              const struct protocol *p, const char *ehlo,
                              bool greets)
{
    negotiation_start(d, a, p, ehlo);
    d->inside = true;
    if (greets || p->greets_again || p->steps->send)
        return;
    d->step++;
    reply_say(d);
}

void negotiation_feed(struct negotiation *d, const void *bytes, size_t len)
{
    if (d->state != NEGOTIATION_TALKING)
        return;
    buf_bytes(&d->in, bytes, len);
    if (is_record(d)) {
        d->speaks = "TLS";
        reply_protocol_error(d, "it speaks TLS");
    }
    while (d->state == NEGOTIATION_TALKING && take_line(d))
        ;
    if (d->state == NEGOTIATION_TALKING && d->in.full)
        reply_protocol_error(d, "a reply without end");
}

void negotiation_sent(struct negotiation *d, size_t len)
{
    buf_eat(&d->out, len);
}

void negotiation_end(struct negotiation *d, enum outcome outcome,
                     const char *detail)
{
    bool half_a_line = d->in.len && outcome == OUTCOME_CLOSED;

    if (half_a_line) /* "421 Too many connections" and gone */
        negotiation_feed(d, "\n", 1);
    if (d->state == NEGOTIATION_OVER)
        return;
    buf_eat(&d->out, d->out.len); /* nobody is there to hear it */
    reply_end(d, outcome, detail);
}

bool negotiation_text_first(const void *bytes, size_t len)
{
    enum { ENOUGH = 3, LOOK_AT = 16 }; /* a TLS record begins with 20..23 */
    const unsigned char *p = bytes;

    for (size_t i = 0; i < len && i < LOOK_AT; i++)
        if (!isprint(p[i]) && !isspace(p[i]))
            return false;
    return len >= ENOUGH;
}
