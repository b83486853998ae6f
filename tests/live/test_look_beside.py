#!/usr/bin/env python3
"""Another client renews, certmend looks: check --certbot over a folder of certificates,
and the programs that certbot and acme.sh run after a renewal. TAP."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lab"))
from lab import Lab  # noqa: E402
from tap import finish, tap  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "certmend"))
HOOKS = os.path.join(ROOT, "examples", "hooks")
GOOD, STALE, ALSO = "mail.example.org", "imap.example.org", "smtp.example.org"
ADDRESSES = {GOOD: "127.22.0.1", STALE: "127.22.0.2", ALSO: "127.22.0.3"}


def scenario():
    def server(name, cert):
        return {"addr": ADDRESSES[name], "port": 993, "proto": "imaps", "cert": cert}
    return {"id": "beside", "title": "another client renews", "target": GOOD,
            "dns": {n: {"A": [a]} for n, a in ADDRESSES.items()},
            "certs": {"good": {"cn": GOOD, "san": [GOOD, ALSO]},
                      "old": {"cn": STALE, "san": [STALE], "starts_in_days": -50},
                      "new": {"cn": STALE, "san": [STALE, "*.example.org"]},
                      "star": {"cn": "*.example.net", "san": ["*.example.net"]}},
            "servers": [server(GOOD, "good"), server(ALSO, "good"), server(STALE, "old")]}


class Beside:
    def __init__(self, lab, folder):
        self.lab, self.folder = lab, folder
        self.bin = os.path.join(folder, "bin")
        os.makedirs(self.bin)
        self.tool("certmend", 'exec %s "$@" --no-dnssec %s' % (
            PROGRAM, " ".join("'%s'" % w for w in lab.arguments())))
        self.tool("logger", 'echo "$@" >>%s/syslog' % folder)

    def tool(self, name, line):
        path = os.path.join(self.bin, name)
        with open(path, "w") as f:
            f.write("#!/bin/sh\n%s\n" % line)
        os.chmod(path, 0o755)

    def store(self, **leaves):
        """A folder as certbot's, each certificate from the lab."""
        top = tempfile.mkdtemp(dir=self.folder)
        os.makedirs(os.path.join(top, "live"))
        with open(os.path.join(top, "live", "README"), "w") as f:
            f.write("This directory contains your keys and certificates.\n")
        for name, leaf in leaves.items():
            os.makedirs(os.path.join(top, "live", name))
            shutil.copy(self.lab.leaves[leaf].served, os.path.join(top, "live", name, "cert.pem"))
        return top

    def check(self, *words):
        done = subprocess.run([os.path.join(self.bin, "certmend"), "check", *words],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr

    def hook(self, program, **env):
        """(status, standard error, what syslog was told)"""
        done = subprocess.run([os.path.join(HOOKS, program)], capture_output=True, text=True,
                              env=dict(os.environ, PATH=self.bin + ":" + os.environ["PATH"], **env))
        with open(os.path.join(self.folder, "syslog")) as f:
            told = f.read()
        os.unlink(f.name)
        return done.returncode, done.stderr, told


def over_a_folder(b):
    status, said, noted = b.check("--certbot", b.store(one="good"), "--format", "json")
    hosts = sorted(r["asked"]["host"] for r in json.loads(said))
    tap("all is as in the files: every name is looked at, status 0",
        (status or hosts != sorted([GOOD, ALSO])) and (status, hosts, noted))
    both = b.store(one="good", two="new", three="star")
    status, said, noted = b.check("--certbot", both, "--format", "json")
    faults = {r["asked"]["host"]: [f["id"] for f in r["findings"]] for r in json.loads(said)}
    tap("one port with the old certificate: the worst status, told of that name alone",
        (status != 1 or "daemon.stale" not in faults[STALE] or "daemon.stale" in faults[GOOD])
        and (status, faults))
    tap("what is for wildcards alone is said", "three" not in noted and noted)
    tap("and the way to look again names the file",
        "--expect %s/live/two/cert.pem" % both not in said and said[:3000])
    newest = b.store(a="old", b="new")
    status, said, noted = b.check("--certbot", newest, "--format", "jsonl")
    tap("of two certificates for a name the newest is expected",
        (status != 1 or len(said.splitlines()) != 1) and (status, said[:500]))
    broken = b.store(one="good")
    os.makedirs(os.path.join(broken, "live", "half"))
    status, said, noted = b.check("--certbot", broken)
    tap("one that cannot be read is status 2, and the others are looked at",
        (status != 2 or "half" not in noted or GOOD not in said) and (status, noted))
    rows = [("no such folder", ["--certbot", "/nonexistent"]),
            ("nothing in it", ["--certbot", b.store()]),
            ("wildcards alone", ["--certbot", b.store(one="star")]),
            ("a target beside it", ["--certbot", both, GOOD]),
            ("--expect beside it", ["--certbot", both, "--expect", b.lab.leaves["good"].served])]
    for what, words in rows:
        status, said, noted = b.check(*words)
        tap("%s is status 2" % what, (status != 2 or said or not noted) and (status, said, noted))


def after_a_renewal(b):
    store = b.store(one="good", two="new")
    for program, variables in (
            ("look-certbot", lambda lineage, names: {
                "RENEWED_LINEAGE": os.path.join(store, "live", lineage),
                "RENEWED_DOMAINS": " ".join(names)}),
            ("look-acme.sh", lambda lineage, names: {
                "CERT_PATH": os.path.join(store, "live", lineage, "cert.pem"),
                "Le_Domain": names[0]})):
        status, said, told = b.hook(program, **variables("one", [GOOD, ALSO]))
        tap("%s: all ports show it" % program,
            (status or said or "mail.info" not in told) and (status, said, told))
        status, said, told = b.hook(program, **variables("two", [STALE, "*.example.org"]))
        tap("%s: one does not: status, syslog, standard error" % program,
            (status != 1 or "993" not in said or "mail.warning" not in told or STALE not in told)
            and (status, said, told))


def main():
    with Lab(scenario()) as lab, tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        b = Beside(lab, folder)
        over_a_folder(b)
        after_a_renewal(b)
    finish()


main()
