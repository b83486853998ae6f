#ifndef CERTMEND_ACT_STORE_ADOPT_H
#define CERTMEND_ACT_STORE_ADOPT_H
/*
 * store_adopt - a store that was copied without its links
 *
 * "cp -rL", "scp -r" and "docker cp" make a folder of live/NAME. Where it has
 * our certmend.json it is put right: its files are a version in archive/NAME,
 * the one they were copied from or one of their own, and live/NAME leads there
 * again. Nobody ever sees it missing, and nothing is lost when it is cut short.
 */
#include "act/store.h"

/* live/NAME is such a folder. */
bool store_is_copy(const struct store *s, const char *name);

/* All that are. What cannot be put right is told, and stays as it is. Wants
 * store_lock(). */
void store_adopt(const struct store *s);

#endif
