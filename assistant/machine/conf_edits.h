#ifndef CERTMEND_MACHINE_CONF_EDITS_H
#define CERTMEND_MACHINE_CONF_EDITS_H
/*
 * conf_edits - how an edit is put together, and the proof that it changes what
 * it is meant to change and nothing else
 *
 * The proof reads the new bytes with the reader that read the old ones. It
 * knows nothing of any software: it compares settings one by one, and what
 * each place shows.
 */
#include "machine/conf_text.h"

/* Kept sorted. Two at one place where nothing is replaced become one text. */
void conf_edits_put(struct arena *a, struct conf_edits *edits,
                    struct conf_span span, const char *text);

/* `path` in place of a value's bytes, where it names another. Errors name the
 * line: a value that is in doubt, a path that could be taken for something
 * else. */
MUST_CHECK bool conf_edits_value(struct arena *a,
                                 const struct server_conf *conf,
                                 struct conf_edits *edits,
                                 const struct conf_value *value,
                                 const char *path, struct err *err);

/* Can it name that path? An error says why not. */
MUST_CHECK bool conf_edits_may_name(struct arena *a,
                                    const struct server_conf *conf,
                                    const struct conf_value *value,
                                    const char *path, struct err *err);

/* Why a value is not edited, with file and line where it has them. Always
 * false. */
bool conf_edits_refuse(struct arena *a, const struct server_conf *conf,
                       const struct conf_value *value, const char *why,
                       struct err *err);

/* A whole line at the end of the file. */
void conf_edits_append(struct arena *a, const struct server_conf *conf,
                       struct conf_edits *edits, size_t file, const char *line);

/* A whole line below the one that ends before `at`, with that one's blanks in
 * front. */
void conf_edits_below(struct arena *a, const struct server_conf *conf,
                      struct conf_edits *edits, size_t file, size_t at,
                      const char *line);

/* Reads the texts before and after it with the kind's parse(): is every setting
 * as it was but for the edited ones, and does each place show what it did or is
 * to show? */
MUST_CHECK bool conf_edits_prove(struct arena *a,
                                 const struct conf_trial *trial,
                                 struct err *err);

/* The configuration with its new texts, to be read again: no places. */
struct server_conf conf_edits_after(struct arena *a,
                                    const struct server_conf *conf,
                                    const struct conf_edits *edits);

/* `before` and `after` are read from conf and from conf_edits_after(): does
 * nothing differ but the edited values and new lines? Errors name the line. */
MUST_CHECK bool conf_edits_only(struct arena *a, const struct server_conf *conf,
                                const struct conf_edits *edits,
                                const struct conf_settings *before,
                                const struct conf_settings *after,
                                struct err *err);

/* Does the place of the change name the new files, and every other the pair it
 * named, or the new one where it shares both settings? `at` is its index; both
 * were read in the same way. */
MUST_CHECK bool conf_edits_meant(struct arena *a,
                                 const struct server_conf *before,
                                 const struct server_conf *after, size_t at,
                                 const struct conf_change *change,
                                 struct err *err);

#endif
