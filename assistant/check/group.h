#ifndef CERTMEND_CHECK_GROUP_H
#define CERTMEND_CHECK_GROUP_H
/*
 * group - cells that show the same fault and are told in one finding
 *
 * Pure; lives in the arena of the findings.
 */
#include "model/finding.h"

struct group {
    const struct survey *survey;
    const size_t *cells; /* indices into survey.cells, ascending */
    size_t len;
};

typedef bool cell_test(const struct survey *s, const struct cell *c);
typedef bool cell_pair(const struct survey *s, const struct cell *a,
                       const struct cell *b);
typedef enum severity cell_severity(const struct survey *s,
                                    const struct cell *c);

/* The answer of `test` for every cell. Asked once: a test may look at all
 * cells, and so does a group. */
const bool *group_test(const struct survey *s, struct arena *a,
                       cell_test *test);

/*
 * The cells that hold and are the `same` as cell `first`. Empty when `first`
 * does not hold, or an earlier cell has opened this group.
 */
struct group group_from(const struct survey *s, struct arena *a, size_t first,
                        const bool *holds, cell_pair *same);

const struct cell *group_first(const struct group *g);
enum severity group_worst(const struct group *g, cell_severity *severity);

/* The same leaf judged against the same name. */
bool group_same_leaf(const struct survey *s, const struct cell *a,
                     const struct cell *b);
/* The same host and port, whatever the address. */
bool group_same_port(const struct survey *s, const struct cell *a,
                     const struct cell *b);
bool group_same_host(const struct survey *s, const struct cell *a,
                     const struct cell *b);

#endif
