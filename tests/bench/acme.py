#!/usr/bin/env python3
"""How long a certificate takes: certmend issue beside uacme, lego, certbot and
dehydrated, on the same Pebble in the same run.

Each gets an account first, in a folder of its own, so that what is timed is an
order: one name, then a hundred, by http-01 through one folder that one web
server serves. The CA does not sleep and refuses no nonce. The programs take
turns, so that a busy moment hits all of them. What is not here is left out and
said.

    BUILD=build python3 tests/bench/acme.py [ROUNDS]
"""
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "acme"))
import pebble  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "certmend"))
MANY, MANY_ROUNDS = 100, 3
LONGEST_S = 60  # nobody is waited for longer
ONE_MAX, MANY_MAX = 0.5, 0.1  # aims: of uacme's time; of the best other's
ROOTS = "/etc/ssl/certs/ca-certificates.crt"
FOLDER_OF_PROOFS = ".well-known/acme-challenge"

NGINX = """daemon off; worker_processes 1; error_log %(log)s; pid %(folder)s/nginx.pid;
events { worker_connections 4096; }
http { access_log off; server { listen 127.0.0.1:%(port)d backlog=1024; root %(root)s; } }
"""

UACME_HOOK = """#!/bin/sh
case $1 in
begin) [ "$2" = http-01 ] && printf %%s "$5" >%s/"$4" ;;
done | failed) rm -f %s/"$4" ;;
esac
"""


class Bench:
    def __init__(self, folder):
        self.folder = folder
        self.root = os.path.join(folder, "root")
        self.proofs = os.path.join(self.root, FOLDER_OF_PROOFS)
        os.makedirs(self.proofs)
        os.chmod(folder, 0o755)
        self.server = pebble.Pebble(folder, own=True, va_nosleep="1", wfe_noncereject="0",
                                    authzreuse="0")
        self.url = "https://127.0.0.1:%d/dir" % self.server.acme
        self.count = 0
        self.log = open(os.path.join(folder, "log"), "w")
        config = self.script("nginx.conf", NGINX % {
            "folder": folder, "log": self.log.name, "port": self.server.http, "root": self.root})
        self.web = subprocess.Popen(["nginx", "-c", config, "-e", self.log.name],
                                    stdout=self.log, stderr=self.log)

    def stop(self):
        self.web.terminate()
        self.web.wait()
        self.server.stop()
        self.log.close()

    def place(self, *names):
        path = os.path.join(self.folder, *names)
        os.makedirs(path, exist_ok=True)
        return path

    def script(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, 0o755)
        return path

    def names(self, how_many):
        """New ones: nobody has an authorization for them."""
        self.count += 1
        return ["n%d.t%d.example.org" % (i, self.count) for i in range(how_many)]

    def environment(self):
        pem = self.server.authority.pem
        return dict(os.environ, LEGO_CA_CERTIFICATES=pem, REQUESTS_CA_BUNDLE=pem,
                    CURL_CA_BUNDLE=pem, SSL_CERT_FILE=pem, HOME=self.folder)


class Certmend:
    name, needs = "certmend", PROGRAM

    def __init__(self, b):
        self.base = ["--ca", b.url, "--ca-file", b.server.authority.pem,
                     "--resolver", "127.0.0.1:%d" % b.server.dns,
                     "--connect-to", ":80:127.0.0.1:%d" % b.server.http,
                     "--store", os.path.join(b.folder, "certmend")]
        self.root = b.root

    def account(self):
        return [PROGRAM, "acme", "account", *self.base]

    def order(self, names):
        return [PROGRAM, "issue", "--apply", "--force", "-q", *names, "--webroot", self.root, *self.base]


class Uacme:
    name = needs = "uacme"

    def __init__(self, b):
        hook = b.script("uacme-hook", UACME_HOOK % (b.proofs, b.proofs))
        self.base = ["uacme", "-a", b.url, "-c", b.place("uacme"), "-h", hook, "-y"]

    def account(self):
        return [*self.base, "new"]

    def order(self, names):
        return [*self.base, "-f", "issue", *names]


class Lego:
    name = needs = "lego"

    def __init__(self, b):
        self.base = ["lego", "--server", b.url, "--path", b.place("lego"), "-m",
                     "a@example.org", "-a", "--http", "--http.webroot", b.root]

    def account(self):
        return self.order(["first.example.org"])

    def order(self, names):
        return [*self.base, *(w for n in names for w in ("-d", n)), "run"]


class Certbot:
    name = needs = "certbot"

    def __init__(self, b):
        self.root = b.root
        self.base = ["--server", b.url, "--non-interactive"]
        for kind in ("config", "work", "logs"):
            self.base += ["--%s-dir" % kind, b.place("certbot", kind)]

    def account(self):
        return ["certbot", "register", "--agree-tos", "-m", "a@example.org", *self.base]

    def order(self, names):
        return ["certbot", "certonly", "--webroot", "-w", self.root, *self.base, "-d",
                ",".join(names), "--cert-name", names[0], "--key-type", "ecdsa"]


class Dehydrated:
    name = needs = "dehydrated"

    def __init__(self, b):
        config = b.script("dehydrated.conf", 'CA="%s"\nBASEDIR="%s"\nWELLKNOWN="%s"\n'
                          'KEY_ALGO=prime256v1\n' % (b.url, b.place("dehydrated"), b.proofs))
        self.base = ["dehydrated", "--config", config]

    def account(self):
        return [*self.base, "--register", "--accept-terms"]

    def order(self, names):
        return [*self.base, "--cron", "--domain", " ".join(names)]


CLIENTS = [Certmend, Uacme, Lego, Certbot, Dehydrated]


def kib_of(pid):
    """The high-water mark of a process's own memory; 0: it is gone."""
    try:
        with open("/proc/%d/status" % pid) as status:
            return max((int(line.split()[1]) for line in status if line.startswith("VmHWM:")),
                       default=0)
    except OSError:
        return 0


def run(b, command):
    """Wall and CPU in milliseconds, children counted; the process's own memory in MiB;
    the exit status, None: it was stopped."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=b.log, stderr=b.log,
                               env=b.environment())
    kib = 0
    while running.poll() is None and time.perf_counter() - started < LONGEST_S:
        kib = max(kib, kib_of(running.pid))
        time.sleep(0.002)
    wall, status = time.perf_counter() - started, running.poll()
    running.kill()
    running.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall * 1000, cpu * 1000, kib / 1024, status


def present(b):
    """Those that are here and have an account now."""
    found = []
    for kind in CLIENTS:
        if not shutil.which(kind.needs):
            print("# SKIP %s is not here" % kind.name)
            continue
        client = kind(b)
        if run(b, client.account())[-1] != 0:
            print("# SKIP %s gets no account here" % kind.name)
            continue
        found.append(client)
    return found


def take_turns(b, clients, how_many, rounds):
    """{name: [(wall, cpu, memory) of each round]}; who is too slow has one turn."""
    took = {c.name: [] for c in clients}
    slow = set()
    for _ in range(rounds):
        for client in clients:
            if client.name in slow:
                continue
            *costs, status = run(b, client.order(b.names(how_many)))
            if status is None:
                slow.add(client.name)
                print("# %s is not done after %d s" % (client.name, LONGEST_S))
            elif status:
                print("# %s exits with %d" % (client.name, status))
            else:
                took[client.name].append(costs)
    return {name: runs for name, runs in took.items() if runs}


def table(title, b, clients, how_many, rounds):
    """Prints it; returns the medians of the wall time."""
    took = take_turns(b, clients, how_many, rounds)
    print("\n%-24s %10s %10s %10s" % (title, "wall", "CPU", "memory"))
    medians = {}
    for name, runs in took.items():
        wall, cpu, mib = (statistics.median(r[i] for r in runs) for i in range(3))
        medians[name] = wall
        print("%-24s %7.0f ms %7.0f ms %6.1f MiB" % (name, wall, cpu, mib))
    return medians


def judge(medians, other, most):
    if "certmend" not in medians or other not in medians:
        return
    ratio = medians["certmend"] / medians[other]
    print("%s: %.2f of %s, %.2f was the aim" % (
        "kept" if ratio <= most else "MISSED", ratio, other, most))


def trust(pem):
    """uacme trusts the system's roots only: in our own view of the files, which
    unshare(1) has given us, they are the lab's."""
    if os.environ.get("CERTMEND_UNSHARED"):
        subprocess.run(["mount", "--bind", pem, ROOTS], check=True)


def main(rounds):
    if os.geteuid() == 0 and shutil.which("unshare") and not os.environ.get("CERTMEND_UNSHARED"):
        os.environ["CERTMEND_UNSHARED"] = "1"
        os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])
    for need in ("pebble", "pebble-challtestsrv", "nginx"):
        if not shutil.which(need):
            print("# SKIP no %s here" % need)
            return
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        b = Bench(folder)
        try:
            trust(b.server.authority.pem)
            clients = present(b)
            one = table("one name", b, clients, 1, rounds)
            judge(one, "uacme", ONE_MAX)
            many = table("%d names" % MANY, b, clients, MANY, min(rounds, MANY_ROUNDS))
            others = {name: ms for name, ms in many.items() if name != "certmend"}
            if others:
                judge(many, min(others, key=others.get), MANY_MAX)
        finally:
            if os.environ.get("KEEP_LOG"):
                shutil.copy(b.log.name, os.environ["KEEP_LOG"])
            b.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
