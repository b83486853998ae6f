#ifndef CERTMEND_MESSAGES_ERROR_PATTERN_WORD_H
#define CERTMEND_MESSAGES_ERROR_PATTERN_WORD_H
/*
 * error_pattern_word - one word of a pasted message, read as a place
 *
 * "mail.example.com[192.0.2.1]:25:", "ssl://mail.example.com:465", "[::1]:587".
 */
#include "base/arena.h"

#include <stdint.h>

struct pasted_place {
    const char *host; /* normal form, or an address; NULL: none */
    uint16_t port;    /* 0: not said */
};

struct error_pattern_word {
    struct pasted_place place;
    bool addressed; /* an address or a mail port is stuck to it */
    bool link;      /* to a page, or a path */
};

/* False: neither a host name of two labels nor an address. */
MUST_CHECK bool error_pattern_word_read(struct arena *a, const char *word,
                                        struct error_pattern_word *out);

/* The number that `text` begins with; 0: no port. */
uint16_t error_pattern_word_port(const char *text);

#endif
