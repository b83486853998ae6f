#ifndef CERTMEND_GUIDE_SIGHT_PARTS_H
#define CERTMEND_GUIDE_SIGHT_PARTS_H
/*
 * sight_parts - how lists, ports and names are told, for sight.c and
 * sight_now.c
 */
#include "model/survey.h"

void sight_add(struct arena *a, struct names_list *list, const char *text);
/* "465, 587 and 993"; NULL: none. */
const char *sight_join(struct arena *a, const struct names_list *list);
const char *sight_port(struct arena *a, const struct cell *c);
/* The first names that stand on a certificate; NULL: none. */
const char *sight_names(struct arena *a, const struct survey *s,
                        const struct cell *c);

#endif
