#ifndef CERTMEND_BASE_VERSION_H
#define CERTMEND_BASE_VERSION_H
/*
 * version - what certmend --version and every report call themselves
 */
#define CERTMEND_VERSION "0.1.0"

#endif
