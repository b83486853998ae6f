#ifndef CERTMEND_CMD_SESSION_FILE_H
#define CERTMEND_CMD_SESSION_FILE_H
/*
 * session_file - guided sessions in the XDG state folder
 *
 *     ~/.local/state/certmend/sessions/3.json     0600, in a folder of 0700
 *
 * The number is what a person types to go on.
 */
#include "guide/session.h"

/* Makes the folder. */
MUST_CHECK bool session_file_folder(struct arena *a, const char **dir,
                                    struct err *err);

/* Keeps a new session under the next number, which it is given. */
MUST_CHECK bool session_file_claim(const char *dir, struct session *s,
                                   struct err *err);
MUST_CHECK bool session_file_save(const char *dir, const struct session *s,
                                  struct err *err);
void session_file_drop(const char *dir, const struct session *s);

/* Ascending. */
MUST_CHECK bool session_file_list(struct arena *a, const char *dir,
                                  int **numbers, size_t *len, struct err *err);
MUST_CHECK bool session_file_load(struct arena *a, const char *dir, int number,
                                  struct session *out, struct err *err);

#endif
