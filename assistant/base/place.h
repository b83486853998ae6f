#ifndef CERTMEND_BASE_PLACE_H
#define CERTMEND_BASE_PLACE_H
/*
 * place - where what is installed beside the program lies
 *
 * Told by the program's own path, so that one binary is right below any
 * PREFIX; where it runs from a build folder, and wherever the path would have
 * to be quoted in a command, it is what "make install" does by default.
 */
#include "base/arena.h"

/* The folder of the deploy hooks, below PREFIX/share. */
const char *place_hooks(struct arena *a);

#endif
