#!/usr/bin/env python3
"""Real mail servers: Postfix, Dovecot and nginx with a wildcard one label too
deep, with the provider's certificate, and with the right one. TAP.

Needs root and Debian's packages (unpack.sh); else one counted skip.
"""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lab")]
from expect import compare, try_offers  # noqa: E402
from lab import Lab  # noqa: E402
from servers import PORTS, Servers  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BUILD", "build"), "certmend")
UNPACKED = os.environ.get("CERTMEND_SERVERS", "build/servers")
ADDRESS = "127.30.0.1"
HOST, DEEP, PROVIDER = "mail.example.org", "mx.eu.example.org", \
    "server9.example.net"
# What the planner may say about a certificate to come.
MAY = ["http01.elsewhere", "http01.unreachable"]

CERTS = {"wildcard": {"cn": "*.example.org", "san": ["*.example.org"]},
         "provider": {"cn": PROVIDER, "san": [PROVIDER]},
         "right": {"cn": HOST, "san": [HOST, "www.example.org"],
                   "key": "rsa2048"}}

# what, target, certificate, the name the server greets with, expected
CASES = [
    ("a wildcard one label too deep", DEEP, "wildcard", DEEP,
     {"status": 1, "findings": ["name.wildcard_depth"], "may": MAY,
      "top": {"id": "issue-certificate"}, "never": ["use-hostname"],
      "names": {"issue-certificate": {"has": [DEEP]}}}),
    ("the same, and the greeting names a way out", DEEP, "wildcard", HOST,
     {"status": 1, "findings": ["name.wildcard_depth"], "may": MAY,
      "top": {"id": "use-hostname", "params": {"hostname": HOST}}}),
    ("the provider's certificate", HOST, "provider", PROVIDER,
     {"status": 1, "findings": ["name.mismatch.provider"], "may": MAY,
      "absent": ["port.divergent", "chain.incomplete"],
      "top": {"id": "use-hostname", "params": {"hostname": PROVIDER}},
      "offered": ["ask-provider"],
      "names": {"issue-certificate": {"lacks": [PROVIDER]}}}),
    ("the right certificate", HOST, "right", HOST,
     {"status": 0, "findings": [], "absent": ["sni.needed"]}),
]


class Elsewhere:
    """Stands in a lab for a service that a real server gives."""

    def __init__(self, port):
        self.port = port

    def close(self):
        pass


def complaints(case, lab):
    _, target, certificate, greeting, want = case
    with Servers(os.path.join(UNPACKED, "root"), greeting,
                 lab.leaves[certificate]) as servers:
        lab.services = {(ADDRESS, port): Elsewhere(servers.port[port])
                        for port in PORTS}
        done = subprocess.run(
            [PROGRAM, "check", target, "--format", "json", *lab.arguments()],
            capture_output=True, timeout=120)
        try:
            report = json.loads(done.stdout)
        except ValueError:
            return ["no report; exit status %d: %s" % (
                done.returncode, done.stderr.decode("utf-8", "replace"))]
        seen = {cell["port"] for cell in report["endpoints"]
                if cell["state"] in ("verified", "faulty")}
        found = [] if seen >= set(PORTS) else [
            "TLS was not reached on %s" % sorted(set(PORTS) - seen)]
        found += compare(report, done.returncode, want)
        return found + list(try_offers(report, lab))


def why_not():
    if os.geteuid() != 0:
        return "needs root to chroot"
    made = subprocess.run(["sh", os.path.join(HERE, "unpack.sh"), UNPACKED],
                          capture_output=True)
    if made.returncode:
        return "the packages cannot be had"
    return None


def main():
    reason = why_not()
    if reason:
        print("1..1\nok 1 - real mail servers # SKIP " + reason)
        return
    print("1..%d" % len(CASES))
    for number, case in enumerate(CASES, 1):
        scenario = {"target": case[1], "certs": CERTS, "servers": [],
                    "dns": {name: {"A": [ADDRESS]}
                            for name in (case[1], case[3])}}
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
    main()
