#!/usr/bin/env python3
"""A renewal is killed at every call that changes the disk or speaks to the CA:
what is live fits together, nothing is listed that is no certificate, the next
run gets what the CA issued without another order, and leaves nothing over. TAP."""
import glob
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), room) for room in ("acme", "lab", "live")]
import ca  # noqa: E402
from dns import DnsServer, Zone  # noqa: E402
from fake_acme import FakeAcme  # noqa: E402
from tap import finish, tap  # noqa: E402

CRASH = os.path.join(os.path.dirname(HERE), "crash")
PROGRAM = os.path.join(ca.BUILD, "certmend")
NAME = "a.example.org"
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
SKIPPED = ["names", "dns", "dnssec", "caa", "dns01", "dane", "port80", "limits", "clock",
           "deploy-look"]
DNS = DnsServer(Zone({"localhost": {"A": ["127.0.0.1"]}}))  # and no TLSA records


class CountingCa(FakeAcme):
    """Gives each order an address, and forgets them when told so."""
    forgets = False

    def orders(self):
        return self.log.count("newOrder")

    def directory(self, payload):
        """Without ARI, by which a renewal would cost nothing."""
        status, headers, body = super().directory(payload)
        return status, headers, {k: v for k, v in body.items() if k != "renewalInfo"}

    def newOrder(self, payload):
        status, headers, body = super().newOrder(payload)
        return status, dict(headers, Location="%s/order/%d" % (self.base, self.orders())), body

    def order(self, payload):
        if self.forgets:
            return 404, {}, {"type": "urn:ietf:params:acme:error:malformed"}
        return super().order(payload)


class Bench:
    """One CA and one store; `start` is the store as it was."""

    def __init__(self, folder, authority, start=None, row=None):
        self.folder = tempfile.mkdtemp(dir=folder)
        self.store = os.path.join(self.folder, "store")
        self.web = os.path.join(self.folder, "web")
        os.mkdir(self.web)
        self.ca = CountingCa(authority, row or {})
        self.pem = authority.pem
        if start:
            shutil.copytree(start, self.store, symlinks=True)
            self.point_at_ca()

    def point_at_ca(self):
        """The start was made with another CA on another port."""
        found = glob.glob(self.store + "/archive/*/*/certmend.json")
        for path in found + glob.glob(self.store + "/live/*/certmend.json"):
            about = json.load(open(path))
            about.update(ca=self.ca.base + "/dir", directory=self.ca.base + "/dir",
                         webroot=self.web)
            json.dump(about, open(path, "w"))

    def run(self, *words, env=None, wait_s=60):
        done = subprocess.run([PROGRAM, *words, "--store", self.store], timeout=wait_s,
                              capture_output=True, text=True, env=dict(os.environ, **(env or {})))
        return done.returncode, done.stdout + done.stderr

    def words(self, *more):
        skips = [w for s in SKIPPED for w in ("--skip", s)]
        return ["issue", NAME, "--apply", "--ca", self.ca.base + "/dir", "--ca-file", self.pem,
                "--webroot", self.web, "--resolver", DNS.place, *skips, *more]

    def issue(self, *more, **how):
        return self.run(*self.words(*more), **how)

    def live(self, file):
        return os.path.join(self.store, "live", NAME, file)

    def version(self):
        return os.path.basename(os.readlink(os.path.join(self.store, "live", NAME)))

    def misfit(self):
        """What is live is one whole."""
        if not os.path.exists(self.live("cert.pem")):
            return "nothing is live"
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
                self.live("fullchain.pem"), self.live("privkey.pem"))
        except (OSError, ssl.SSLError) as fault:
            return "what is live does not fit: %s" % fault
        return ""

    def serial(self):
        return ca.openssl("x509", "-in", self.live("cert.pem"), "-noout", "-serial")

    def keys(self):
        """Every private key in the store but those of kept versions."""
        found = subprocess.run(["grep", "-rl", "PRIVATE KEY", self.store], capture_output=True,
                               text=True).stdout.split()
        return [f[len(self.store) + 1:] for f in found if not f.startswith(
            os.path.join(self.store, "archive", NAME)) or f.endswith(".tmp") or ".part" in f]

    def counted(self):
        entries = json.load(open(self.store + "/ledger.json"))["entries"]
        return sum(e["what"] == "certificate" for e in entries)

    def stop(self):
        self.ca.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def left_over(bench):
    names = [n for _, folders, files in os.walk(bench.store) for n in folders + files]
    junk = [n for n in names if n.endswith((".tmp", ".part", ".new")) or n == NAME + ".new"]
    keys = bench.keys()
    if junk or [k for k in keys if not k.startswith("accounts/") or not k.endswith("/key.pem")]:
        return "left over: %s %s" % (junk, keys)
    pending = os.path.join(bench.store, "pending")
    return os.path.exists(pending) and os.listdir(pending) and "an order is left over"


def one(folder, authority, start, at, shim):
    """What is wrong after a kill there; None: it was not killed any more."""
    b = Bench(folder, authority, start)
    try:
        status, said = b.run("renew", "--force", env={
            "CRASH_AT": str(at), "CRASH_MODE": "after", "LD_PRELOAD": shim})
        if status != -9:
            return None
        if b.misfit():
            return b.misfit()
        status, said = b.run("renew", "--plan")
        unseen = b.version() != "1" and "the next run looks again" in said
        if status != unseen or said.count("is due") != 1 or ".new" in said:
            return "renew --plan: %d %s" % (status, said)
        sent = b.ca.log.count("finalize")
        before = b.version()
        status, said = b.run("renew", "--force")
        if status or b.misfit():
            return "the next run: %d %s %s" % (status, said, b.misfit())
        issued = b.ca.log.count("finalize")
        if issued != (2 if sent and before == "2" else 1):
            return "%d were issued: %s" % (issued, b.ca.log)
        if not issued <= b.counted() - 1 <= issued + 1:
            return "%d are counted of %d" % (b.counted() - 1, issued)
        return left_over(b) or ""
    except Exception as fault:
        return repr(fault)
    finally:
        b.stop()


def every(folder, authority, start, shim):
    """After one call is before the next."""
    told, at, over = [], 1, False
    with ThreadPoolExecutor(3) as pool:
        while not over:
            group = range(at, at + 12)
            some = list(pool.map(lambda n: one(folder, authority, start, n, shim), group))
            told += zip(group, some)
            over, at = None in some, at + 12
    killed = [(n, fault) for n, fault in told if fault is not None]
    tap("a renewal, killed after each of %d calls" % len(killed),
        ["call %d: %s" % (n, fault) for n, fault in killed if fault]
        or ([] if len(killed) > 30 else ["it was hardly ever killed"]))
    return len(killed)


def hooked(folder, authority, start, at, shim):
    """Killed there, a renewal with a hook: what is live, and what has run; None: not
    killed. The hook notes the version that it was run for."""
    b = Bench(folder, authority, start)
    try:
        ran = os.path.join(b.folder, "ran")
        os.makedirs(b.store + "/hooks/" + NAME, exist_ok=True)
        hook = b.store + "/hooks/%s/note" % NAME
        with open(hook, "w") as f:
            f.write("#!/bin/sh\nreadlink $CERTMEND_LIVE >>%s\n" % ran)
        os.chmod(hook, 0o755)

        def notes():
            return [os.path.basename(n) for n in open(ran).read().split()] \
                if os.path.exists(ran) else []
        status, _ = b.run("renew", "--force", env={
            "CRASH_AT": str(at), "CRASH_MODE": "after", "LD_PRELOAD": shim})
        if status != -9:
            return None
        if b.version() != "2":
            return ""
        had = notes()
        status, said = b.run("renew")
        if status or (not notes() and "once more" not in said) or "2" not in notes():
            return "the hook did not run for what is live: %d %s %s" % (status, said, notes())
        total = notes()
        status, said = b.run("renew")
        if status or notes() != total:
            return "it runs again and again: %s" % said
        return "cut" if not had else ""
    except Exception as fault:
        return repr(fault)
    finally:
        b.stop()


def hooks(folder, authority, start, shim, calls):
    """What was not run, as we were killed once it was live, is run by the next run. It
    goes live near the end of the calls."""
    told, at, over = [], max(1, calls - 23), False
    with ThreadPoolExecutor(3) as pool:
        while not over:
            group = range(at, at + 12)
            some = list(pool.map(lambda n: hooked(folder, authority, start, n, shim), group))
            told += zip(group, some)
            over, at = None in some, at + 12
    faults = ["call %d: %s" % (n, f) for n, f in told if f and f != "cut"]
    tap("killed between going live and its hooks: they run next time", faults or
        ([] if any(f == "cut" for _, f in told) else ["it was never killed there"]))


def killed_when(bench, ready, *more):
    """Starts an order and kills it once ready()."""
    with subprocess.Popen([PROGRAM, *bench.words(*more), "--store", bench.store],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        for _ in range(2000):
            if ready() or run.poll() is not None:
                break
            time.sleep(0.005)
        run.send_signal(signal.SIGKILL)
        run.wait()


def in_between(folder, authority):
    """The CA has issued, and we are killed before we have it."""
    slow = {"faults": [{"on": "cert", "times": 1, "sleep": 1.5}]}

    def fetching(b):
        return lambda: "cert" in b.ca.log
    b = Bench(folder, authority, row=slow)
    killed_when(b, fetching(b))
    kept = glob.glob(b.store + "/pending/*/privkey.pem")
    tap("the key and the order are in the store before the request goes out",
        [] if len(kept) == 1 and os.stat(kept[0]).st_mode & 0o777 == 0o600 and b.counted() == 1
        else [str(kept)])
    key = kept and ca.openssl("pkey", "-in", kept[0], "-pubout")
    status, said = b.issue()
    mine = os.path.exists(b.live("cert.pem")) and \
        ca.openssl("pkey", "-in", b.live("privkey.pem"), "-pubout") == key
    tap("the next run gets it, and orders nothing",
        [] if status == 0 and mine and b.ca.orders() == 1 and b.ca.log.count("finalize") == 1 and
        b.counted() == 1 and not b.misfit() and not left_over(b) else
        [said, str(b.ca.log), str(left_over(b))])
    first = b.serial()
    status, said = b.issue("--force")
    tap("the run after that orders anew", [] if status == 0 and b.ca.orders() == 2 and
        b.serial() != first and b.counted() == 2 else [said, str(b.ca.log)])
    b.stop()

    rows = [
        ("other names", ["b.example.org"], {}, 2, 2),
        ("another kind of key", ["--key-type", "rsa2048"], {}, 2, 2),
        ("an order that is gone", [], {"forgets": True}, 2, 2),
        ("an order that failed", [], {"state": "invalid"}, 2, 1),
        ("an order that is ready", [], {"state": "ready"}, 1, 1),
    ]
    for what, more, change, orders, counted in rows:
        b = Bench(folder, authority, row=slow)
        killed_when(b, fetching(b))
        for name, value in change.items():
            setattr(b.ca, name, value)
        status, said = b.issue(*more)
        tap("left behind: " + what, [] if status == 0 and b.ca.orders() == orders and
            b.counted() == counted and not b.misfit() and not left_over(b) else
            ["%d %s" % (status, said), "%d orders, %d counted, %s, %s" % (
                b.ca.orders(), b.counted(), b.misfit(), left_over(b)), str(b.ca.log)])
        b.stop()


def refused(folder, authority):
    """What the CA did not issue is not counted, nor is its key kept."""
    no = {"faults": [{"on": "finalize", "problem": {"type": "badCSR", "detail": "weak"}}]}
    busy = {"faults": [{"on": "finalize", "times": 1, "problem": {
        "type": "serverInternal", "detail": "oops"}, "status": 500}]}
    b = Bench(folder, authority, row=no)
    status, said = b.issue()
    tap("a request that is refused leaves nothing", [] if status == 1 and b.counted() == 0 and
        not left_over(b) else [said, str(b.keys())])
    b.stop()
    b = Bench(folder, authority, row=busy)
    status, said = b.issue()
    again, said_again = b.issue()
    tap("one that the CA stumbled over is finished by the next run",
        [] if status == 1 and again == 0 and b.ca.orders() == 1 and b.counted() == 1 and
        not left_over(b) else [said, said_again, str(b.ca.log)])
    b.stop()
    b = Bench(folder, authority, row={"faults": [{"on": "cert", "times": 1, "sleep": 1}]})
    shelf = b.store + "/archive/" + NAME
    told = []
    run = threading.Thread(target=lambda: told.extend(b.issue()))
    run.start()
    while "cert" not in b.ca.log and run.is_alive():
        time.sleep(0.01)
    os.makedirs(b.store + "/archive", exist_ok=True)
    open(shelf, "w").close()
    run.join()
    os.unlink(shelf)
    again, said_again = b.issue()
    tap("what could not be kept is told, and fetched by the next run",
        [] if told[0] == 2 and "pending/" + NAME in told[1] and again == 0 and
        b.ca.orders() == 1 and b.counted() == 1 and not left_over(b)
        else [told[1], said_again, str(b.ca.log)])
    b.stop()


def places(folder, authority, start):
    """What stands in the way is seen before the CA is asked."""
    def moved(b):
        os.makedirs(b.store + "/live")
        os.symlink("/nowhere", b.store + "/live/" + NAME)

    def copied(b):
        shutil.rmtree(b.store)
        shutil.copytree(start, b.store)
        b.point_at_ca()
        shutil.rmtree(b.store + "/archive/" + NAME)
        open(b.store + "/archive/" + NAME, "w").close()

    def certbots(b):
        shutil.rmtree(b.store, ignore_errors=True)
        for name in ("renewal", "live/" + NAME, "archive"):
            os.makedirs(b.store + "/" + name)
    rows = [
        ("a folder", lambda b: os.makedirs(b.live("")), "issue", "did not make it"),
        ("a file", lambda b: (os.makedirs(b.store + "/live"),
                              open(b.store + "/live/" + NAME, "w").close()), "issue",
         "did not make it"),
        ("a link to elsewhere", moved, "issue", "is a link that certmend did not make"),
        ("a file for the shelf", lambda b: (os.makedirs(b.store + "/archive"), open(
            b.store + "/archive/" + NAME, "w").close()), "issue", NAME + " is no folder"),
        ("a copy without links that cannot be put right", copied, "renew",
         "is a folder, as a copy without links has it"),
        ("certbot's folder", certbots, "issue", "is certbot's"),
        ("certbot's folder, renewed", certbots, "renew", "is certbot's"),
    ]
    for what, prepare, verb, text in rows:
        b = Bench(folder, authority, start if verb == "renew" else None)
        prepare(b)
        before = sorted(os.listdir(b.store))
        status, said = b.issue() if verb == "issue" else b.run("renew", "--force")
        tap("in the way: " + what, [] if status == 2 and text in said and not b.ca.log and
            (not what.startswith("certbot") or sorted(os.listdir(b.store)) == before)
            else ["%d %s" % (status, said), str(b.ca.log)])
        b.stop()


def main():
    if "-fsanitize" in os.environ.get("CFLAGS", "") or "asan" in ca.BUILD or "ubsan" in ca.BUILD:
        print("ok 1 - a renewal survives # SKIP sanitizers want to be loaded first\n1..1")
        return
    with tempfile.TemporaryDirectory(prefix="certmend-", dir=MEMORY) as folder, \
            tempfile.TemporaryDirectory(prefix="certmend-") as tools:
        os.chmod(folder, 0o755)
        shim = os.path.join(tools, "shim.so")
        subprocess.run([os.environ.get("CC", "gcc").split()[-1], "-shared", "-fPIC", "-std=c11",
                        "-o", shim, os.path.join(CRASH, "shim.c"), "-ldl"], check=True)
        authority = ca.Authority(folder, "first root")
        authority.second, authority.api = authority, authority.server()
        authority.lock = threading.Lock()
        in_between(folder, authority)
        refused(folder, authority)
        b = Bench(folder, authority)
        status, said = b.issue()
        start = os.path.join(folder, "start")
        shutil.copytree(b.store, start, symlinks=True)
        tap("a store to begin with", [] if status == 0 else [said])
        b.stop()
        places(folder, authority, start)
        if "quick" not in sys.argv:
            calls = every(folder, authority, start, shim)
            hooks(folder, authority, start, shim, calls)
    finish()


main()
