#!/usr/bin/env python3
"""What "certmend fix TARGET --here" tells on a real mail server: which program
listens, which line names which file, what is in it and what is shown; and that
nothing is changed by asking. TAP.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lab")]
from lab import Lab  # noqa: E402
from recipe_cases import CERTBOT, HOST, OTHER, SCENARIO  # noqa: E402
from recipes import (PROGRAM, Machine, Wrong, begin, run_cases,  # noqa: E402
                     shown, wait_for)

# The same as other tests of recipes make.
MACHINES = {"postfix": "postfix dovecot-imapd dovecot-pop3d"}
PUT = "usr/local/lib/certmend"  # the program and its libraries, on the machine
SNAKEOIL = "/etc/ssl/certs/ssl-cert-snakeoil.pem"


def put_program(machine, lab):
    top = machine.path(PUT)
    shutil.rmtree(top, ignore_errors=True)
    os.makedirs(top)
    known = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True,
                           check=True).stdout
    later = re.findall(r"lib(?:curl\.so\.4|edit\.so\.2) .*=> (\S+)", known)
    said = subprocess.run(["ldd", PROGRAM, *later], capture_output=True, text=True,
                          check=True).stdout
    for file in {*later, *re.findall(r"(/\S+) \(0x", said)}:
        shutil.copy(file, top)
    shutil.copy(PROGRAM, top)
    shutil.copy(lab.ca, top + "/ca.pem")


def certmend(machine, lab, *words, user=None):
    """CompletedProcess, as typed on the machine."""
    return subprocess.run(
        ["chroot", *(["--userspec=" + user] if user else []), machine.root,
         "/%s/ld-linux-x86-64.so.2" % PUT, "--library-path", "/" + PUT,
         "/%s/certmend" % PUT, "fix", HOST, "--here", "--resolver", lab.resolver,
         "--ca-file", "/%s/ca.pem" % PUT, *words],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
        encoding="utf-8", errors="replace",
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
             "LC_ALL": "C"})


def files_of(machine):
    """{path: what it is}, of all that a server is set by."""
    found = {}
    for folder, _, names in os.walk(machine.path("/etc")):
        for name in names:
            path = os.path.join(folder, name)
            what = os.lstat(path)
            with open(path, "rb") if os.path.isfile(path) else open(os.devnull, "rb") as text:
                found[path] = (what.st_mode, what.st_uid, what.st_mtime_ns,
                               hashlib.sha256(text.read()).hexdigest())
    return found


def ask(machine, lab, *words, user=None):
    """(status, findings); nothing is changed by it."""
    before = files_of(machine)
    done = certmend(machine, lab, "--format", "json", *words, user=user)
    if files_of(machine) != before:
        raise Wrong("a file was changed")
    try:
        report = json.loads(done.stdout)
    except ValueError:
        raise Wrong("no report; status %d: %s" % (done.returncode, done.stderr)) from None
    return done.returncode, report["here"]["findings"]


def line_of(machine, path, text):
    """The number of the last line that begins with this."""
    lines = machine.read(path).split("\n")
    return max(n for n, line in enumerate(lines, 1) if line.startswith(text))


def wrong(findings, port, **wanted):
    """Complaints where the finding about this port is another."""
    about = [f for f in findings if port in f["ports"]]
    if len(about) != 1:
        yield "%d: told %d times: %s" % (port, len(about), findings)
        return
    for key, value in wanted.items():
        if about[0][key] != value:
            yield "%d: %s is %s, not %s: %s" % (port, key, about[0][key], value,
                                                about[0]["text"])


class Stage:
    def __init__(self, *ports):
        self.ports = ports
        self.machine, self.lab = Machine("postfix"), Lab(SCENARIO)

    def __enter__(self):
        self.machine.__enter__()
        self.lab.__enter__()
        put_program(self.machine, self.lab)
        return self.machine, self.lab

    def __exit__(self, *why):
        shutil.rmtree(self.machine.path(PUT), ignore_errors=True)
        self.lab.__exit__(*why)
        self.machine.__exit__(*why)


def postfix_is(machine, *lines):
    machine.must("postconf -e smtpd_peername_lookup=no " + " ".join(
        "'%s'" % line for line in lines))
    machine.must("newaliases; systemctl start postfix")
    wait_for(25)


def of_letsencrypt(live):
    return ("smtpd_tls_cert_file=%s/fullchain.pem" % live,
            "smtpd_tls_key_file=%s/privkey.pem" % live,
            "smtpd_tls_security_level=may")


def innocent():
    with Stage() as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        postfix_is(machine, *of_letsencrypt(live))
        status, found = ask(machine, lab, "--port", "25")
        if status:
            yield "status %d" % status
        yield from wrong(found, 25, kind="right", wrong=False, software="postfix",
                         names=live + "/fullchain.pem", file="/etc/postfix/main.cf",
                         line=line_of(machine, "/etc/postfix/main.cf",
                                      "smtpd_tls_cert_file"))
        said = certmend(machine, lab, "--port", "25").stdout
        if "all is as it should be: nothing is to be changed" not in " ".join(said.split()):
            yield said


def only_a_reload():
    with Stage() as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        postfix_is(machine, *of_letsencrypt(live))
        shown(25, HOST)  # smtpd has read it, and lives on
        machine.put_certificate(lab.leaves["second"], HOST, CERTBOT)
        status, found = ask(machine, lab, "--port", "25")
        if status != 1:
            yield "status %d" % status
        yield from wrong(found, 25, kind="needs_reload", wrong=True,
                         names=live + "/fullchain.pem", file="/etc/postfix/main.cf",
                         why_not=None)
        said = " ".join(certmend(machine, lab, "--port", "25").stdout.split())
        for words in ("still shows", "It only needs a reload: ",
                      "/etc/postfix/main.cf line %d names %s/fullchain.pem" % (
                          line_of(machine, "/etc/postfix/main.cf",
                                  "smtpd_tls_cert_file"), live)):
            if words not in said:
                yield "%s: %s" % (words, said)
        machine.must("postfix reload")
        status, found = ask(machine, lab, "--port", "25")
        yield from wrong(found, 25, kind="right")


def another_file():
    with Stage() as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        machine.put_certificate(lab.leaves["other"], OTHER, CERTBOT)
        machine.must("postconf -M 'submission/inet=submission inet n - y - - smtpd'")
        postfix_is(machine, "smtpd_tls_security_level=may")
        wait_for(587)
        status, found = ask(machine, lab, "--port", "587")
        if status != 1:
            yield "status %d" % status
        yield from wrong(found, 587, kind="names_other_file", names=SNAKEOIL,
                         file="/etc/postfix/main.cf",
                         wanted_certificate=live + "/fullchain.pem",
                         wanted_key=live + "/privkey.pem",
                         line=line_of(machine, "/etc/postfix/main.cf",
                                      "smtpd_tls_cert_file"))


CASES = [
    ("Postfix: all is as it should be", innocent),
    ("Postfix: it only needs a reload", only_a_reload),
    ("Postfix: another file is the right one", another_file),
]

if __name__ == "__main__":
    begin("what stands behind the ports of this machine", MACHINES)
    run_cases(CASES)
