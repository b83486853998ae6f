#ifndef CERTMEND_RUN_EXIT_STATUS_H
#define CERTMEND_RUN_EXIT_STATUS_H
/*
 * exit_status - how a run ended, for scripts
 */
enum exit_status {                  /* contract: "Exit status" */
                   EXIT_CLEAN = 0,  /* looked, and nothing is wrong */
                   EXIT_FAULTS = 1, /* looked, and something is wrong */
                   EXIT_FAILED =
                       2, /* usage, unreadable input, our own failure */
                   EXIT_UNSEEN = 3, /* could not look; nothing is claimed */
};

#endif
