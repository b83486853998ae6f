"""A CA of fake_acme's that lives by another clock: it signs by it, counts what
it is asked for, knows its accounts, offers renewal information, and has the
faults of the hour; and the name server that leads to it."""
import os
import socket
import threading
import time

import ca
from fake_acme import FakeAcme, unpack

CONFIG = """[ca]
default_ca = d
[d]
database = {folder}/index
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = p
[p]
commonName = optional
[leaf]
subjectAltName = DNS:{name}
authorityKeyIdentifier = keyid
"""
HOUR = 3600
DAY = 24 * HOUR


def stamp(when):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(when))


def iso(when):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))


def body_of(pem):
    """What a certificate's text holds, however it is folded."""
    return "".join(pem.partition("-----BEGIN CERTIFICATE-----")[2].partition("-----END")[0].split())


class Issued:
    """One certificate, and between which moments it is to be renewed."""

    def __init__(self, name, serial, now, life):
        self.name, self.serial = name, serial
        self.start, self.end = now - HOUR, now - HOUR + life
        by_life = self.end - life / (2 if life < 10 * DAY else 3)
        self.window = None
        self.soonest = self.latest = by_life

    def offer(self, start, end, asked_every=0):
        """A client that has asked keeps to the window; one that could not does
        as without."""
        self.window = start, end
        self.soonest = min(self.soonest, start)
        self.latest = max(self.latest, end) if not asked_every else end + asked_every


class TimedCa(FakeAcme):
    """`clock()` in Unix seconds; `life_of(name)` in seconds; `window_of(issued)`:
    start and end, or no renewal information at all where it is None; `trouble(where,
    ca)`: a fault as in fake_acme, or None."""

    def __init__(self, authority, folder, clock, life_of, window_of, trouble, asked_every=2 * DAY):
        self.clock, self.life_of, self.window_of = clock, life_of, window_of
        self.trouble, self.asked_every = trouble, asked_every
        self.folder = folder
        self.issued, self.orders, self.accounts = {}, {}, {}
        self.by_text, self.registered = {}, 0
        authority.lock = threading.Lock()
        super().__init__(authority, {})

    def now(self):
        return self.clock()

    def fault(self, where, payload):
        return self.trouble(where, self)

    # ---- what it is asked for ----

    def directory(self, payload):
        status, headers, body = super().directory(payload)
        if not self.window_of:
            del body["renewalInfo"]
        return status, headers, body

    def newAccount(self, payload):
        known = list(self.accounts)
        if not known and (payload or {}).get("onlyReturnExisting"):
            return self.no("accountDoesNotExist", "There is no such account.")
        self.registered += not known
        url = known[0] if known else self.base + "/account/%d" % self.registered
        self.accounts[url] = self.now()
        return 200 if known else 201, {"Location": url}, {"status": "valid"}

    def no(self, kind, detail, status=400):
        return status, {"Content-Type": "application/problem+json"}, {
            "type": "urn:ietf:params:acme:error:" + kind, "detail": detail}

    def newOrder(self, payload):
        if self.account_url not in self.accounts:
            return self.no("accountDoesNotExist",
                           "Account %s does not exist." % self.account_url)
        name = payload["identifiers"][0]["value"]
        self.orders.setdefault(name, []).append(self.now())
        self.answered = set()  # nothing is proven by an earlier order
        return super().newOrder(payload)

    def ari(self, _):
        serial = int.from_bytes(unpack(self.asked_for.partition(".")[2]), "big")
        one = self.issued.get(serial)
        if not one or not one.window:
            return self.no("malformed", "No such certificate.", 404)
        return 200, {"Retry-After": str(self.asked_every)}, {"suggestedWindow": {
            "start": iso(one.window[0]), "end": iso(one.window[1])}}

    # ---- certificates ----

    def sign_request(self, name, one):
        conf = os.path.join(self.folder, "ca.conf")
        for file, text in (("index", ""), ("index.attr", "unique_subject = no\n"),
                           ("serial", "%020X\n" % one.serial),
                           ("ca.conf", CONFIG.format(folder=self.folder, name=name))):
            with open(os.path.join(self.folder, file), "w") as f:
                f.write(text)
        der = os.path.join(self.folder, "csr")
        with open(der, "wb") as f:
            f.write(self.csr)
        try:
            return ca.openssl("ca", "-batch", "-config", conf, "-notext", "-inform", "DER",
                              "-in", der, "-cert", self.authority.pem, "-keyfile", self.authority.key,
                              "-extensions", "leaf", "-startdate", stamp(one.start), "-enddate",
                              stamp(one.end)).decode()
        finally:
            for file in os.listdir(self.folder):
                if file.endswith(".pem") or ".old" in file:
                    os.remove(os.path.join(self.folder, file))

    def make_cert(self, _):
        name = self.names[0]
        serial = int.from_bytes(b"\x41" + os.urandom(8), "big")
        one = Issued(name, serial, self.now(), self.life_of(name))
        if self.window_of:
            one.offer(*self.window_of(one))
        leaf = self.sign_request(name, one)
        self.issued[serial] = self.by_text[body_of(leaf)] = one
        with open(self.authority.pem) as f:
            return leaf + f.read()

    def of(self, name):
        return [one for one in self.issued.values() if one.name == name]

    def held(self, path):
        """The certificate in a file, or None."""
        try:
            with open(path) as f:
                return self.by_text.get(body_of(f.read()))
        except OSError:
            return None


class Names:
    """The name server that this machine asks: it knows where the CA is and nothing
    else, or it fails."""

    def __init__(self, fails):
        self.fails = fails
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.at = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.answer, daemon=True).start()

    def answer(self):
        while True:
            asked, who = self.socket.recvfrom(4096)
            end = asked.index(0, 12) + 5  # of the question: name, type, class
            question, flags, record = asked[12:end], b"\x81\x80", b""
            if self.fails():
                flags = b"\x81\x82"
            elif question == b"\x09localhost\0\0\1\0\1":
                record = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1"
            counts = bytes([0, 1, 0, bool(record), 0, 0, 0, 0])
            self.socket.sendto(asked[:2] + flags + counts + question + record, who)
