#ifndef CERTMEND_CHECK_DEFAULT_CERT_H
#define CERTMEND_CHECK_DEFAULT_CERT_H
/*
 * default_cert - certificates that come with an installation
 *
 * A daemon that was never told of the real certificate shows one of these.
 * Meant for certificates that do not cover the name asked for.
 *
 * To add one: a row in rules/known.json.
 */
#include "model/survey.h"

/* Whose it is: "Plesk"; NULL when it is nobody's placeholder. */
const char *default_cert_maker(const struct survey *s, const struct cert *leaf);

#endif
