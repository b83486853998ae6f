#ifndef CERTMEND_CRYPTO_SSL_MEMORY_H
#define CERTMEND_CRYPTO_SSL_MEMORY_H
/*
 * ssl_memory - OpenSSL gets its memory from base/memory
 *
 * Otherwise a certificate that could not be read for want of memory is a bad
 * certificate. To be called before anything else of OpenSSL.
 */

void ssl_memory_set(void);

#endif
