#!/usr/bin/env python3
"""certmend renew over several certificates by a set clock: a run that succeeds is
silent with -q, a try that fails names its certificate, a CA that hangs up is waited
for once, a clock that is wrong orders nothing. TAP; some seconds."""
import datetime
import os
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "acme"))
import ca  # noqa: E402
from timed_ca import DAY, TimedCa  # noqa: E402
from tap import finish, tap  # noqa: E402

PROGRAM = os.path.join(ca.BUILD, "certmend")
FAKETIME = "/usr/lib/%s-linux-gnu/faketime/libfaketime.so.1" % os.uname().machine
NAMES = ["a.example.org", "b.example.org", "c.example.org"]
LEFT_OUT = ["names", "dns", "dnssec", "caa", "dns01", "dane", "port80", "limits", "deploy-look"]


class Bench:
    """Three certificates of 90 days, and days that pass by being set."""

    def __init__(self, folder, authority, window=None):
        self.folder = tempfile.mkdtemp(dir=folder)
        self.store, self.web = self.folder + "/store", self.folder + "/web"
        os.mkdir(self.web)
        os.mkdir(self.folder + "/ca")
        self.begin, self.fault = time.time(), None
        self.day = 0
        self.ca = TimedCa(authority, self.folder + "/ca", self.now, lambda _: 90 * DAY, window,
                          lambda where, _: self.fault)
        skips = [w for s in LEFT_OUT for w in ("--skip", s)]
        self.began = [self.run("issue", name, "--apply", "--ca", self.ca.base + "/dir", "--ca-file",
                               authority.pem, "--webroot", self.web, *skips) for name in NAMES]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ca.stop()

    def now(self):
        return time.time() + self.day * DAY

    def run(self, *words, ahead=0):
        when = datetime.datetime.utcfromtimestamp(self.now() + ahead * DAY)
        env = dict(os.environ, LD_PRELOAD=FAKETIME, TZ="UTC", NO_FAKE_STAT="1", DONT_FAKE_MONOTONIC="1",
                   FAKETIME=when.strftime("@%Y-%m-%d %H:%M:%S"))
        done = subprocess.run([PROGRAM, *words, "--store", self.store], env=env, timeout=60,
                              capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def renew(self, day, *words, **how):
        self.day = day
        self.ca.log.clear()
        return self.run("renew", *words, **how)

    def asked(self, where):
        return self.ca.log.count(where)


def silent(folder, authority):
    with Bench(folder, authority) as b:
        tap("three to begin with", [got for got in b.began if got[0]])
        got = b.renew(61, "-q")
        tap("with -q, what goes well is silent", None if got == (0, "", "") and
            b.asked("newOrder") == 3 else (got, b.ca.log))
        got = b.renew(122)
        tap("without, it is told", None if got[0] == 0 and got[1].count("Issued for") == 3 else got)


def hangs_up(folder, authority):
    with Bench(folder, authority) as b:
        b.fault = {"close": True}
        got = b.renew(20, "-q")
        once = b.asked("directory")
        tap("a CA that hangs up is no fault while nothing is due, and waited for once",
            None if got == (0, "", "") and 0 < once < 6 else (got, b.ca.log))
        got = b.renew(61, "-q")
        tap("each that is due is named, and why",
            None if got[0] and all(n + ": is to be renewed" in got[1] for n in NAMES) and
            got[1].count("localhost cannot be reached") == 3 and b.asked("directory") == once
            else (got, b.ca.log))
        b.fault = None
        got = b.renew(62.1, "-q")
        tap("and then it is over", None if got == (0, "", "") and b.asked("newOrder") == 3 else got)


def clock(folder, authority):
    for window in (None, lambda one: (one.start + 59 * DAY, one.start + 60 * DAY)):
        how = "with renewal information" if window else "without"
        with Bench(folder, authority, window) as b:
            b.renew(10, "-q")
            for ahead, says in (40, "and the CA's"), (1200, "and the CA's"):
                got = b.renew(30, "-q", ahead=ahead)
                tap("%s: a clock %d days ahead is told, and orders nothing" % (how, ahead),
                    None if got[0] and all(n in got[1] for n in NAMES) and says in got[1] and
                    not b.asked("newOrder") else (got, b.ca.log))
            got = b.renew(31, "-q", ahead=-60)
            tap("%s: a clock that is back is told" % how,
                None if got[0] == 1 and "is live begins at" in got[1] and
                not b.asked("newOrder") else (got, b.ca.log))
            got = b.renew(32, "-q")
            tap("%s: set right, it is over" % how, None if got == (0, "", "") else got)
            got = b.renew(62, "-q", ahead=0.5 / 24)
            tap("%s: half an hour is no matter" % how, None if got == (0, "", "") and
                b.asked("newOrder") == 3 else (got, b.ca.log))


def main():
    if not os.path.exists(FAKETIME):
        print("ok 1 - several certificates # SKIP no faketime here\n1..1")
        return
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        authority = ca.Authority(folder, "first root", days=6 * 365)
        authority.second, authority.api = authority, authority.server()
        for part in (silent, hangs_up, clock):
            try:
                part(folder, authority)
            except Exception:
                tap(part.__name__, traceback.format_exc())
    finish()


main()
