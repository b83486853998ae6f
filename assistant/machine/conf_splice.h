#ifndef CERTMEND_MACHINE_CONF_SPLICE_H
#define CERTMEND_MACHINE_CONF_SPLICE_H
/*
 * conf_splice - another path in place of a value, byte for byte
 *
 * For the editors of server kinds. Nothing is put in that a configuration could
 * read as more than a path: letters, digits and / . _ - + @ = only.
 */
#include "machine/server_conf.h"

/* The edit that makes `value` name `path`; none where `path` is NULL, or named
 * already. An error says file and line: it is doubtful, has no bytes of its
 * own, or lies in what another edit changes. The same edit twice is one. */
MUST_CHECK bool conf_splice_value(struct arena *a,
                                  const struct server_conf *conf,
                                  const struct conf_value *value,
                                  const char *path, struct conf_edits *out,
                                  struct err *err);

/* A line of its own before that of `beside`, indented and ended alike: `words`
 * and the path. */
MUST_CHECK bool conf_splice_line(struct arena *a,
                                 const struct server_conf *conf,
                                 const struct conf_value *beside,
                                 const char *words, const char *path,
                                 struct conf_edits *out, struct err *err);

/* Puts `text` in at the beginning of a line. */
MUST_CHECK bool conf_splice_in(struct arena *a, const struct server_conf *conf,
                               struct conf_span at, const char *text,
                               struct conf_edits *out, struct err *err);

/* Every value of the place that the change says something of. Where one file
 * holds certificate and key, and the change names two, the key gets a line of
 * its own: `key_words` and the path; NULL: the software has no such line. */
MUST_CHECK bool conf_splice_place(struct arena *a,
                                  const struct server_conf *conf,
                                  const struct conf_change *change,
                                  const char *key_words, struct conf_edits *out,
                                  struct err *err);

#endif
