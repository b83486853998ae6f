#ifndef CERTMEND_FACTS_OTHER_CLOCKS_H
#define CERTMEND_FACTS_OTHER_CLOCKS_H
/*
 * other_clocks - what time it is by the machines that were looked at
 *
 * Exim, sendmail and others greet with the time, and web servers send it.
 * Compared with survey.taken_at, this computer's own. Names that lead to one
 * machine have one clock. Pure.
 */
#include "model/survey.h"

struct other_clocks {
    size_t machines;  /* with one time, which is not ours; 0: nothing is to be
                         told, as none says one, or one agrees with us */
    const char *host; /* the first of them */
    int64_t says;     /* Unix seconds by its clock */
};

struct other_clocks other_clocks_of(const struct survey *s, struct arena *a);

#endif
