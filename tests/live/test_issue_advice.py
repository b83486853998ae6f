#!/usr/bin/env python3
"""What certmend issue says when a CA says no: where the pre-flight had seen why,
in its words; else what the CA's words mean. The CA's sentence stands once. A CA
by its URL is asked in spite of what the pre-flight found, so both speak. TAP."""
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), d) for d in ("acme", "lab")]
import ca  # noqa: E402
from fake_acme import URN, FakeAcme  # noqa: E402
from lab import Lab  # noqa: E402
from tap import finish, tap  # noqa: E402

GOOD, SHUT, SENDS = "127.21.8.1", "127.21.8.2", "127.21.8.3"
DNS = {
    "good.example.org": {"A": [GOOD]},
    "shut.example.org": {"A": [SHUT]},
    "empty.example.org": {"TXT": ["x"]},
    "fails.example.org": {"servfail": True},
    "caa.example.org": {"A": [GOOD], "CAA": ['0 issue "pki.example.net"']},
    "critical.example.org": {"A": [GOOD], "CAA": ['128 tbs "x"']},
    "sends.example.org": {"A": [SENDS]},
}
SERVERS = [{"addr": SENDS, "port": 80, "proto": "http",
            "redirect": "https://sends.example.org{path}"}]
FETCH = "192.0.2.1: Fetching http://%s/.well-known/acme-challenge/x: "
V6 = "2001:db8::1: Fetching http://good.example.org/.well-known/acme-challenge/x: "

# what; name; --challenge; type and words of the CA; finding; in the text; not in it
ROWS = [
    ("an unknown critical tag", "critical.example.org", "http-01", "caa",
     "CAA record for critical.example.org prevents issuance", "acme.caa_critical",
     "Take the unknown tag", "Add a CAA record"),
    ("CAA names another", "caa.example.org", "http-01", "caa",
     "CAA record for caa.example.org prevents issuance", "acme.caa_forbids",
     "allow pki.example.net", None),
    ("no CAA was seen from here", "good.example.org", "http-01", "caa",
     "CAA record for good.example.org prevents issuance", "acme.caa_forbids",
     "Add a CAA record that names this CA", None),
    ("no address", "empty.example.org", "http-01", "dns",
     "no valid A records found for empty.example.org; no valid AAAA records found for "
     "empty.example.org", "dns.no_address", "Publish the address", None),
    ("DNS is out", "fails.example.org", "http-01", "malformed",
     "Error occurred while resolving URL \"http://fails.example.org/\"", "dns.broken",
     "The question for the addresses of fails.example.org is not answered", "Open port 80"),
    ("DNS is out for the CA alone", "good.example.org", "http-01", "malformed",
     "Could not resolve URL \"http://good.example.org/\"", "dns.broken",
     "DNS servers mended", "Open port 80"),
    ("port 80 is shut", "shut.example.org", "http-01", "connection",
     FETCH % "shut.example.org" + "Connection refused", "http01.unreachable",
     "Nothing answers on port 80 of shut.example.org", None),
    ("port 80 is shut for the CA alone", "good.example.org", "http-01", "connection",
     FETCH % "good.example.org" + "Timeout during connect (likely firewall problem)",
     "http01.unreachable", "Open port 80 to everybody, or prove the name by dns-01", None),
    ("IPv6", "good.example.org", "http-01", "connection", V6 + "Connection refused",
     "http01.v6_broken", "Let port 80 answer by IPv6 too, or take the AAAA record away",
     "Open port 80 to everybody"),
    ("sent on to a closed 443", "sends.example.org", "http-01", "connection",
     FETCH.replace("http:", "https:") % "sends.example.org" + "Connection refused",
     "http01.bad_redirect", "Let somebody answer there too", "Open port 80"),
    ("tls-alpn-01, 443 is closed", "good.example.org", "tls-alpn-01", "connection",
     "192.0.2.1: Connection refused", "acme.alpn_unusable",
     "Open port 443 to everybody", "hand over"),
    ("tls-alpn-01, another certificate", "good.example.org", "tls-alpn-01", "unauthorized",
     "Received certificate with unexpected identifiers", "acme.alpn_unusable",
     "hand over the protocol acme-tls/1", "Open port 443"),
    ("an address", "9.9.9.9", "http-01", "connection", "9.9.9.9: Fetching http://9.9.9.9/.well-known"
     "/acme-challenge/x: Timeout during connect", "http01.unreachable",
     "prove the address on port 443", "dns-01"),
    ("an address of IPv6", "2620:fe::fe", "http-01", "connection",
     "2620:fe::fe: Fetching http://[2620:fe::fe]/.well-known/acme-challenge/x: Connection refused",
     "http01.unreachable", "prove the address on port 443", "AAAA"),
    ("a closed account", "good.example.org", "http-01", "unauthorized",
     "Account is not valid, has status \"deactivated\"", "acme.tos_account",
     "certmend acme account --new --apply", None),
]


def refused(authority, lab, folder, row, name, challenge, more=()):
    """An order whose proof, or which itself, the CA refuses."""
    fake = FakeAcme(authority, dict(row))
    right = fake.challenge

    def refuse(payload, number=0, fake=fake, right=right):
        fake.row["authz"] = "invalid"
        return right(payload, number)
    fake.challenge = refuse
    port = ca.free_ports(1)[0]
    here = [w for to in (GOOD, "9.9.9.9", "[2620:fe::fe]")
            for w in ("--connect-to", "%s:80:127.0.0.1:%d" % (to, port),
                      "--connect-to", "%s::127.0.0.1:1" % to)]
    done = subprocess.run(
        [os.path.join(ca.BUILD, "certmend"), "issue", name, "--apply", "--ca",
         fake.base + "/dir", "--ca-file", authority.pem, "--challenge", challenge,
         "--listen", "127.0.0.1:%d" % port, "--store", tempfile.mkdtemp(dir=folder),
         "--skip", "dane", "--skip", "deploy-look", "--connect-to",
         "localhost::127.0.0.1:", *here, "--resolver", lab.resolver,
         *lab.arguments()[4:], *more],
        capture_output=True, text=True, timeout=60)
    fake.stop()
    return done


def taken(folder, authority, lab):
    """What cannot be shown is told in a sentence with one full stop."""
    fake = FakeAcme(authority, {})
    with socket.create_server(("127.0.0.1", 0)) as held:
        done = subprocess.run(
            [os.path.join(ca.BUILD, "certmend"), "issue", "good.example.org", "--apply", "--ca",
             fake.base + "/dir", "--ca-file", authority.pem, "--challenge", "tls-alpn-01",
             "--listen", "127.0.0.1:%d" % held.getsockname()[1], "--store",
             tempfile.mkdtemp(dir=folder), "--skip", "dane", "--connect-to",
             "localhost::127.0.0.1:", "--resolver", lab.resolver, *lab.arguments()[4:]],
            capture_output=True, text=True, timeout=60)
    fake.stop()
    said = done.stdout.partition("No certificate from")[2]
    tap("the port of the proof is taken", None if done.returncode and "in use" in said and
        ".." not in said else (done.returncode, done.stdout, done.stderr))


def main():
    scenario = {"target": "good.example.org", "dns": DNS, "servers": SERVERS}
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder, Lab(scenario) as lab:
        authority = ca.Authority(folder)
        authority.second = authority
        authority.api = authority.server()
        authority.lock = threading.Lock()
        taken(folder, authority, lab)
        for what, name, challenge, kind, words, finding, text, never in ROWS:
            problem = {"type": kind, "detail": words}
            fails = {"type": challenge, "error": dict(problem, type=URN + kind)}
            row = {"faults": [{"on": "newOrder", "problem": problem, "status": 403}]} \
                if "ccount" in words else {"challenges": [fails]}
            done = refused(authority, lab, folder, row, name, challenge)
            said = " ".join(done.stdout.partition("No certificate from")[2].split())
            good = done.returncode == 1 and said.count(words) == 1 and ".." not in said and \
                (not text or text in said) and not (never and never in said)
            told = refused(authority, lab, folder, row, name, challenge, ("--format", "json"))
            got = json.loads(told.stdout)["orders"][0]["problems"][0]["finding"]
            tap(what, None if good and got == finding else
                (done.returncode, got, done.stdout, done.stderr))
    finish()


main()
