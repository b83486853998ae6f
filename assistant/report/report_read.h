#ifndef CERTMEND_REPORT_REPORT_READ_H
#define CERTMEND_REPORT_REPORT_READ_H
/*
 * report_read - what a report in JSON says, looked up
 *
 * Of a report that may be years old, or made by somebody else: whatever is
 * missing is NULL, false or 0.
 */
#include "base/json.h"

uint16_t report_read_port(const struct json *endpoint); /* 0: none */

/* As clients see it: client_view_asked() of a report that does not say whether
 * a name was to be sent. */
bool report_read_is_client_view(const struct json *report,
                                const struct json *endpoint);

/* The leaf that an endpoint showed. */
const struct json *report_read_certificate(const struct json *report,
                                           const struct json *endpoint);

/* An error or a warning. */
bool report_read_is_loud(const struct json *finding);

#endif
