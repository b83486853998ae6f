#ifndef CERTMEND_BASE_JSON_FILE_H
#define CERTMEND_BASE_JSON_FILE_H
/*
 * json_file - a file that is one JSON document, read or written whole
 */
#include "base/file.h"
#include "base/json.h"

/* Refuses more than `max` bytes. */
MUST_CHECK bool json_file_read(struct arena *a, const char *path, size_t max,
                               struct json **out, struct err *err);

/* With line breaks and indented; as file_write(). Refuses to write what could
 * not be read again with the same `max`. */
MUST_CHECK bool json_file_write(struct arena *a, const char *path,
                                const struct json *j, size_t max,
                                enum file_mode mode, struct err *err);

#endif
