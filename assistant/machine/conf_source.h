#ifndef CERTMEND_MACHINE_CONF_SOURCE_H
#define CERTMEND_MACHINE_CONF_SOURCE_H
/*
 * conf_source - the files of a configuration as readers go through them: one
 * after the other, into what is included, line by line
 *
 * Each file is read once, into server_conf.files. A file that includes itself,
 * CONF_DEPTH_MAX of them within one another, CONF_FILES_MAX in all and a NUL
 * are errors that name the file.
 */
#include "machine/server_conf.h"

struct conf_walk {
    struct server_conf *conf;
    size_t open[CONF_DEPTH_MAX]; /* indices into conf->files; the innermost last
                                  */
    size_t depth;
    size_t entered; /* files, those that were met again among them */
};

/* The file that is read now: its index is the last of walk->open. */
MUST_CHECK bool conf_walk_enter(struct arena *a, struct conf_walk *walk,
                                const char *path, struct err *err);
void conf_walk_leave(struct conf_walk *walk);
size_t conf_walk_file(const struct conf_walk *walk); /* that index */

/* A line without its end ("\n", "\r\n"). Before the first: all zero. */
struct conf_line {
    size_t at, len;
    size_t number; /* from 1 */
    size_t next;   /* where the line behind it begins */
};

/* False: there are no more. Bytes of a UTF-8 mark at the beginning of the file
 * are no part of its first line. */
bool conf_line_next(const struct machine_file *f, struct conf_line *line);

/* Without the blanks at both of its ends. */
struct conf_span conf_line_trim(const struct machine_file *f,
                                const struct conf_line *line);
struct conf_span conf_span_trim(const struct machine_file *f,
                                struct conf_span span);

/* The bytes; "" where there are none. */
const char *conf_span_text(struct arena *a, const struct server_conf *conf,
                           struct conf_span span);

/* The file, printable; by another way round ("conf.d/../x") as it is at the
 * end.
 */
const char *conf_file_shown(struct arena *a, const struct server_conf *conf,
                            struct conf_span span);

/* "FILE:LINE", printable. */
const char *conf_span_place(struct arena *a, const struct server_conf *conf,
                            struct conf_span span);

/* `path` where it is absolute, else below `dir`. */
const char *conf_path(struct arena *a, const char *dir, const char *path);

/* One more of conf->places; more than CONF_PLACES_MAX are an error. */
enum { CONF_PLACES_MAX = 4096 };
MUST_CHECK bool conf_place_add(struct arena *a, struct server_conf *conf,
                               const struct tls_place *place, struct err *err);

/* The service is told to read its files anew, or (`verb`) to begin again: as a
 * unit of systemd where it is one, else as the service of that name. */
const char *const *conf_service_words(struct arena *a,
                                      const struct server_conf *conf,
                                      const char *verb, const char *service);

/* A signal to the process that has left its number in `pid_file` (NULL: none
 * is known), behind `first`, one command that a shell may have as it is (NULL:
 * none). */
struct conf_signal {
    const char *name, *pid_file, *first;
};

/* The signal by a shell; conf_service_words() of "reload" where it is a unit of
 * systemd, or the file is not there. */
const char *const *conf_signal_words(struct arena *a,
                                     const struct server_conf *conf,
                                     const struct conf_signal *signal,
                                     const char *service);

#endif
