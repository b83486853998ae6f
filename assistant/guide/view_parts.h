#ifndef CERTMEND_GUIDE_VIEW_PARTS_H
#define CERTMEND_GUIDE_VIEW_PARTS_H
/*
 * view_parts - how lists, ports and names are told, for view.c and
 * view_now.c
 */
#include "model/survey.h"

void view_add(struct arena *a, struct names_list *list, const char *text);
/* "465, 587 and 993"; NULL: none. */
const char *view_join(struct arena *a, const struct names_list *list);
const char *view_port(struct arena *a, const struct cell *c);
/* The first names that stand on a certificate; NULL: none. */
const char *view_names(struct arena *a, const struct survey *s,
                       const struct cell *c);

#endif
