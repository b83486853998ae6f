#ifndef CERTMEND_ACT_IMPORT_H
#define CERTMEND_ACT_IMPORT_H
/*
 * import - what another ACME client has set up on this machine, read and
 * nothing changed
 *
 * Its files are text of a stranger until checked, and what they say is run
 * later on: so they are read by import_text.h alone, and nothing of them is
 * executed to find out what it means. What cannot be read of one certificate
 * is said beside it and keeps no other from coming.
 *
 * To add a client: a file as act/import_lego.c, and its row in act/import.c.
 */
#include "base/text.h"

/* A program of ours that does what the other client did. */
struct import_script {
    const char *about; /* for people: "run \"postfix reload\" (renew_hook)" */
    const char *file;  /* its name */
    const char *text;  /* a script for sh */
};

struct import_old { /* where services may look for a file today */
    const char *path;
    const char *file; /* ours instead: "fullchain.pem" */
};

/* One certificate that the other client renews. */
struct import_lineage {
    const char *name;    /* as the other client calls it */
    const char *from;    /* the file that says so */
    const char *why_not; /* it cannot come; a sentence; NULL: it can so far */
    const char *key, *chain;      /* files; the chain leaf first */
    const struct import_old *old; /* no path ends them */
    const char *directory;        /* URL of the CA's; NULL: not written down */
    const char *account_key;      /* file, or NULL */
    const char *account_url;      /* or NULL */
    const char *profile;          /* or NULL */
    bool keep_key;
    /* How names are proven; none of them: certmend's own server on port 80. */
    const char *webroot, *listen;
    const char *wellknown;  /* what is served as /.well-known/acme-challenge */
    const char *challenge;  /* "dns-01": by this one alone; or NULL */
    struct text_list roots; /* "NAME=/DIR" */
    const struct import_script *dns; /* by DNS; or NULL */
    const char *proof_missing;       /* it did so as we cannot: half a sentence
                                        that says what to give; or NULL */
    const struct import_script *hooks; /* no file ends them */
    struct text_list programs;         /* run after those */
    struct text_list reloads;          /* rows of act/deploy.h */
    struct text_list notes;            /* sentences */
    /* What keeps the other client from it: the file is called otherwise, or
     * the line in it becomes a comment. NULL: only its command line names it.
     */
    const char *aside, *aside_to; /* aside_to NULL: a line */
    const char *aside_line;
};

struct import_source {
    const struct import_tool *tool;
    const char *dir;
    struct import_lineage *all;
    size_t len;
    struct text_list notes;
};

struct import_tool {
    const char *name;  /* "certbot" */
    const char *usual; /* its folder; "~/" is the home; NULL ends the table */
    const char *const *timers;
    const char *word; /* what a crontab calls it */
    bool (*read)(struct arena *a, const char *dir, struct import_source *out,
                 struct err *err);
};

extern const struct import_tool import_tools[];

/* `dir` NULL: the usual one. Fails where nothing of that client is there. */
MUST_CHECK bool import_read(struct arena *a, const char *tool, const char *dir,
                            struct import_source *out, struct err *err);

/* A script of one command line, or more. */
const struct import_script *import_script(struct arena *a, const char *file,
                                          const char *about, const char *body);

/* The client keeps neither how names are proven nor what is run afterwards. */
void import_unwritten(struct arena *a, const char *tool,
                      struct import_lineage *to);

/* FOLDER/privkey.pem, cert.pem, chain.pem, fullchain.pem. */
void import_four_files(struct arena *a, const char *folder,
                       struct import_lineage *to);

/* Room for one more; all zero. */
struct import_lineage *import_add(struct arena *a, struct import_source *s);

/* Rows of import.c. */
bool import_certbot(struct arena *a, const char *dir, struct import_source *out,
                    struct err *err);
bool import_acmesh(struct arena *a, const char *dir, struct import_source *out,
                   struct err *err);
bool import_lego(struct arena *a, const char *dir, struct import_source *out,
                 struct err *err);
bool import_dehydrated(struct arena *a, const char *dir,
                       struct import_source *out, struct err *err);
bool import_uacme(struct arena *a, const char *dir, struct import_source *out,
                  struct err *err);

#endif
