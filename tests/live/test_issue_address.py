#!/usr/bin/env python3
"""certmend issue for IP addresses (RFC 8738): the profile that a CA wants for
them is chosen by itself, at each renewal too; names beside them; every challenge
that can prove one, at Debian's Pebble, with public addresses in a network of
our own. TAP."""
import os
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE] + [os.path.join(os.path.dirname(HERE), part) for part in ("acme", "lab")]
import ca  # noqa: E402
from dns import DnsServer, Zone  # noqa: E402
from fake_acme import FakeAcme, kind_of  # noqa: E402
from tap import finish, tap  # noqa: E402
from test_issue import Bench  # noqa: E402

PROGRAM = os.path.join(ca.BUILD, "certmend")
INSIDE = "CERTMEND_OWN_NETWORK"
V4, V6, PRIVATE, RESERVED = "9.9.9.9", "2620:fe::fe", "10.0.0.1", "192.0.2.1"
# A look at the machine that has such an address ends here, where nobody is.
NOWHERE = [word for place in (V4, "[%s]" % V6, PRIVATE, RESERVED)
           for word in ("--connect-to", "%s::127.0.0.1:1" % place)]
NO_ADDRESS = {"type": "malformed",
              "detail": 'Profile "" does not permit ip type identifiers'}


class Strict(FakeAcme):
    """Addresses by one profile only, as Let's Encrypt's own server has it."""

    def __init__(self, authority, row):
        super().__init__(authority, row)
        self.profiles = []
        self.base = self.base.replace("localhost", "127.0.0.1")

    def newOrder(self, payload):
        profile = payload.get("profile")
        self.profiles.append(profile)
        self.answered = set()
        address = any(kind_of(i["value"]) == "ip" for i in payload["identifiers"])
        if address and "shortlived" in self.row.get("meta", {}).get("profiles", {}) \
                and profile != "shortlived":
            problem = dict(NO_ADDRESS, type="urn:ietf:params:acme:error:malformed")
            return 400, {"Content-Type": "application/problem+json"}, problem
        return super().newOrder(payload)


OFFERS = {"profiles": {"classic": "the usual one", "shortlived": "six days"}}
# what; what the CA offers; names; options; status; profiles sent; what is said
ROWS = [
    ("an address", OFFERS, [V4], [], 0, ["shortlived"], "shortlived for the address"),
    ("IPv6", OFFERS, [V6], [], 0, ["shortlived"], ""),
    ("a name and an address", OFFERS, ["a.example.org", V4], [], 0, ["shortlived"], ""),
    ("a name alone", OFFERS, ["a.example.org"], [], 0, [None], "the CA's own choice"),
    ("a CA without profiles", {}, [V4], [], 0, [None], ""),
    ("another profile is not overruled", OFFERS, [V4], ["--profile", "classic"], 1, ["classic"],
     "certifies addresses by another profile only"),
]


def skip(*checks):
    return [word for check in checks for word in ("--skip", check)]


def profiles(folder):
    authority = ca.Authority(folder)
    authority.second = ca.Authority(folder, "second root")
    authority.api = authority.server()
    authority.lock = threading.Lock()
    resolver = DnsServer(Zone({"a.example.org": {"A": ["127.0.0.1"]}}))
    for what, meta, names, more, wanted, sent, says in ROWS:
        fake = Strict(authority, {"meta": meta})
        store = tempfile.mkdtemp(dir=folder)
        words = ["--ca", fake.base + "/dir", "--ca-file", authority.pem, "--listen",
                 "127.0.0.1:%d" % ca.free_ports(1)[0], "--store", store, "--resolver",
                 resolver.place, *NOWHERE, *skip("dns", "dnssec", "caa", "port80", "dane", "deploy-look")]
        done = subprocess.run([PROGRAM, "issue", "--apply", *names, *words, *more],
                              capture_output=True, text=True, timeout=60)
        told = (done.returncode, fake.profiles, done.stdout, done.stderr)
        tap(what, None if done.returncode == wanted and fake.profiles == sent and
            says in done.stdout else told)
        if wanted == 0:
            done = subprocess.run([PROGRAM, "renew", "--force", "--store", store],
                                  capture_output=True, text=True, timeout=60)
            tap(what + ", renewed", None if done.returncode == 0 and
                fake.profiles == sent * 2 else (done.returncode, fake.profiles, done.stdout,
                                                done.stderr))
        fake.stop()
    resolver.close()


def by_dns(folder):
    for options in (["--challenge", "dns-01"], ["--challenge", "dns-01", "--dns-hook", "true"]):
        done = subprocess.run([PROGRAM, "issue", V4, "--store", folder, *options],
                              capture_output=True, text=True, timeout=60)
        tap("an address cannot be proven by DNS" + " by a program" * (len(options) > 2),
            None if done.returncode == 2 and "cannot be proven by DNS" in done.stderr
            else (done.returncode, done.stderr))


def at_pebble(folder):
    with Bench(folder, own=True) as b:
        http = ["--listen", ":%d" % b.server.http]
        tls = ["--challenge", "tls-alpn-01", "--listen", ":%d" % b.server.tls]
        for what, live, names, how in (
                ("http-01", V4, [V4], http), ("tls-alpn-01", V4, [V4], tls),
                ("http-01 by IPv6", V6, [V6], http),
                ("a name and addresses", "n.example.org", ["n.example.org", V4, V6], http),
                ("an address by tls-alpn-01, a name beside it", V4, [V4, "n.example.org"], tls)):
            status, said, noted = b.apply(*names, *how, *skip("dane", "deploy-look"))
            if status == 0:
                done = subprocess.run([PROGRAM, "renew", "--force", live, "--store", b.store],
                                      capture_output=True, text=True, timeout=60)
                status, said, noted = done.returncode, done.stdout, done.stderr
            shown = ca.openssl("x509", "-in", b.live(live, "cert.pem"), "-noout", "-ext",
                               "subjectAltName").decode() if status == 0 else ""
            missing = [n for n in names if n.upper().replace("::", ":0:0:0:0:0:") not in
                       shown.upper()]
            tap("at Pebble: %s, and renewed" % what, None if status == 0 and not missing and
                os.readlink(b.live(live).rstrip("/")).rsplit("/", 1)[1] != "1"
                else (status, missing, said, noted))
        csr = os.path.join(folder, "address.csr")
        done = subprocess.run([PROGRAM, "csr", V6, V4, "--out-csr", csr, "--out-key",
                               csr + ".key"], capture_output=True, text=True)
        text = done.returncode == 0 and ca.openssl("req", "-in", csr, "-noout", "-text").decode()
        tap("a request for addresses", None if text and "IP Address:9.9.9.9" in text and
            "IP Address:2620:FE" in text else done.stderr)


def at_lets_encrypt(folder):
    """The plan alone: nobody is there to ask."""
    resolver = DnsServer(Zone({}))
    for what, name, wanted, says in (
            ("a public address", V4, 0, "shortlived"),
            ("a public address of IPv6", V6, 0, "shortlived"),
            ("a private one", PRIVATE, 1, "a private or reserved address"),
            ("a reserved one", RESERVED, 1, "a private or reserved address")):
        done = subprocess.run([PROGRAM, "issue", name, "--store", folder, "--resolver",
                               resolver.place, *NOWHERE, *skip("dns", "dnssec", "caa", "ca", "dane", "port80")],
                              capture_output=True, text=True, timeout=100)
        tap("at Let's Encrypt: " + what, None if done.returncode == wanted and
            says in done.stdout + done.stderr else (done.returncode, done.stdout, done.stderr))
    resolver.close()


def own_network():
    """Goes on in a network of its own; False: there is none to be had."""
    if os.environ.get(INSIDE):
        for words in (["link", "set", "lo", "up"], ["addr", "add", V4 + "/32", "dev", "lo"],
                      ["addr", "add", V6 + "/128", "dev", "lo", "nodad"]):
            if subprocess.run(["ip", *words], capture_output=True).returncode:
                return False
        return True
    if os.geteuid() == 0 and shutil.which("ip") and subprocess.run(
            ["unshare", "-n", "true"], capture_output=True).returncode == 0:
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv])
    return False


def main():
    alone = own_network()
    with tempfile.TemporaryDirectory() as folder:
        profiles(folder)
        by_dns(folder)
        if alone and shutil.which("pebble"):
            at_pebble(folder)
            at_lets_encrypt(folder)
        else:
            tap("at Pebble # SKIP no network of our own, or no pebble", None)
    finish()


if __name__ == "__main__":
    main()
