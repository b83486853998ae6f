#ifndef CERTMEND_TESTS_SNAPSHOT_H
#define CERTMEND_TESTS_SNAPSHOT_H
/*
 * snapshot - the files of a folder, to the bit: bytes, owner, mode, attributes
 * and, if wanted, time of change
 */
#include "fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static inline const char *below(const char *folder, const char *name)
{
    return arena_printf(arena, "%s/%s", folder, name);
}

static inline void add_attributes(struct buf *out, const char *path)
{
    char names[1024], value[1024];
    ssize_t len = llistxattr(path, names, sizeof names);

    for (const char *n = names; len > 0 && n < names + len;
         n += strlen(n) + 1) {
        ssize_t got = lgetxattr(path, n, value, sizeof value);
        buf_printf(out, " %s=", n);
        for (ssize_t i = 0; i < got; i++)
            buf_printf(out, "%02x", (unsigned char)value[i]);
    }
}

static inline int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static inline const char *folder_snapshot(const char *folder, bool with_time)
{
    struct buf out;
    struct dirent **names = NULL;
    buf_init(&out, arena, 64 * 1024);
    int len = scandir(folder, &names, NULL, by_name);

    for (int i = 0; i < len; i++) {
        const char *path = below(folder, names[i]->d_name);
        struct stat st;
        char bytes[200] = "";
        assert_int_equal(lstat(path, &st), 0);
        int fd = S_ISREG(st.st_mode) ? open(path, O_RDONLY) : -1;
        ssize_t got = fd >= 0 ? read(fd, bytes, sizeof bytes) : 0;
        if (fd >= 0) {
            close(fd);
            buf_printf(&out, "%s %o %d:%d", names[i]->d_name, st.st_mode,
                       (int)st.st_uid, (int)st.st_gid);
            if (with_time)
                buf_printf(&out, " %ld.%ld", (long)st.st_mtim.tv_sec,
                           (long)st.st_mtim.tv_nsec);
            add_attributes(&out, path);
            for (ssize_t k = 0; k < got; k++)
                buf_printf(&out, " %02x", (unsigned char)bytes[k]);
            buf_char(&out, '\n');
        }
        free(names[i]);
    }
    free(names);
    return out.text;
}

#endif
