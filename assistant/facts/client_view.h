#ifndef CERTMEND_FACTS_CLIENT_VIEW_H
#define CERTMEND_FACTS_CLIENT_VIEW_H
/*
 * client_view - which cells say what clients of today see
 *
 * The same place is looked at more than once: with SNI and without, with every
 * key type and with RSA alone; and places nobody asked about are looked at to
 * prove a fix. Who reads a survey asks here which of these looks count. Pure.
 */
#include "model/survey.h"

/* As programs connect: with SNI, unless none was wanted or, for an address or
 * a file, none can be said (RFC 6066 3). Any key type, any place; a look for
 * one key type that met no certificate is none. */
bool client_view(const struct survey *s, const struct cell *c);

/* The same, of what was asked. Both of a server's certificates, where it has
 * one for each key type: each of them has to be right, or gets replaced. */
bool client_view_asked(const struct survey *s, const struct cell *c);

/* The same, and every key type was offered: one cell for each host, address
 * and port. What findings and reports tell; the look for RSA alone yields
 * keytype.divergent, the look without SNI sni.* only. */
bool client_view_counts(const struct survey *s, const struct cell *c);

/* One more look where TLS was met already, without SNI or for one key type, of
 * which nothing came back: neither a certificate nor a "no" in TLS. What it was
 * for is not known. */
bool client_view_lost(const struct survey *s, const struct cell *c);

/* client_view_asked(), and cells of other ports of that host and name, where
 * one port was asked for: what is right there can be copied. */
bool client_view_here(const struct survey *s, const struct cell *c);

#endif
