#include "net/protocols.h"

#include <stddef.h>
#include <string.h>

/* RFC 5321 4.5.3.2.1 would wait five minutes; postscreen and tarpits delay
 * their greeting on purpose, the honest ones by less than this. */
enum { SMTP_GREETING_MS = 30 * 1000, REPLY_MS = 15 * 1000 };

/* RFC 5321 4.2; 421 may come at any time (3.8). */
static const struct line_rule smtp_greeting[] = {
    { .start = "220-", .means = LINE_MORE },
    { .start = "220 ", .means = LINE_YES },
    { .start = "4##-", .means = LINE_MORE },
    { .start = "5##-", .means = LINE_MORE },
    { .start = "421 ", .means = LINE_BYE },
    { .start = "4## ", .means = LINE_NO },
    { .start = "5## ", .means = LINE_NO },
    { .start = NULL },
};

/* A server from before RFC 1869 answers 500 or 502; any other "no" is about
 * us, our name or the weather, and says nothing about TLS. */
static const struct line_rule smtp_ehlo[] = {
    { .start = "250-", .means = LINE_MORE, .offers = true },
    { .start = "250 ", .means = LINE_YES, .offers = true },
    { .start = "4##-", .means = LINE_MORE },
    { .start = "5##-", .means = LINE_MORE },
    { .start = "421 ", .means = LINE_BYE },
    { .start = "500 ", .means = LINE_UNKNOWN },
    { .start = "502 ", .means = LINE_UNKNOWN },
    { .start = "4## ", .means = LINE_NO },
    { .start = "5## ", .means = LINE_NO },
    { .start = NULL },
};

static const struct step smtp[] = {
    /* RFC 3207 4 */
    { .lines = smtp_greeting, .wait_ms = SMTP_GREETING_MS },
    { .send = "EHLO %", .lines = smtp_ehlo, .wait_ms = REPLY_MS },
    { .send = "STARTTLS", .lines = smtp_greeting, .wait_ms = REPLY_MS },
    { .lines = NULL },
};

/* RFC 2033 4.1: a server that does not know LHLO is for SMTP. */
static const struct line_rule lmtp_lhlo[] = {
    { .start = "250-", .means = LINE_MORE, .offers = true },
    { .start = "250 ", .means = LINE_YES, .offers = true },
    { .start = "4##-", .means = LINE_MORE },
    { .start = "5##-", .means = LINE_MORE },
    { .start = "421 ", .means = LINE_BYE },
    { .start = "500 ", .means = LINE_FOREIGN },
    { .start = "502 ", .means = LINE_FOREIGN },
    { .start = "4## ", .means = LINE_NO },
    { .start = "5## ", .means = LINE_NO },
    { .start = NULL },
};

static const struct step lmtp[] = {
    { .lines = smtp_greeting, .wait_ms = SMTP_GREETING_MS },
    { .send = "LHLO %", .lines = lmtp_lhlo, .wait_ms = REPLY_MS },
    { .send = "STARTTLS", .lines = smtp_greeting, .wait_ms = REPLY_MS },
    { .lines = NULL },
};

static const struct line_rule imap_greeting[] = {
    /* RFC 3501 7.1 */
    { .start = "* OK [CAPABILITY ", .means = LINE_YES, .offers = true },
    { .start = "* OK ", .means = LINE_YES },
    { .start = "* PREAUTH ", .means = LINE_TOO_LATE },
    { .start = "* BYE ", .means = LINE_BYE },
    { .start = NULL },
};

static const struct line_rule imap_capability[] = {
    { .start = "* CAPABILITY ", .means = LINE_MORE, .offers = true },
    { .start = "* BYE ", .means = LINE_BYE },
    { .start = "* OK ", .means = LINE_MORE }, /* text, never a literal */
    { .start = "* NO ", .means = LINE_MORE },
    { .start = "* BAD ", .means = LINE_MORE },
    { .start = "* ", .means = LINE_MORE, .literals = true },
    { .start = "c OK [CAPABILITY ", .means = LINE_YES, .offers = true },
    { .start = "c OK ", .means = LINE_YES },
    { .start = "c NO ", .means = LINE_UNLISTED },
    { .start = "c BAD ", .means = LINE_UNLISTED },
    { .start = NULL },
};

static const struct line_rule imap_starttls[] = {
    { .start = "* BYE ", .means = LINE_BYE },
    { .start = "* OK ", .means = LINE_MORE },
    { .start = "* NO ", .means = LINE_MORE },
    { .start = "* BAD ", .means = LINE_MORE },
    { .start = "* ", .means = LINE_MORE, .literals = true },
    { .start = "s OK ", .means = LINE_YES },
    { .start = "s NO ", .means = LINE_NO },
    { .start = "s BAD ", .means = LINE_NO },
    { .start = NULL },
};

static const struct step imap[] = {
    /* RFC 3501 6.2.1 */
    { .lines = imap_greeting, .wait_ms = REPLY_MS },
    { .send = "c CAPABILITY",
      .lines = imap_capability,
      .wait_ms = REPLY_MS,
      .lists = true },
    { .send = "s STARTTLS", .lines = imap_starttls, .wait_ms = REPLY_MS },
    { .lines = NULL },
};

static const struct line_rule pop3_reply[] = {
    /* RFC 1939 3 */
    { .start = "+OK", .means = LINE_YES },
    { .start = "-ERR", .means = LINE_NO },
    { .start = NULL },
};

/* RFC 2449 5: a server without CAPA says -ERR; RFC 2595 4 wants STLS listed,
 * but a server that cannot list may know it. */
static const struct line_rule pop3_capa[] = {
    { .start = "+OK", .means = LINE_BODY, .offers = true },
    { .start = "-ERR", .means = LINE_UNLISTED },
    { .start = NULL },
};

static const struct step pop3[] = {
    { .lines = pop3_reply, .wait_ms = REPLY_MS },
    { .send = "CAPA", .lines = pop3_capa, .wait_ms = REPLY_MS, .lists = true },
    { .send = "STLS", .lines = pop3_reply, .wait_ms = REPLY_MS },
    { .lines = NULL },
};

/* RFC 5804 1.2, 1.7: its texts may be literals, also those of an answer. */
static const struct line_rule sieve_reply[] = {
    { .start = "\"", .means = LINE_MORE, .offers = true, .literals = true },
    { .start = "{", .means = LINE_MORE, .offers = true, .literals = true },
    { .start = "OK ", .means = LINE_YES, .literals = true },
    { .start = "NO ", .means = LINE_NO, .literals = true },
    { .start = "BYE ", .means = LINE_BYE, .literals = true },
    { .start = NULL },
};

static const struct step sieve[] = {
    { .lines = sieve_reply, .wait_ms = REPLY_MS },
    { .send = "STARTTLS", .lines = sieve_reply + 2, .wait_ms = REPLY_MS },
    { .lines = NULL },
};

/* RFC 6120 4.2, 4.3, 5.4. We open the stream, it opens its own and says what
 * it can do; an error ends it (4.9). */
static const struct line_rule xmpp_stream[] = {
    { .start = "?xml ", .means = LINE_MORE },
    { .start = "stream ", .means = LINE_YES },
    { .start = NULL },
};

static const struct line_rule xmpp_features[] = {
    { .start = "starttls ", .means = LINE_MORE, .offers = true },
    { .start = "features /", .means = LINE_YES },
    { .start = "/features ", .means = LINE_YES },
    { .start = "/error ", .means = LINE_NO },
    { .start = "/stream ", .means = LINE_BYE },
    { .start = "", .means = LINE_MORE },
    { .start = NULL },
};

static const struct line_rule xmpp_starttls[] = {
    { .start = "proceed ", .means = LINE_YES },
    { .start = "failure ", .means = LINE_NO },
    { .start = "/error ", .means = LINE_NO },
    { .start = "/stream ", .means = LINE_BYE },
    { .start = "", .means = LINE_MORE },
    { .start = NULL },
};

/* The blank line end means nothing there, and has a web server answer. */
static const struct step xmpp[] = {
    { .send = "<?xml version='1.0'?><stream:stream to='%' version='1.0' "
              "xmlns='jabber:client' "
              "xmlns:stream='http://etherx.jabber.org/streams'>\n",
      .lines = xmpp_stream,
      .wait_ms = REPLY_MS },
    { .lines = xmpp_features, .wait_ms = REPLY_MS },
    { .send = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
      .lines = xmpp_starttls,
      .wait_ms = REPLY_MS },
    { .lines = NULL },
};

const struct protocol protocols[] = {
    { .family = "smtp",
      .steps = smtp,
      .offer = "STARTTLS",
      .shape = CAPABILITY_LINE,
      .bye = "QUIT",
      .codes = true },
    { .family = "lmtp",
      .steps = lmtp,
      .offer = "STARTTLS",
      .shape = CAPABILITY_LINE,
      .bye = "QUIT",
      .codes = true },
    { .family = "imap",
      .steps = imap,
      .offer = "STARTTLS",
      .shape = CAPABILITY_WORDS,
      .bye = "q LOGOUT" },
    { .family = "pop3",
      .steps = pop3,
      .offer = "STLS",
      .shape = CAPABILITY_LINE,
      .bye = "QUIT" },
    { .family = "sieve",
      .steps = sieve,
      .offer = "STARTTLS",
      .shape = CAPABILITY_STRINGS,
      .bye = "LOGOUT",
      .greets_again = true }, /* RFC 5804 2.2 */
    { .family = "xmpp",
      .steps = xmpp,
      .offer = "starttls",
      .shape = CAPABILITY_TAGS,
      .bye = "</stream:stream>",
      .names_peer = true,
      .alpn = "xmpp-client" }, /* XEP-0368 */
    { .family = NULL },
};

const struct protocol *protocol_find(const char *family)
{
    for (const struct protocol *p = protocols; p->family; p++)
        if (strcmp(p->family, family) == 0)
            return p;
    return NULL;
}
