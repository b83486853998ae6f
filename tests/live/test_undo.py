#!/usr/bin/env python3
"""certmend undo, on journals that are written here by hand: the newest change
goes back to the byte, the server is told, somebody else's change stays. TAP."""
import calendar
import hashlib
import json
import os
import subprocess
import tempfile
import time

from tap import finish, tap
from terminal import Terminal

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(os.path.abspath(os.environ.get("BUILD", os.path.join(ROOT, "build"))),
                       "certmend")
OLD, NEW, LATER = b"cert = /old\n", b"cert = /new.pem\n\0\xff", b"cert = /later"
ONE, TWO = "20261128T201500Z-postfix-1", "20261128T201500Z-postfix-2"
MTIME = 1111111111


class Place:
    """A journal, and a file that acts have changed."""

    def __init__(self, folder):
        self.folder = folder
        self.acts = os.path.join(folder, "acts")
        self.conf = os.path.join(folder, "conf")
        self.file = os.path.join(self.conf, "main.cf")
        self.told = os.path.join(folder, "told")
        os.mkdir(self.acts, 0o700)
        os.mkdir(self.conf, 0o755)
        self.write(NEW)

    def write(self, text):
        with open(self.file, "wb") as f:
            f.write(text)

    def read(self):
        with open(self.file, "rb") as f:
            return f.read()

    def put(self, act, name, text):
        with open(os.open(os.path.join(self.acts, act, name), os.O_WRONLY | os.O_CREAT, 0o600),
                  "wb") as f:
            f.write(text)

    def act(self, act, before, after, reload, marks=("applied", "reloaded", "kept"), what=None):
        os.mkdir(os.path.join(self.acts, act), 0o700)
        digests = [hashlib.sha256(text).hexdigest() for text in (before, after)]
        self.put(act, "1.before", before)
        self.put(act, "1.after", after)
        self.put(act, "intent.json", json.dumps({
            "schema": "certmend.act/1", "what": what or "Postfix: names the new certificate",
            "target": "mail.example.org", "at": calendar.timegm((2026, 11, 28, 20, 15, 0)),
            "files": [{"path": self.file, "was_there": True, "mode": 0o644, "uid": os.geteuid(),
                       "gid": os.getegid(), "mtime_s": MTIME, "mtime_ns": 5,
                       "before_sha256": digests[0], "after_sha256": digests[1]}],
            "check": [], "reload": reload}).encode())
        for mark in marks:
            self.put(act, mark, b"")

    def reload(self, status=0):
        return ["/bin/sh", "-c", "echo told >>%s; exit %d" % (self.told, status)]

    def times_told(self):
        return len(open(self.told).readlines()) if os.path.exists(self.told) else 0

    def run(self, *words):
        done = subprocess.run([PROGRAM, "undo", "--journal", self.acts, *words],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60)
        return done.returncode, done.stdout, done.stderr


def faults(*rows):
    """The first that does not hold: (what, holds, seen)."""
    for what, holds, seen in rows:
        if not holds:
            return "%s: %r" % (what, seen)
    return None


def taken_back(place):
    place.act(ONE, OLD, NEW, place.reload())
    status, said, error = place.run("--yes")
    st = os.stat(place.file)
    return faults(("status", status == 0, (status, said, error)),
                  ("bytes", place.read() == OLD, place.read()),
                  ("time", st.st_mtime_ns == MTIME * 10 ** 9 + 5, st.st_mtime_ns),
                  ("told once", place.times_told() == 1, place.times_told()),
                  ("names it", ONE in said and place.file in said, said),
                  ("names the reload", place.told in said, said),
                  ("left over", os.listdir(place.conf) == ["main.cf"], os.listdir(place.conf)))


def once_only(place):
    place.act(ONE, OLD, NEW, [])
    place.run("--yes")
    place.write(NEW)
    none, by_name = place.run("--yes"), place.run("--yes", ONE)
    return faults(("nothing", none[0] == 0 and "nothing to take back" in none[1], none),
                  ("already", by_name[0] == 0 and "already" in by_name[1], by_name),
                  ("bytes", place.read() == NEW, place.read()))


def newest_first(place):
    place.write(LATER)
    place.act(ONE, OLD, NEW, [])
    place.act(TWO, NEW, LATER, [])
    older = place.run("--yes", ONE)
    still = place.read()
    first, between, second = place.run("--yes"), place.read(), place.run("--yes")
    return faults(("refused", older[0] == 2 and TWO in older[2], older),
                  ("untouched", still == LATER, still),
                  ("newest", first[0] == 0 and between == NEW, (first, between)),
                  ("then the other", second[0] == 0 and place.read() == OLD, second))


def nobody_is_asked(place):
    place.act(ONE, OLD, NEW, place.reload())
    status, said, error = place.run()
    return faults(("status", status == 2 and "--yes" in error, (status, error)),
                  ("plan", ONE in said, said), ("bytes", place.read() == NEW, place.read()),
                  ("not told", not place.times_told(), place.times_told()))


def asked(place):
    place.act(ONE, OLD, NEW, place.reload())
    seen = []
    for answer in ("n", "y"):
        with Terminal([PROGRAM, "undo", "--journal", place.acts], dict(os.environ)) as person:
            person.until_prompt()
            person.type(answer)
            person.until_prompt()
            seen.append((place.read(), person.plain()))
    return faults(("no", seen[0][0] == NEW, seen[0]), ("yes", seen[1][0] == OLD, seen[1]),
                  ("told", place.times_told() == 1, place.times_told()))


def conflict(place):
    place.act(ONE, OLD, NEW, place.reload())
    place.write(b"theirs\n")
    status, said, error = place.run("--yes")
    found = os.path.join(place.acts, ONE, "1.found")
    again = place.run("--list")
    return faults(("status", status == 1, (status, said, error)),
                  ("names", place.file in said and "1.found" in said, said),
                  ("bytes", place.read() == b"theirs\n", place.read()),
                  ("kept", open(found, "rb").read() == b"theirs\n", found),
                  ("not told", not place.times_told(), place.times_told()),
                  ("listed", "somebody else" in again[1], again))


def cut_short(place):
    place.act(ONE, OLD, NEW, place.reload(), marks=("applied",))
    status, said, error = place.run("--list")
    untouched = place.read() == NEW
    done = place.run("--yes")
    return faults(("list", status == 0 and "not finished" in said, (status, said, error)),
                  ("list changes nothing", untouched, place.read()),
                  ("recovered", done[0] == 0 and "cut short" in done[1], done),
                  ("bytes", place.read() == OLD, place.read()),
                  ("told once", place.times_told() == 1, place.times_told()))


def not_told(place):
    place.act(ONE, OLD, NEW, place.reload(7))
    status, said, error = place.run("--yes")
    return faults(("status", status == 1, (status, error)),
                  ("says so", "did not work" in said, said),
                  ("bytes", place.read() == OLD, place.read()))


def damaged(place):
    place.act(ONE, OLD, NEW, [])
    place.act(TWO, OLD, NEW, [])
    place.put(TWO, "1.before", b"x")
    done = place.run("--yes")
    return faults(("told", "damaged" in done[1] and "broken-" + TWO in done[1], done),
                  ("the other is taken back", done[0] == 0 and place.read() == OLD, done))


def words(place):
    place.act(ONE, OLD, NEW, [])
    unknown, two = place.run("--yes", TWO), place.run("--yes", ONE, TWO)
    listed = place.run("--list")
    none = subprocess.run([PROGRAM, "undo", "--journal", place.folder + "/none"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    return faults(("unknown", unknown[0] == 2 and 'mean "%s"' % ONE in unknown[2], unknown),
                  ("two", two[0] == 2, two),
                  ("listed", listed[0] == 0 and "28 November 2026 at 20:15 UTC" in listed[1] and
                   "mail.example.org" in listed[1], listed),
                  ("no journal", none.returncode == 0 and
                   not os.path.exists(place.folder + "/none"), none),
                  ("bytes", place.read() == NEW, place.read()))


def another_user(place):
    """Whom the journal is closed to hears of it, and not that nothing was changed."""
    if os.geteuid():
        return None
    place.act(ONE, OLD, NEW, [])
    os.chmod(place.folder, 0o711)
    locked = os.path.join(place.folder, "locked")
    os.mkdir(locked, 0o700)
    rows = []
    for folder in (place.acts, os.path.join(locked, "acts")):
        for word in ("--list", "--yes"):
            done = subprocess.run([PROGRAM, "undo", word, "--journal", folder], user=4711,
                                  group=4711, extra_groups=[], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=60)
            rows.append((folder + word, done.returncode == 2 and "as root" in done.stderr, done))
    return faults(*rows, ("bytes", place.read() == NEW, place.read()))


def at_work(place):
    place.act(ONE, OLD, NEW, ["/bin/sleep", "3"])
    first = subprocess.Popen([PROGRAM, "undo", "--journal", place.acts, "--yes"],
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while place.read() != OLD and time.monotonic() < until:
        time.sleep(0.02)
    second = place.run("--yes")
    first.wait(timeout=60)
    return faults(("told who", second[0] == 2 and "process %d" % first.pid in second[2], second),
                  ("the first", first.returncode == 0, first.returncode))


ROWS = [("the newest change goes back, and the server is told", taken_back),
        ("once only", once_only),
        ("a newer change of the same file goes first", newest_first),
        ("nobody to ask: nothing is done", nobody_is_asked),
        ("a person is asked", asked),
        ("somebody else's change stays", conflict),
        ("a run that was cut short", cut_short),
        ("a server that cannot be told", not_told),
        ("a damaged record keeps nobody from the others", damaged),
        ("words", words),
        ("another user", another_user),
        ("one at a time", at_work)]


def main():
    for what, row in ROWS:
        with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
            os.chmod(folder, 0o755)
            tap(what, row(Place(folder)))
    finish()


main()
