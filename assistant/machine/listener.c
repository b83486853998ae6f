#include "machine/listener.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "machine/proc.h"

OWN_DEFINE(DIR, closedir);

/* Those that listen come first in the tables, before all connections. */
enum {
    TABLE_MAX = 4 * 1024 * 1024,
    CGROUP_MAX = 64 * 1024,
    STATE_LISTENS = 0x0A,
    FIRST_PROCESS = 1, /* it hands sockets on to the services it starts */
};

/* One row of /proc/net/tcp. */
struct socket_row {
    uint16_t port;
    const char *address;
    unsigned long inode;
    bool other_net;
    pid_t *owners; /* ascending */
    size_t owners_len;
};

struct search {
    struct arena *arena;
    const char *proc;
    pid_t *pids;
    size_t pids_len;
    struct socket_row *rows;
    size_t rows_len;
    const char **nets; /* those whose tables were read */
    size_t nets_len;
};

/* Eight digits for each 32-bit word, as this machine has it in memory. */
static const char *address_of(struct arena *a, const char *hex)
{
    char text[INET6_ADDRSTRLEN];
    uint32_t words[4];
    size_t len = strspn(hex, "0123456789abcdefABCDEF");

    if (len != 8 && len != 32)
        return NULL;
    for (size_t i = 0; i < len / 8; i++) {
        char word[9] = { 0 };
        memcpy(word, hex + 8 * i, 8);
        words[i] = (uint32_t)strtoul(word, NULL, 16);
    }
    if (!inet_ntop(len == 8 ? AF_INET : AF_INET6, words, text, sizeof text))
        return NULL;
    return arena_text(a, text);
}

static void read_row(struct search *s, const char *line, bool other_net)
{
    char address[33];
    unsigned port = 0;
    unsigned state = 0;
    unsigned long inode = 0;

    /* "sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout
     * inode" */
    int got = sscanf(line,
                     " %*d: %32[0-9A-Fa-f]:%4x %*s %2x %*s %*s %*s %*s "
                     "%*s %lu",
                     address, &port, &state, &inode);
    if (got != 4 || state != STATE_LISTENS || !inode)
        return;
    const char *text = address_of(s->arena, address);
    if (!text)
        return;
    s->rows = arena_grow(s->arena, s->rows, s->rows_len, sizeof *s->rows);
    s->rows[s->rows_len++] = (struct socket_row){
        .port = (uint16_t)port,
        .address = text,
        .inode = inode,
        .other_net = other_net,
    };
}

static bool read_table(struct search *s, const char *name, bool other_net)
{
    size_t len = 0;
    const char *text = proc_text(s->arena, s->proc, name, TABLE_MAX, &len);

    if (!text)
        return false;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        read_row(s, line, other_net);
    }
    return true;
}

static bool is_known_net(const struct search *s, const char *net)
{
    for (size_t i = 0; i < s->nets_len; i++)
        if (strcmp(s->nets[i], net) == 0)
            return true;
    return false;
}

static void know_net(struct search *s, const char *net)
{
    s->nets = arena_grow(s->arena, s->nets, s->nets_len, sizeof *s->nets);
    s->nets[s->nets_len++] = net;
}

/* Ours first; then one process of each other network speaks for it. */
static bool read_tables(struct search *s, struct err *err)
{
    struct arena *a = s->arena;
    const char *own = proc_link(a, s->proc, "self/ns/net");
    bool v4 = read_table(s, "net/tcp", false);
    bool v6 = read_table(s, "net/tcp6", false);

    if (!v4 && !v6)
        return err_set(err, ERR_SYSTEM,
                       "which programs listen cannot be seen: %s/net/tcp "
                       "cannot be read",
                       s->proc);
    if (!own)
        return true;
    know_net(s, own);
    for (size_t i = 0; i < s->pids_len; i++) {
        int pid = s->pids[i];
        const char *net =
            proc_link(a, s->proc, arena_printf(a, "%d/ns/net", pid));
        if (!net || is_known_net(s, net))
            continue;
        know_net(s, net);
        read_table(s, arena_printf(a, "%d/net/tcp", pid), true);
        read_table(s, arena_printf(a, "%d/net/tcp6", pid), true);
    }
    return true;
}

static int by_inode(const void *a, const void *b)
{
    const struct socket_row *one = a;
    const struct socket_row *other = b;

    return (one->inode > other->inode) - (one->inode < other->inode);
}

static void own(struct search *s, unsigned long inode, pid_t pid)
{
    const struct socket_row wanted = { .inode = inode };
    struct socket_row *row =
        bsearch(&wanted, s->rows, s->rows_len, sizeof *s->rows, by_inode);

    if (!row || (row->owners_len && row->owners[row->owners_len - 1] == pid))
        return;
    row->owners =
        arena_grow(s->arena, row->owners, row->owners_len, sizeof *row->owners);
    row->owners[row->owners_len++] = pid;
}

/* The sockets that a process holds. */
static void read_files(struct search *s, pid_t pid)
{
    static const char head[] = "socket:[";
    struct arena *scratch = arena_new();
    OWN(DIR) *dir = opendir(arena_printf(scratch, "%s/%d/fd", s->proc, pid));

    for (const struct dirent *e = dir ? readdir(dir) : NULL; e;
         e = readdir(dir)) {
        const char *to =
            proc_link(scratch, s->proc,
                      arena_printf(scratch, "%d/fd/%s", pid, e->d_name));
        if (to && strncmp(to, head, sizeof head - 1) == 0)
            own(s, strtoul(to + sizeof head - 1, NULL, 10), pid);
    }
    arena_free(scratch);
}

static bool holds(const struct socket_row *row, pid_t pid)
{
    for (size_t i = 0; i < row->owners_len; i++)
        if (row->owners[i] == pid)
            return true;
    return false;
}

/* Of a server and its helpers, which all hold the socket, the one that started
 * the others. */
static pid_t topmost(const struct search *s, const struct socket_row *row)
{
    for (size_t i = 0; i < row->owners_len; i++) {
        pid_t pid = row->owners[i];
        if (pid == FIRST_PROCESS && row->owners_len > 1)
            continue;
        pid_t parent = proc_parent(s->arena, s->proc, pid);
        if (parent == FIRST_PROCESS || !holds(row, parent))
            return pid;
    }
    return row->owners_len ? row->owners[0] : 0;
}

/* A helper that has shut itself into an empty folder (HAProxy's, by Debian's
 * default) reads nothing any more: the one that started it did. */
static pid_t who_read(const struct search *s, pid_t pid)
{
    struct arena *a = s->arena;
    pid_t parent = pid ? proc_parent(a, s->proc, pid) : 0;

    if (parent <= FIRST_PROCESS || strcmp(proc_root(a, s->proc, pid), "/") == 0)
        return pid;
    const char *own = proc_program(a, s->proc, pid);
    const char *its = proc_program(a, s->proc, parent);
    bool is_one = own && its && strcmp(own, its) == 0;

    return is_one && strcmp(proc_root(a, s->proc, parent), "/") == 0 ? parent
                                                                     : pid;
}

/* The value of a word such as "-container-ip". */
static const char *value_of(const char *const *argv, const char *word)
{
    for (; *argv; argv++)
        if (strcmp(*argv, word) == 0)
            return argv[1];
    return NULL;
}

/* Helpers on this side of a container, which answer for it. */
static const char *stands_for(struct arena *a, const struct listener *l)
{
    const char *slash = l->program ? strrchr(l->program, '/') : NULL;
    const char *name = slash ? slash + 1 : "";

    if (strcmp(name, "docker-proxy") == 0) {
        const char *to = value_of(l->argv, "-container-ip");
        return to ? arena_printf(a, "the Docker container at %s",
                                 arena_printable(a, to, strlen(to)))
                  : "a Docker container";
    }
    if (strcmp(name, "rootlessport") == 0 || strcmp(name, "conmon") == 0 ||
        strcmp(name, "pasta") == 0 || strcmp(name, "slirp4netns") == 0)
        return "a Podman container";
    return NULL;
}

static void name_owner(const struct search *s, struct listener *l)
{
    struct arena *a = s->arena;
    size_t len = 0;
    const char *cgroup =
        proc_text(a, s->proc, arena_printf(a, "%d/cgroup", (int)l->pid),
                  CGROUP_MAX, &len);

    l->uid = proc_uid(a, s->proc, l->pid);
    l->program = proc_program(a, s->proc, l->pid);
    l->argv = proc_argv(a, s->proc, l->pid);
    l->root = proc_root(a, s->proc, l->pid);
    l->unit = cgroup ? proc_unit(a, cgroup) : NULL;
    l->container = stands_for(a, l);
    /* A program that sees our files is no more in a container than we are. */
    if (!l->container && cgroup && strcmp(l->root, "/") != 0)
        l->container = proc_container(a, cgroup);
}

static void tell(const struct search *s, struct listeners *out)
{
    out->items = arena_alloc(s->arena, s->rows_len + 1, sizeof *out->items);
    for (size_t i = 0; i < s->rows_len; i++) {
        const struct socket_row *row = &s->rows[i];
        struct listener *l = &out->items[out->len++];
        *l = (struct listener){
            .port = row->port,
            .address = row->address,
            .pid = who_read(s, topmost(s, row)),
            .uid = (uid_t)-1,
            .root = "/",
            .other_net = row->other_net,
        };
        if (l->pid)
            name_owner(s, l);
        else
            out->some_unknown = true;
    }
}

static int by_port(const void *a, const void *b)
{
    const struct listener *one = a;
    const struct listener *other = b;

    if (one->other_net != other->other_net)
        return one->other_net - other->other_net;
    if (one->port != other->port)
        return one->port - other->port;
    return strcmp(one->address, other->address);
}

bool listeners_find(struct arena *a, const char *proc, struct listeners *out,
                    struct err *err)
{
    struct search s = { .arena = a, .proc = proc };
    struct listeners found = { NULL, 0, false };

    if (!proc_pids(a, proc, &s.pids, &s.pids_len))
        return err_set(err, ERR_SYSTEM,
                       "which programs listen cannot be seen: %s cannot be "
                       "read",
                       proc);
    if (!read_tables(&s, err))
        return false;
    if (s.rows_len)
        qsort(s.rows, s.rows_len, sizeof *s.rows, by_inode);
    for (size_t i = 0; i < s.pids_len; i++)
        read_files(&s, s.pids[i]);
    tell(&s, &found);
    if (found.len)
        qsort(found.items, found.len, sizeof *found.items, by_port);
    *out = found;
    return true;
}
