#ifndef CERTMEND_NET_LIBCURL_GATE_H
#define CERTMEND_NET_LIBCURL_GATE_H
/*
 * libcurl_gate - no socket to where a public page may not look
 *
 * For net/http.c alone. The addresses of a request are judged before it is
 * sent, and once more where libcurl makes the socket, whatever led there.
 */
#include "net/http.h"
#include "net/libcurl.h"

/* Half a sentence: why this place is not asked at all; NULL: it may be. */
const char *libcurl_gate_place(const struct public_address_rule *rule,
                               const struct http_place *place);

/* Those of `addresses` that may be connected to, and where --connect-to leads
 * from there, too. None: *why says the reason of the first. */
struct text_list libcurl_gate_addresses(struct arena *a,
                                        const struct http_options *o,
                                        const struct http_place *place,
                                        const struct text_list *addresses,
                                        const char **why);

/* Every socket of this transfer is judged. Not through a proxy: its address is
 * the operator's business. */
void libcurl_gate_set(const struct libcurl *api, CURL *easy,
                      const struct http_options *o);

#endif
