#!/usr/bin/env python3
"""The store is killed at every call that changes the disk, and has every such
call fail: the old certificate and key stay live, or the new ones are; never one
of each, never none. TAP."""
import os
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "acme"))
import ca  # noqa: E402

CRASH = os.path.join(os.path.dirname(HERE), "crash")
NAME = "a.example.org"
FILES = ["privkey.pem", "cert.pem", "chain.pem", "fullchain.pem"]
# "torn" is before the call, or in the middle of a write.
MODES = ["after", "torn", "fail"]
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def build(folder):
    """The shim and the program; the library's own needs are on `make`'s command line."""
    shim, put = os.path.join(folder, "shim.so"), os.path.join(folder, "put")
    flags = os.environ.get("CFLAGS", "").split()
    cc = os.environ.get("CC", "gcc")
    libs = shlex.split(subprocess.run(
        ["pkg-config", "--libs", "libcjson", "libevent", "libevent_openssl", "openssl", "libidn2",
         "libpsl"], check=True, capture_output=True, text=True).stdout)
    common = ["-std=c11", "-D_XOPEN_SOURCE=700", "-D_DEFAULT_SOURCE",
              "-I" + os.path.join(ca.ROOT, "assistant")]
    subprocess.run([cc, "-shared", "-fPIC", "-std=c11", "-o", shim,
                    os.path.join(CRASH, "shim.c"), "-ldl"], check=True)
    subprocess.run([cc, *common, *flags, "-o", put, os.path.join(CRASH, "put.c"),
                    os.path.join(ca.BUILD, "libcertmend.a"), *libs, "-lunbound", "-lunistring", "-lresolv",
                    "-ldl"], check=True, capture_output=True)
    return shim, put


def pair(folder, authority, which):
    """Paths of a key and a chain for NAME."""
    key, chain = (os.path.join(folder, which + n) for n in (".key", ".chain"))
    request = ca.openssl("req", "-new", *ca.P256, "-subj", "/", "-keyout", key)
    with open(chain, "w") as f:
        f.write(authority.sign(request, "DNS:" + NAME) + open(authority.pem).read())
    return key, chain


def contents(path):
    with open(path, "rb") as f:
        return f.read()


def live(store):
    """What whoever reads the folder sees: None, or the bytes of its files."""
    folder = os.path.join(store, "live", NAME)
    if not os.path.lexists(folder):
        return None
    return [contents(os.path.join(folder, n)) for n in FILES]


def leftovers(store):
    found = []
    for place, folders, files in os.walk(store):
        for name in folders + files:
            path = os.path.join(place, name)
            mode = stat.S_IMODE(os.lstat(path).st_mode)
            if name.endswith((".part", ".tmp", ".new")):
                found.append(name)
            elif name.startswith("privkey") and mode != 0o600:
                found.append("%s is %o" % (name, mode))
            elif name in folders and not os.path.islink(path) and mode != 0o700:
                found.append("%s is %o" % (name, mode))
    return found


class Bench:
    def __init__(self, folder, tools):
        self.folder = folder
        self.shim, self.put = build(tools)
        authority = ca.Authority(folder, "test root")
        self.pairs = [pair(folder, authority, w) for w in "ab"]
        self.store = os.path.join(folder, "store")

    def run(self, which, at=0, mode="", log=""):
        env = dict(os.environ, CRASH_AT=str(at), CRASH_MODE=mode, CRASH_LOG=log,
                   LD_PRELOAD=self.shim)
        return subprocess.run([self.put, self.store, NAME, *self.pairs[which]], env=env,
                              capture_output=True, text=True, timeout=20)

    def reset(self, start):
        shutil.rmtree(self.store, ignore_errors=True)
        if start:
            shutil.copytree(start, self.store, symlinks=True)

    def known(self):
        """The files of both pairs, as they are when nothing happens."""
        both = []
        for which in (0, 1):
            self.reset(None)
            done = self.run(which)
            if done.returncode:
                raise RuntimeError(done.stderr)
            both.append(live(self.store))
        return both

    def calls(self, start):
        log = os.path.join(self.folder, "calls")
        self.reset(start)
        self.run(1, log=log)
        return int(open(log).read())

    def one(self, start, at, mode, old, new):
        """What is wrong after a crash there; and after the next run."""
        self.reset(start)
        done = self.run(1, at, mode)
        if mode != "fail" and done.returncode != -9:
            return "it was not killed: %d %s" % (done.returncode, done.stderr)
        if live(self.store) not in (old, new):
            return "neither the old ones nor the new ones are live"
        if mode == "fail" and done.returncode not in (0, 1):
            return "%d: %s" % (done.returncode, done.stderr)
        if mode == "fail" and done.returncode == 1 and NAME not in done.stderr:
            return "it does not say why: " + done.stderr
        again = self.run(1)
        if again.returncode or live(self.store) != new:
            return "the next run: %d %s" % (again.returncode, again.stderr)
        left = leftovers(self.store)
        return left and "left over: %s" % left

    def every(self, what, start, old, new):
        total = self.calls(start)
        for mode in MODES:
            bad = ["call %d: %s" % (at, fault) for at in range(1, total + 1)
                   for fault in [self.one(start, at, mode, old, new)] if fault]
            yield "%s, %s each of %d calls" % (what, mode, total), bad


def main():
    if "-fsanitize" in os.environ.get("CFLAGS", "") or "asan" in ca.BUILD or "ubsan" in ca.BUILD:
        print("ok 1 - the store survives # SKIP sanitizers want to be loaded first\n1..1")
        return
    count = failed = 0
    with tempfile.TemporaryDirectory(prefix="certmend-", dir=MEMORY) as folder, \
            tempfile.TemporaryDirectory(prefix="certmend-") as tools:
        bench = Bench(folder, tools)
        first, second = bench.known()
        start = os.path.join(folder, "start")
        bench.reset(None)
        for _ in range(3):
            bench.run(0)
        shutil.copytree(bench.store, start, symlinks=True)
        rows = [("the first certificate", None, None), ("the next one", start, first)]
        for what, begin, old in rows:
            for text, bad in bench.every(what, begin, old, second):
                count += 1
                failed += bool(bad)
                print("%s %d - %s" % ("not ok" if bad else "ok", count, text), flush=True)
                for line in bad[:5]:
                    print("# " + line)
    print("1..%d" % count)
    sys.exit(failed > 0)


main()
