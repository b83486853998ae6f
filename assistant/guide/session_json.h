#ifndef CERTMEND_GUIDE_SESSION_JSON_H
#define CERTMEND_GUIDE_SESSION_JSON_H
/*
 * session_json - what is kept of a session between two runs
 *
 * Where it was, what was chosen and how it looks; nothing that was pasted, no
 * secrets.
 */
#include "guide/session.h"

struct json *session_to_json(struct arena *a, const struct session *s);

/* `path` begins every error. templates and rules are the caller's to fill. */
MUST_CHECK bool session_from_json(struct arena *a, const struct json *j,
                                  const char *path, struct session *out,
                                  struct err *err);

#endif
