#include "model/service.h"

#include <assert.h>
#include <string.h>

const struct word security_words[] = {
    { "implicit", SECURITY_IMPLICIT },
    { "starttls", SECURITY_STARTTLS },
    { NULL, SECURITY_COUNT },
};
static_assert(sizeof security_words / sizeof *security_words ==
                  SECURITY_COUNT + 1,
              "a word per security");

/* clang-format off */
const struct service services[] = {
    { .name = "smtp", .about = "Mail from other servers (STARTTLS)",
      .port = PORT_SMTP, .security = SECURITY_STARTTLS, .role = ROLE_MX,
      .family = "smtp" },
    { .name = "submissions", .about = "Mail from users (TLS)",
      .port = 465, .security = SECURITY_IMPLICIT, .role = ROLE_MUA,
      .client = true, .family = "smtp", .partner = "submission" },
    { .name = "submission", .about = "Mail from users (STARTTLS)",
      .port = 587, .security = SECURITY_STARTTLS, .role = ROLE_MUA,
      .client = true, .family = "smtp", .partner = "submissions" },
    { .name = "imap", .about = "Mailboxes by IMAP (STARTTLS)",
      .port = 143, .security = SECURITY_STARTTLS, .role = ROLE_MUA,
      .client = true, .family = "imap", .partner = "imaps" },
    { .name = "imaps", .about = "Mailboxes by IMAP (TLS)",
      .port = 993, .security = SECURITY_IMPLICIT, .role = ROLE_MUA,
      .client = true, .family = "imap", .partner = "imap" },
    { .name = "pop3", .about = "Mailboxes by POP3 (STARTTLS)",
      .port = 110, .security = SECURITY_STARTTLS, .role = ROLE_MUA,
      .client = true, .family = "pop3", .partner = "pop3s" },
    { .name = "pop3s", .about = "Mailboxes by POP3 (TLS)",
      .port = 995, .security = SECURITY_IMPLICIT, .role = ROLE_MUA,
      .client = true, .family = "pop3", .partner = "pop3" },
    { .name = "sieve", .about = "Mail filters (STARTTLS)",
      .port = 4190, .security = SECURITY_STARTTLS, .role = ROLE_MUA,
      .client = true, .family = "sieve" },
    { .name = "https", .about = "Web pages (TLS)",
      .port = PORT_HTTPS, .security = SECURITY_IMPLICIT, .role = ROLE_HTTPS,
      .family = "http" },
    { .name = "lmtp", .about = "Mail to mailboxes by LMTP (STARTTLS)",
      .port = 24, .security = SECURITY_STARTTLS, .role = ROLE_MUA,
      .on_request = true, .family = "lmtp" },
    { .name = "xmpp", .about = "Chat by XMPP (STARTTLS)",
      .port = 5222, .security = SECURITY_STARTTLS, .role = ROLE_MUA,
      .on_request = true, .family = "xmpp" },
    { .name = "xmpps", .about = "Chat by XMPP (TLS)",
      .port = 5223, .security = SECURITY_IMPLICIT, .role = ROLE_MUA,
      .on_request = true, .family = "xmpp" },
    { .name = NULL },
};
/* clang-format on */

const struct service *service_find(const char *name)
{
    if (!name)
        return NULL;
    for (const struct service *s = services; s->name; s++)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

const struct service *service_at(uint16_t port)
{
    for (const struct service *s = services; s->name; s++)
        if (s->port == port)
            return s;
    return NULL;
}
