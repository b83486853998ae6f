#ifndef CERTMEND_MACHINE_SERVER_CONF_H
#define CERTMEND_MACHINE_SERVER_CONF_H
/*
 * server_conf - which certificate files a server's configuration names, and
 * where: the file, the line, the bytes of the value
 *
 * Each software has a reader (machine/conf_postfix.c, ...), a row of
 * server_kinds[]. A reader changes nothing. It takes the configuration that the
 * running process was started with, follows its includes itself (so that it can
 * say file and line), and asks the program what is in force (postconf,
 * doveconf, nginx -T): where the two disagree, the value is not editable and
 * `doubt` says so.
 *
 * An edit replaces one span of bytes, or puts in one line; everything else
 * of the file stays as it is. The kind's holds() asks the program whether it
 * reads the new text as meant.
 */
#include "machine/listener.h"
#include "machine/machine_file.h"

/* The bytes at, at+len of a file that was read. */
struct conf_span {
    size_t file; /* index into server_conf.files */
    size_t at, len;
    size_t line; /* from 1 */
};

/* One setting that names a file. */
struct conf_value {
    const char *setting;   /* "smtpd_tls_cert_file"; NULL: not set anywhere */
    const char *path;      /* the file that is named, absolute; NULL: none */
    struct conf_span span; /* of the value alone, quotes and "<" not in it */
    bool is_default;       /* the program's own: there is no span */
    const char *doubt;     /* NULL; else why it is not edited: one sentence with
                              full stop ("It is chosen at each connection.") */
    const char *broken; /* NULL; else why it does not work as it stands, which
                           an edit would mend: one sentence with full stop */
    const struct conf_value *over; /* what would count without it: main.cf's, an
                                      earlier line, the block around it; NULL:
                                      nothing */
};

/* What one port shows to those who ask for one name, by the configuration. Of a
 * second pair for another type of key (RSA beside EC) there is a place of its
 * own. */
struct tls_place {
    uint16_t port;       /* host order */
    const char *address; /* NULL: every one */
    const char *sni; /* the name asked for, or "*.example.com"; NULL: when no
                        other fits */
    const char *service; /* how the program calls it: "submission/inet"; NULL */
    bool is_off;         /* no TLS is offered here */
    struct conf_value off;  /* what switches it off, where something does */
    struct conf_value cert; /* leaf first; the chain behind it unless `chain` */
    struct conf_value key;  /* .path equals the certificate's: one file */
    struct conf_value map;  /* names the table that is read instead of the file
                               in which this place stands, such as "hash:/x",
                               its .path; NULL: none is */
    struct conf_value chain; /* .path NULL: none of its own */
};

struct server_conf {
    const struct server_kind *kind;
    const struct listener *listener; /* the one that was asked for */
    struct machine_root root;        /* open while this is used */
    struct machine_file *files;      /* in the order they were read */
    size_t files_len;
    struct tls_place *places;
    size_t places_len;
    const char *version; /* "2.3.19.1"; NULL: not known */
    const char *dir;     /* of its configuration: "/etc/postfix" */
    const char *user;    /* who reads the key: "root", or the service's user */
    const char *print_only; /* NULL; else why nothing is changed here: one
                               sentence with full stop (a container, "managed
                               by Ansible" in line 3, Sendmail) */
};

/* A place is to name these from now on. A NULL stays. */
struct conf_change {
    const struct tls_place *place;
    const char *cert_path; /* full chain */
    const char *key_path;
    const char *chain_path; /* only where the place has one of its own */
};

/* Bytes of one file, in place of which others go. */
struct conf_edit {
    struct conf_span span; /* len 0: put in at `at` */
    const char *text;
    size_t text_len;
};

struct conf_edits {
    struct conf_edit *items; /* of one file: sorted, no two touch */
    size_t len;
};

/* What the program is asked about before anything is changed. */
struct conf_trial {
    const struct server_conf *conf;
    const struct conf_change *change;
    const struct conf_edits *edits;
};

struct conf_scratch;  /* machine/conf_scratch.h */
struct conf_settings; /* machine/conf_text.h */

struct server_kind {
    const char *software; /* as of --software: "postfix" */
    /* Is it this one that listens? By program and argv. */
    bool (*is_it)(const struct listener *l);
    MUST_CHECK bool (*read)(struct arena *a, struct server_conf *conf,
                            struct err *err);
    /* NULL: printed only. An edit that is not understood is an error that
     * names file and line. */
    MUST_CHECK bool (*edit)(struct arena *a, const struct server_conf *conf,
                            const struct conf_change *change,
                            struct conf_edits *out, struct err *err);
    /* What an edit is proven by (conf_edits_prove()): the places, and every
     * setting in `all`, by the files alone; no program is asked. NULL: edit()
     * sees to it itself. */
    MUST_CHECK bool (*parse)(struct arena *a, struct server_conf *conf,
                             struct conf_settings *all, struct err *err);
    /* NULL: it cannot be asked beforehand. Has the program read the edited
     * text, in a copy outside its own folder (conf_scratch_ask()): an error
     * says where it takes it for something else. `was_asked` is false, and
     * stays so where that could not be done. */
    MUST_CHECK bool (*holds)(struct arena *a, const struct conf_trial *trial,
                             const struct conf_scratch *scratch,
                             bool *was_asked, struct err *err);
    /* Words to run; NULL ends them. check: NULL where the software has none. */
    const char *const *(*check)(struct arena *a, const struct server_conf *c);
    const char *const *(*reload)(struct arena *a, const struct server_conf *c);
};

extern const struct server_kind server_kinds[]; /* .software NULL ends it */

/* NULL: none that we can read. */
const struct server_kind *server_kind_of(const struct listener *l);

/* Everything by which this listener serves TLS. The root stays open:
 * server_conf_close(). */
MUST_CHECK bool server_conf_read(struct arena *a, const struct listener *l,
                                 struct server_conf *out, struct err *err);
void server_conf_close(struct server_conf *conf);

/* How well a place answers who asks for a name; 0: not at all. Several may be
 * the best: a pair of each type of key, one address or another. */
int tls_place_fit(const struct tls_place *place, const char *sni);

/* The place for a port and the name that a client asks for (NULL: none); NULL:
 * the configuration has no such port. */
const struct tls_place *tls_place_for(const struct server_conf *conf,
                                      uint16_t port, const char *sni);

/* The file's new bytes: every edit of `file` applied. */
void conf_edits_apply(struct arena *a, const struct server_conf *conf,
                      const struct conf_edits *edits, size_t file,
                      const char **text, size_t *len);

#endif
