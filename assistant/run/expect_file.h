#ifndef CERTMEND_RUN_EXPECT_FILE_H
#define CERTMEND_RUN_EXPECT_FILE_H
/*
 * expect_file - the certificate that should be served, from --expect FILE
 */
#include "model/target.h"

/* The SHA-256 of the first certificate in the file, in lower-case hex, and what
 * tells it from others. */
MUST_CHECK bool expect_file_read(struct arena *a, const char *path,
                                 const char **sha256_hex,
                                 struct target_expected *as, struct err *err);

#endif
