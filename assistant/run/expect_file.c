#include "run/expect_file.h"

#include "base/file.h"
#include "crypto/x509_read.h"

enum { CERT_FILE_MAX = 4 * 1024 * 1024 };

bool expect_file_read(struct arena *a, const char *path,
                      const char **sha256_hex, struct err *err)
{
    struct cert_list certs = { 0 };
    const char *text = NULL;
    size_t len = 0;

    if (!file_read(a, path, CERT_FILE_MAX, &text, &len, err) ||
        !x509_read_file(a, text, len, path, &certs, err))
        return err_add(err, "the expected certificate could not be read");
    *sha256_hex = certs.items[0].cert.sha256_hex;
    return true;
}
