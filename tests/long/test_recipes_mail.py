#!/usr/bin/env python3
"""What a report tells the owner of Postfix or Dovecot to do, done as printed with
Debian's own configuration around it: broken before, right afterwards, by
certmend and by openssl s_client, and still right when the certificate was
renewed twice. TAP.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import os
import smtplib
import ssl
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "lab")]
from lab import Lab  # noqa: E402
from recipe_cases import (ALIAS, CERTBOT, HOST, ORDER, OTHER,  # noqa: E402
                          SCENARIO, STORE, by_name, mend, not_older,
                          renewal_of, renew_twice)
from recipes import (Machine, begin, chain_of, run_cases, shown,  # noqa: E402
                     told, wait_for)

MACHINES = {"postfix": "postfix dovecot-imapd dovecot-pop3d"}
READERS = (143, 993, 110, 995)
OWN = "smtpd_client_restrictions=reject_unauth_pipelining"


def dovecot():
    with Machine("postfix") as machine, Lab(SCENARIO) as lab:
        machine.put_certificate(lab.leaves["first"], HOST, STORE)
        machine.must("systemctl start dovecot")
        wait_for(*READERS[::2])
        yield from mend(machine, lab, "dovecot", "issue-certificate", READERS,
                        (*ORDER[:2], "Dovecot 2.4"), renewal=True)
        yield from renew_twice(machine, lab, READERS)


def dovecot_other():
    """Passwords in clear, TLS 1.1, one certificate for all."""
    with Machine("postfix") as machine, Lab(SCENARIO) as lab:
        live = machine.put_certificate(lab.leaves["other"], OTHER, CERTBOT)
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        machine.write("/etc/dovecot/conf.d/10-ssl.conf", "ssl = no\n"
                      "ssl_cert = <%s/fullchain.pem\nssl_key = <%s/privkey.pem\n"
                      "ssl_min_protocol = TLSv1.1\n"
                      "ssl_cipher_list = ALL:@SECLEVEL=0\n" % (live, live))
        machine.must("systemctl start dovecot")
        wait_for(143, 110)
        machine.carry_out(told("dovecot", "enable-tls")[:3], ("Dovecot 2.4",))
        machine.must("systemctl restart dovecot")
        wait_for(*READERS)
        yield from not_older(machine, "dovecot", READERS, ())
        yield from by_name(machine, lab, "dovecot", READERS,
                           ("The paths below", "Dovecot 2.4"))


def postfix_begins(machine, *lines):
    machine.must("postconf -e smtpd_peername_lookup=no " + " ".join(
        "'%s'" % line for line in lines))
    machine.must("newaliases; systemctl start dovecot; systemctl start postfix")
    wait_for(25, 143)


def postfix():
    """The owner's own line for 587, and no encryption anywhere."""
    ports = (25, 465, 587)
    with Machine("postfix") as machine, Lab(SCENARIO) as lab:
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        machine.must("postconf -M 'submission/inet=submission inet n - y - - smtpd "
                     "-o %s'" % OWN)
        postfix_begins(machine, "smtpd_tls_security_level=none")
        yield from mend(machine, lab, "postfix", "enable-tls", ports,
                        ("The paths below", "Older Postfix"))
        said = machine.must("postconf -M; postconf -P; postfix check")
        if "warning" in said:
            yield said
        if "submission/inet/" + OWN.replace("=", " = ") not in said:
            yield "what the owner had on 587 is gone: " + said
        yield from asks_for_passwords()
        yield from renewal_of(machine, lab, "postfix", ports)


def asks_for_passwords():
    """After STARTTLS only, and on no port without; 25 takes mail without."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for port in (25, 587):
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as line:
            line.ehlo("sender.example.org")
            if line.has_extn("auth"):
                yield "%d takes passwords in clear" % port
            if (line.mail("someone@example.org")[0] == 250) != (port == 25):
                yield "%d has it wrong who may send in clear" % port
    with smtplib.SMTP("127.0.0.1", 587, timeout=20) as line:
        line.starttls(context=context)
        line.ehlo("sender.example.org")
        if not line.has_extn("auth"):
            yield "587 takes no password"
    with smtplib.SMTP_SSL("127.0.0.1", 465, timeout=20, context=context) as line:
        line.ehlo("sender.example.org")
        if not line.has_extn("auth"):
            yield "465 takes no password"


def postfix_older():
    """The two older settings, where the newer one is not set."""
    with Machine("postfix") as machine, Lab(SCENARIO) as lab:
        machine.put_certificate(lab.leaves["first"], HOST, STORE)
        postfix_begins(machine)
        yield from mend(machine, lab, "postfix", "issue-certificate", (25,),
                        (*ORDER[:2], "Postfix 3.4 and later"), renewal=True)


def postfix_other():
    """A table that everybody can read keeps none of its keys open."""
    ports = (25, 587)
    with Machine("postfix") as machine, Lab(SCENARIO) as lab:
        live = machine.put_certificate(lab.leaves["other"], OTHER, CERTBOT)
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        machine.must("postconf -M 'submission/inet=submission inet n - y - - smtpd'")
        postfix_begins(
            machine, "smtpd_tls_chain_files=%s/privkey.pem %s/fullchain.pem" % (
                live, live),
            "smtpd_tls_security_level=may", "smtpd_tls_protocols=>=TLSv1",
            "tls_medium_cipherlist=ALL:@SECLEVEL=0")
        wait_for(587)
        yield from not_older(machine, "postfix", ports, ("Older Postfix",))
        machine.must("echo 'old.example.com %s/privkey.pem, %s/fullchain.pem' >"
                     "/etc/postfix/sni; postmap -F /etc/postfix/sni" % (live, live))
        if list(machine.open_secrets()) != ["/etc/postfix/sni.db"]:
            yield "a table that is open is not seen"
        yield from by_name(machine, lab, "postfix", ports, ("The paths below",))
        machine.must("postmap -F -q old.example.com /etc/postfix/sni")
        yield from renewal_of(machine, lab, "postfix", ports)
        machine.must("chmod 644 /etc/postfix/sni.db; exec "  # as it once was
                     "/etc/letsencrypt/renewal-hooks/deploy/deploy-dovecot-postfix")
        yield from ("everybody may read " + name
                    for name in machine.open_secrets())
        if shown(25, "other.example.com") != chain_of(lab.leaves["other"]):
            yield "the default certificate is another"


def iredmail():
    """Debian's servers with the two files that iRedMail names everywhere."""
    ports = (25, 143, 993)
    crt, key = "/etc/ssl/certs/iRedMail.crt", "/etc/ssl/private/iRedMail.key"
    with Machine("postfix") as machine, Lab(SCENARIO) as lab:
        machine.put_certificate(lab.leaves["first"], HOST, STORE)
        machine.must("openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=%s "
                     "-out %s -keyout %s" % (HOST, crt, key))
        machine.write("/etc/dovecot/conf.d/10-ssl.conf", "ssl = required\n"
                      "ssl_cert = <%s\nssl_key = <%s\n" % (crt, key))
        postfix_begins(machine, "smtpd_tls_cert_file=" + crt, "smtpd_tls_key_file=" + key,
                       "smtpd_tls_chain_files=", "smtpd_tls_security_level=may")
        yield from mend(machine, lab, "iredmail", "issue-certificate", ports,
                        (*ORDER[:2], "On Red Hat", "The webmail's server"), renewal=True)
        machine.must("test ! -L %s.old && test -L %s" % (key, key))
        yield from renew_twice(machine, lab, ports)


BRIEF = [  # in tests/live/test_recipes_brief.py, too
    ("Dovecot 2.3: key and full chain, renewed twice", dovecot),
    ("Postfix: the older settings", postfix_older),
]
CASES = BRIEF + [
    ("Dovecot 2.3: encryption, versions, by name", dovecot_other),
    ("Postfix: encryption beside the owner's own lines, renewed twice", postfix),
    ("Postfix: versions, by name, renewed twice", postfix_other),
    ("iRedMail: links in place of its files, renewed twice", iredmail),
]


def main(cases, of_templates=True):
    begin("what is told to owners of Postfix and Dovecot", MACHINES)
    run_cases(cases, of_templates)


if __name__ == "__main__":
    main(CASES)
