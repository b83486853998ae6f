#!/usr/bin/env python3
"""Where other mail servers compare the key (DANE), a report says how to find its
file. Done as printed on Debian's own servers: what comes out names the file that
is configured, and "certmend csr --key" takes it. TAP.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "lab")]
from lab import Lab, read_scenario  # noqa: E402
from recipes import (PROGRAM, Machine, begin, carried, parts,  # noqa: E402
                     run_cases)
from recipe_cases import FRONT  # noqa: E402

# The same as other tests of recipes make.
MACHINES = {**FRONT, "exim": "exim4-daemon-light",
            "courier": "courier-mta courier-imap courier-pop",
            "cyrus": "cyrus-imapd cyrus-pop3d postfix",
            "sendmail": "sendmail-bin sendmail",
            "opensmtpd": "opensmtpd"}
SCENARIO = os.path.join(HERE, "..", "scenarios", "gate-tlsa-key-kept.json")
OWN = "/etc/ssl/private/own.key"
DEBIANS = "/etc/ssl/private/ssl-cert-snakeoil.key"
# software: machine, what makes it read a key, the file
SERVERS = {
    "postfix": ("front", "postconf -e smtpd_tls_key_file=" + DEBIANS, DEBIANS),
    "postfix 3.4": ("front", "postconf -e 'smtpd_tls_chain_files=%s, /etc/x.pem'" % OWN, OWN),
    "dovecot": ("front", "true", "/etc/dovecot/private/dovecot.key"),
    "nginx": ("front", "printf 'server { listen 4443 ssl; ssl_certificate /etc/ssl/own.pem; "
              "ssl_certificate_key %s; }\\n' >/etc/nginx/conf.d/own.conf" % OWN, OWN),
    "apache": ("front", "a2enmod -q ssl && a2ensite -q default-ssl", DEBIANS),
    "haproxy": ("front", "printf 'frontend f\\n  mode tcp\\n  bind :465 ssl crt %s\\n' "
                ">>/etc/haproxy/haproxy.cfg" % OWN, OWN),
    "stunnel": ("front", "printf '[m]\\naccept = 465\\ncert = /etc/ssl/own.pem\\nkey = %s\\n' "
                ">/etc/stunnel/mail.conf" % OWN, OWN),
    "exim": ("exim", "printf 'MAIN_TLS_ENABLE = yes\\nMAIN_TLS_PRIVATEKEY = %s\\n' "
             ">/etc/exim4/exim4.conf.localmacros && update-exim4.conf" % OWN, OWN),
    "courier": ("courier", "sed -i '/^TLS_CERTFILE=/d' /etc/courier/imapd-ssl && "
                "echo TLS_CERTFILE=%s >>/etc/courier/imapd-ssl" % OWN, OWN),
    "cyrus": ("cyrus", "echo imap_tls_server_key: %s >>/etc/imapd.conf" % OWN, OWN),
    "sendmail": ("sendmail", "echo 'O ServerKeyFile=%s' >>/etc/mail/sendmail.cf" % OWN, OWN),
    "opensmtpd": ("opensmtpd", "echo 'pki mail key \"%s\"' >>/etc/smtpd.conf" % OWN, OWN),
    "generic": ("exim", "mkdir -p /etc/mine && cp %s /etc/mine/the.key" % OWN, "/etc/mine/the.key"),
}


def survey():
    """A look at a server whose key is published, kept for all cases."""
    path = tempfile.mkdtemp() + "/survey.json"
    with Lab(read_scenario(SCENARIO)) as lab:
        subprocess.run([PROGRAM, "check", lab.scenario["target"], "--save", path, *lab.arguments()],
                       stdout=subprocess.DEVNULL, timeout=120)
    return path


def steps_for(software, seen):
    """The steps of the order on that server."""
    done = subprocess.run([PROGRAM, "judge", seen, "--format", "json",
                           *(["--software", software] if software != "generic" else [])],
                          capture_output=True, timeout=60, text=True)
    fixes = json.loads(done.stdout)["fixes"]
    return next(fix for fix in fixes if fix["id"] == "issue-certificate")["steps"]


def finds(name, seen):
    place, configured, wanted = SERVERS[name]
    steps = steps_for(name.split()[0], seen)
    at = [n for n, step in enumerate(steps) if step.startswith("DANE")]
    if not at:
        yield "no step says DANE: %s" % steps
        return
    _, _, _, command = parts(steps[at[0] + 1])
    with Machine(place) as machine:
        os.makedirs(machine.path("/etc/ssl/private"), exist_ok=True)
        for path in {OWN, wanted}:
            os.makedirs(os.path.dirname(machine.path(path)), exist_ok=True)
            subprocess.run(["openssl", "genrsa", "-out", machine.path(path), "2048"],
                           check=True, capture_output=True)
        subprocess.run(["openssl", "req", "-x509", "-key", machine.path(OWN), "-subj", "/CN=x",
                        "-out", machine.path("/etc/ssl/own.pem")], check=True)
        machine.must(configured)
        said = machine.sh(command).said
        carried(command)
        if wanted not in said:
            yield "%s does not say %s: %s" % (command.strip(), wanted, said)
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([PROGRAM, "csr", "mail.example.org", "--key", machine.path(wanted)],
                                  cwd=folder, capture_output=True, text=True)
            if done.returncode:
                yield done.stderr


if __name__ == "__main__":
    begin("how the key in use is found", MACHINES)
    SEEN = survey()
    run_cases([("%s: the file of the key in use is found" % name,
                lambda name=name: finds(name, SEEN)) for name in SERVERS])
    shutil.rmtree(os.path.dirname(SEEN))
