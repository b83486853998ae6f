/*
 * Who listens: a folder that looks like /proc, with everything that a machine
 * may show (helpers, containers, units, garbage), and our own.
 */
#include "machine/listener.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

static char top[] = "/tmp/certmend-proc-XXXXXX";

static const char *at(const char *path)
{
    return arena_printf(arena, "%s/%s", top, path);
}

static void folder(const char *path)
{
    assert_int_equal(mkdir(at(path), 0755), 0);
}

static void plant(const char *path, const char *text, size_t len)
{
    FILE *f = fopen(at(path), "w");

    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static void link_to(const char *to, const char *path)
{
    assert_int_equal(symlink(to, at(path)), 0);
}

struct process {
    int pid, parent, uid;
    const char *exe, *cmdline; /* words end with '|' */
    const char *cgroup;
    const char *net;
    const char *root;
    int sockets[4];
};

static void plant_process(const struct process *p)
{
    const char *pid = arena_printf(arena, "%d", p->pid);
    char *words = arena_copy(arena, p->cmdline, strlen(p->cmdline) + 1);

    folder(pid);
    folder(arena_printf(arena, "%s/fd", pid));
    folder(arena_printf(arena, "%s/ns", pid));
    folder(arena_printf(arena, "%s/net", pid));
    for (char *c = words; *c; c++)
        if (*c == '|')
            *c = '\0';
    plant(arena_printf(arena, "%s/cmdline", pid), words, strlen(p->cmdline));
    const char *status = arena_printf(
        arena, "Name:\tx\nPPid:\t%d\nUid:\t0\t%d\t0\t0\n", p->parent, p->uid);
    plant(arena_printf(arena, "%s/status", pid), status, strlen(status));
    plant(arena_printf(arena, "%s/cgroup", pid), p->cgroup, strlen(p->cgroup));
    link_to(p->exe, arena_printf(arena, "%s/exe", pid));
    link_to(p->net, arena_printf(arena, "%s/ns/net", pid));
    link_to(p->root, arena_printf(arena, "%s/root", pid));
    for (int i = 0; i < 4 && p->sockets[i]; i++)
        link_to(arena_printf(arena, "socket:[%d]", p->sockets[i]),
                arena_printf(arena, "%s/fd/%d", pid, i + 3));
}

static const char head[] =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
    "retrnsmt   uid  timeout inode\n";

#define ROW(address, port, state, inode)                                       \
    "   0: " address ":" port " 00000000:0000 " state                          \
    " 00000000:00000000 00:00000000 00000000     0        0 " inode            \
    " 1 0000000000000000 100 0 0 10 0\n"

#define HEX64 "3f2a91c0d4e5aa00112233445566778899aabbccddeeff00112233445566aabb"

static const struct process processes[] = {
    { 1,
      0,
      0,
      "/usr/lib/systemd/systemd",
      "/sbin/init|",
      "0::/init.scope\n",
      "net:[1]",
      "/",
      { 110 } },
    /* Postfix: the master and a helper that lives just now. */
    { 20,
      1,
      0,
      "/usr/lib/postfix/sbin/master",
      "/usr/lib/postfix/sbin/master|-w|",
      "0::/system.slice/system-postfix.slice/postfix@-.service\n",
      "net:[1]",
      "/",
      { 101, 102 } },
    { 19,
      20,
      104,
      "/usr/lib/postfix/sbin/smtpd",
      "smtpd|-n|smtp|",
      "0::/system.slice/system-postfix.slice/postfix@-.service\n",
      "net:[1]",
      "/",
      { 101 } },
    /* Its socket came from the first process, which holds it, too. */
    { 30,
      1,
      0,
      "/usr/sbin/dovecot (deleted)",
      "/usr/sbin/dovecot|-F|",
      "12:pids:/x\n1:name=systemd:/system.slice/dovecot.service\n",
      "net:[1]",
      "/",
      { 110 } },
    { 40,
      1,
      33,
      "/usr/sbin/nginx",
      "nginx: master process nginx|",
      "0::/user.slice/user-0.slice/user@0.service/app.slice/web.service\n",
      "net:[1]",
      "/",
      { 103 } },
    /* HAProxy: the worker alone holds the socket, and is shut in. */
    { 60,
      1,
      0,
      "/usr/sbin/haproxy",
      "/usr/sbin/haproxy|-Ws|-f|/etc/haproxy/haproxy.cfg|",
      "0::/system.slice/haproxy.service\n",
      "net:[1]",
      "/",
      { 0 } },
    { 61,
      60,
      106,
      "/usr/sbin/haproxy",
      "/usr/sbin/haproxy|-sf|59|-x|sockpair@3|-Ws|",
      "0::/system.slice/haproxy.service\n",
      "net:[1]",
      "/usr",
      { 105 } },
    /* Somebody else's program, shut in by the one that started it. */
    { 62,
      60,
      107,
      "/usr/sbin/other",
      "/usr/sbin/other|",
      "0::/system.slice/haproxy.service\n",
      "net:[1]",
      "/usr",
      { 107 } },
    /* A container, and what stands for it on this side. */
    { 50,
      1,
      0,
      "/usr/sbin/nginx",
      "nginx|",
      "0::/system.slice/docker-" HEX64 ".scope\n",
      "net:[2]",
      "/usr",
      { 201 } },
    { 51,
      1,
      0,
      "/usr/bin/docker-proxy",
      "/usr/bin/docker-proxy|-proto|tcp|-host-port|8443|-container-ip|"
      "172.17.0.2|-container-port|443|",
      "0::/system.slice/docker.service\n",
      "net:[1]",
      "/",
      { 104 } },
};

static int begin(void **state)
{
    static const char v4[] = ROW("00000000", "0019", "0A", "101")
        ROW("0100007F", "024B", "0A", "102")
            ROW("00000000", "01BB", "0A", "103")
                ROW("00000000", "20FB", "0A", "104")
                    ROW("00000000", "01D1", "0A", "105")
                        ROW("00000000", "01D2", "0A", "107")
                            ROW("00000000", "03E1", "0A", "999")
                                ROW("00000000", "0050", "01", "105")
                                    ROW("0000", "0051", "0A",
                                        "106") "garbage\n   1: zz:zz\n";
    static const char v6[] =
        ROW("00000000000000000000000000000000", "03E1", "0A", "110");
    static const char inner[] = ROW("00000000", "01BB", "0A", "201");

    assert_int_equal(set_up(state), 0);
    assert_non_null(mkdtemp(top));
    folder("self");
    folder("self/ns");
    folder("net");
    folder("12x");
    folder("7"); /* gone while it was looked at */
    link_to("net:[1]", "self/ns/net");
    for (size_t i = 0; i < sizeof processes / sizeof *processes; i++)
        plant_process(&processes[i]);
    const char *table = arena_printf(arena, "%s%s", head, v4);
    plant("net/tcp", table, strlen(table));
    table = arena_printf(arena, "%s%s", head, v6);
    plant("net/tcp6", table, strlen(table));
    table = arena_printf(arena, "%s%s", head, inner);
    plant("50/net/tcp", table, strlen(table));
    return 0;
}

static int end(void **state)
{
    pid_t pid = fork();

    if (pid == 0) {
        execl("/bin/rm", "rm", "-rf", top, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    return tear_down(state);
}

static const struct listener *find(const struct listeners *all, int port,
                                   const char *address, bool other_net)
{
    for (size_t i = 0; i < all->len; i++)
        if (all->items[i].port == port &&
            all->items[i].other_net == other_net &&
            strcmp(all->items[i].address, address) == 0)
            return &all->items[i];
    return NULL;
}

static void names_who_listens(void **state)
{
    static const struct {
        int port;
        const char *address;
        bool other_net;
        int pid, uid;
        const char *program, *unit, *container;
    } rows[] = {
        { 25, "0.0.0.0", false, 20, 0, "/usr/lib/postfix/sbin/master",
          "postfix@-.service", NULL },
        { 587, "127.0.0.1", false, 20, 0, "/usr/lib/postfix/sbin/master",
          "postfix@-.service", NULL },
        { 993, "::", false, 30, 0, "/usr/sbin/dovecot", "dovecot.service",
          NULL },
        { 443, "0.0.0.0", false, 40, 33, "/usr/sbin/nginx", NULL, NULL },
        { 8443, "0.0.0.0", false, 51, 0, "/usr/bin/docker-proxy",
          "docker.service", "the Docker container at 172.17.0.2" },
        { 443, "0.0.0.0", true, 50, 0, "/usr/sbin/nginx", NULL,
          "the Docker container 3f2a91c0d4e5" },
        { 465, "0.0.0.0", false, 60, 0, "/usr/sbin/haproxy", "haproxy.service",
          NULL },
        { 466, "0.0.0.0", false, 62, 107, "/usr/sbin/other", "haproxy.service",
          NULL },
        { 993, "0.0.0.0", false, 0, -1, NULL, NULL, NULL },
    };
    struct listeners all;
    struct err err;

    (void)state;
    assert_true(listeners_find(arena, top, &all, &err));
    assert_int_equal(all.len, sizeof rows / sizeof *rows);
    assert_true(all.some_unknown);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct listener *l =
            find(&all, rows[i].port, rows[i].address, rows[i].other_net);
        if (!l || l->pid != rows[i].pid || (int)l->uid != rows[i].uid ||
            !same(l->program, rows[i].program) ||
            !same(l->unit, rows[i].unit) ||
            !same(l->container, rows[i].container))
            fail_msg("%s:%d: %d %s, %s, %s", rows[i].address, rows[i].port,
                     l ? l->pid : -1, l ? l->program : "none", l ? l->unit : "",
                     l ? l->container : "");
    }
    const struct listener *l = find(&all, 443, "0.0.0.0", true);
    assert_string_equal(l->root, at("50/root"));
    l = find(&all, 466, "0.0.0.0", false);
    assert_string_equal(l->root, at("62/root"));
    l = find(&all, 465, "0.0.0.0", false);
    assert_string_equal(l->root, "/");
    l = find(&all, 587, "127.0.0.1", false);
    assert_string_equal(l->root, "/");
    assert_string_equal(l->argv[1], "-w");
    assert_null(l->argv[2]);
}

static void says_that_there_is_no_table(void **state)
{
    struct listeners all;
    struct err err;

    (void)state;
    assert_false(listeners_find(arena, at("7"), &all, &err));
    assert_non_null(strstr(err.text, "net/tcp cannot be read"));
    assert_false(listeners_find(arena, at("none"), &all, &err));
}

/* The real one: our own socket, told with our own process. */
static void finds_our_own(void **state)
{
    struct sockaddr_in any = { .sin_family = AF_INET };
    socklen_t len = sizeof any;
    struct listeners all;
    struct err err;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(s, (const struct sockaddr *)&any, sizeof any), 0);
    assert_int_equal(listen(s, 1), 0);
    assert_int_equal(getsockname(s, (struct sockaddr *)&any, &len), 0);
    assert_true(listeners_find(arena, "/proc", &all, &err));
    const struct listener *l =
        find(&all, ntohs(any.sin_port), "127.0.0.1", false);
    close(s);
    assert_non_null(l);
    assert_int_equal(l->pid, getpid());
    assert_int_equal(l->uid, geteuid());
    assert_non_null(strstr(l->program, "test_listener"));
    assert_string_equal(l->root, "/");
    assert_null(l->container);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_who_listens),
        cmocka_unit_test(says_that_there_is_no_table),
        cmocka_unit_test(finds_our_own),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
