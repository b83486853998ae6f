#ifndef CERTMEND_MACHINE_CONF_TEXT_H
#define CERTMEND_MACHINE_CONF_TEXT_H
/*
 * conf_text - what readers of configurations share: files, places in them,
 * settings one after the other, and marks that somebody else keeps a file
 *
 * A configuration is text of somebody else: a name or value from it becomes
 * part of a message by arena_printable() only, which
 * conf_shown() sees to.
 */
#include "machine/conf_source.h"

/* One setting as it stands in a file. */
struct conf_setting {
    const char *block; /* "submission/inet", "protocol imap"; "": of all */
    const char *name;
    const char *value;     /* without quotes, comments and folded lines */
    struct conf_span span; /* of the value, from its first byte to its last */
    bool is_scattered;     /* a comment or a line's end stands in between */
    bool is_unclear;       /* a NUL, or what is not understood: not edited */
    size_t begin; /* where the setting begins: its name, "-o", an opening { */
    size_t end;   /* behind the last byte that belongs to it, before the line's
                     end */
};

struct conf_settings {
    struct conf_setting *items; /* in the order in which they are read */
    size_t len;
};

struct conf_setting *conf_settings_add(struct arena *a,
                                       struct conf_settings *all);

/* The last one of that name in that block; NULL: none. */
const struct conf_setting *conf_settings_last(const struct conf_settings *all,
                                              const char *block,
                                              const char *name);

/* Reads the file, unless it was read already: its index. */
MUST_CHECK bool conf_file_add(struct arena *a, struct server_conf *conf,
                              const char *path, size_t *index, struct err *err);

/* A text of the configuration, short and safe to show. */
const char *conf_shown(struct arena *a, const char *text);

/* Of that byte, from 1. */
size_t conf_line_of(const struct machine_file *file, size_t at);

/* "\r\n" where the line of that byte, or the one before it, ends so; "\n". */
const char *conf_line_end(const struct machine_file *file, size_t at);

/* Is it the first byte of its line that is no blank? */
bool conf_is_first(const struct machine_file *file, size_t at);

/* The blanks with which the line of that byte begins. */
const char *conf_indent(struct arena *a, const struct machine_file *file,
                        size_t at);

/* Can this be written into any configuration without quotes? Absolute, of
 * letters, digits and ._/@:+~%=- alone. */
bool conf_path_is_plain(const char *path);

/* Where the first file, or one that a certificate of the listener's port stands
 * in, is not to be edited, or says of itself that a program writes it:
 * `print_only`. */
void conf_mark_kept(struct arena *a, struct server_conf *conf);

/* The first doubt stays. */
void conf_doubt(struct conf_value *value, const char *why);

/* The word behind that option: "-c", "FILE", or "-cFILE"; NULL: it is not
 * there. */
const char *conf_option(const struct listener *l, const char *option);

#endif
