#ifndef CERTMEND_GUIDE_SESSION_JSON_H
#define CERTMEND_GUIDE_SESSION_JSON_H
/*
 * session_json - what is kept of a session between two runs
 *
 * Where it was and what was chosen; nothing that was pasted, no names of
 * files but the letter's, no secrets.
 */
#include "guide/session.h"

struct json *session_to_json(struct arena *a, const struct session *s);

/* `path` begins every error. templates and rules are the caller's to fill. */
MUST_CHECK bool session_from_json(struct arena *a, const struct json *j,
                                  const char *path, struct session *out,
                                  struct err *err);

#endif
