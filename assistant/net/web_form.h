#ifndef CERTMEND_NET_WEB_FORM_H
#define CERTMEND_NET_WEB_FORM_H
/*
 * web_form - the body of a form, as fields
 *
 * application/x-www-form-urlencoded as browsers write it (URL Standard, 5). A
 * field that comes twice, a broken "%", text that is no UTF-8: no form of ours
 * sends that, so the whole is refused. Line ends become "\n".
 */
#include "net/web_server.h"

enum { WEB_FORM_FIELDS_MAX = 32, WEB_FORM_VALUE_MAX = 8 * 1024 /* bytes */ };

enum web_form_fault { WEB_FORM_FINE, WEB_FORM_BROKEN, WEB_FORM_TOO_LONG };

struct web_form {
    const struct web_field *fields;
    size_t len;
};

/* What is no fault is in *out, in `a`. */
enum web_form_fault web_form_read(struct arena *a, const char *body, size_t len,
                                  struct web_form *out);

#endif
