#!/usr/bin/env python3
"""Thirty lineages that certbot itself has made: all come, also when the import is killed on
its way, all are renewed with the key where it is to stay, and certbot lets go of all. TAP.
Takes about three minutes."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "acme")]
import other_clients  # noqa: E402
from import_stage import (Import, cannot_mount, counted, fingerprint, machine,  # noqa: E402
                          names_of, public_key, skip, tap)

MANY = 30


def names_for(i):
    """One name, or two or three; the first one is the lineage's."""
    first = "m%d.example.org" % i
    return [first] + ["%s.%s" % (w, first) for w in ("imap", "smtp")[:i % 3]]


def keeps(i):
    return i % 3 == 0


def make(stage):
    other = stage.path("other-web")
    os.symlink(stage.web, other)
    for i in range(MANY):
        words = ["--reuse-key"] if keeps(i) else []
        words += ["--key-type", "rsa"] if i % 2 else []
        if i % 5 == 0:
            words += ["--deploy-hook", "echo \"$RENEWED_DOMAINS\" >>%s" % stage.path("told")]
        if i % 7 == 3:
            stage.certbot_by_dns("le", names_for(i), *words)
        else:
            stage.certbot("le", names_for(i), *words)
    # One of two folders for each name, as certbot writes them for -w A -d a -w B -d b.
    conf = os.path.join(stage.path("le"), "renewal", "m2.example.org.conf")
    with open(conf) as f:
        text = f.read()
    with open(conf, "w") as f:
        f.write(text.replace("imap.m2.example.org = " + stage.web,
                             "imap.m2.example.org = " + other))


def killed(b):
    """When so many are there: each certificate is whole or not there, and some are missing."""
    live = os.path.join(b.store, "live")

    def there():
        return [n for n in os.listdir(live) if not n.endswith(".new")] if os.path.isdir(live) else []

    for many in (1, 8, 16):
        job = subprocess.Popen(b.words("--apply"), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        while len(there()) < many and job.poll() is None:
            time.sleep(0.001)
        job.send_signal(signal.SIGKILL)
        job.wait()
        for name in there():
            files = sorted(os.listdir(os.path.join(live, name)))
            if files != ["cert.pem", "certmend.json", "chain.pem", "fullchain.pem", "privkey.pem"]:
                return "%s: %s" % (name, files)
        if not many <= len(there()) < MANY:
            return "killed at %d, and %d are there" % (many, len(there()))
    return None


def comes(b):
    status, plan = b.plan()
    rows = {c["lineage"]: c for c in plan["certificates"]}
    wrong = [i for i in range(MANY) if rows["m%d.example.org" % i]["names"] != names_for(i) or
             rows["m%d.example.org" % i]["keep_key"] != keeps(i)]
    tap("thirty can come", (status or len(rows) != MANY or wrong) and (status, wrong, len(rows)))
    tap("killed on its way, each is whole or not there", killed(b))
    status, plan = b.plan("--apply")
    states = [c["state"] for c in plan["certificates"]]
    tap("then all are here", (status or set(states) - {"came", "is-here"} or len(states) != MANY)
        and (status, states))


def renewed(b):
    first = {i: "m%d.example.org" % i for i in range(MANY)}
    old = {i: (fingerprint(b.live(n)), public_key(b.live(n))) for i, n in first.items()}
    said = b.renew()
    tap("one run renews them", said)
    tap("every one", [n for i, n in first.items() if fingerprint(b.live(n)) == old[i][0]])
    tap("with the key where it stays, and only there",
        [n for i, n in first.items() if (public_key(b.live(n)) == old[i][1]) != keeps(i)])
    tap("with all names", [n for i, n in first.items()
                           if names_of(b.live(n)) != sorted(names_for(i))])
    with open(b.stage.path("told")) as f:
        told = sorted(line.split()[0] for line in f)
    want = sorted(first[i] for i in range(MANY) if i % 5 == 0)
    # certbot runs it at the first order too.
    tap("every deploy hook ran once more", told != sorted(want * 2) and told)


def lets_go(b):
    what = "certbot lets go of all, and every old path shows ours"
    if cannot_mount():
        return skip(what, "needs root and mounts of its own")
    empty = b.stage.path("empty")
    os.makedirs(empty)
    status, said, noted = b.run("--apply", "--stop-other", "--link-old",
                                inside=machine(b.stage, empty))
    left = os.listdir(os.path.join(b.place, "renewal"))
    old = [os.path.join(b.place, "live", n, "cert.pem") for n in os.listdir(
        os.path.join(b.place, "live")) if n != "README"]
    with open(b.stage.path("calls")) as f:
        called = f.read()
    tap(what, (status or [n for n in left if n.endswith(".conf")] or len(old) != MANY or
               [p for p in old if not os.path.realpath(p).startswith(b.store)] or
               "disable" not in called) and (status, said, noted, called))


def main():
    for program in ("pebble", "certbot", "curl"):
        if not shutil.which(program):
            print("ok 1 - thirty # SKIP no %s here\n1..1" % program)
            return
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        with other_clients.Stage(folder) as stage:
            b = Import(stage, "certbot", "le")
            b.wait_s = 600
            for part in (lambda: make(stage), lambda: comes(b), lambda: renewed(b),
                         lambda: lets_go(b)):
                try:
                    part()
                except Exception:
                    tap("thirty", traceback.format_exc())
    print("1..%d" % counted["tests"])
    sys.exit(counted["failed"] > 0)


main()
