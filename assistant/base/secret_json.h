#ifndef CERTMEND_BASE_SECRET_JSON_H
#define CERTMEND_BASE_SECRET_JSON_H
/*
 * secret_json - the texts of a JSON document that holds a secret, one by one
 *
 * Nothing is copied: what is shown points into the document, so that wiping
 * that one leaves nothing. Only the shape is looked at; texts with escapes in
 * them are passed over, since no key has any.
 */
#include <stdbool.h>
#include <stddef.h>

enum { SECRET_JSON_DEPTH = 16 };

struct secret_text {
    const char *text; /* no NUL behind it */
    size_t len;
};

bool secret_text_is(const struct secret_text *t, const char *text);

/* keys[0 .. depth-1] lead to the value; what is in an array has the array's. */
typedef void secret_json_see(void *arg, const struct secret_text *keys,
                             size_t depth, const struct secret_text *value);

/* False: it is no JSON object, or one that is deeper. */
bool secret_json_each(const char *text, size_t len, secret_json_see *see,
                      void *arg);

#endif
