#ifndef CERTMEND_MODEL_PUBLIC_ADDRESS_H
#define CERTMEND_MODEL_PUBLIC_ADDRESS_H
/*
 * public_address - what may be looked at where anybody may ask
 *
 * Whoever asks a page that is open to all sends it to places of their choice.
 * So it goes to machines of the public Internet only, to the ports of mail,
 * and tells of each that is left out why. What is judged is the very address
 * that is connected to (net/connection.h), so that no second answer of the DNS
 * comes between. Pure.
 */
#include "base/err.h"
#include "base/text.h"

struct public_address_rule {
    struct text_list own;   /* addresses of this machine */
    struct text_list allow; /* blocks that may be looked at, though they are not
                               of the public Internet: of an intranet */
    struct text_list deny;  /* blocks that may not, whatever else is said */
    struct text_list deny_domains; /* and names, with all below them */
    /* Half a sentence: why it may not be looked at now; or NULL. Asked before
     * each connection of the look. NULL: nobody counts. */
    const char *(*counted)(void *arg, const char *ip);
    void *arg;
};

/* One machine of the public Internet: unicast, of IPv6 from 2000::/3, none that
 * carries an IPv4 address in it. */
bool public_address_is(const char *ip);

/* "192.0.2.0/24", "2001:db8::/32", "192.0.2.1", and where it may be one,
 * "example.com": puts it into the list it belongs to. */
MUST_CHECK bool public_address_allow(struct arena *a,
                                     struct public_address_rule *rule,
                                     const char *text, struct err *err);
MUST_CHECK bool public_address_deny(struct arena *a,
                                    struct public_address_rule *rule,
                                    const char *text, struct err *err);

/* Each: half a sentence, why it may not be looked at; NULL: it may. A rule that
 * is NULL forbids nothing. */
const char *public_address_no(const struct public_address_rule *rule,
                              const char *ip);
/* A name; an address that stands where a name should has none of its own. */
const char *public_address_no_name(const struct public_address_rule *rule,
                                   const char *host);
const char *public_address_no_port(const struct public_address_rule *rule,
                                   uint16_t port);
/* Of a file that is fetched: the web's own ports. */
const char *public_address_no_web_port(const struct public_address_rule *rule,
                                       uint16_t port);

#endif
