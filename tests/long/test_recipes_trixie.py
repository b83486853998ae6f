#!/usr/bin/env python3
"""What a report tells the owner of Dovecot 2.4, done as printed on Debian 13, whose
machine is made from that release's own lists (machine.sh, by a configuration of
apt): encryption, versions, key and full chain, by name, renewed twice. TAP.

Needs root, namespaces and a mirror that has Debian 13; else one counted skip.
"""
import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "lab")]
# A folder of its own: the base of those machines is another release.
PLACE = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "machines-trixie"))
os.environ["CERTMEND_MACHINES"] = PLACE
from lab import Lab  # noqa: E402
from recipe_cases import (CERTBOT, HOST, ORDER, OTHER, SCENARIO,  # noqa: E402
                          STORE, by_name, mend, not_older, renew_twice)
from recipes import Machine, begin, run_cases, told, wait_for  # noqa: E402

MACHINES = {"dovecot": "dovecot-imapd dovecot-pop3d"}
PORTS = (143, 993, 110, 995)
CONF = "/etc/dovecot/conf.d/10-ssl.conf"
OLDER = ("Dovecot 2.3 (",)


def set_apt():
    """Lists, sources and caches of Debian 13, from the mirror in use here."""
    named = "".join(open(path, encoding="utf-8").read() for path in
                    ["/etc/apt/sources.list", *glob.glob("/etc/apt/sources.list.d/*")]
                    if os.path.exists(path))
    mirror = re.search(r"https?://\S+/debian/?(?=\s|$)", named)
    if not mirror:
        return
    for folder in ("lists/partial", "cache/archives/partial", "none"):
        os.makedirs(os.path.join(PLACE, "apt", folder), exist_ok=True)
    top = os.path.join(PLACE, "apt")
    with open(top + "/sources.list", "w", encoding="ascii") as out:
        out.write("deb %s trixie main\n" % mirror[0])
    with open(top + "/apt.conf", "w", encoding="ascii") as out:
        out.write("".join('%s "%s";\n' % row for row in (
            ("Dir::State::lists", top + "/lists"), ("Dir::Cache", top + "/cache"),
            ("Dir::Etc::sourcelist", top + "/sources.list"),
            ("Dir::Etc::sourceparts", top + "/none"), ("APT::Sandbox::User", "root"))))
    os.environ["APT_CONFIG"] = top + "/apt.conf"
    if not glob.glob(top + "/lists/*_Packages*"):
        subprocess.run(["apt-get", "-qq", "update"], capture_output=True)


def installed():
    with Machine("dovecot") as machine, Lab(SCENARIO) as lab:
        if not machine.must("dovecot --version").startswith("2.4"):
            yield "it is not Dovecot 2.4"
        machine.put_certificate(lab.leaves["first"], HOST, STORE)
        machine.must("systemctl start dovecot")
        wait_for(143, 110)
        yield from mend(machine, lab, "dovecot", "issue-certificate", PORTS,
                        (*ORDER[:2], *OLDER), renewal=True)
        yield from renew_twice(machine, lab, PORTS)


def other():
    """Passwords in clear, TLS 1.1, one certificate for all."""
    with Machine("dovecot") as machine, Lab(SCENARIO) as lab:
        live = machine.put_certificate(lab.leaves["other"], OTHER, CERTBOT)
        machine.put_certificate(lab.leaves["first"], HOST, CERTBOT)
        machine.write(CONF, "ssl = no\nssl_server_cert_file = %s/fullchain.pem\n"
                      "ssl_server_key_file = %s/privkey.pem\nssl_min_protocol = TLSv1.1\n"
                      "ssl_cipher_list = ALL:@SECLEVEL=0\n" % (live, live))
        machine.must("systemctl start dovecot")
        wait_for(143, 110)
        machine.carry_out(told("dovecot", "enable-tls")[:3], OLDER)
        machine.must("systemctl restart dovecot")
        wait_for(*PORTS)
        yield from not_older(machine, "dovecot", PORTS, ())
        yield from by_name(machine, lab, "dovecot", PORTS, ("The paths below", *OLDER))


CASES = [
    ("Dovecot 2.4: key and full chain, renewed twice", installed),
    ("Dovecot 2.4: encryption, versions, by name", other),
]

if __name__ == "__main__":
    set_apt()
    begin("what is told to owners of Dovecot 2.4", MACHINES)
    run_cases(CASES)
