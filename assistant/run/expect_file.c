#include "run/expect_file.h"

#include <unistd.h>

#include "base/file.h"
#include "crypto/x509_read.h"

enum { CERT_FILE_MAX = 4 * 1024 * 1024, PATH_LEN_MAX = 4096 };

bool expect_file_read(struct arena *a, const char *path,
                      const char **sha256_hex, struct target_expected *as,
                      struct err *err)
{
    char here[PATH_LEN_MAX];
    struct cert_list certs = { 0 };
    const char *text = NULL;
    size_t len = 0;

    if (!file_read(a, path, CERT_FILE_MAX, &text, &len, err) ||
        !x509_read_file(a, text, len, path, &certs, err))
        return err_add(err, "the expected certificate could not be read");
    const struct cert *leaf = &certs.items[0].cert;
    bool is_whole = path[0] == '/' || !getcwd(here, sizeof here);
    *as = (struct target_expected){
        .file = is_whole ? path : arena_printf(a, "%s/%s", here, path),
        .serial = leaf->serial_hex,
        .begins = leaf->not_before,
        .ends = leaf->not_after,
    };
    *sha256_hex = certs.items[0].cert.sha256_hex;
    return true;
}
