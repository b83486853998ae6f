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
import smtplib
import ssl
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lab")]
from lab import Lab  # noqa: E402
from recipe_cases import CERTBOT, HOST, OTHER, SCENARIO  # noqa: E402
from recipes import (PROGRAM, Machine, Wrong, begin, run_cases,  # noqa: E402
                     wait_for)

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


def starttls(port):
    """As any client, once."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as line:
        line.starttls(context=context)


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


PORTS = iter(range(2501, 2600))


def postfix_is(machine, *lines, options=()):
    """Set like this; a port of its own that is read with these settings: an old
    one would be answered with the old ones for a while."""
    port = next(PORTS)
    machine.must("postconf -e " + " ".join("'%s'" % line for line in lines))
    machine.must("postconf -M '%d/inet=%d inet n - y - - smtpd%s'" % (
        port, port, "".join(" -o " + option for option in options)))
    if not reload(machine):
        machine.must("postfix start")
    wait_for(port)
    return port


def of_letsencrypt(live):
    return ("smtpd_tls_cert_file=%s/fullchain.pem" % live,
            "smtpd_tls_key_file=%s/privkey.pem" % live,
            "smtpd_tls_security_level=may")


def at(machine, lab, port, status, service="submission", **wanted):
    """What a look there has to tell."""
    said, found = ask(machine, lab, "--port", str(port), "--service", service)
    if said != status:
        yield "status %d" % said
    yield from wrong(found, port, **wanted)


def main_cf(machine):
    return line_of(machine, "/etc/postfix/main.cf", "smtpd_tls_cert_file")


def text(machine, lab, port):
    return " ".join(certmend(machine, lab, "--port", str(port), "--service",
                             "submission").stdout.split())


def innocent():
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        port = postfix_is(machine, *of_letsencrypt(live))
        yield from at(machine, lab, port, 0, kind="right", wrong=False, software="postfix",
                      names=live + "/fullchain.pem", file="/etc/postfix/main.cf",
                      line=main_cf(machine), wanted_certificate=None)
        said = text(machine, lab, port)
        if "all is as it should be: nothing is to be changed" not in said:
            yield said


def only_a_reload():
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        port = postfix_is(machine, *of_letsencrypt(live))
        starttls(port)  # smtpd has read it, and lives on
        machine.put_certificate(lab.leaves["second"], HOST, CERTBOT)
        yield from at(machine, lab, port, 1, kind="needs_reload", wrong=True,
                      names=live + "/fullchain.pem", file="/etc/postfix/main.cf",
                      line=main_cf(machine), why_not=None)
        said = text(machine, lab, port)
        for words in ("still shows", "It only needs a reload: ",
                      "/etc/postfix/main.cf line %d names %s/fullchain.pem" % (
                          main_cf(machine), live)):
            if words not in said:
                yield "%s: %s" % (words, said)


def another_file():
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        machine.put_certificate(lab.leaves["other"], OTHER, CERTBOT)
        port = postfix_is(machine, "smtpd_tls_security_level=may")
        for service in ("submission", "smtp"):  # servers that deliver mail do not mind it
            yield from at(machine, lab, port, 1, service, kind="names_other_file",
                          names=SNAKEOIL, file="/etc/postfix/main.cf",
                          wanted_certificate=live + "/fullchain.pem",
                          wanted_key=live + "/privkey.pem", line=main_cf(machine))


def not_minded():
    """Where mail servers deliver, and nothing here is better."""
    with STAGE as (machine, lab):
        port = postfix_is(machine, "smtpd_tls_security_level=may")
        yield from at(machine, lab, port, 0, "smtp", kind="right", names=SNAKEOIL,
                      wanted_certificate=None)


def overridden():
    """main.cf is right, and a line of master.cf wins."""
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        port = postfix_is(machine, *of_letsencrypt(live), options=(
            "smtpd_tls_cert_file=" + SNAKEOIL,
            "smtpd_tls_key_file=/etc/ssl/private/ssl-cert-snakeoil.key"))
        yield from at(machine, lab, port, 1, kind="overridden", names=SNAKEOIL,
                      file="/etc/postfix/master.cf",
                      wanted_certificate=live + "/fullchain.pem",
                      loses="/etc/postfix/main.cf:%d" % main_cf(machine))


def wrong_key():
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        other = machine.put_certificate(lab.leaves["other"], OTHER, CERTBOT)
        port = postfix_is(machine, "smtpd_tls_cert_file=%s/fullchain.pem" % live,
                          "smtpd_tls_key_file=%s/privkey.pem" % other,
                          "smtpd_tls_security_level=may")
        yield from at(machine, lab, port, 1, kind="key_does_not_fit",
                      names=live + "/fullchain.pem",
                      wanted_certificate=live + "/fullchain.pem",
                      wanted_key=live + "/privkey.pem",
                      line=line_of(machine, "/etc/postfix/main.cf", "smtpd_tls_key_file"))


def no_file():
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        port = postfix_is(machine, "smtpd_tls_cert_file=/etc/ssl/gone.pem",
                          "smtpd_tls_key_file=%s/privkey.pem" % live,
                          "smtpd_tls_security_level=may")
        yield from at(machine, lab, port, 1, kind="not_there", names="/etc/ssl/gone.pem",
                      wanted_certificate=live + "/fullchain.pem", line=main_cf(machine))


def leaf_alone():
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        port = postfix_is(machine, "smtpd_tls_cert_file=%s/cert.pem" % live,
                          "smtpd_tls_key_file=%s/privkey.pem" % live,
                          "smtpd_tls_security_level=may")
        yield from at(machine, lab, port, 1, kind="chain_missing", names=live + "/cert.pem",
                      wanted_certificate=live + "/fullchain.pem")


def nothing_better():
    """What is there is for another name: one has to be ordered."""
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["other"], OTHER, CERTBOT)
        port = postfix_is(machine, *of_letsencrypt(live))
        yield from at(machine, lab, port, 1, kind="file_is_same",
                      names=live + "/fullchain.pem", wanted_certificate=None)


def no_tls():
    with STAGE as (machine, lab):
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        port = postfix_is(machine, "smtpd_tls_security_level=may",
                          options=("smtpd_tls_security_level=none",))
        yield from at(machine, lab, port, 1, kind="no_tls_here", file="/etc/postfix/master.cf")


def worse_next_time():
    """Well as long as nobody reloads it."""
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        port = postfix_is(machine, *of_letsencrypt(live))
        starttls(port)
        machine.put_certificate(lab.leaves["other"], HOST, CERTBOT)
        yield from at(machine, lab, port, 1, kind="next_is_worse", names=live + "/fullchain.pem")


def managed():
    """What is found is told; what to change is changed elsewhere."""
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        machine.write("/etc/postfix/main.cf", "# Ansible managed\n" +
                      machine.read("/etc/postfix/main.cf"))
        port = postfix_is(machine, "smtpd_tls_security_level=may")
        yield from at(machine, lab, port, 1, kind="names_other_file",
                      wanted_certificate=live + "/fullchain.pem")
        said = text(machine, lab, port)
        if "Line 1 of /etc/postfix/main.cf says that Ansible" not in said:
            yield said


def not_root():
    with STAGE as (machine, lab):
        live = machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        port = postfix_is(machine, *of_letsencrypt(live))
        status, found = ask(machine, lab, "--port", str(port), "--service", "smtp",
                            user="nobody:nogroup")
        if status != 3:
            yield "status %d" % status
        yield from wrong(found, port, kind="not_root", software=None, names=None)


def elsewhere():
    """Another machine's name: nothing is read."""
    with STAGE as (machine, lab):
        done = certmend(machine, lab, "--port", "25", "--connect-to",
                        "%s::192.0.2.7:" % HOST, "--timeout", "1")
        said = " ".join(done.stdout.split())
        if done.returncode != 3 or "is not this machine" not in said or \
                "--connect-to %s::127.0.0.1:" % HOST not in said:
            yield "%d: %s %s" % (done.returncode, said, done.stderr)


BRIEF = [
    ("Postfix: all is as it should be", innocent),
    ("Postfix: it only needs a reload", only_a_reload),
    ("Postfix: another file is the right one", another_file),
    ("Postfix: a line in master.cf wins", overridden),
    ("without root nothing is guessed", not_root),
    ("another machine is none of ours", elsewhere),
]
REST = [
    ("Postfix: one that is not minded, and nothing better", not_minded),
    ("Postfix: the key of another certificate", wrong_key),
    ("Postfix: the file is gone", no_file),
    ("Postfix: the certificate alone", leaf_alone),
    ("Postfix: no certificate here is better", nothing_better),
    ("Postfix: no TLS", no_tls),
    ("Postfix: the next reload would break it", worse_next_time),
    ("a file that Ansible writes", managed),
]


def main(cases):
    begin("what stands behind the ports of this machine", MACHINES)
    try:
        run_cases(cases, of_templates=False)
    finally:
        STAGE.end()


if __name__ == "__main__":
    main(BRIEF)
