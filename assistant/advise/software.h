#ifndef CERTMEND_ADVISE_SOFTWARE_H
#define CERTMEND_ADVISE_SOFTWARE_H
/*
 * software - the programs that have words of their own
 *
 * A name is also a folder: templates/software/postfix/. A server is recognised
 * by its greeting where that is honest; the others, panels and mail programs
 * among them, the user names (--software).
 *
 * To add one: a row in rules/known.json and its folder of templates. A table of
 * one's own (--rules) may say how another is recognised, and adds no name.
 */
#include "model/survey.h"

/* "postfix"; NULL: its greeting does not say. */
const char *software_of(const struct survey *s, const struct cell *c);

/* "cpanel", whose authority signed it, or "traefik", whose placeholder it is;
 * NULL: the certificate does not say. */
const char *software_behind(const struct survey *s, const struct cert *leaf);

/* A panel, or servers in containers: what greets inside is not set up by hand.
 */
bool software_is_suite(const char *name);

/* It answers mail programs, or holds what does. */
bool software_is_server(const char *name);

/* It gets certificates and answers no mail program: certbot. */
bool software_is_tool(const char *name);

/* It runs on Windows only: exchange, win-acme. */
bool software_is_on_windows(const char *name);

/* The folder where it keeps certificates; NULL: none of its own. */
const char *software_files(const char *name);

/* All names, one by one; NULL ends. */
const char *software_name(size_t i);

/* The name that was mistyped as this one, or NULL. */
const char *software_meant(const char *text);

/* Appends the names of "postfix,dovecot"; ERR_USAGE says which was meant, or
 * lists the known ones. */
MUST_CHECK bool software_read(struct arena *a, const char *text,
                              struct text_list *out, struct err *err);

#endif
