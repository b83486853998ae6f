"""An ACME server that does as a script says: right by default, wrong where a
row of faults.json wants it. It verifies no signatures; Pebble does that.

A row's "faults" are tried in order at each request; the first that fits changes
the answer:
  "on"       the endpoint: directory nonce newAccount newOrder authz challenge
             finalize order cert alternate revoke keyChange ari; or "any"
  "after"    let so many pass first; "times": then so often (else for ever)
  "if"       a word that must be in the request's payload
  "status", "headers", "problem", "body"   the answer instead
  "merge", "drop"    members of the right answer to change, to leave out
  "close"    hang up instead; "sleep": wait first; "late_close": do it, say nothing
  "no_nonce" without a nonce
In texts @date+N is an HTTP date, @iso+N one of RFC 3339, N seconds from now, and
@base the server's own address. "cert" says what the certificate is like.
"persist": HOST:PORT of a name server; challenges are dns-persist-01 then, and
their records are looked for there.
"""
import base64
import email.utils
import json
import os
import re
import socket
import ssl
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import ca

URN = "urn:ietf:params:acme:error:"
KINDS = ["http-01", "dns-01", "tls-alpn-01"]


def kind_of(name):
    """RFC 8738: an address is an identifier of its own type."""
    return "ip" if ":" in name or name.replace(".", "").isdigit() else "dns"


def unpack(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def dated(text, base):
    def date(match):
        when = time.time() + float(match[2])
        if match[1] == "date":
            return email.utils.formatdate(when, usegmt=True)
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))
    return re.sub(r"@(date|iso)([+-]\d+)", date, text).replace("@base", base)


def txt_records(place, owner):
    """The texts that a name server has for one name."""
    host, port = place.split(":")
    labels = b"".join(bytes([len(x)]) + x.encode() for x in owner.split("."))
    asked = struct.pack("!6H", 7, 0, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 16, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(5)
        s.sendto(asked, (host, int(port)))
        answer = s.recv(4096)
    count, at, found = struct.unpack("!H", answer[6:8])[0], len(asked), []
    for _ in range(count):
        while answer[at] not in (0, 0xc0):
            at += answer[at] + 1
        at += 2 if answer[at] else 1
        kind, _, _, length = struct.unpack("!2HIH", answer[at:at + 10])
        data, at = answer[at + 10:at + 10 + length], at + 10 + length
        text = b""
        while data:
            text, data = text + data[1:data[0] + 1], data[data[0] + 1:]
        if kind == 16:
            found.append(text.decode())
    return found


def persists(text, account, issuers, wildcard):
    """draft-ietf-acme-dns-persist-01 4.2: would this record do?"""
    issuer, *fields = [part.strip() for part in text.split(";")]
    said = dict(field.split("=", 1) for field in fields)
    return (issuer in issuers and said.get("accounturi") == account and
            (not wildcard or said.get("policy", "").lower() == "wildcard") and
            float(said.get("persistUntil", "inf")) >= time.time())


class FakeAcme:
    def __init__(self, authority, row):
        self.authority, self.row = authority, row
        self.faults = [dict(f, seen=0) for f in row.get("faults", [])]
        self.requests, self.log, self.nonces = 0, [], 0
        self.names, self.answered, self.state, self.csr = [], set(), "pending", None
        self.account_url, self.asked_for = None, ""  # of the last request
        self.unproven = set()
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.api)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                 do_handshake_on_connect=False)
        self.base = "https://localhost:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def now(self):
        """What its clock says; a test may have another."""
        return time.time()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    # ---- the right answers: status, headers, JSON or bytes ----

    def directory(self, _):
        urls = {"newNonce": "nonce", "newAccount": "newAccount", "newOrder": "newOrder",
                "revokeCert": "revoke", "keyChange": "keyChange", "renewalInfo": "ari"}
        return 200, {}, dict({k: self.base + "/" + v for k, v in urls.items()},
                             meta=self.row.get("meta", {}))

    def nonce(self, _):
        return 200, {}, b""

    def newAccount(self, _):
        return 201, {"Location": self.base + "/account/1"}, {"status": "valid"}

    def account(self, _):
        return 200, {}, {"status": "valid"}

    def newOrder(self, payload):
        self.names = [i["value"] for i in payload["identifiers"]]
        self.answered, self.unproven = set(), set()
        self.state = self.row.get("order", "pending")
        return 201, {"Location": self.base + "/order"}, self.order_object()

    def order_object(self):
        if self.state == "pending" and len(self.answered) >= len(self.names):
            self.state = "ready"
        order = {"status": self.state, "finalize": self.base + "/finalize",
                 "identifiers": [{"type": kind_of(n), "value": n} for n in self.names],
                 "authorizations": [self.base + "/authz/%d" % i for i in range(len(self.names))]}
        if self.state == "valid":
            order["certificate"] = self.base + "/cert"
        return order

    def order(self, _):
        return 200, {}, self.order_object()

    def authz(self, payload, number=0):
        if payload and payload.get("status") == "deactivated":
            return 200, {}, {"status": "deactivated"}
        name = self.names[number]
        state = self.row.get("authz", "invalid" if number in self.unproven else
                             "valid" if number in self.answered else "pending")
        offered = self.row.get("challenges") or [{"type": t} for t in KINDS]
        return 200, {}, {
            "status": state, "wildcard": name.startswith("*."),
            "identifier": {"type": kind_of(name),
                           "value": name[2:] if name.startswith("*.") else name},
            "challenges": [dict({"url": self.base + "/challenge/%d" % number, "status": state,
                                 "token": "token-%d-0123456789abcdef" % number}, **c)
                           for c in offered]}

    def proven(self, name):
        base = name[2:] if name.startswith("*.") else name
        issuers = self.row["challenges"][0]["issuer-domain-names"]
        return any(persists(text, self.base + "/account/1", issuers, base != name) for text
                   in txt_records(self.row["persist"], "_validation-persist." + base))

    def challenge(self, _, number=0):
        good = "persist" not in self.row or self.proven(self.names[number])
        (self.answered if good else self.unproven).add(number)
        return 200, {}, {"type": "http-01", "status": "processing",
                         "url": self.base + "/challenge/%d" % number}

    def finalize(self, payload):
        self.csr = unpack(payload["csr"])
        self.state = "valid"
        return 200, {}, self.order_object()

    def cert(self, _):
        links = {"Link": self.row["links"].replace("@base", self.base)} if "links" in self.row else {}
        return 200, links, self.make_cert(self.row.get("cert", "right")).encode()

    def alternate(self, _):
        return 200, {}, self.make_cert("other-root").encode()

    def revoke(self, _):
        return 200, {}, b""

    keyChange = revoke

    def ari(self, _):
        return 200, {"Retry-After": "21600"}, {"suggestedWindow": {
            "start": dated("@iso+86400", ""), "end": dated("@iso+172800", "")}}

    # ---- certificates ----

    def make_cert(self, like):
        request = self.csr and ca.openssl("req", "-inform", "DER", input=self.csr)
        names = list(self.names)
        if like == "missing-name":
            names = ["elsewhere.example.org"]
        if like == "extra-name":
            names += ["elsewhere.example.org"]
        if like == "wrong-key":
            request = ca.openssl("req", "-new", *ca.P256, "-subj", "/CN=x", "-keyout",
                                 os.devnull)
        issuer = self.authority.second if like == "other-root" else self.authority
        san = ",".join({"ip": "IP:", "dns": "DNS:"}[kind_of(n)] + n for n in names)
        with self.authority.lock:
            leaf = issuer.sign(request, san)
        root = open(issuer.pem).read()
        other = open(self.authority.second.pem).read()
        return {"backwards": root + leaf, "unrelated": leaf + other, "twice": leaf + leaf + root,
                "garbage": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "empty": "", "html": "<html>maintenance</html>", "cut": leaf[:len(leaf) // 2],
                "leaf-only": leaf, "chatty": "Subject: hello\n\x1b[31m\n" + leaf + root,
                "with-key": leaf + root + open(self.authority.key).read(),
                "endless": leaf + root * 40}.get(like, leaf + root)

    # ---- faults ----

    def fault(self, where, payload):
        with self.lock:
            for f in self.faults:
                if f["on"] not in (where, "any") or f.get("if", "") not in json.dumps(payload):
                    continue
                f["seen"] += 1
                past = f["seen"] - f.get("after", 0)
                if 0 < past <= f.get("times", 1 << 30):
                    return f
        return None


def changed(fake, f, answer):
    status, headers, body = answer
    status = f.get("status", status)
    headers = dict(headers, **f.get("headers", {}))
    if isinstance(body, dict):
        body = {k: v for k, v in dict(body, **f.get("merge", {})).items()
                if k not in f.get("drop", [])}
    if "problem" in f:
        problem = dict(f["problem"])
        if not problem.get("type", "").startswith("http"):
            problem["type"] = URN + problem.get("type", "malformed")
        status = f.get("status", 400)
        headers["Content-Type"], body = "application/problem+json", problem
    if "body" in f:
        body = f["body"] * f.get("repeat", 1)
        body = body.encode("latin-1") if f.get("latin") else body.encode()
    return status, headers, body


def handler_for(fake):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_):
            pass

        def date_time_string(self, timestamp=None):
            return email.utils.formatdate(timestamp or fake.now(), usegmt=True)

        def handle(self):
            try:
                super().handle()
            except OSError:
                pass  # the client has what it wanted, or hung up

        def payload(self):
            length = int(self.headers.get("Content-Length", 0))
            if not length:
                return None
            body = json.loads(self.rfile.read(length))
            fake.account_url = json.loads(unpack(body["protected"])).get("kid")
            text = unpack(body["payload"])
            return json.loads(text) if text else None

        def do_any(self):
            payload = self.payload()
            where, _, number = self.path.strip("/").partition("/")
            where = {"dir": "directory"}.get(where, where)
            fake.requests += 1
            fake.log.append(where)
            fake.asked_for = number
            f = fake.fault(where, payload) or {}
            time.sleep(f.get("sleep", 0))
            if f.get("close"):
                self.close_connection = True
                return
            right = getattr(fake, where, None)
            made = "problem" in f or "body" in f
            args = [int(number)] if where in ("authz", "challenge") else []
            answer = (200, {}, {}) if made or not right else right(payload, *args)
            if f.get("late_close"):
                self.close_connection = True
                return
            self.answer(*changed(fake, f, answer), nonce=not f.get("no_nonce"))

        def answer(self, status, headers, body, nonce):
            data = json.dumps(body) if isinstance(body, dict) else body
            data = dated(data, fake.base).encode() if isinstance(data, str) else data
            self.send_response(status)
            if nonce:
                fake.nonces += 1
                headers = dict({"Replay-Nonce": "nonce%d" % fake.nonces}, **headers)
            for name, value in headers.items():
                for one in value if isinstance(value, list) else [value]:
                    self.send_header(name, dated(one, fake.base))
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_POST = do_HEAD = do_any

    return Handler
