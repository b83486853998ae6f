#ifndef CERTMEND_BASE_OWN_H
#define CERTMEND_BASE_OWN_H
/*
 * own - a foreign handle that closes itself
 *
 *     OWN(X509) *leaf = PEM_read_bio_X509(bio, NULL, NULL, NULL);
 *
 * `leaf` is released on every way out of its scope. To hand it on, copy the
 * pointer and set `leaf = NULL`. For handles of foreign libraries and open
 * files only: our own data lives in an arena.
 *
 * To add one: OWN_DEFINE(type, release) once, in the file that is the door to
 * that library.
 */

#define OWN(type) __attribute__((cleanup(own_##type))) type

#define OWN_DEFINE(type, release)                                              \
    static inline void own_##type(type **p)                                    \
    {                                                                          \
        if (*p)                                                                \
            release(*p);                                                       \
    }                                                                          \
    struct own_swallows_the_semicolon

#endif
