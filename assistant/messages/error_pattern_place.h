#ifndef CERTMEND_MESSAGES_ERROR_PATTERN_PLACE_H
#define CERTMEND_MESSAGES_ERROR_PATTERN_PLACE_H
/*
 * error_pattern_place - which server a pasted message speaks of
 *
 * Every word that can be a host or an address is weighed: what stands before
 * it, what is stuck to it, what it is called. File names, class names, help
 * pages and people's addresses are no servers.
 */
#include "messages/error_pattern_text.h"
#include "messages/error_pattern_word.h"
#include "model/survey.h"

/* The first host in plain[from, to), wherever it is known that one stands. */
struct pasted_place error_pattern_place_within(
    struct arena *a, const struct error_pattern_text *t, size_t from,
    size_t to);

/* The likeliest of all. `strangers`: domains of those who write such messages,
 * never meant. */
struct pasted_place error_pattern_place_likeliest(
    struct arena *a, const struct error_pattern_text *t,
    const struct text_list *strangers);

/* The port that is said somewhere else: stuck to the same host (NULL: none), or
 * as "port 587"; 0: nowhere. */
uint16_t error_pattern_place_port(struct arena *a,
                                  const struct error_pattern_text *t,
                                  const char *host);

/* Is one of the domains, or below one. */
bool error_pattern_place_of(const char *host, const struct text_list *domains);

#endif
