#ifndef CERTMEND_BASE_JSON_SCAN_H
#define CERTMEND_BASE_JSON_SCAN_H
/*
 * json_scan - what cJSON lets pass and RFC 8259 does not
 *
 * Looks over the raw text before it is parsed: invalid UTF-8, control bytes,
 * escaped NUL, numbers of the wrong form, nesting beyond JSON_DEPTH_MAX. It
 * does not check how values are put together; the parser does.
 */
#include <stddef.h>

struct json_fault {
    const char *why; /* NULL: nothing to complain about */
    size_t at;       /* offset of the byte it is about */
};

struct json_fault json_scan(const char *text, size_t len);

#endif
