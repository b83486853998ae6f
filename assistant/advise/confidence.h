#ifndef CERTMEND_ADVISE_CONFIDENCE_H
#define CERTMEND_ADVISE_CONFIDENCE_H
/*
 * confidence - how sure a mail program can be to get through, of 100
 *
 * Each place is harmed as badly as the worst finding at it says, and counts by
 * who comes to it; of one host's addresses programs take any. Client ports and
 * the exchangers' port 25 are different people: their chances multiply. A
 * fault that shows at no place harms everybody, or those of the host it names.
 * Every further fault takes a little, unless it only tells where or why
 * another shows. So what is found beside never makes it better. The numbers
 * are rules/judging.json.
 *
 * Pure; the deductions add up to what is lost.
 */
#include "model/plan.h"

/* `part_of`: for each finding the one it is told with; NULL: none is. */
struct confidence confidence_of(const struct judging *j, const struct survey *s,
                                const struct findings *found,
                                const struct finding *const *part_of);

#endif
