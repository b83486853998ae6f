#include "net/lines.h"

#include <ctype.h>
#include <string.h>

struct span span_skip(struct span s, size_t n)
{
    size_t take = n < s.len ? n : s.len;

    return (struct span){ s.at + take, s.len - take };
}

struct span lines_trim(struct span line)
{
    if (line.len && line.at[line.len - 1] == '\n')
        line.len--;
    if (line.len && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

static bool same(char rule, char seen)
{
    unsigned char c = (unsigned char)seen;

    if (rule == '#')
        return isdigit(c) != 0;
    return tolower((unsigned char)rule) == tolower(c);
}

static bool fits(const char *start, struct span line)
{
    for (size_t i = 0; start[i]; i++) {
        if (i == line.len)
            return start[i] == ' ' && !start[i + 1];
        if (!same(start[i], line.at[i]))
            return false;
    }
    return true;
}

const struct line_rule *lines_rule(const struct line_rule *rules,
                                   struct span line)
{
    for (const struct line_rule *r = rules; r->start; r++)
        if (fits(r->start, line))
            return r;
    return NULL;
}

/* The bytes that "{5}" or "{5+}" at the end of a line announces, at most a
 * little over `max`; 0: it announces none. */
static size_t literal_len(struct span line, size_t max)
{
    size_t end = line.len;

    if (end < 3 || line.at[end - 1] != '}')
        return 0;
    end -= line.at[end - 2] == '+' ? 2 : 1;
    size_t at = end;
    while (at && isdigit((unsigned char)line.at[at - 1]))
        at--;
    if (!at || line.at[at - 1] != '{')
        return 0;
    size_t len = 0;
    for (; at < end && len <= max; at++)
        len = len * 10 + (size_t)(line.at[at] - '0');
    return len;
}

size_t lines_first(const struct line_rule *rules, struct span in, size_t max)
{
    const struct line_rule *rule = NULL;
    size_t from = 0;

    while (from <= in.len && from <= max) {
        const char *lf = memchr(in.at + from, '\n', in.len - from);
        if (!lf)
            return in.len > max ? in.len : 0;
        size_t end = (size_t)(lf - in.at) + 1;
        struct span line = lines_trim((struct span){ in.at, end });
        if (rules && from == 0)
            rule = lines_rule(rules, line);
        size_t more = rule && rule->literals
                          ? literal_len(span_skip(line, from), max)
                          : 0;
        if (!more)
            return end;
        from = end + more;
    }
    return from > max ? from : 0;
}

const char *lines_guess_protocol(struct span in)
{
    static const struct {
        const char *start, *name;
    } known[] = {
        { "\x16\x03", "TLS" },     { "\x15\x03", "TLS" },
        { "HTTP/", "HTTP" },       { "SSH-", "SSH" },
        { "220 ", "SMTP or FTP" }, { "220-", "SMTP or FTP" },
        { "* OK", "IMAP" },        { "* BYE", "IMAP" },
        { "* PREAUTH", "IMAP" },   { "+OK", "POP3" },
        { "-ERR", "POP3" },        { "\"IMPLEMENTATION\"", "ManageSieve" },
        { "<html", "HTTP" },       { "<!DOCTYPE", "HTTP" },
        { "RFB ", "VNC" },         { "<?xml", "XMPP" },
        { "<stream:", "XMPP" },    { NULL, NULL },
    };

    for (size_t i = 0; known[i].start; i++)
        if (in.len >= strlen(known[i].start) && fits(known[i].start, in))
            return known[i].name;
    return NULL;
}
