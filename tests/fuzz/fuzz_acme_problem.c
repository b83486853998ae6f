/* Any JSON as a problem document; its meaning is always found. */
#include "json_input.h"

#include "acme/acme_explanation.h"

static void look_at(struct arena *a, const struct json *j)
{
    struct acme_problem p;

    acme_problem_read(a, j, &p);
    const struct acme_problem *copy = acme_problem_copy(a, &p);
    check_text(acme_problem_text(a, copy));
    if (!acme_explanation_of(copy).finding)
        abort();
    for (size_t i = 0; i < copy->parts_len; i++) {
        check_text(acme_problem_text(a, &copy->parts[i]));
        if (!acme_explanation_of(&copy->parts[i]).finding)
            abort();
    }
}
