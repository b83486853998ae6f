#!/usr/bin/env python3
"""What fails on our side is told as that, with status 2, and never as something
about a server: no memory, no open files, nowhere to print to. TAP."""
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "lab"))
from dns import DnsServer, Zone  # noqa: E402
from lab import Lab, read_scenario  # noqa: E402

BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
PROGRAM = os.path.join(BUILD, "certmend")
PATIENCE_S = 60
NOBODY = 65534
number = 0


def verdict(what, faults):
    global number
    number += 1
    print("%s %d - %s" % ("not ok" if faults else "ok", number, what))
    for fault in faults[:5]:
        print("#   " + fault, flush=True)


def certmend(*args, **more):
    return subprocess.run([PROGRAM, *args], stderr=subprocess.PIPE, timeout=PATIENCE_S,
                          **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, **more})


def limited(which, value):
    return {"preexec_fn": lambda: resource.setrlimit(which, (value, value))}


def is_sanitized():
    with open(PROGRAM, "rb") as program:
        return b"__asan_init" in program.read()


# ---- no memory ----

def refused(shim, at, mode, args, log=None):
    env = dict(os.environ, LD_PRELOAD=shim, MEMORY_AT=str(at), MEMORY_MODE=mode)
    if log:
        env["MEMORY_LOG"] = log
    return certmend(*args, env=env)


def without_memory(folder, shim, args, steps):
    """The whole report, or none and a sentence."""
    log = os.path.join(folder, "count")
    whole = refused(shim, 0, "", args, log)
    with open(log) as text:
        count = int(text.read())
    for mode in "once", "sticky":
        for step in range(1, steps + 1):
            at = count * step // steps
            got = refused(shim, at, mode, args)
            if (got.returncode, got.stdout) == (whole.returncode, whole.stdout):
                continue
            if got.returncode != 2 or b"out of memory" not in got.stderr:
                yield "allocation %d of %d refused (%s): status %d, %r" % (
                    at, count, mode, got.returncode, got.stderr[:200])
            elif got.stdout and got.stdout != whole.stdout:
                yield "allocation %d (%s): half a report" % (at, mode)


def memory(folder):
    if is_sanitized():
        print("ok - no memory # SKIP the sanitizer has its own")
        return
    shim = os.path.join(folder, "memory.so")
    subprocess.run([*os.environ.get("CC", "gcc").split(), "-shared", "-fPIC", "-o", shim,
                    os.path.join(ROOT, "tests", "crash", "memory.c")], check=True)
    request, survey = (os.path.join(folder, name) for name in ("a.csr", "s.json"))
    certmend("csr", "mail.example.org", "www.example.org", "--out-csr", request,
             "--out-key", os.path.join(folder, "a.key"))
    with Lab(read_scenario(os.path.join(ROOT, "tests/scenarios/leaf-alone.json"))) as lab:
        certmend("check", lab.scenario["target"], "--save", survey, *lab.arguments())
    for args, steps in ((["judge", survey, "--format", "json"], 60),
                        (["csr", "lint", request], 40),
                        (["match", "münchen.example", "*.example"], 25)):
        verdict("no memory: " + args[0] + " " + args[1].replace(folder, ""),
                list(without_memory(folder, shim, args, steps)))


# ---- no open files ----

class Greeters:
    """Many addresses that speak SMTP without TLS, slowly."""

    def __init__(self):
        self.visits = 0
        self.listener = socket.create_server(("0.0.0.0", 0), backlog=1000)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            self.visits += 1
            threading.Thread(target=self._serve, args=(conn,), daemon=True).start()

    @staticmethod
    def _serve(conn):
        with conn:
            try:
                time.sleep(0.1)
                conn.sendall(b"220 mail ESMTP\r\n")
                conn.recv(512)
                conn.sendall(b"250 mail\r\n")
                conn.recv(512)
            except OSError:
                pass

    def targets(self, count):
        return "".join("127.1.0.%d:%d\n" % (i, self.port) for i in range(1, count + 1)).encode()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


FLEET = ["check", "-", "--service", "smtp", "--format", "jsonl", "--no-dnssec"]


def few_files(greeters):
    for files in 40, 60:
        done = certmend(*FLEET, stdin=None, input=greeters.targets(150),
                        **limited(resource.RLIMIT_NOFILE, files))
        reports = [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode == 2:
            yield "%d files: %s" % (files, done.stderr[:300])
            continue
        if len(reports) != 150:
            yield "%d files: %d reports" % (files, len(reports))
        states = {e["state"] for report in reports for e in report["endpoints"] if e["asked"]}
        if states != {"no_tls"}:
            yield "%d files: %s" % (files, states)


def no_files(greeters):
    done = certmend(*FLEET, stdin=None, input=greeters.targets(3),
                    **limited(resource.RLIMIT_NOFILE, 20))
    if done.returncode != 2 or done.stdout or b"open files" not in done.stderr:
        yield "20 files: status %d, %r" % (done.returncode, done.stderr)


def files_taken_away(greeters):
    """They were there when it began: somebody else has them now."""
    run = subprocess.Popen([PROGRAM, *FLEET], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE)
    run.stdin.write(greeters.targets(200))
    before = greeters.visits
    run.stdin.close()
    while greeters.visits < before + 5 and run.poll() is None:
        time.sleep(0.005)
    resource.prlimit(run.pid, resource.RLIMIT_NOFILE, (12, 12))
    out, said = run.stdout.read(), run.stderr.read()
    if run.wait(PATIENCE_S) != 2 or b"ulimit" not in said:
        yield "status %d, %r" % (run.returncode, said)
    for line in out.splitlines():
        if json.loads(line)["verdict"] == "untested":
            yield "told as untested: %r" % line[:300]


def few_files_whole_host():
    """DNS, fetches and looks share them."""
    with Lab(read_scenario(os.path.join(ROOT, "tests/scenarios/leaf-on-one-port.json"))) as lab:
        ids = []
        for files in 40, 1024:
            done = certmend("check", lab.scenario["target"], "--format", "json", *lab.arguments(),
                            **limited(resource.RLIMIT_NOFILE, files))
            report = json.loads(done.stdout)
            ids.append((done.returncode, [f["id"] for f in report["findings"]],
                        [(f["id"], f["proof"]) for f in report["fixes"]]))
        if ids[0] != ids[1]:
            yield "%s, not %s" % tuple(ids)


# ---- nowhere to print to ----

def output(folder):
    for args in (["--version"], ["--help"], ["check", "--help"], ["match", "a.example", "a.example"],
                 ["rules", "table"]):
        with open("/dev/full", "w") as full:
            done = certmend(*args, stdout=full)
        if done.returncode != 2 or b"standard output" not in done.stderr:
            yield "%s to a full disk: %d %r" % (args, done.returncode, done.stderr)
        done = subprocess.run(["sh", "-c", 'exec "$0" "$@" >&-', PROGRAM, *args],
                              stderr=subprocess.PIPE)
        if done.returncode != 2 or b"standard output" not in done.stderr:
            yield "%s to nobody: %d %r" % (args, done.returncode, done.stderr)
        with open(os.path.join(folder, "short"), "w") as short:
            done = certmend(*args, stdout=short, **limited(resource.RLIMIT_FSIZE, 0))
        if done.returncode != 2 or b"standard output" not in done.stderr:
            yield "%s past the file size: %d %r" % (args, done.returncode, done.stderr)


def file_size(folder):
    where = os.path.join(folder, "cut.csr")
    done = certmend("csr", "mail.example.org", "--out-csr", where, "--out-key",
                    os.path.join(folder, "cut.key"), **limited(resource.RLIMIT_FSIZE, 100))
    if done.returncode != 2 or not done.stderr.startswith(b"certmend: "):
        yield "status %d, %r" % (done.returncode, done.stderr)
    left = [name for name in os.listdir(folder) if name.startswith("cut")]
    if left:
        yield "left behind: %s" % left


def reader_gone(greeters):
    """A reader that leaves after the first line ends the looking, quietly."""
    before = greeters.visits
    run = subprocess.Popen([PROGRAM, *FLEET], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE)
    run.stdin.write(greeters.targets(250) * 3)
    run.stdin.close()
    run.stdout.readline()
    run.stdout.close()
    said = run.stderr.read()
    if run.wait(PATIENCE_S) != 2 or said:
        yield "status %d, %r" % (run.returncode, said)
    if greeters.visits - before > 500:
        yield "%d connections for nobody" % (greeters.visits - before)


def disk_full(greeters):
    before = greeters.visits
    with open("/dev/full", "w") as full:
        done = certmend(*FLEET, stdin=None, stdout=full, input=greeters.targets(250) * 3)
    if done.returncode != 2 or b"standard output" not in done.stderr:
        yield "status %d, %r" % (done.returncode, done.stderr)
    if greeters.visits - before > 500:
        yield "%d connections for nobody" % (greeters.visits - before)


def lines_that_are_none():
    nobody = certmend(*FLEET, stdin=None, input=b"a b\nx..y\n")
    if nobody.returncode != 2:
        yield "a list of no targets: status %d" % nobody.returncode
    done = certmend(*FLEET, stdin=None, input=b"a b\n\x1b[2J\n127.1.0.1\n# no line\nx..y\n")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    failed = {line["asked"]["input"]: line["error"] for line in told
              if line["schema"] == "certmend.failure/1"}
    if done.returncode not in (1, 3) or set(failed) != {"a b", "\x1b[2J", "x..y"}:
        yield "status %d, %s" % (done.returncode, failed)
    if len(told) != 4:
        yield "%d lines" % len(told)
    if b"\x1b" in done.stdout:
        yield "an escape went through"


def many_addresses():
    """Sixteen of a host are looked at, and that there are more is said."""
    for count, wanted in (16, 16), (40, 16):
        world = {"dns": {"mail.example.org": {"A": ["127.30.0.%d" % i for i in range(1, count + 1)]}}}
        with Lab(world) as lab:
            done = certmend("check", "mail.example.org:465", "--format", "json", *lab.arguments())
        seen = len({e["address"] for e in json.loads(done.stdout)["endpoints"]})
        if seen != wanted:
            yield "%d of %d" % (seen, count)
        if (b"40 addresses" in done.stderr) != (count == 40):
            yield "%d: %r" % (count, done.stderr)


# ---- what it leaves behind ----

def no_core():
    """Whoever may not be dumped is root's in /proc, whoever runs it."""
    as_user = {"preexec_fn": lambda: os.setuid(NOBODY)} if os.geteuid() == 0 else {}
    run = subprocess.Popen([PROGRAM, "error", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                           **as_user)
    deadline = time.monotonic() + 5
    owner = None
    while owner != 0 and time.monotonic() < deadline:
        time.sleep(0.01)
        owner = os.stat("/proc/%d/environ" % run.pid).st_uid
    with open("/proc/%d/limits" % run.pid) as text:
        core = next(line.split()[4] for line in text if line.startswith("Max core"))
    run.stdin.close()
    run.wait(PATIENCE_S)
    if owner != 0 and not is_sanitized():
        yield "other processes of the same user may read it"
    if core != "0":
        yield "a core may be %s" % core


def main():
    greeters = Greeters()
    dns = DnsServer(Zone({}))
    FLEET.extend(["--resolver", dns.place])
    with tempfile.TemporaryDirectory() as folder:
        memory(folder)
        verdict("few open files: every target is looked at", list(few_files(greeters)))
        verdict("few open files: one host's DNS, files and ports", list(few_files_whole_host()))
        verdict("too few open files", list(no_files(greeters)))
        verdict("open files that are gone", list(files_taken_away(greeters)))
        verdict("output to nowhere", list(output(folder)))
        verdict("a file that may not grow", list(file_size(folder)))
        verdict("a reader that leaves", list(reader_gone(greeters)))
        verdict("a disk that is full ends the looking", list(disk_full(greeters)))
        verdict("a line for what is no target", list(lines_that_are_none()))
        verdict("a host of many addresses", list(many_addresses()))
        verdict("no core, no reader", list(no_core()))
    greeters.close()
    dns.close()
    print("1..%d" % number)


if __name__ == "__main__":
    main()
