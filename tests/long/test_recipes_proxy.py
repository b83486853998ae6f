#!/usr/bin/env python3
"""Certificates that something else gets, in copies for mail servers: what a report
tells the owner of Caddy is done as printed on Debian's Caddy and Postfix, and the
copies follow when Caddy has newer ones; the hooks for Traefik, mailcow and Mailu
write the copies that are theirs, and no others. TAP.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import base64
import contextlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "lab")]
from lab import Lab  # noqa: E402
from recipe_cases import (ALIAS, CERTBOT, HOST, OTHER, SCENARIO,  # noqa: E402
                          STORE)
from recipes import (Machine, begin, chain_of, look, run_cases,  # noqa: E402
                     shown, steps_of, told, wait_for)

MACHINES = {"caddy": "caddy jq postfix"}
HOOKS = "/usr/local/share/certmend/hooks"
DEPLOY = "/etc/letsencrypt/renewal-hooks/deploy"
# Its own authority instead of one on the internet; the store is the same.
CADDYFILE = "{\n  local_certs\n  skip_install_trust\n}\n"


def text_of(path):
    with open(path, encoding="ascii") as text:
        return text.read()


def caddy_chain(machine):
    return machine.read("/etc/ssl/caddy/%s/fullchain.pem" % HOST)


def shows(port, pem):
    return "".join(one + "\n" for one in shown(port, HOST)) == \
        "".join(pem.splitlines(True))


def run_caddy(machine):
    """As its own user, who may have any port here, as with systemd."""
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", "w", encoding="ascii") as out:
        out.write("0")
    machine.must("mkdir -p /etc/cron.hourly; su -s /bin/sh caddy -c "
                 "'cd /; HOME=/var/lib/caddy caddy start --config /etc/caddy/Caddyfile'")
    wait_for(2019)


def caddy():
    with Machine("caddy") as machine, Lab(SCENARIO) as lab:
        machine.put_hooks()
        machine.write("/etc/caddy/Caddyfile", CADDYFILE)
        run_caddy(machine)
        machine.must("postconf -e smtpd_peername_lookup=no smtpd_tls_security_level=may; "
                     "postconf -M 'submission/inet=submission inet n - y - - smtpd'; "
                     "newaliases; systemctl start postfix")
        wait_for(25, 587)
        _, before = look(lab, HOST, "--software", "caddy,postfix")
        steps = steps_of(before, "issue-certificate")
        at = [n for n, step in enumerate(steps) if "Let Caddy load that" in step]
        machine.carry_out(steps[:at[0] + 1])
        wait_for(443)
        wait_until(machine, "/var/lib/caddy/.local/share/caddy/certificates/local/%s/%s.key"
                   % (HOST, HOST))
        machine.carry_out(steps[at[0] + 1:], ("Older Postfix",))
        if not shows(25, caddy_chain(machine)):
            yield "Postfix does not show Caddy's certificate"
        if machine.must("stat -c %a /etc/ssl/caddy/" + HOST + "/privkey.pem").strip() != "600":
            yield "the copy of the key is not for root alone"
        yield from caddy_renewed(machine)


def wait_until(machine, path):
    machine.must("for i in 1 2 3 4 5 6 7 8 9 10; do test -s %s && exit 0; sleep 1; done; exit 1"
                 % path)


def caddy_renewed(machine):
    """Twice: its files go, it orders anew, and the hourly job does the rest."""
    for _ in range(2):
        old = caddy_chain(machine)
        machine.must("caddy stop; rm -r /var/lib/caddy/.local/share/caddy/certificates")
        run_caddy(machine)
        wait_until(machine, "/var/lib/caddy/.local/share/caddy/certificates/local/%s/%s.key"
                   % (HOST, HOST))
        machine.must("run-parts --exit-on-error /etc/cron.hourly")
        new = caddy_chain(machine)
        if new == old:
            yield "the copy is the old one"
        if not shows(25, new):
            yield "Postfix still shows the old one"
    machine.must("echo 'exit 1' >%s/never; chmod 755 %s/never" % (DEPLOY, DEPLOY))
    machine.must("run-parts --exit-on-error /etc/cron.hourly")  # nothing new: no hook runs
    machine.must("rm %s/never; caddy stop" % DEPLOY)


def acme_json(*leaves):
    """As Traefik keeps it, by resolver."""
    def packed(path):
        return base64.b64encode(text_of(path).encode()).decode()
    return json.dumps({"mine": {"Account": {}, "Certificates": [
        {"domain": {"main": HOST, "sans": [ALIAS]}, "certificate": packed(leaf.served),
         "key": packed(leaf.key)} for leaf in leaves]}, "empty": {"Certificates": None}})


def traefik():
    with Machine("caddy") as machine, Lab(SCENARIO) as lab:
        machine.put_hooks()
        machine.must("install -d -m 700 /etc/ssl/traefik/%s /etc/ssl/traefik/%s %s; printf "
                     "'#!/bin/sh\\necho \"$RENEWED_LINEAGE $RENEWED_DOMAINS\" >>/tmp/told\\n' "
                     ">%s/tell; chmod 755 %s/tell" % (ALIAS, OTHER, DEPLOY, DEPLOY, DEPLOY))
        for name in ("first", "second"):
            machine.write("/etc/traefik/acme.json", acme_json(lab.leaves[name]), 0o600)
            done = machine.sh(HOOKS + "/copy-from-proxy")
            if done.returncode != 1 or OTHER not in done.said:
                yield "a name that Traefik has not is passed over: " + done.said
            if machine.read("/etc/ssl/traefik/%s/fullchain.pem" % ALIAS) != \
                    text_of(lab.leaves[name].served):
                yield "the copy is not the %s one" % name
        machine.sh(HOOKS + "/copy-from-proxy")  # the same again
        line = "/etc/ssl/traefik/%s %s %s \n" % (ALIAS, HOST, ALIAS)
        if machine.read("/tmp/told") != line * 2:
            yield "hooks were told: " + machine.read("/tmp/told")
        whole = machine.read("/etc/ssl/traefik/%s/privkey.pem" % ALIAS)
        machine.write("/etc/traefik/acme.json", "{\"mine\": {\"Certif", 0o600)
        if machine.sh(HOOKS + "/copy-from-proxy").returncode == 0:
            yield "a file that is being written is taken"
        if machine.read("/etc/ssl/traefik/%s/privkey.pem" % ALIAS) != whole:
            yield "the copy is gone"


PLACES = {"mailcow": ("/opt/mailcow-dockerized", "mailcow.conf", "SKIP_LETS_ENCRYPT=y",
                      "data/assets/ssl", "restart postfix-mailcow dovecot-mailcow nginx-mailcow"),
          "mailu": ("/mailu", "mailu.env", "TLS_FLAVOR=cert", "certs", "restart front")}


@contextlib.contextmanager
def containers(software):
    place, conf, line, ssl, restart = PLACES[software]
    with Machine("caddy") as machine, Lab(SCENARIO) as lab:
        machine.put_hooks()
        machine.write("/usr/local/bin/docker", "#!/bin/sh\necho \"$PWD $*\" >>/tmp/docker\n", 0o755)
        machine.write("%s/%s" % (place, conf), line + "\n")
        machine.must("install -d %s/%s" % (place, ssl))
        for name in ("cert.pem", "key.pem"):
            machine.write("%s/%s/%s" % (place, ssl, name), "")
        machine.write("/tmp/docker", "")
        try:
            yield machine, lab, place, ssl, "%s compose %s\n" % (place, restart)
        finally:
            machine.must("rm -rf /usr/local/bin/docker " + place)


def copied(software):
    """Installed by the steps, with a stand-in for docker; renewed twice."""
    with containers(software) as (machine, lab, place, ssl, restart):
        cert = "%s/%s/cert.pem" % (place, ssl)
        machine.put_certificate(lab.leaves["first"], HOST, STORE)
        steps = [step for step in told(software, "issue-certificate")
                 if "deploy-containers" in step or "Files from elsewhere go" in step]
        machine.carry_out(steps)
        for name, hooks, env in (
                ("second", "/etc/certmend/hooks/" + HOST, {"CERTMEND_LIVE": STORE + "/" + HOST}),
                ("third", DEPLOY, {"RENEWED_LINEAGE": CERTBOT + "/" + HOST})):
            for top in (STORE, CERTBOT):
                machine.put_certificate(lab.leaves[name], HOST, top)
            machine.write("/tmp/docker", "")
            machine.must(hooks + "/deploy-containers", **env)
            if machine.read(cert) != text_of(lab.leaves[name].served):
                yield "the copy is not the %s one" % name
            if machine.read("/tmp/docker") != restart:
                yield "docker was told: " + machine.read("/tmp/docker")
        yield from left_alone(machine, lab, place, cert)


def left_alone(machine, lab, place, cert):
    """Another certificate is none of its, nor is one of a program that orders."""
    kept = machine.read(cert)
    machine.put_certificate(lab.leaves["other"], OTHER, CERTBOT)
    machine.must(DEPLOY + "/deploy-containers", RENEWED_LINEAGE=CERTBOT + "/" + OTHER)
    if machine.read(cert) != kept:
        yield "another certificate was written over it"
    machine.put_certificate(lab.leaves["second"], HOST, CERTBOT)
    machine.must("sed -i 's/=.*/=letsencrypt/' %s/*.conf %s/*.env 2>/dev/null; true"
                 % (place, place))
    machine.must(DEPLOY + "/deploy-containers", RENEWED_LINEAGE=CERTBOT + "/" + HOST)
    if machine.read(cert) != kept:
        yield "what the program ordered itself was written over"


CASES = [
    ("Caddy: Postfix shows copies, renewed twice", caddy),
    ("Traefik: copies from acme.json, renewed", traefik),
    ("mailcow: its copies, renewed twice", lambda: copied("mailcow")),
    ("Mailu: its copies, renewed twice", lambda: copied("mailu")),
]

if __name__ == "__main__":
    begin("certificates that something else gets", MACHINES)
    run_cases(CASES)
