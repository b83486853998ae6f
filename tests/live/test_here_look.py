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
    subprocess.run(["chmod", "-R", "a+rX", top], check=True)


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
    """with STAGE as (machine, lab): set as just installed, for one case after the
    other; what it takes to make it is made once, and what runs runs on."""
    machine = lab = None

    def __enter__(self):
        if self.lab is None:
            self.machine, self.lab = Machine("postfix"), Lab(SCENARIO)
            self.machine.__enter__()
            self.lab.__enter__()
            put_program(self.machine, self.lab)
            self.machine.must("postconf -e smtpd_peername_lookup=no; newaliases; cp -a /etc /var/etc")
        self.machine.must("rm -rf /etc/* && cp -a /var/etc/. /etc")
        return self.machine, self.lab

    def __exit__(self, *why):
        pass

    def end(self):
        if self.lab is not None:
            shutil.rmtree(self.machine.path(PUT), ignore_errors=True)
            self.lab.__exit__(None, None, None)
            self.machine.__exit__(None, None, None)


STAGE = Stage()


def reload(machine):
    """As "postfix reload" does, but for a second of looking at its folders."""
    return machine.sh("kill -HUP $(cat /var/spool/postfix/pid/master.pid)").returncode == 0


def postfix_is(machine, *lines):
    machine.must("postconf -e " + " ".join("'%s'" % line for line in lines))
    if not reload(machine):
        machine.must("postfix start")
    wait_for(25)


def of_letsencrypt(live):
    return ("smtpd_tls_cert_file=%s/fullchain.pem" % live,
            "smtpd_tls_key_file=%s/privkey.pem" % live,
            "smtpd_tls_security_level=may")


def innocent():
    with STAGE as (machine, lab):
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
    with STAGE as (machine, lab):
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
        reload(machine)
        status, found = ask(machine, lab, "--port", "25")
        yield from wrong(found, 25, kind="right")


def another_file():
    with STAGE as (machine, lab):
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


def submission(machine, *options):
    """A second port, with what is said of it in master.cf."""
    machine.must("postconf -M 'submission/inet=submission inet n - y - - smtpd%s'" %
                 "".join(" -o " + option for option in options))


def at_587(machine, lab, **wanted):
    wait_for(587)
    status, found = ask(machine, lab, "--port", "587")
    if status != 1:
        yield "status %d" % status
    yield from wrong(found, 587, wrong=True, **wanted)


def overridden():
    """main.cf is right, and a line of master.cf wins."""
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        submission(machine, "smtpd_tls_cert_file=" + SNAKEOIL,
                   "smtpd_tls_key_file=/etc/ssl/private/ssl-cert-snakeoil.key")
        postfix_is(machine, *of_letsencrypt(live))
        yield from at_587(
            machine, lab, kind="overridden", names=SNAKEOIL, file="/etc/postfix/master.cf",
            wanted_certificate=live + "/fullchain.pem",
            loses="/etc/postfix/main.cf:%d" % line_of(
                machine, "/etc/postfix/main.cf", "smtpd_tls_cert_file"))


def wrong_key():
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        other = machine.put_certificate(lab.leaves["other"], OTHER, CERTBOT)
        submission(machine)
        postfix_is(machine, "smtpd_tls_cert_file=%s/fullchain.pem" % live,
                   "smtpd_tls_key_file=%s/privkey.pem" % other,
                   "smtpd_tls_security_level=may")
        yield from at_587(machine, lab, kind="key_does_not_fit",
                          names=live + "/fullchain.pem",
                          wanted_certificate=live + "/fullchain.pem",
                          wanted_key=live + "/privkey.pem")


def no_file():
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        submission(machine)
        postfix_is(machine, "smtpd_tls_cert_file=/etc/ssl/gone.pem",
                   "smtpd_tls_key_file=%s/privkey.pem" % live,
                   "smtpd_tls_security_level=may")
        yield from at_587(machine, lab, kind="not_there", names="/etc/ssl/gone.pem",
                          wanted_certificate=live + "/fullchain.pem")


def leaf_alone():
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        submission(machine)
        postfix_is(machine, "smtpd_tls_cert_file=%s/cert.pem" % live,
                   "smtpd_tls_key_file=%s/privkey.pem" % live,
                   "smtpd_tls_security_level=may")
        yield from at_587(machine, lab, kind="chain_missing", names=live + "/cert.pem",
                          wanted_certificate=live + "/fullchain.pem")


def nothing_better():
    """What is there is for another name: one has to be ordered."""
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["other"], OTHER, CERTBOT)
        submission(machine)
        postfix_is(machine, *of_letsencrypt(live))
        yield from at_587(machine, lab, kind="file_is_same", names=live + "/fullchain.pem",
                          wanted_certificate=None)


def no_tls():
    with STAGE as (machine, lab):
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        submission(machine)
        postfix_is(machine, "smtpd_tls_security_level=none")
        yield from at_587(machine, lab, kind="no_tls_here")


def worse_next_time():
    """Well as long as nobody reloads it."""
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        submission(machine)
        postfix_is(machine, *of_letsencrypt(live))
        wait_for(587)
        shown(587, HOST)
        machine.put_certificate(lab.leaves["other"], HOST, CERTBOT)
        yield from at_587(machine, lab, kind="next_is_worse", names=live + "/fullchain.pem")


def managed():
    """What is found is told; what to change is changed elsewhere."""
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        submission(machine)
        postfix_is(machine, "smtpd_tls_security_level=may")
        text = machine.read("/etc/postfix/main.cf")
        machine.write("/etc/postfix/main.cf", "# Ansible managed\n" + text)
        reload(machine)
        wait_for(587)
        _, found = ask(machine, lab, "--port", "587")
        yield from wrong(found, 587, kind="names_other_file",
                         wanted_certificate=live + "/fullchain.pem")
        if not any("Line 1 of /etc/postfix/main.cf says that Ansible" in
                   (one["why_not"] or "") for one in found):
            yield str(found)


def not_root():
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        postfix_is(machine, *of_letsencrypt(live))
        status, found = ask(machine, lab, "--port", "25", user="nobody:nogroup")
        if status != 3:
            yield "status %d" % status
        yield from wrong(found, 25, kind="not_root", software=None, names=None)


def elsewhere():
    """Another machine's name: nothing is read."""
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        postfix_is(machine, *of_letsencrypt(live))
        done = certmend(machine, lab, "--port", "25", "--connect-to",
                        "%s::192.0.2.7:" % HOST, "--timeout", "1")
        said = " ".join(done.stdout.split())
        if done.returncode != 3 or "is not this machine" not in said or \
                "--connect-to %s::127.0.0.1:" % HOST not in said:
            yield "%d: %s %s" % (done.returncode, said, done.stderr)


CASES = [
    ("Postfix: all is as it should be", innocent),
    ("Postfix: it only needs a reload", only_a_reload),
    ("Postfix: another file is the right one", another_file),
    ("Postfix: a line in master.cf wins", overridden),
    ("Postfix: the key of another certificate", wrong_key),
    ("Postfix: the file is gone", no_file),
    ("Postfix: the certificate alone", leaf_alone),
    ("Postfix: no certificate here is better", nothing_better),
    ("Postfix: no TLS", no_tls),
    ("Postfix: the next reload would break it", worse_next_time),
    ("a file that Ansible writes", managed),
    ("without root nothing is guessed", not_root),
    ("another machine is none of ours", elsewhere),
]

if __name__ == "__main__":
    begin("what stands behind the ports of this machine", MACHINES)
    try:
        run_cases(CASES)
    finally:
        STAGE.end()
