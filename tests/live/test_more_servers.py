#!/usr/bin/env python3
"""More real servers: Exim, stunnel, HAProxy that wants the name,
ManageSieve and Postfix's postscreen, each with the provider's certificate and
with the right one; HAProxy in front of Postfix and Dovecot, set up as it
should be and as it should not. TAP. Most of them are played by
tests/long/test_more_servers_rest.py.

Needs root and Debian's packages (unpack.sh); else one counted skip.
"""
import contextlib
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lab")]
from expect import compare, try_offers  # noqa: E402
from lab import Lab  # noqa: E402
from more_servers import DAEMONS, Running  # noqa: E402
from servers import DOVECOT, POSTFIX_MASTER, Servers  # noqa: E402
from test_servers import CERTS, HOST, MAY, PROVIDER, Elsewhere  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BUILD", "build"), "certmend")
HOMES = {"mail": (os.environ.get("CERTMEND_SERVERS", "build/servers"), None),
         "others": (os.environ.get("CERTMEND_CHECKERS", "build/checkers"),
                    "exim4-daemon-light opensmtpd haproxy stunnel4 "
                    "apache2-bin nginx libnginx-mod-mail")}
ADDRESS = "127.30.0.2"
PATIENCE_S = 60

RIGHT = {"status": 0, "findings": []}
WRONG = {"status": 1, "findings": ["name.mismatch.provider"], "may": MAY,
         "absent": ["port.divergent", "chain.incomplete"],
         "top": {"id": "use-hostname", "params": {"hostname": PROVIDER}}}
# A handshake is not mail.
SILENT = {"status": 3, "findings": ["conn.greeting_slow"], "never": ["issue-certificate"]}
# Without a policy nobody minds whatever port 25 shows.
WRONG_AT_25 = {"status": 0, "findings": ["name.mx_mismatch"]}

UNENCRYPTED = "smtpd -o smtpd_tls_security_level=none"


class Told(Servers):
    """The ports for TLS at once learn from the proxy that there was TLS."""
    master = POSTFIX_MASTER.replace(
        "smtpd -o smtpd_tls_wrappermode=yes",
        UNENCRYPTED + " -o smtpd_upstream_proxy_protocol=haproxy")
    dovecot = DOVECOT.replace(
        "    ssl = yes", "    ssl = no\n    haproxy = yes").replace(
        "ssl = required", "ssl = yes\nhaproxy_trusted_networks = 127.0.0.1")


DOUBLED = {"status": 1, "findings": ["tls.doubled"],
           "never": ["issue-certificate", "renew-certificate"]}
# what stands behind a proxy
BEHIND = {"passes": Servers, "tells": Told, "doubles": Servers,
          "alone": Servers, "web": Servers}

# what, daemon, certificate, its own name, expected
CASES = [
    ("Exim, the right certificate", "exim", "right", HOST, RIGHT),
    ("Exim, the provider's", "exim", "provider", PROVIDER, WRONG),
    ("stunnel, the right certificate", "stunnel", "right", HOST, RIGHT),
    ("stunnel, the provider's", "stunnel", "provider", PROVIDER, WRONG),
    ("stunnel with nobody behind it", "stunnel before nobody", "right", HOST, SILENT),
    ("HAProxy that wants the name", "haproxy", "right", HOST,
     {"status": 0, "findings": ["sni.needed"]}),
    ("ManageSieve, the right certificate", "sieve", "right", HOST, RIGHT),
    ("ManageSieve, the provider's", "sieve", "provider", PROVIDER, WRONG),
    ("postscreen, the right certificate", "postscreen", "right", HOST, RIGHT),
    ("postscreen, the provider's", "postscreen", "provider", PROVIDER,
     WRONG_AT_25),
    ("HAProxy hands TLS on", "passes", "right", HOST, RIGHT),
    ("HAProxy hands TLS on, the provider's", "passes", "provider", PROVIDER,
     WRONG),
    # Dovecot goes on to list STARTTLS, and lets everybody log in.
    ("HAProxy ends TLS and says so", "tells", "right", HOST,
     {"status": 0, "findings": ["tls.doubled"]}),
    ("HAProxy ends TLS before ports that want it", "doubles", "right", HOST,
     DOUBLED),
    ("HAProxy with nobody behind it", "alone", "right", HOST,
     {"port": 993, "status": 1, "findings": ["tls.ends_early"],
      "never": ["issue-certificate", "renew-certificate"],
      "top": {"id": "use-port", "params": {"port": 143}}}),
    ("HAProxy takes IMAP for the web", "web", "right", HOST,
     {"port": 993, "status": 1, "findings": ["port.wrong_service"],
      "never": ["issue-certificate", "renew-certificate"]}),
]


BRIEF = [case for case in CASES if case[0] in (
    "Exim, the provider's", "stunnel, the right certificate", "postscreen, the provider's",
    "HAProxy ends TLS before ports that want it")]
REST = [case for case in CASES if case not in BRIEF]


@contextlib.contextmanager
def behind(daemon, greeting, leaf):
    """The ports of what stands behind it."""
    if daemon not in BEHIND:
        yield {}
        return
    root = os.path.abspath(os.path.join(HOMES["mail"][0], "root"))
    with BEHIND[daemon](root, greeting, leaf) as servers:
        yield servers.port


def complaints(case, lab):
    _, name, certificate, greeting, want = case
    daemon = DAEMONS[name]
    asked = ":%d" % want["port"] if "port" in want else ""
    leaf = lab.leaves[certificate]
    root = os.path.abspath(os.path.join(HOMES[daemon.home][0], "root"))
    with behind(name, greeting, leaf) as ports, \
            Running(daemon, root, greeting, leaf, ports) as it:
        lab.services = {(ADDRESS, port): Elsewhere(it.port[port])
                        for port in daemon.ports}
        done = subprocess.run(
            [PROGRAM, "check", HOST + asked, "--format", "json",
             *lab.arguments()], capture_output=True, timeout=PATIENCE_S)
        try:
            report = json.loads(done.stdout)
        except ValueError:
            return ["no report; exit status %d: %s" % (
                done.returncode, done.stderr.decode("utf-8", "replace"))]
        seen = {cell["port"] for cell in report["endpoints"]
                if cell["state"] in ("verified", "faulty")}
        found = [] if asked or seen >= set(daemon.ports) else [
            "TLS was not reached on %s: %s" % (
                sorted(set(daemon.ports) - seen),
                [(e["port"], e["state"]) for e in report["endpoints"]])]
        found += compare(report, done.returncode, want)
        return found + list(try_offers(report, lab))


def why_not():
    if os.geteuid() != 0:
        return "needs root to chroot"
    for folder, packages in HOMES.values():
        made = subprocess.run(
            ["sh", os.path.join(HERE, "unpack.sh"), folder,
             *([packages] if packages else [])], capture_output=True)
        if made.returncode:
            return "the packages cannot be had"
    return None


def main(cases):
    reason = why_not()
    if reason:
        print("1..1\nok 1 - more real mail servers # SKIP " + reason)
        return
    print("1..%d" % len(cases))
    for number, case in enumerate(cases, 1):
        scenario = {"target": HOST, "certs": CERTS, "servers": [],
                    "dns": {name: {"A": [ADDRESS]}
                            for name in {HOST, case[3]}}}
        with Lab(scenario) as lab:
            try:
                faults = complaints(case, lab)
            except (OSError, RuntimeError, KeyError,
                    subprocess.TimeoutExpired) as fault:
                faults = [repr(fault)]
        print("%s %d - %s" % ("not ok" if faults else "ok", number, case[0]))
        for fault in faults:
            print("#   " + " ".join(fault.split()), flush=True)


if __name__ == "__main__":
    main(BRIEF)
