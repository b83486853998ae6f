#include "run/exit_status.h"

enum exit_status exit_graver(enum exit_status a, enum exit_status b)
{
    static const int gravity[] = {
        [EXIT_CLEAN] = 0,
        [EXIT_UNSEEN] = 1,
        [EXIT_FAULTS] = 2,
        [EXIT_FAILED] = 3,
    };

    return gravity[a] > gravity[b] ? a : b;
}
