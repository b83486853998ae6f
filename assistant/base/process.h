#ifndef CERTMEND_BASE_PROCESS_H
#define CERTMEND_BASE_PROCESS_H
/*
 * process - what this process may leave behind, and how many files it may open
 *
 * Private keys are in its memory: it leaves no core, and other processes of
 * the same user do not read it. The limits are raised or lowered for ourselves
 * alone: a program that we start gets them back.
 */
#include "base/err.h"

#include <stddef.h>

/* At the very start. */
void process_guard(void);

/* Asks for room for `wanted` open files; how many there may be. */
size_t process_files(size_t wanted);

/* In a child, after fork() and before exec: limits and signals as we found
 * them. */
void process_give_back(void);

/*
 * Too many files, too little memory: whoever meets such an errno notes it here,
 * since no peer has anything to do with it, and whoever would tell what was
 * seen asks first. True: what failed since process_begin() may have failed for
 * that, and *err says so.
 */
void process_begin(void);
void process_note(int error);  /* any errno; only those are kept */
void process_note_files(void); /* tries whether a file can be opened now */
bool process_was_short(struct err *err);

#endif
