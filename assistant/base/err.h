#ifndef CERTMEND_BASE_ERR_H
#define CERTMEND_BASE_ERR_H
/*
 * err - why a piece of work could not be done
 *
 * An err means *we* failed: a bad argument, an unreadable file, a broken rule
 * table. Whatever a peer does wrong is not an err; it is part of the survey.
 *
 * A function that can fail returns bool and takes `struct err *` last. On
 * false, *err has been set exactly once and every out-parameter is untouched.
 */
#include <stdbool.h>

#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define MUST_CHECK        __attribute__((warn_unused_result))

enum err_kind {
    ERR_NONE = 0,
    ERR_USAGE,   /* the user asked for something we do not understand */
    ERR_INPUT,   /* a file, name or rule we were given is malformed */
    ERR_SYSTEM,  /* the machine said no: open, write, socket, memory */
    ERR_NETWORK, /* a service we depend on could not be reached */
    ERR_GONE,    /* whoever reads our output has left: nobody is told */
    ERR_HELP,    /* no failure: help was asked for and has been given */
    ERR_KIND_COUNT,
};

struct err {
    enum err_kind kind;
    char text[512]; /* NUL-terminated, printable, no newline */
};

/* Records the failure. Always returns false: `return err_set(err, ...)`. */
bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* Puts "context: " in front of what is already there. Always false. */
bool err_add(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* clang-tidy reads one file at a time: it cannot see that they are false. */
#ifdef __clang_analyzer__
#define err_set(...) (err_set(__VA_ARGS__) && false)
#define err_add(...) (err_add(__VA_ARGS__) && false)
#endif

#endif
