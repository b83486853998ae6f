#!/usr/bin/env python3
"""certmend issue, renew and csr with the key that is in use, against Debian's
Pebble: that key and no other goes live and stays, and where there is none to
keep the authority hears nothing. TAP."""
import json
import os
import pty
import re
import select
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import time

import test_issue as issue
from test_issue import HERE, PROGRAM, Bench, ca, tap

sys.path.insert(0, os.path.join(HERE, "..", "lab"))
from lab import Lab, read_scenario  # noqa: E402
from tap import finish, play  # noqa: E402

SCENARIO = os.path.join(HERE, "..", "scenarios", "gate-tlsa-key-kept.json")

NAME = "mail.example.org"


def public(path, *more):
    """The public half of a private key, or of a certificate."""
    kind = ["x509", "-noout", "-pubkey"] if "cert" in os.path.basename(path) else ["pkey", "-pubout"]
    return ca.openssl(*kind, "-in", path, *more)


class Keys(Bench):
    def __enter__(self):
        self.http = ["--listen", "127.0.0.1:%d" % self.server.http]
        self.pw = os.path.join(self.folder, "pw")
        with open(self.pw, "w") as f:
            f.write("open sesame\n")
        os.chmod(self.pw, 0o600)
        return self

    def key(self, name, *how):
        path = os.path.join(self.folder, name)
        verb, *more = how or ("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
        ca.openssl(verb, "-out", path, *more)
        os.chmod(path, 0o600)
        return path

    def asked(self):
        """How often the authority has been asked for an account or an order."""
        self.server.log.flush()
        with open(self.server.log.name) as f:
            return len(re.findall(r"POST /(order-plz|sign-me-up)", f.read()))

    def renew(self, *words):
        done = subprocess.run([PROGRAM, "renew", "--force", "--store", self.store, *words], timeout=60,
                              capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def wrong(self, path, *more):
        """What is wrong with the key that is live, and with where it went."""
        fault = self.faults(NAME, [NAME])
        if not fault and public(self.live(NAME, "cert.pem")) != public(path, *more):
            fault = "the certificate is for another key"
        with open(self.live(NAME, "privkey.pem")) as f:
            secret = "".join(f.read().split("\n")[1:3])
        for told in self.told:
            if secret in told or "open sesame" in told:
                fault = "a secret was told: %s" % told
        about = json.load(open(self.live(NAME, "certmend.json")))
        return fault or (not about["keep_key"] and "it is not kept at renewals")

    told = ()


def refused(b, what, words, sentence, status=2):
    before = b.asked()
    got, said, noted = b.run(*words)
    tap(what, None if got == status and sentence in noted and b.asked() == before and
        not os.path.exists(b.live(NAME)) else (got, said, noted, b.asked() - before))


def nothing_to_keep(folder):
    with Keys(folder, own=True) as b:
        for more in ([], ["--apply"]):
            how = "--apply" if more else "the plan alone"
            refused(b, "--keep-key with an empty store, %s" % how,
                    [NAME, "--keep-key", *b.http, *more], "--key FILE")
            report = os.path.join(b.folder, "report.json")
            with open(report, "w") as f:
                json.dump({"fixes": [{"id": "use-port", "params": {"port": 465}},
                                     {"id": "renew-certificate", "params": {
                                         "names": [NAME], "keep_key": True}}]}, f)
            refused(b, "a plan that keeps the key, %s" % how, ["--from", report, *b.http, *more],
                    "--key FILE")
        weak = b.key("weak", "genrsa", "1024")
        refused(b, "a key that is too weak", [NAME, "--key", weak, *b.http, "--apply"], "1024 bits")
        refused(b, "a key on a token", [NAME, "--key", "pkcs11:object=mail", *b.http, "--apply"],
                "not supported")
        good = b.key("good")
        refused(b, "another key type beside it",
                [NAME, "--key", good, "--key-type", "rsa2048", *b.http, "--apply"], "--key-type")
        status, said, noted = b.run("--from", report, "--key", good, *b.http, "--apply")
        tap("the same plan with the key", b.wrong(good) if status == 0 else (status, said, noted))
        status, said, noted = b.run(NAME, "--key", b.key("other"), "--keep-key", *b.http, "--apply")
        tap("two keys at once", None if status == 2 and "two keys" in noted else (status, said, noted))
        os.remove(b.live(NAME, "privkey.pem"))
        before = b.asked()
        status, said, noted = b.renew()
        tap("renew without the key it keeps", None if status == 2 and "--key FILE" in noted and
            b.asked() == before else (status, said, noted))
        done = subprocess.run([PROGRAM, "csr", "--from", report], cwd=b.folder,
                              capture_output=True, text=True)
        tap("a request for that plan", None if done.returncode == 2 and "--key FILE" in done.stderr and
            not os.path.exists(os.path.join(b.folder, NAME + ".key")) else done)


def from_files(folder):
    with Keys(folder, own=True) as b:
        plain = b.key("plain")
        forms = [
            ("PKCS#8", plain, []),
            ("SEC 1 with its curve", b.key("sec1", "ecparam", "-name", "prime256v1", "-genkey"), []),
            ("PKCS#1", b.key("pkcs1", "genrsa", "-traditional", "2048"), []),
            ("PKCS#8, locked", b.key("locked", "genrsa", "-aes256", "-passout", "file:" + b.pw, "2048"),
             ["--passphrase-file", b.pw]),
            ("PKCS#1, locked", b.key("old", "genrsa", "-traditional", "-aes128", "-passout",
                                     "file:" + b.pw, "3072"), ["--passphrase-file", b.pw]),
        ]
        for what, path, lock in forms:
            status, said, noted = b.apply(NAME, *b.http, "--key", path, *lock)
            b.told = (said, noted)
            opened = ["-passin", "file:" + b.pw] if lock else []
            tap("--key %s" % what, b.wrong(path, *opened) if status == 0 else (status, said, noted))
        for count in (1, 2):
            status, said, noted = b.renew()
            tap("renewed %d times, the key is the same" % count,
                b.wrong(path, *opened) if status == 0 else (status, said, noted))
        status, said, noted = b.apply(NAME, *b.http, "--keep-key")
        tap("--keep-key after --key", b.wrong(path, *opened) if status == 0 else (status, said, noted))
        tap("it is in the store, locked away", None if stat.S_IMODE(os.stat(
            b.live(NAME, "privkey.pem")).st_mode) == 0o600 and "ENCRYPTED" not in
            open(b.live(NAME, "privkey.pem")).read() else "not so")
        status, said, noted = b.run(NAME, *b.http, "--key", plain, "--format", "json")
        plan = json.loads(said)
        tap("the plan says whose key it is", None if plan["key"]["source"] == "file" and
            plan["key"]["file"] == plain and plan["key_type"] == "ec256" else plan)
        tap("csr for the same key", csr(b, plain))
        os.chmod(plain, 0o644)
        noted = b.run(NAME, *b.http, "--key", plain)[2]
        tap("a key that everybody can read", None if "chmod 600 " + plain in noted else noted)
        status, said, noted = b.run("revoke", NAME, "--key", path, *lock, command="acme")
        tap("revoked by the locked key", None if status == 0 and "Revoked" in said else
            (status, said, noted))


def in_use(folder):
    """What the plan says of the key that a port shows."""
    with Keys(folder, own=True) as b:
        used, other, cert = b.key("used"), b.key("other"), os.path.join(b.folder, "cert.pem")
        ca.openssl("req", "-x509", "-key", used, "-subj", "/CN=" + NAME, "-days", "2", "-out", cert)
        port = issue.Port(993, cert, used)
        there = ["--connect-to", "%s:993:127.0.0.1:%d" % (NAME, port.own)]
        nowhere = ["--connect-to", "%s::127.0.0.1:1" % NAME]
        warning = "is not the one that %s shows today at 127.0.0.1:993" % NAME
        for what, key, ways, words, warned in (
                ("the key in use", used, there + nowhere, "the one in use: 1 of 1 ports show it", False),
                ("another key", other, there + nowhere, "not the one in use: 1 of 1 ports show another", True),
                ("nothing to be seen", used, nowhere, "is not known", False),
                ("not looked at", other, there + nowhere + ["--skip", "served-key"], "was not looked", False)):
            status, said, noted = b.run(NAME, "--key", key, *b.http, *ways)
            tap("the plan: " + what, None if status == 0 and words in said and
                (warning in noted) == warned else (status, said, noted))
        status, said, noted = b.run("preflight", NAME, "--key", other, *there, *nowhere, command="acme")
        tap("acme preflight: another key", None if warning in said else (status, said, noted))
        status, said, noted = b.run(NAME, "--key", other, *b.http, *there, *nowhere, "--format", "json")
        told = json.loads(said)["key"]
        tap("the same as JSON", None if (told["ports_same"], told["ports_other"]) == (0, 1) else told)


def as_printed(folder):
    """A server whose key is published: what its report says, done, and the
    record goes on to fit. Only certbot's folder is elsewhere here."""
    with Lab(read_scenario(SCENARIO)) as lab, Keys(folder, own=True) as b:
        done = subprocess.run([PROGRAM, "check", NAME, "--format", "json", *lab.arguments()],
                              capture_output=True, text=True, timeout=60)
        fix = json.loads(done.stdout)["fixes"][0]
        away = os.path.join(b.folder, "letsencrypt")
        os.makedirs(os.path.join(away, "live", "vps1.example.net"))
        key = os.path.join(away, "live", "vps1.example.net", "privkey.pem")
        shutil.copy(lab.leaves["c"].key, key)
        lines = [line.strip() for step in fix["steps"] for line in step.split("\n")
                 if line.startswith("    certmend ")]
        tap("the report orders, and requests", None if [line.split()[1] for line in lines] ==
            ["issue", "issue", "csr"] else fix["steps"])
        for line in lines:
            words = shlex.split(line.replace("/etc/letsencrypt", away))[1:]
            more = [*b.base, "--dns-hook", b.dns_hook()] if words[0] == "issue" else []
            done = subprocess.run([PROGRAM, *words, *more], cwd=b.folder, capture_output=True,
                                  text=True, timeout=60)
            tap(line, done.returncode and (done.stdout, done.stderr))
        tap("the order has the key that is published", b.wrong(key))
        tap("so has the request", ca.openssl("req", "-noout", "-pubkey", "-in", os.path.join(
            b.folder, NAME + ".csr")) != public(key) and "another key")
        tap("no new key was made for it", os.path.exists(os.path.join(b.folder, NAME + ".key")))


def csr(b, path):
    out = os.path.join(b.folder, "x.csr")
    done = subprocess.run([PROGRAM, "csr", NAME, "--key", path, "--out-csr", out],
                          capture_output=True, text=True)
    if done.returncode:
        return done
    return ca.openssl("req", "-in", out, "-noout", "-pubkey") != public(path) and "another key"


def typed(words, answers):
    """At a terminal: what it says, and its exit status."""
    pid, master = pty.fork()
    if pid == 0:
        os.execv(PROGRAM, [PROGRAM, *words])
    said, end = b"", time.monotonic() + 20
    while time.monotonic() < end:
        if not select.select([master], [], [], 0.2)[0]:
            continue
        try:
            got = os.read(master, 4096)
        except OSError:
            break
        said += got
        if not got:
            break
        if b"Passphrase" in got and answers:
            time.sleep(0.1)
            os.write(master, answers.pop(0).encode() + b"\r")
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode()


def at_a_terminal(folder):
    with Keys(folder, own=True) as b:
        locked = b.key("locked", "genrsa", "-aes256", "-passout", "file:" + b.pw, "2048")
        for what, answers, right in (("the right passphrase", ["open sesame"], 0),
                                     ("a wrong one, then the right one", ["sesame", "open sesame"], 0),
                                     ("wrong ones", ["one", "two", "three"], 2)):
            out = os.path.join(b.folder, "x.csr")
            status, said = typed(["csr", NAME, "--key", locked, "--out-csr", out], list(answers))
            tap("asked at a terminal: " + what, None if status == right and "sesame" not in said and
                "Passphrase of" in said and (status == 0 or "--passphrase-file" in said) else
                (status, said))
            if os.path.exists(out):
                os.remove(out)


def main():
    if not shutil.which("pebble") or not shutil.which("pebble-challtestsrv"):
        print("ok 1 - certmend issue --key # SKIP no pebble here\n1..1")
        return
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        play((nothing_to_keep, from_files, in_use, as_printed, at_a_terminal), folder)
    finish()


main()
