#include "act/import_text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/utf8.h"

static bool may_others_write(const struct stat *what)
{
    bool is_ours = what->st_uid == 0 || what->st_uid == geteuid();
    bool is_our_group = what->st_gid == 0 || what->st_gid == getegid();

    return !is_ours || (what->st_mode & S_IWOTH) ||
           ((what->st_mode & S_IWGRP) && !is_our_group);
}

/* In a folder of all, as /tmp, nobody renames what is another's. */
static bool may_others_rename(const struct stat *folder)
{
    return may_others_write(folder) &&
           !(folder->st_uid == 0 && (folder->st_mode & S_ISVTX));
}

const char *import_text_stranger(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *folder =
        slash ? arena_text_n(a, path, (size_t)(slash - path)) : ".";
    struct stat what;

    if (stat(path, &what) == 0 && may_others_write(&what))
        return arena_printf(a,
                            "%s may be written by another user, and what it "
                            "says would be run as you",
                            path);
    if (stat(*folder ? folder : "/", &what) == 0 && may_others_rename(&what))
        return arena_printf(a,
                            "%s may be replaced by another user, and what it "
                            "says would be run as you",
                            path);
    return NULL;
}

static const char *drain(struct arena *a, int fd, const char *path,
                         const char **text)
{
    struct buf whole;
    char chunk[4096];
    ssize_t got = 1;

    buf_init(&whole, a, IMPORT_TEXT_MAX);
    while (got > 0 && !whole.full) {
        got = read(fd, chunk, sizeof chunk);
        if (got > 0)
            buf_bytes(&whole, chunk, (size_t)got);
    }
    if (got < 0)
        return arena_printf(a, "%s cannot be read: %s", path, strerror(errno));
    if (whole.full)
        return arena_printf(a, "%s is too long: more than %d bytes", path,
                            (int)IMPORT_TEXT_MAX);
    if (memchr(whole.text, '\0', whole.len) ||
        utf8_valid(whole.text, whole.len) != whole.len)
        return arena_printf(a, "%s is no text", path);
    *text = whole.text;
    return NULL;
}

const char *import_text_look(struct arena *a, const char *path,
                             const char **text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat what;

    if (fd < 0)
        return arena_printf(a, "%s cannot be read: %s", path, strerror(errno));
    const char *why =
        fstat(fd, &what) == 0 && S_ISREG(what.st_mode)
            ? drain(a, fd, path, text)
            : arena_printf(a, "%s cannot be read: it is no file", path);
    close(fd);
    return why;
}

const char *import_text_read(struct arena *a, const char *path,
                             const char **text)
{
    const char *why = import_text_stranger(a, path);

    return why ? why : import_text_look(a, path, text);
}

const char *import_unwrap(struct arena *a, const char *value)
{
    static const char start[] = "__ACME_BASE64__START_";
    static const char end[] = "__ACME_BASE64__END_";
    size_t len = strlen(value), front = sizeof start - 1, back = sizeof end - 1;
    const uint8_t *bytes = NULL;
    size_t bytes_len = 0;

    if (strncmp(value, start, front) != 0)
        return value;
    if (len < front + back || strcmp(value + len - back, end) != 0)
        return NULL;
    if (!base64_read(a, arena_text_n(a, value + front, len - front - back),
                     &bytes, &bytes_len) ||
        memchr(bytes, '\0', bytes_len) ||
        utf8_valid((const char *)bytes, bytes_len) != bytes_len)
        return NULL;
    return arena_text_n(a, (const char *)bytes, bytes_len);
}
