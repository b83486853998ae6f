#ifndef CERTMEND_MODEL_SERVICE_H
#define CERTMEND_MODEL_SERVICE_H
/*
 * service - the services we know and how each is secured
 *
 * Plain facts: names, ports, partners (RFC 8314 section 7.3, RFC 5804, RFC
 * 3207). How a service talks is net/protocols.c.
 */
#include "base/table.h"
#include "model/target.h"

/* Ports that rules and protocols name by number; the rest stand in services[].
 */
enum { PORT_SMTP = 25, PORT_DNS = 53, PORT_HTTP = 80, PORT_HTTPS = 443 };

enum security { SECURITY_IMPLICIT, SECURITY_STARTTLS, SECURITY_COUNT };

struct service {
    const char *name;  /* a URL scheme of contract: "submission" */
    const char *about; /* "Mail from users (STARTTLS)" */
    uint16_t port;     /* host order */
    enum security security;
    enum role role;      /* who connects there */
    bool client;         /* a port that mail programs are set to */
    bool on_request;     /* looked at only when asked for */
    const char *family;  /* its protocol: "smtp", "imap", "pop3", "sieve",
                            "http", "lmtp", "xmpp" */
    const char *partner; /* the same service the other way, or NULL */
};

/* In the order they are looked at; a row without a name ends it. */
extern const struct service services[];

extern const struct word security_words[]; /* "implicit", "starttls" */

const struct service *service_find(const char *name); /* NULL: unknown */
const struct service *service_at(uint16_t port);      /* NULL: unknown */

#endif
