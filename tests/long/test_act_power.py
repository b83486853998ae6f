#!/usr/bin/env python3
"""Files that certmend changes, when the power goes: at each call that changes the disk the
program is killed, and what the disk has by then, without what was never flushed, is looked at
as after a new start. All of it is old, or all of it is new and was called done. And every kill
of tests/unit/test_act_journal.c, twice over, in memory, and each third on a disk. TAP. About
ten minutes; needs root, and loop devices."""
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
ROOT = os.path.dirname(TESTS)
BUILD = os.path.abspath(os.environ.get("BUILD", os.path.join(ROOT, "build")))
sys.path.insert(0, os.path.join(TESTS, "live"))
from tap import finish, skip, tap  # noqa: E402

# As little as possible comes to the disk by itself.
HARSH = "loop,noauto_da_alloc,data=writeback,commit=300"
PARTS = ("files", "acts")
BEFORE = {"conf/main.conf": b"cert = /old\n\n", "other/two.conf": b"key = /old"}
AFTER = {"conf/main.conf": b"cert = /new\n", "other/two.conf": b"key = /new\nno newline",
         "conf/new.conf": b"new = yes\n"}
MTIME_NS = 1111111111123456789


def sh(*words):
    return subprocess.run(words, capture_output=True, text=True, timeout=60)


def must(*words):
    done = sh(*words)
    if done.returncode:
        raise RuntimeError("%s: %s" % (" ".join(words), done.stderr))


def build(folder):
    program = os.path.join(folder, "act")
    libs = shlex.split(subprocess.run(
        ["pkg-config", "--libs", "libcjson", "libevent", "libevent_openssl", "openssl", "libidn2",
         "libpsl", "expat"], check=True, capture_output=True, text=True).stdout)
    must(os.environ.get("CC", "gcc"), "-std=c11", "-D_XOPEN_SOURCE=700", "-D_DEFAULT_SOURCE",
         "-I" + os.path.join(ROOT, "assistant"), "-o", program,
         os.path.join(TESTS, "crash", "act.c"), os.path.join(BUILD, "libcertmend.a"), *libs,
         "-lunbound", "-lunistring", "-lresolv", "-ldl")
    return program


def note(path):
    try:
        return os.getxattr(path, "user.note")
    except OSError:
        return None


class Disk:
    """Two of them: flushing the one with the journal does nothing for the other."""

    def __init__(self, folder, program):
        self.folder, self.program = folder, program
        self.place = os.path.join(folder, "mnt")
        os.mkdir(self.place)
        self.make()

    def image(self, which, part):
        return os.path.join(self.folder, "%s-%s" % (which, part))

    def copy(self, which, to):
        for part in PARTS:
            shutil.copy(self.image(which, part), self.image(to, part))

    def mount(self, which, how=HARSH):
        must("mount", "-o", how, self.image(which, "files"), self.place)
        must("mount", "-o", how, self.image(which, "acts"), os.path.join(self.place, "acts"))

    def umount(self):
        must("umount", os.path.join(self.place, "acts"))
        must("umount", self.place)

    def run(self, what, at=0, sync_at=0):
        env = dict(os.environ)
        if sync_at:
            env["SYNC_AT"] = str(sync_at)
        return subprocess.run([self.program, str(at), what, self.place], env=env,
                              capture_output=True, text=True, timeout=60)

    def make(self):
        """Disks as they are before the act, and after it."""
        for part in PARTS:
            image = self.image("empty", part)
            with open(image, "wb") as f:
                f.truncate(8 << 20)
            must("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0", image)
        must("mount", "-o", "loop", self.image("empty", "files"), self.place)
        for name in ("acts", "conf", "other"):
            os.mkdir(os.path.join(self.place, name), 0o700)
        must("mount", "-o", "loop", self.image("empty", "acts"), self.place + "/acts")
        os.chmod(self.place + "/acts", 0o700)
        for name, text in BEFORE.items():
            path = os.path.join(self.place, name)
            with open(path, "wb") as f:
                f.write(text)
            os.chmod(path, 0o640)
            os.chown(path, 4711, 4712)
            os.setxattr(path, "user.note", b"kept")
            os.utime(path, ns=(MTIME_NS, MTIME_NS))
        self.umount()
        self.copy("empty", "done")
        self.mount("done", "loop")
        if self.run("change").returncode:
            raise RuntimeError("it cannot be changed")
        self.umount()

    def seen(self):
        """The bytes of all files; with what is wrong about them."""
        found, wrong = {}, []
        for folder in ("conf", "other"):
            for name in os.listdir(os.path.join(self.place, folder)):
                path = os.path.join(self.place, folder, name)
                st = os.stat(path)
                with open(path, "rb") as f:
                    found["%s/%s" % (folder, name)] = f.read()
                if name != "new.conf" and (st.st_uid, st.st_gid, st.st_mode & 0o7777) != (
                        4711, 4712, 0o640):
                    wrong.append("%s: rights" % name)
                if name != "new.conf" and note(path) != b"kept":
                    wrong.append("%s: attribute" % name)
        if found == BEFORE:
            wrong += ["%s: time" % n for n in BEFORE
                      if os.stat(os.path.join(self.place, n)).st_mtime_ns != MTIME_NS]
        return found, wrong

    def judge(self, state, wanted):
        found, wrong = self.seen()
        if wrong:
            return ", ".join(wrong)
        if wanted and state != wanted:
            return "it was told done, and is %s" % state
        if state == "kept":
            return None if found == AFTER else "kept, and is %r" % found
        if state in ("none", "undone"):
            return None if found == BEFORE else "%s, and is %r" % (state, found)
        return "state %s" % state

    def lose_power(self, what, at, sync_at):
        """What is wrong after it; whether the run had come to its end."""
        self.copy("empty" if what == "change" else "done", "disk")
        self.mount("disk")
        done = self.run(what, at, sync_at)
        self.copy("disk", "lost")
        self.umount()
        ended = done.returncode == 0
        if not ended and done.returncode != -9:
            return "it failed: " + done.stderr, True
        self.mount("lost")
        try:
            again = self.run("recover")
            if again.returncode:
                return "recovery: " + again.stderr, ended
            wanted = {"change": "kept", "undo": "undone"}[what] if ended else None
            return self.judge(again.stdout.split()[-1], wanted), ended
        finally:
            self.umount()

    def every(self, what, flushed_before):
        """`flushed_before`: calls before the end, when the disk came to know all; 0: never."""
        bad, at, ended = [], 0, False
        while not ended:
            at += 1
            sync_at = max(at - flushed_before, 0) if flushed_before else 0
            fault, ended = self.lose_power(what, at, sync_at)
            if fault:
                bad.append("call %d: %s" % (at, fault))
        return at, bad


def power(folder, tools):
    disk = Disk(folder, build(tools))
    for what in ("change", "undo"):
        for flushed in (0, 1, 2, 3, 5, 9):
            calls, bad = disk.every(what, flushed)
            tap("%s, power lost at each of %d calls, %s" % (
                what, calls, "flushed %d before" % flushed if flushed else "only what is flushed"),
                "\n".join(bad[:5]))


def kills(where, name, stride):
    make = sh("make", "-C", ROOT, "BUILD=" + BUILD,
              os.path.join(BUILD, "unit", "test_act_journal"))
    done = subprocess.run([os.path.join(BUILD, "unit", "test_act_journal")],
                          env=dict(os.environ, ACT_STRIDE=str(stride), ACT_FOLDER=where), capture_output=True,
                          text=True, timeout=3600)
    tap("kills, and kills of the recovery, " + name,
        done.returncode and make.stderr + done.stdout + done.stderr)


def main():
    if os.geteuid() or not os.path.exists("/dev/loop-control") or \
            sh("unshare", "-m", "true").returncode:
        skip("power is lost", "takes root and loop devices")
    elif "CERTMEND_OWN_MOUNTS" not in os.environ:
        os.execvpe("unshare", ["unshare", "-m", sys.executable, os.path.abspath(__file__)],
                   dict(os.environ, CERTMEND_OWN_MOUNTS="1"))
    else:
        with tempfile.TemporaryDirectory(prefix="certmend-", dir="/dev/shm") as folder, \
                tempfile.TemporaryDirectory(prefix="certmend-") as tools:
            power(folder, tools)
    kills("/dev/shm", "in memory", 1)
    with tempfile.TemporaryDirectory(prefix="certmend-", dir=BUILD) as folder:
        kills(folder, "each third, on the disk of the build", 3)
    finish()


main()
