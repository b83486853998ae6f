#ifndef CERTMEND_TESTS_MOMENT_H
#define CERTMEND_TESTS_MOMENT_H
/*
 * moment - when surveys made by hand are looked at and judged
 */

enum { TEST_NOW_S = 1795435200 }; /* 2026-11-23T12:00:00Z */

#endif
