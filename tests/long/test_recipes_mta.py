#!/usr/bin/env python3
"""What a report tells the owner of Exim, Courier, Cyrus, Sendmail or OpenSMTPD
to do, done as printed with Debian's own configuration around it: broken before,
right afterwards, by certmend and by openssl s_client, and still right when the
certificate was renewed twice. TAP.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import os
import re
import smtplib
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "lab")]
from lab import Lab  # noqa: E402
from recipe_cases import (ALIAS, CERTBOT, HOST, ORDER, OTHER,  # noqa: E402
                          SCENARIO, STORE, by_name, mend, not_older,
                          renewal_of)
from recipes import (Machine, begin, chain_of, run_cases, shown,  # noqa: E402
                     speaks, told, wait_for)

MACHINES = {"exim": "exim4-daemon-light",
            "courier": "courier-mta courier-imap courier-pop",
            "cyrus": "cyrus-imapd cyrus-pop3d postfix",
            "sendmail": "sendmail-bin sendmail",
            "opensmtpd-newer": "opensmtpd+opensmtpd"}


class Exim(Machine):
    """On the internet, as Debian's questions have it."""
    ports = (25, 465, 587)
    leave = ("Elsewhere",)

    def __init__(self, split):
        super().__init__("exim")
        self.split = split

    def __enter__(self):
        super().__enter__()
        for word, value in (("eximconfig_configtype", "internet"),
                            ("local_interfaces", ""),
                            ("use_split_config", self.split)):
            self.must("sed -i \"s/^dc_%s=.*/dc_%s='%s'/\" "
                      "/etc/exim4/update-exim4.conf.conf" % (word, word, value))
        self.must("echo \"SMTPLISTENEROPTIONS='-oX 25:465:587 -oP "
                  "/run/exim4/exim.pid'\" >>/etc/default/exim4")
        return self

    def begin(self):
        self.must("update-exim4.conf && systemctl start exim4")
        wait_for(*self.ports)


def exim(split):
    with Exim(split) as machine, Lab(SCENARIO) as lab:
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        machine.begin()
        routes = machine.must("exim4 -bt root@localhost")
        yield from mend(machine, lab, "exim", "enable-tls", machine.ports,
                        ("The paths below", *machine.leave))
        if machine.must("exim4 -bt root@localhost") != routes:
            yield "mail goes other ways than before"
        yield from renewal_of(machine, lab, "exim", machine.ports)


def exim_install():
    with Exim("false") as machine, Lab(SCENARIO) as lab:
        machine.put_certificate(lab.leaves["first"], HOST, STORE)
        machine.begin()
        yield from mend(machine, lab, "exim", "issue-certificate", (25, 587),
                        (*ORDER[:2], *machine.leave), renewal=True)


def exim_other():
    """By name, and the versions, beside a default certificate."""
    with Exim("true") as machine, Lab(SCENARIO) as lab:
        live = machine.put_certificate(lab.leaves["other"], OTHER, CERTBOT)
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        machine.must("install -m 644 %s/fullchain.pem /etc/exim4/exim.crt; install -m "
                     "640 -g Debian-exim %s/privkey.pem /etc/exim4/exim.key" % (
                         live, live))
        machine.write("/etc/exim4/exim4.conf.localmacros", "MAIN_TLS_ENABLE = yes\n"
                      "tls_require_ciphers = NORMAL:+VERS-TLS1.1:%COMPAT\n")
        machine.must("ln -s ../../exim4.conf.localmacros "
                     "/etc/exim4/conf.d/main/000_from_localmacros")
        machine.begin()
        yield from not_older(machine, "exim", (25, 587),
                             ("With GnuTLS elsewhere", *machine.leave))
        yield from by_name(machine, lab, "exim", (25, 587),
                           ("The paths below", *machine.leave))
        machine.put_hooks()
        machine.put_certificate(lab.leaves["second"], HOST, CERTBOT)
        machine.must("/usr/local/share/certmend/hooks/deploy-exim",
                     RENEWED_LINEAGE=CERTBOT + "/" + HOST,
                     RENEWED_DOMAINS=HOST + " " + ALIAS)
        for sni, name in ((ALIAS, "second"), (None, "other")):
            if shown(25, sni) != chain_of(lab.leaves[name]):
                yield "renewed, %s is not shown the %s certificate" % (sni, name)


EXIM_ELSEWHERE = """\
exim_user = exim
exim_group = exim
spool_directory = /tmp/spool
log_file_path = /tmp/%slog
host_lookup =
begin acl
begin routers
begin transports
begin authenticators
"""


def exim_elsewhere():
    """As another system has it: one file, another user, no macros."""
    with Machine("exim") as machine, Lab(SCENARIO) as lab:
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        machine.write("/etc/exim/exim.conf", EXIM_ELSEWHERE)
        machine.must("adduser --quiet --system --group --no-create-home exim; "
                     "install -d -o exim -g exim /tmp/spool")
        steps = [step for step in told("exim", "enable-tls")
                 if step.startswith("Elsewhere")]
        machine.carry_out(steps, ("Elsewhere:",))  # the restart
        machine.must("exim4 -bd -C /etc/exim/exim.conf")
        wait_for(25, 465, 587)
        for port in (25, 465, 587):
            if shown(port, HOST) != chain_of(lab.leaves["first"]):
                yield "%d does not show it" % port


def courier():
    """IMAP and POP3 without encryption, and nobody on 587."""
    ports = (25, 465, 587, 143, 993, 110, 995)
    with Machine("courier") as machine, Lab(SCENARIO) as lab:
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        machine.must("sed -i 's/^\\(IMAPDSTARTTLS\\|POP3_STARTTLS\\)=.*/\\1=NO/' "
                     "/etc/courier/imapd-ssl /etc/courier/pop3d-ssl")
        courier_begins(machine)
        yield from mend(machine, lab, "courier", "enable-tls", ports,
                        ("The paths below",))
        for port, fits in ((25, True), (587, False)):
            if takes_clear_mail(port) != fits:
                yield "without encryption, mail on %d is %staken" % (
                    port, "not " if fits else "")
        yield from renewal_of(machine, lab, "courier", ports)


def courier_begins(machine):
    """No name of the outside leads anywhere here."""
    machine.must("sed -i 's/^BOFHCHECKDNS=.*/BOFHCHECKDNS=0/' /etc/courier/esmtpd*")
    machine.must("systemctl start courier-authdaemon courierfilter courier "
                 "courier-mta courier-mta-ssl courier-imap courier-imap-ssl "
                 "courier-pop courier-pop-ssl")
    wait_for(25, 465, 143, 993, 110, 995)


def courier_other():
    ports = (25, 465, 143, 993, 110, 995)
    with Machine("courier") as machine, Lab(SCENARIO) as lab:
        live = machine.put_certificate(lab.leaves["other"], OTHER, CERTBOT)
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        machine.must("cd /etc/courier; for file in esmtpd imapd pop3d; do cat "
                     "%s/privkey.pem %s/fullchain.pem >$file.pem; done" % (live, live))
        courier_begins(machine)
        yield from not_older(machine, "courier", ports, ("With OpenSSL",))
        yield from by_name(machine, lab, "courier", ports, ("The paths below",))


def cyrus():
    """IMAP and POP3 without encryption; Debian's imapd.conf allows that."""
    ports = (143, 993, 110, 995)
    with Machine("cyrus") as machine, Lab(SCENARIO) as lab:
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        # Debian starts nothing while these are listed and not installed.
        machine.must("sed -i -E '/^[[:space:]]*(nntp|http)[[:space:]]/s/^/#/' "
                     "/etc/cyrus.conf; systemctl start cyrus-imapd")
        wait_for(143, 110)
        yield from mend(machine, lab, "cyrus", "enable-tls", ports,
                        ("The paths below",))
        yield from not_older(machine, "cyrus", (), ())
        for port in ports:
            if speaks(port, "-tls1_1"):
                yield "%d speaks TLS 1.1" % port
        yield from renewal_of(machine, lab, "cyrus", ports)


def sendmail():
    ports = (25, 465, 587)
    with Machine("sendmail") as machine, Lab(SCENARIO) as lab:
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        machine.must("sed -i 's/, Addr=127.0.0.1//' /etc/mail/sendmail.mc; "
                     "make -C /etc/mail && systemctl start sendmail")
        wait_for(25, 587)
        yield from mend(machine, lab, "sendmail", "enable-tls", ports,
                        ("The paths below",))
        yield from not_older(machine, "sendmail", (), ())
        yield from renewal_of(machine, lab, "sendmail", ports)


def opensmtpd():
    ports = (25, 465, 587)
    with Machine("opensmtpd-newer") as machine, Lab(SCENARIO) as lab:
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        machine.must("sed -i 's/^listen on .*/listen on 0.0.0.0\\nlisten on "
                     "0.0.0.0 port 587/' /etc/smtpd.conf; systemctl start opensmtpd")
        wait_for(25, 587)
        yield from mend(machine, lab, "opensmtpd", "enable-tls", ports,
                        ("The paths below", "On OpenBSD"))
        yield from renewal_of(machine, lab, "opensmtpd", ports)


def opensmtpd_by_name():
    """What a listener has to name is said in words, for it has its own."""
    with Machine("opensmtpd-newer") as machine, Lab(SCENARIO) as lab:
        live = machine.put_certificate(lab.leaves["other"], OTHER, CERTBOT)
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        pki = "pki %s %s \"%s/%s.pem\"\n"
        machine.write("/etc/smtpd.conf",
                      pki % (OTHER, "cert", live, "fullchain") +
                      pki % (OTHER, "key", live, "privkey") +
                      "listen on 0.0.0.0 port 465 smtps pki " + OTHER + "\n"
                      "action \"local\" maildir\nmatch for local action \"local\"\n")
        machine.must("systemctl start opensmtpd")
        wait_for(465)
        steps = told("opensmtpd", "fix-sni-map")
        said = [step for step in steps if step.startswith("Let each")][0]
        machine.must("sed -i 's/^listen.*/& %s/' /etc/smtpd.conf" %
                     " ".join(re.findall('"(pki [^"]+)"', said)))
        yield from by_name(machine, lab, "opensmtpd", (465,), ("The paths below",))


def takes_clear_mail(port):
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as line:
        line.ehlo("sender.example.org")
        return line.mail("someone@example.org")[0] == 250


CASES = [
    ("Exim, one file: encryption, copies, renewed twice", lambda: exim("false")),
    ("Exim, split: encryption, copies, renewed twice", lambda: exim("true")),
    ("Exim: another certificate", exim_install),
    ("Exim: versions, certificates by name", exim_other),
    ("Exim elsewhere: encryption, copies", exim_elsewhere),
    ("Courier: encryption, a copy, renewed twice", courier),
    ("Courier: versions, certificates by name", courier_other),
    ("Cyrus: encryption, versions, copies, renewed twice", cyrus),
    ("Sendmail: encryption, versions, renewed twice", sendmail),
    ("OpenSMTPD: encryption, renewed twice", opensmtpd),
    ("OpenSMTPD: certificates by name", opensmtpd_by_name),
]

if __name__ == "__main__":
    begin("what is told to owners of Exim, Courier, Cyrus, Sendmail, OpenSMTPD",
          MACHINES)
    run_cases(CASES)
