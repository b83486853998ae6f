#ifndef CERTMEND_NET_RESOLVE_HOSTS_H
#define CERTMEND_NET_RESOLVE_HOSTS_H
/*
 * resolve_hosts - the hosts file of the system (hosts(5))
 *
 * Helper of net/resolve.c. libunbound can read it too, but then denies every
 * other record of a name it finds there: its MX, TLSA and CAA.
 */
#include "model/dns.h"

struct hosts;

/* A file that is not there or cannot be read has no lines. */
struct hosts *hosts_read(struct arena *a, const char *path);

/* True: the file knows this name; the answer to A and AAAA is filled in. */
bool hosts_answer(const struct hosts *h, struct arena *a,
                  struct dns_answer *answer);

#endif
