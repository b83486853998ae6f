#!/usr/bin/env python3
"""What programs in wide use refuse is told, and of the certificate that has
the fault; what they all take is not. TAP.

Each row is a chain of our own making and the programs that refuse it. Two of
these are asked here (OpenSSL as Debian sets it, and strictly, as Python 3.13
does; GnuTLS where certtool is there): a row that they contradict is a failure.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lab"))
from any_cert import Maker, basic, eku, extension, must_staple, pem, san, subtrees, usage  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BUILD", "build"), "certmend")
HOST = "mail.example.org"
STRICT, ALL = "trust.strict_profile", "openssl python gnutls"
ODD = "1.3.6.1.4.1.99999.7"
CA = [basic(True), usage("certs", "crls")]


def leaf(*more, names=(HOST,), basics=basic(False), uses=usage("sign"), purposes=eku("server"), loose=True):
    parts = [basics, uses, purposes, san(*names, critical=not loose), *more]
    return {"extensions": [part for part in parts if part]}


def authority(*more, basics=basic(True), uses=usage("certs", "crls")):
    return {"extensions": [part for part in (basics, uses, *more) if part]}


class Chain:
    """Leaf, intermediate and root, each as a row wants it."""

    def __init__(self, maker, row):
        spec = {who: dict(row.get(who, {})) for who in ("leaf", "inter", "root")}
        plain = {"leaf": leaf(), "inter": authority(), "root": authority()}
        keys = {who: maker.key(spec[who].pop("key", "ec"), who) for who in spec}
        names = {"leaf": "CN=" + HOST, "inter": "O=Lab,CN=Inter", "root": "O=Lab,CN=Root"}
        names.update({who: spec[who].pop("subject") for who in spec if "subject" in spec[who]})
        above = {"leaf": "inter", "inter": "root", "root": "root"}
        for who in spec:
            wanted = dict(plain[who], days=(-5, 60) if who == "leaf" else (-500, 500))
            wanted.update(spec[who])
            setattr(self, who, maker.make(names[who], keys[who], names[above[who]],
                                          wanted.pop("extensions"), keys[above[who]], **wanted))
        self.maker, self.keys, self.names = maker, keys, names

    def stranger(self, subject=None, key=None, **odd):
        """An authority that a root of another world signed."""
        other = self.maker.key("ec", "other")
        wanted = dict(authority(), days=(-500, 500))
        wanted.update(odd)
        return self.maker.make(subject or self.names["inter"], key or self.keys["inter"], "O=Lab,CN=Stranger",
                               wanted.pop("extensions"), other, **wanted)

    def strangers(self, count):
        """Of other names, and of no use."""
        return [self.stranger("O=Lab,CN=Nobody %d" % self.maker.count, self.keys["leaf"]) for _ in range(count)]

    def twin(self, **odd):
        """The intermediate once more, by the root that signed it."""
        wanted = dict(authority(), days=(-500, 500))
        wanted.update(odd)
        return self.maker.make(self.names["inter"], self.keys["inter"], self.names["root"],
                               wanted.pop("extensions"), self.keys["root"], **wanted)


POISON = "1.3.6.1.4.1.11129.2.4.3"
NOT_EC = {"key": "rsa2048"}
# What it is; the chain; who refuses it (O: OpenSSL and curl as Debian has them, P: Python 3.13, G: GnuTLS, J: Java,
# M: Thunderbird and Firefox, C: Chrome and Edge, g: Go); the finding; a text that has to be in it.
ROWS = [
    ("nothing is wrong", {}, "", None, ""),
    ("no basicConstraints on the leaf", {"leaf": leaf(basics=None)}, "", None, ""),
    ("names marked critical, with a subject", {"leaf": leaf(loose=False)}, "", None, ""),
    ("no purposes on the leaf", {"leaf": leaf(purposes=None)}, "", None, ""),
    ("no key usage on the leaf", {"leaf": leaf(uses=None)}, "", None, ""),
    ("a limit on the authorities below, kept", {"inter": authority(basics=basic(True, 0))}, "", None, ""),
    ("a limit on names, kept", {"inter": authority(subtrees(["example.org"]))}, "", None, ""),
    ("other names left out", {"inter": authority(subtrees([], ["example.com"])),
                              "leaf": leaf(names=("*.example.org", HOST))}, "", None, ""),
    ("SHA-384", {"leaf": dict(leaf(), how="sha384")}, "", None, ""),
    ("the root's signature is of SHA-1", {"root": dict(authority(), how="sha1")}, "", None, ""),
    ("the root's signature is broken", {"root": dict(authority(), broken=True)}, "", None, ""),
    ("an RSA key with the exponent 3", {"leaf": dict(leaf(), key="e3")}, "", None, ""),
    ("serial number 0", {"leaf": dict(leaf(), serial=0)}, "", None, ""),
    ("a serial number of 21 bytes", {"leaf": dict(leaf(), serial=1 << 163)}, "", None, ""),
    ("dates before 2050 in the long form", {"leaf": dict(leaf(), time="generalized")}, "", None, ""),
    ("an authority until 2062", {"inter": dict(authority(), days=(-500, 13000))}, "", None, ""),
    ("an unknown extension, not critical", {"leaf": leaf(extension(ODD, b"\5\0"))}, "", None, ""),
    ("a staple is demanded, which no file can show", {"leaf": leaf(must_staple())}, "", None, ""),
    ("P-521 above", {"inter": dict(authority(), key="p521")}, "", None, ""),
    ("leaf: CA:TRUE", {"leaf": leaf(basics=basic(True))}, "M", STRICT, "server's certificate is marked"),
    ("leaf: no key ids", {"leaf": dict(leaf(), no_ids=True)}, "P", STRICT, "server's certificate does not say whose"),
    ("authority: no key ids", {"inter": dict(authority(), no_ids=True)}, "P", STRICT, '"Inter" does not say'),
    ("root: no key ids", {"root": dict(authority(), no_ids=True)}, "P", STRICT, '"Root" does not identify'),
    ("authority: CA:TRUE, not critical", {"inter": authority(basics=basic(True, critical=False))}, "P", STRICT,
     '"Inter" is an authority'),
    ("authority: no key usage", {"inter": authority(uses=None)}, "P", STRICT, '"Inter" is an authority'),
    ("root: no key usage", {"root": authority(uses=None)}, "P", STRICT, '"Root" is an authority'),
    ("root: no basicConstraints", {"root": authority(basics=None)}, "PJ", STRICT, '"Root" is not marked'),
    ("root: version 1", {"root": {"extensions": [], "version": 1}}, "P", STRICT, '"Root" is not marked'),
    ("root: version 1, extensions", {"root": dict(authority(), version=1)}, "PGJMC", STRICT, '"Root" is of version 1'),
    ("authority: version 1, extensions", {"inter": dict(authority(), version=1)}, "PGJMC", STRICT,
     '"Inter" is of version 1'),
    ("leaf: version 1, extensions", {"leaf": dict(leaf(), version=1)}, "PGJMC", STRICT,
     "server's certificate is of version 1"),
    ("authority: version 1", {"inter": {"extensions": [], "version": 1}}, "OPGJMCg", "path.too_long", '"Inter"'),
    ("authority: no basicConstraints", {"inter": authority(basics=None)}, "OPGJMCg", "path.too_long", '"Inter"'),
    ("authority: CA:FALSE", {"inter": authority(basics=basic(False))}, "OPGJMCg", "path.too_long", '"Inter"'),
    ("authority: may not sign", {"inter": authority(uses=usage("sign"))}, "OPGJMCg", "path.too_long", '"Inter"'),
    ("root: may not sign", {"root": authority(uses=usage("sign"))}, "OPGJMCg", "path.too_long", '"Root"'),
    ("root: no authority below it", {"root": authority(basics=basic(True, 0))}, "OPGMCg", "path.too_long", '"Root"'),
    ("authority: for clients", {"inter": authority(eku("client"))}, "OPGMCg", "eku.no_server", '"Inter"'),
    ("authority: for anything", {"inter": authority(eku("any"))}, "OPGM", "eku.no_server", '"Inter"'),
    ("root: for clients", {"root": authority(eku("client"))}, "OP", "eku.no_server", '"Root"'),
    ("authority: SGC alone", {"inter": authority(eku("sgc"))}, "MCg", STRICT, '"Inter" is for an outdated'),
    ("leaf: SGC alone", {"leaf": leaf(purposes=eku("sgc"))}, "GMCg", "eku.no_server", "certificate of"),
    ("leaf: for anything", {"leaf": leaf(purposes=eku("any"))}, "OPM", "eku.no_server", "certificate of"),
    ("leaf: for servers and OCSP", {"leaf": leaf(purposes=eku("server", "ocsp"))}, "M", STRICT, "(OCSP)"),
    ("leaf: key may not sign", {"leaf": dict(leaf(uses=usage("encipher")), **NOT_EC)}, "JC", "ku.mismatch", "usage"),
    ("leaf: no subject", {"leaf": dict(leaf(), subject="")}, "PJC", STRICT, "server's certificate has no subject"),
    ("leaf: no subject, names critical", {"leaf": dict(leaf(loose=False), subject="")}, "", None, ""),
    ("authority: no subject", {"inter": dict(authority(), subject="")}, "PGJM", STRICT, "does not say who"),
    ("authority: RSA 1024", {"inter": dict(authority(), key="rsa1024")}, "O", STRICT, '"Inter" has a key of 1024'),
    ("root: RSA 1024", {"root": dict(authority(), key="rsa1024")}, "O", STRICT, '"Root" has a key of 1024'),
    ("leaf: RSA 1024", {"leaf": dict(leaf(), key="rsa1024")}, "O", "key.small", "1024"),
    ("authority: by SHA-1", {"inter": dict(authority(), how="sha1")}, "OG", "sig.weak", '"Inter"'),
    ("leaf: by SHA-1", {"leaf": dict(leaf(), how="sha1")}, "OG", "sig.weak", "SHA1"),
    ("leaf: by MD5", {"leaf": dict(leaf(), how="md5"), "inter": dict(authority(), **NOT_EC)}, "OGJ", "sig.weak", "md5"),
    ("leaf: by SHA-224", {"leaf": dict(leaf(), how="sha224")}, "MCg", STRICT, "SHA224"),
    ("authority: by SHA-224", {"inter": dict(authority(), how="sha224")}, "MCg", STRICT, '"Inter" is signed with'),
    ("leaf: Ed25519", {"leaf": dict(leaf(), key="ed25519")}, "MC", STRICT, "server's certificate has an Ed25519"),
    ("leaf: Ed448", {"leaf": dict(leaf(), key="ed448")}, "MCg", STRICT, "Ed448"),
    ("authority: Ed25519", {"inter": dict(authority(), key="ed25519")}, "MC", STRICT, '"Inter" has an Ed25519'),
    ("leaf: P-521", {"leaf": dict(leaf(), key="p521")}, "C", STRICT, "P-521"),
    ("leaf: Brainpool", {"leaf": dict(leaf(), key="brainpool")}, "MCJ", STRICT, "brainpoolP256r1"),
    ("authority: Brainpool", {"inter": dict(authority(), key="brainpool")}, "GJMC", STRICT, '"Inter" has a key on'),
    ("leaf: a curve without a name", {"leaf": dict(leaf(), key="explicit")}, "OPJMC", "cert.v1_or_malformed", HOST),
    ("authority: a curve without a name", {"inter": dict(authority(), key="explicit")}, "OPGJMC",
     "cert.v1_or_malformed", '"Inter"'),
    ("leaf: an RSA-PSS key", {"leaf": dict(leaf(), key="pss")}, "MCg", STRICT, "RSA-PSS alone"),
    ("authority: an RSA-PSS key", {"inter": dict(authority(), key="pss")}, "MCg", STRICT, '"Inter" has a key for'),
    ("leaf: by RSA-PSS", {"leaf": dict(leaf(), how="pss"), "inter": dict(authority(), **NOT_EC)}, "M", STRICT,
     "signed by RSA-PSS"),
    ("leaf: an exponent of 41 bits", {"leaf": dict(leaf(), key="wide")}, "Cg", STRICT, "exponent"),
    ("leaf: a negative serial number", {"leaf": dict(leaf(), serial=-5)}, "g", STRICT, "server's certificate has a neg"),
    ("authority: a negative serial number", {"inter": dict(authority(), serial=-5)}, "g", STRICT, '"Inter" has a neg'),
    ("leaf: a critical extension", {"leaf": leaf(extension(ODD, b"\5\0", True))}, "OPGJMCg",
     "cert.critical_unknown", '"%s" has the critical extension %s' % (HOST, ODD)),
    ("leaf: a critical extension with a name", {"leaf": leaf(extension(POISON, b"\5\0", True))}, "OPGJMCg",
     "cert.critical_unknown", "Poison (%s)" % POISON),
    ("authority: a critical extension", {"inter": authority(extension(ODD, b"\5\0", True))}, "OPGJMCg",
     "cert.critical_unknown", '"Inter" has'),
    ("root: a critical extension", {"root": authority(extension(ODD, b"\5\0", True))}, "OPG",
     "cert.critical_unknown", '"Root" has'),
    ("authority: for other names", {"inter": authority(subtrees(["example.com"]))}, "OPGJMCg",
     "name.constraint_violation", '"Inter"'),
    ("root: for other names", {"root": authority(subtrees(["example.com"]))}, "OPG", "name.constraint_violation",
     '"Root"'),
    ("authority: leaves the name out", {"inter": authority(subtrees([], [HOST]))}, "OPGJMCg",
     "name.constraint_violation", '"Inter"'),
    ("authority: for less than the wildcard", {"inter": authority(subtrees([HOST])),
                                               "leaf": leaf(names=("*.example.org",))}, "OPGJMCg",
     "name.constraint_violation", '"Inter"'),
    ("authority: leaves out what is below the wildcard", {"inter": authority(subtrees([], ["other.example.org"])),
                                                          "leaf": leaf(names=("*.example.org",))}, "Cg", STRICT,
     "leaves out other.example.org"),
    ("leaf: a broken signature", {"leaf": dict(leaf(), broken=True)}, "OPGJMCg", "chain.wrong_intermediate",
     "did not sign its"),
    ("authority: a broken signature", {"inter": dict(authority(), broken=True)}, "OPGJMCg",
     "chain.wrong_intermediate", 'the key of "Root" did not sign "Inter"'),
    ("root: expired", {"root": dict(authority(), days=(-500, -5))}, "OPG", "intermediate.expired", '"Root"'),
    ("root: not yet valid", {"root": dict(authority(), days=(5, 500))}, "OPG", "intermediate.not_yet_valid", '"Root"'),
    ("authority: expired", {"inter": dict(authority(), days=(-500, -5))}, "OPGJMCg", "intermediate.expired",
     '"Inter"'),
    ("authority: not yet valid", {"inter": dict(authority(), days=(5, 500))}, "OPGJMCg",
     "intermediate.not_yet_valid", '"Inter"'),
]


# What is sent, by a chain in which nothing is wrong; who refuses; numbers to be left out.
SENT = [
    ("the root too", lambda c: [c.leaf, c.inter, c.root], "", None),
    ("one twice", lambda c: [c.leaf, c.inter, c.inter], "", None),
    ("eight that nobody needs", lambda c: [c.leaf, c.inter] + c.strangers(8), "", None),
    ("out of order", lambda c: [c.leaf, c.root, c.inter], "", None),
    ("a stranger first", lambda c: [c.leaf] + c.strangers(1) + [c.inter], "", None),
    ("one of the name with another key first", lambda c: [c.leaf, c.stranger(key=c.keys["leaf"]), c.inter], "", None),
    ("a stranger's twin behind", lambda c: [c.leaf, c.inter, c.stranger()], "", None),
    ("an expired twin behind", lambda c: [c.leaf, c.inter, c.twin(days=(-500, -5))], "", None),
    ("a stranger's twin first", lambda c: [c.leaf, c.stranger(), c.inter], "OPG", "2"),
    ("two strangers' twins first", lambda c: [c.leaf, c.stranger(), c.stranger(), c.inter], "OPG", "2 and 3"),
    ("a twin for clients first", lambda c: [c.leaf, c.twin(**authority(eku("client"))), c.inter], "OPG", "2"),
    ("a stranger's for clients first", lambda c: [c.leaf, c.stranger(**authority(eku("client"))), c.inter], "OPG",
     "2"),
    ("a twin for other names first", lambda c: [c.leaf, c.twin(**authority(subtrees(["example.com"]))), c.inter],
     "OPG", "2"),
    ("an expired twin first", lambda c: [c.leaf, c.twin(days=(-500, -5)), c.inter], "G", "2"),
    ("a stranger's expired twin first", lambda c: [c.leaf, c.stranger(days=(-500, -5)), c.inter], "G", "2"),
    ("a stranger's twin amid seven others", lambda c: [c.leaf] + c.strangers(3) + [c.stranger()] + c.strangers(4) +
     [c.inter], "OPG", "5"),
]
MISLEADING = "chain.misleading"


def engines(stem):
    """Letter to whether it accepts."""
    plain = ["openssl", "verify", "-purpose", "sslserver", "-verify_hostname", HOST, "-CAfile", stem + ".ca",
             "-no-CApath", "-no-CAstore", "-untrusted", stem + ".pem"]
    ask = {"O": plain + ["-auth_level", "2"], "P": plain + ["-x509_strict"],
           "G": ["certtool", "--verify", "--verify-hostname", HOST, "--verify-purpose", "1.3.6.1.5.5.7.3.1",
                 "--load-ca-certificate", stem + ".ca", "--infile", stem + ".pem"]}
    if not shutil.which("certtool"):
        del ask["G"]
    return {letter: subprocess.run(words + ([stem + ".pem"] if letter != "G" else []),
                                   capture_output=True).returncode == 0
            for letter, words in ask.items()}


def judge(stem):
    said = subprocess.run([PROGRAM, "check", "--format", "json", "--ca-file", stem + ".ca", "--name", HOST,
                           stem + ".pem"], capture_output=True)
    return said.returncode, json.loads(said.stdout)


def faults_of(report):
    return {f["id"]: f for f in report["findings"] if f["severity"] != "info"}


def told(report, status, refused, finding, text):
    """Why it is not as the row says, or None."""
    found = faults_of(report)
    if not refused:
        return None if not found and status == 0 else "false alarm: %s" % sorted(found)
    if status != 1 or finding not in found:
        return "not told: %s" % sorted(found)
    if text not in found[finding]["detail"]:
        return "says: " + found[finding]["detail"]
    return None if list(found) == [finding] else "told twice: %s" % sorted(found)


class Tap:
    def __init__(self):
        self.count = self.bad = 0

    def say(self, what, why):
        self.count += 1
        self.bad += why is not None
        print("%s %d - %s%s" % ("not ok" if why else "ok", self.count, what, ": %s" % why if why else ""), flush=True)


def write(folder, number, chain, root):
    stem = os.path.join(folder, "%03d" % number)
    for suffix, ders in ((".pem", chain), (".ca", [root])):
        with open(stem + suffix, "w") as out:
            out.write("".join(pem(der) for der in ders))
    return stem


def try_rows(tap, folder, maker):
    for number, (what, row, refused, finding, text) in enumerate(ROWS):
        chain = Chain(maker, row)
        stem = write(folder, number, [chain.leaf, chain.inter], chain.root)
        wrong = [letter for letter, accepts in engines(stem).items() if accepts == (letter in refused)]
        status, report = judge(stem)
        tap.say(what, told(report, status, refused, finding, text) or
                ("the row is wrong about %s" % wrong if wrong else None))


def leave_out(stem, report, wanted):
    """Does what the fix says to the file; why the result is not right."""
    fix = report["fixes"][0]
    if fix["id"] != "leave-out" or fix["proof"]["kind"] != "simulated" or fix["params"]["places"] != wanted:
        return "offered first: %s" % {key: fix[key] for key in ("id", "proof", "params")}
    command = [step for step in "\n".join(fix["steps"]).splitlines() if step.strip().startswith("awk ")][0]
    program = command.split("'")
    with open(stem + "-mended.pem", "wb") as out:
        subprocess.run(["awk", "-v", "out=" + program[1], program[3], stem + ".pem"], stdout=out, check=True)
    shutil.copy(stem + ".ca", stem + "-mended.ca")
    refused = [letter for letter, accepts in engines(stem + "-mended").items() if not accepts]
    status, mended = judge(stem + "-mended")
    if refused or status or faults_of(mended):
        return "not mended: %s, %s" % (refused, sorted(faults_of(mended)))
    return None


def try_sent(tap, folder, maker):
    chain = Chain(maker, {})
    for number, (what, send, refused, places) in enumerate(SENT, 500):
        stem = write(folder, number, send(chain), chain.root)
        wrong = [letter for letter, accepts in engines(stem).items() if accepts == (letter in refused)]
        status, report = judge(stem)
        why = told(report, status, refused, MISLEADING, "(number ")
        if not why and refused:
            loud = faults_of(report)[MISLEADING]["severity"]
            why = leave_out(stem, report, places) if loud == ("error" if "O" in refused else "warning") else loud
        tap.say("sent: " + what, why or ("the row is wrong about %s" % wrong if wrong else None))


def try_samples(tap, folder):
    """Those of others, where they lie on this machine."""
    where = os.environ.get("ENGINE_SAMPLES", "")
    for name in sorted(os.listdir(where)) if where and os.path.isdir(where) else []:
        if not name.endswith(".pem"):
            continue
        stem = os.path.join(where, name[:-4])
        said = subprocess.run([PROGRAM, "check", "--format", "json", "--now", "2026-11-29T00:00:00Z", "--ca-file",
                               stem + ".ca", "--name", "mail.example.com", stem + ".pem"], capture_output=True)
        found = faults_of(json.loads(said.stdout))
        print("# %s: %s" % (name, ", ".join(sorted(found)) or "nothing"))
        tap.say("sample %s is told, once" % name, None if len(found) == 1 else str(sorted(found)))


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        maker = Maker(folder, time.time())
        try_rows(tap, folder, maker)
        try_sent(tap, folder, maker)
        try_samples(tap, folder)
    print("1..%d" % tap.count)
    return 1 if tap.bad else 0


if __name__ == "__main__":
    sys.exit(main())
