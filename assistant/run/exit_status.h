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

/* The one that a run ends with: our own failure beats what is wrong, and that
 * beats what could not be seen. */
enum exit_status exit_graver(enum exit_status a, enum exit_status b);

#endif
