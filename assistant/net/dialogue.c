#include "net/dialogue.h"

#include <ctype.h>
#include <string.h>

#include "net/offers.h"
#include "net/replies.h"

/* SMTP "554", IMAP "NO" behind its tag of one letter, POP3 "-ERR". */
static struct span code_of(const struct dialogue *d, struct span line)
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
static bool same_code(const struct dialogue *d, struct span line)
{
    struct span code = code_of(d, line);

    return !d->protocol->codes || !*d->code ||
           memcmp(d->code, code.at, code.len) == 0;
}

static void keep_name(struct dialogue *d, const char *text)
{
    struct span said = { text, strlen(text) };

    if (!d->greeted_as)
        d->greeted_as = offers_host(d->arena, said);
}

static void keep_words(struct dialogue *d, const struct line_rule *rule,
                       struct span line)
{
    if (rule->means == LINE_MORE && !d->protocol->codes)
        return;
    bool whole = d->protocol->shape == OFFER_STRINGS;
    size_t from = whole ? 0 : strcspn(rule->start, "[");
    const char *text = offers_text(d, span_skip(line, from));
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

static void keep_offers(struct dialogue *d, const struct line_rule *rule,
                        struct span line)
{
    bool names_itself = d->protocol->codes && d->lines == 1;

    if (!rule->offers || rule->means == LINE_BODY || names_itself)
        return;
    bool whole = d->protocol->shape == OFFER_STRINGS;
    offers_read(d, whole ? line : span_skip(line, strlen(rule->start)));
}

/* RFC 1939 3: a lone dot ends it; another one before a dot is dropped. */
static void hear_body(struct dialogue *d, struct span line)
{
    bool dot = line.len && *line.at == '.';

    if (dot && line.len == 1)
        replies_act(d, LINE_YES);
    else
        offers_read(d, span_skip(line, dot));
}

static void hear_stranger(struct dialogue *d, struct span line)
{
    bool first = d->step == d->protocol->steps && d->lines == 1;
    const char *speaks = first ? lines_stranger(line) : NULL;
    const char *seen = arena_printable(d->arena, line.at, line.len);

    replies_nonsense(
        d, arena_printf(d->arena, "%s%s: %s",
                        speaks ? "it speaks " : "outside the protocol",
                        speaks ? speaks : "", seen));
}

static void hear(struct dialogue *d, struct span line)
{
    if (++d->lines > DIALOGUE_LINES_MAX) {
        replies_nonsense(d, "a reply without end");
        return;
    }
    if (memchr(line.at, '\0', line.len)) {
        replies_nonsense(d, "binary data where text was due");
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
    replies_act(d, rule->means);
}

/* Deals with one line; false: there is none yet. */
static bool take_line(struct dialogue *d)
{
    struct span in = { d->in.text, d->in.len };
    const struct line_rule *rules = d->in_body ? NULL : d->step->lines;
    size_t len = lines_first(rules, in, DIALOGUE_LINE_MAX);

    if (!len)
        return false;
    d->bytes += len;
    if (len > DIALOGUE_LINE_MAX || d->bytes > DIALOGUE_BYTES_MAX) {
        replies_nonsense(d, "a line or a reply without end");
        return false;
    }
    struct span line = { arena_copy(d->arena, in.at, len), len };
    buf_eat(&d->in, len);
    hear(d, lines_trim(line));
    return true;
}

/* A TLS record has no line end, so this cannot wait for one. */
static bool is_record(const struct dialogue *d)
{
    struct span in = { d->in.text, d->in.len };

    return in.len && !d->bytes && iscntrl((unsigned char)*in.at) &&
           lines_stranger(in);
}

void dialogue_start(struct dialogue *d, struct arena *a,
                    const struct protocol *p, const char *ehlo)
{
    *d = (struct dialogue){
        .arena = a,
        .protocol = p,
        .step = p->steps,
        .ehlo = ehlo,
        .wait_ms = p->steps->wait_ms,
    };
    buf_init(&d->in, a, DIALOGUE_BYTES_MAX);
    buf_init(&d->out, a, DIALOGUE_LINE_MAX);
    replies_forget(d);
}

void dialogue_feed(struct dialogue *d, const void *bytes, size_t len)
{
    if (d->state != DIALOGUE_TALKING)
        return;
    buf_bytes(&d->in, bytes, len);
    if (is_record(d))
        replies_nonsense(d, "it speaks TLS");
    while (d->state == DIALOGUE_TALKING && take_line(d))
        ;
    if (d->state == DIALOGUE_TALKING && d->in.full)
        replies_nonsense(d, "a reply without end");
}

void dialogue_sent(struct dialogue *d, size_t len)
{
    buf_eat(&d->out, len);
}

void dialogue_end(struct dialogue *d, enum outcome outcome, const char *detail)
{
    bool half_a_line = d->in.len && outcome == OUTCOME_CLOSED;

    if (half_a_line) /* "421 Too many connections" and gone */
        dialogue_feed(d, "\n", 1);
    if (d->state == DIALOGUE_OVER)
        return;
    buf_eat(&d->out, d->out.len); /* nobody is there to hear it */
    replies_end(d, outcome, detail);
}

bool dialogue_text_first(const void *bytes, size_t len)
{
    enum { ENOUGH = 3, LOOK_AT = 16 }; /* a TLS record begins with 20..23 */
    const unsigned char *p = bytes;

    for (size_t i = 0; i < len && i < LOOK_AT; i++)
        if (!isprint(p[i]) && !isspace(p[i]))
            return false;
    return len >= ENOUGH;
}
