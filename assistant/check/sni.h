#ifndef CERTMEND_CHECK_SNI_H
#define CERTMEND_CHECK_SNI_H
/*
 * sni - the two looks at one port, with the name said and without
 */
#include "facts/cell_state.h"

/* The look without SNI beside `c`, which was one with it; or NULL. */
const struct cell *sni_bare(const struct survey *s, const struct cell *c);

/* TLS fails for no other reason than the name that was said. */
bool sni_is_rejected(const struct survey *s, const struct cell *c);

#endif
