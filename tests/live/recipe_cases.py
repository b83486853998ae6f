"""recipe_cases - what a mail server's steps have to come to, whatever it is.

Each yields its complaints. `machine` is a Machine, `lab` a Lab with SCENARIO;
where texts of a plan are carried out that no report of this server shows, they
are those for mail.example.com and smtp.example.com.
"""
import os

from recipes import (Wrong, chain_of, look, shown, speaks, states, steps_of,
                     told, wait_for)

HOST, ALIAS, OTHER = "mail.example.com", "smtp.example.com", "www.example.com"
# What stands in front of mail servers, and they themselves behind it.
FRONT = {"front": "apparmor haproxy stunnel4 systemd-standalone-sysusers "
         "nginx libnginx-mod-mail apache2 postfix dovecot-imapd"}
STORE, CERTBOT = "/etc/certmend/live", "/etc/letsencrypt/live"


def leaf(*names, **more):
    return {"cn": names[0], "san": list(names), "key": "rsa2048", **more}


SCENARIO = {"target": HOST, "servers": [],
            "dns": {HOST: {"A": ["127.0.0.1"]}, ALIAS: {"A": ["127.0.0.1"]}},
            "certs": {"first": leaf(HOST, ALIAS), "second": leaf(HOST, ALIAS),
                      "third": leaf(HOST, ALIAS), "other": leaf(OTHER)}}
# The order itself is carried out by the tests of issue; there is no systemd.
ORDER = ("Order a certificate", "It puts key and full chain",
         "Have it renewed by itself")


def faults_of(lab, report, name, ports):
    """Where it is not right for certmend, or another chain is on the wire."""
    for port in ports:
        if states(report).get(port) != "verified":
            yield "%d is %s: %s" % (port, states(report).get(port), [
                one["id"] for one in report["findings"]])
        if shown(port, HOST) != chain_of(lab.leaves[name]):
            yield "%d does not show the %s certificate" % (port, name)


def mend(machine, lab, software, fix, ports, leave=(), renewal=False):
    """Broken before, the fix's steps, right afterwards."""
    _, before = look(lab, HOST, "--software", software)
    for port in ports:
        if states(before).get(port) == "verified":
            yield "%d was right before" % port
    machine.put_hooks()
    machine.carry_out(steps_of(before, fix),
                      (*leave, ORDER[2]) if renewal else leave)
    wait_for(*ports)
    yield from faults_of(lab, look(lab, HOST)[1], "first", ports)


def renew_twice(machine, lab, ports):
    """As certmend calls its hooks, then as certbot does."""
    names = HOST + " " + ALIAS
    for name, hooks, env in (
            ("second", "/etc/certmend/hooks/" + HOST,
             {"CERTMEND_NAME": HOST, "CERTMEND_NAMES": names,
              "CERTMEND_LIVE": STORE + "/" + HOST}),
            ("third", "/etc/letsencrypt/renewal-hooks/deploy",
             {"RENEWED_LINEAGE": CERTBOT + "/" + HOST, "RENEWED_DOMAINS": names})):
        for top in (STORE, CERTBOT):
            machine.put_certificate(lab.leaves[name], HOST, top)
        if not os.path.exists(machine.path(hooks)):
            hooks = "/etc/certmend/hooks/" + HOST
        for hook in sorted(os.listdir(machine.path(hooks))):
            machine.must("exec %s/%s" % (hooks, hook), **env)
        wait_for(*ports)
        for port in ports:
            if shown(port, HOST) != chain_of(lab.leaves[name]):
                yield "%d does not show the %s certificate" % (port, name)


def renewal_of(machine, lab, software, ports):
    """Carries out what the plan says of renewal, and renews."""
    machine.put_hooks()
    steps = told(software, "issue-certificate")
    at = [n for n, step in enumerate(steps) if "by itself" in step]
    if len(at) != 1:
        raise Wrong("%d steps begin the renewal" % len(at))
    machine.carry_out(steps[at[0]:], leave=ORDER[2:])
    yield from renew_twice(machine, lab, ports)


def by_name(machine, lab, software, ports, leave=()):
    """fix-sni-map: the names get their certificate, all others the default."""
    machine.carry_out(told(software, "fix-sni-map"), leave)
    wait_for(*ports)
    for port in ports:
        for sni, name in ((HOST, "first"), (ALIAS, "first"), (None, "other"),
                          ("no.example.com", "other")):
            if shown(port, sni) != chain_of(lab.leaves[name]):
                yield "%d shows %s not the %s certificate" % (port, sni, name)
        if shown(port, "../cert/" + HOST) == chain_of(lab.leaves["first"]):
            yield "%d takes a path for a name" % port


def not_older(machine, software, ports, leave=()):
    """upgrade-tls: 1.1 was spoken before, is not afterwards, 1.2 still is."""
    for port in ports:
        if not speaks(port, "-tls1_1"):
            yield "%d did not speak TLS 1.1 before" % port
    machine.carry_out(told(software, "upgrade-tls"), leave)
    wait_for(*ports)
    for port in ports:
        if speaks(port, "-tls1_1"):
            yield "%d still speaks TLS 1.1" % port
        if not speaks(port, "-tls1_2"):
            yield "%d does not speak TLS 1.2" % port
