#ifndef CERTMEND_RUN_LOOK_FILE_H
#define CERTMEND_RUN_LOOK_FILE_H
/*
 * look_file - a certificate file as a survey with one cell
 *
 * The cell's service is "file", its address is empty, its port 0; the chain is
 * the file's certificates in file order, the first is the leaf.
 */
#include "crypto/x509_read.h"
#include "run/look_options.h"

/* The words name a file, not a host: a slash with a file behind it, or the
 * ending of a certificate file. */
bool look_file_is_meant(const char *input);

MUST_CHECK bool look_file(struct arena *a, const struct look_options *o,
                          const char *path, struct survey **out,
                          struct err *err);

/* The same of what was read before; `name` as typed, or NULL. */
struct survey *look_file_survey(struct arena *a, const char *path,
                                const char *name,
                                const struct cert_list *certs);

#endif
