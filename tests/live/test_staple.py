#!/usr/bin/env python3
"""A certificate that demands a staple is told where none that holds comes
with it, and not where one does. GnuTLS is asked for its opinion too, where it
is there. TAP.
"""
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lab"))
from any_cert import Maker, basic, eku, must_staple, pem, san, usage  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BUILD", "build"), "certmend")
HOST, FOUND = "mail.example.org", "staple.must_missing"
DAY_S = 24 * 60 * 60
# What it is; does the certificate demand one; of whom the staple speaks and who signs it (None: there is none);
# good or revoked; days from now; a text of the finding (None: all is well); what GnuTLS says (None: not asked, as
# it goes by the machine's clock, and thinks the unknown good enough, as Firefox does not).
ROWS = [
    ("no demand, no staple", False, None, "V", 0, None, True),
    ("a demand, no staple", True, None, "V", 0, "the server sends none", False),
    ("a demand, and a good staple", True, ("leaf", "ca"), "V", 0, None, True),
    ("a staple nobody demands", False, ("leaf", "ca"), "V", 0, None, True),
    ("a staple of another certificate", True, ("other", "ca"), "V", 0, "about another certificate", False),
    ("a staple that somebody else signed", True, ("leaf", "other"), "V", 0, "not signed by its authority", False),
    ("a staple that says it was revoked", True, ("leaf", "ca"), "R", 0, "says that it was revoked", False),
    ("a staple that does not know it", True, ("leaf", "ca"), None, 0, "does not know it", None),
    ("a staple of last week", True, ("leaf", "ca"), "V", 10, "out of date", None),
    ("a staple of tomorrow", True, ("leaf", "ca"), "V", -2, "not valid yet", None),
    ("an authority that asks for patience", True, "later", "V", 0, "is no answer", None),
]


def run(*words, **how):
    return subprocess.run(words, check=True, capture_output=True, **how)


class World:
    """An authority, its certificates, and what it says of them."""

    def __init__(self, folder):
        self.folder, maker = folder, Maker(folder, time.time())
        ca = maker.key("ec", "ca")
        self.keys = {"ca": ca, "leaf": maker.key("ec", "leaf"), "other": maker.key("ec", "other")}
        top = [basic(True), usage("certs", "crls")]
        plain = [basic(False), usage("sign"), eku("server"), san(HOST)]
        self.made = {
            "ca": maker.make("O=Lab,CN=Root", ca, "O=Lab,CN=Root", top, ca, days=(-50, 500)),
            "leaf": maker.make("CN=" + HOST, self.keys["leaf"], "O=Lab,CN=Root", plain + [must_staple()], ca,
                               days=(-5, 60), serial=0x1001),
            "plain": maker.make("CN=" + HOST, self.keys["leaf"], "O=Lab,CN=Root", plain, ca, days=(-5, 60),
                                serial=0x1001),
            "other": maker.make("CN=other.example.org", self.keys["other"], "O=Lab,CN=Root", plain, ca,
                                days=(-5, 60), serial=0x1002),
        }
        for name, der in self.made.items():
            with open(self.path(name), "w") as out:
                out.write(pem(der))

    def path(self, name):
        return os.path.join(self.folder, name + ".pem")

    def staple(self, about, state):
        place = os.path.join(self.folder, "staple.der")
        if about == "later":
            with open(place, "wb") as out:
                out.write(bytes.fromhex("30030a0103"))  # RFC 6960 4.2.1: tryLater
            return place
        index, asked = os.path.join(self.folder, "index"), os.path.join(self.folder, "asked.der")
        with open(index, "w") as out:
            for serial in ("1001", "1002") if state else ():
                out.write("%s\t491231000000Z\t%s\t%s\tunknown\t/CN=%s\n" % (
                    state, "250101000000Z" if state == "R" else "", serial, serial))
        whose, signer = about
        run("openssl", "ocsp", "-issuer", self.path("ca"), "-cert", self.path(whose), "-no_nonce", "-reqout", asked)
        run("openssl", "ocsp", "-index", index, "-CA", self.path("ca"), "-rsigner", self.path(signer), "-rkey",
            self.keys[signer], "-reqin", asked, "-ndays", "7", "-respout", place)
        return place


@contextlib.contextmanager
def server(world, cert, staple):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["openssl", "s_server", "-www", "-accept", "127.0.0.1:%d" % port, "-cert", world.path(cert), "-key",
             world.keys["leaf"]] + (["-status_file", staple] if staple else [])
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield port
    finally:
        child.kill()
        child.wait()


def look(world, port, days):
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + days * DAY_S))
    said = subprocess.run([PROGRAM, "check", "--format", "json", "--ca-file", world.path("ca"), "--now", now,
                           "--name", HOST, "--service", "https", "--timeout", "4", "127.0.0.1:%d" % port],
                          capture_output=True)
    return json.loads(said.stdout), said.stderr.decode()


def gnutls(world, port):
    return subprocess.run(["gnutls-cli", "--x509cafile", world.path("ca"), "--verify-hostname", HOST, "--port",
                           str(port), "127.0.0.1"], stdin=subprocess.DEVNULL, capture_output=True).returncode == 0


def why_not(world, row):
    _, demands, about, state, days, text, accepts = row
    staple = world.staple(about, state) if about else None
    with server(world, "leaf" if demands else "plain", staple) as port:
        report, errors = look(world, port, days)
        details = [f["detail"] for f in report["findings"] if f["id"] == FOUND]
        if accepts is not None and shutil.which("gnutls-cli") and gnutls(world, port) != accepts:
            return "GnuTLS thinks otherwise"
    seen = [f["id"] for f in report["findings"]]
    if text is None:
        return "false alarm: %s" % details if details else None
    return None if len(details) == 1 and text in details[0] else "says %s of %s %s" % (details, seen, errors)


def main():
    bad = 0
    print("1..%d" % len(ROWS))
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        for number, row in enumerate(ROWS, 1):
            why = why_not(world, row)
            bad += why is not None
            print("%s %d - %s%s" % ("not ok" if why else "ok", number, row[0], ": " + why if why else ""), flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
