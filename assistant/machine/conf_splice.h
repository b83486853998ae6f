#ifndef CERTMEND_MACHINE_CONF_SPLICE_H
#define CERTMEND_MACHINE_CONF_SPLICE_H
/*
 * conf_splice - another path in place of a value, byte for byte
 *
 * For the editors of server kinds. Errors say file and line, and why the value
 * is left as it is.
 */
#include "machine/conf_edits.h"

/* The edit that makes `value` name `path`; none where `path` is NULL, or named
 * already. Refused: what is doubtful, or has no bytes of its own. */
MUST_CHECK bool conf_splice_value(struct arena *a,
                                  const struct server_conf *conf,
                                  const struct conf_value *value,
                                  const char *path, struct conf_edits *out,
                                  struct err *err);

/* A line of its own below that of `beside`. */
struct conf_new_line {
    const char *words, *path;
};
MUST_CHECK bool conf_splice_line(struct arena *a,
                                 const struct server_conf *conf,
                                 const struct conf_value *beside,
                                 const struct conf_new_line *line,
                                 struct conf_edits *out, struct err *err);

/* Every value of the place that the change says something of. Where one file
 * holds certificate and key, and the change names two, or the key is that of
 * others, too, who keep theirs, it gets a line of its own: `key_words` and the
 * path; NULL: the software has no such line. */
MUST_CHECK bool conf_splice_place(struct arena *a,
                                  const struct server_conf *conf,
                                  const struct conf_change *change,
                                  const char *key_words, struct conf_edits *out,
                                  struct err *err);

#endif
