#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void secret_wipe(void *bytes, size_t len)
{
    explicit_bzero(bytes, len);
}

bool secret_is_open(const char *path)
{
    struct stat what;

    return stat(path, &what) == 0 && S_ISREG(what.st_mode) &&
           (what.st_mode & S_IROTH);
}

/* Up to the end, or until there is no room. */
static bool drain(int fd, struct secret *out)
{
    ssize_t got = 1;

    out->len = 0;
    while (got != 0 && out->len < sizeof out->text) {
        got = read(fd, out->text + out->len, sizeof out->text - out->len);
        if (got > 0)
            out->len += (size_t)got;
        else if (got < 0 && errno != EINTR)
            return false;
    }
    return true;
}

static bool read_fd(int fd, const char *path, struct secret *out,
                    struct err *err)
{
    if (!drain(fd, out))
        return err_set(err, ERR_SYSTEM, "%s cannot be read: %s", path,
                       strerror(errno));
    if (out->len > SECRET_MAX)
        return err_set(err, ERR_INPUT,
                       "%s cannot be read: it is longer than %d bytes", path,
                       SECRET_MAX);
    out->text[out->len] = '\0';
    return true;
}

static bool read_path(const char *path, int flags, struct secret *out,
                      struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | flags);
    struct stat what;

    if (fd < 0)
        return err_set(err, ERR_SYSTEM, "%s cannot be read: %s", path,
                       strerror(errno));
    bool is_file = fstat(fd, &what) == 0 && S_ISREG(what.st_mode);
    bool may = is_file || !(flags & O_NONBLOCK);
    bool good = may ? read_fd(fd, path, out, err)
                    : err_set(err, ERR_INPUT,
                              "%s cannot be read: a file was wanted, not a "
                              "folder, a pipe or a device",
                              path);
    close(fd);
    if (!good)
        secret_wipe(out, sizeof *out);
    return good;
}

bool secret_read(const char *path, struct secret *out, struct err *err)
{
    return read_path(path, O_NONBLOCK, out, err);
}

bool secret_read_any(const char *path, struct secret *out, struct err *err)
{
    return read_path(path, 0, out, err);
}
