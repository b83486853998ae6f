#!/usr/bin/env python3
"""The files that people can use without certmend: openssl takes the
configurations, `certmend csr lint` has nothing against what comes out, and
Debian's Pebble understands every request body. TAP."""
import base64
import hashlib
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "acme"))
import ca  # noqa: E402
import pebble  # noqa: E402
from tap import counted, finish, tap  # noqa: E402

PROGRAM = os.path.join(ca.BUILD, "certmend")
TEMPLATES = os.path.join(ca.ROOT, "templates")
KEYS = {"ec": ca.P256, "rsa": ("-newkey", "rsa:2048", "-nodes")}


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def request(folder, name, kind="ec"):
    """The path of a request made as the file's own comment says."""
    out = os.path.join(folder, "%s-%s.csr" % (name, kind))
    ca.openssl("req", "-new", "-config", os.path.join(TEMPLATES, "openssl", name + ".cnf"),
               "-subj", "/", *KEYS[kind], "-keyout", out + ".key", "-out", out)
    return out


def configurations(folder):
    for name in ("server", "wildcard", "address"):
        for kind in KEYS:
            csr = request(folder, name, kind)
            ca.openssl("req", "-in", csr, "-verify", "-noout")
            done = subprocess.run([PROGRAM, "csr", "lint", csr], capture_output=True, text=True)
            tap("openssl/%s.cnf with an %s key is clean" % (name, kind),
                done.returncode and done.stdout + done.stderr)
    digest = hashlib.sha256(b"token.thumbprint").hexdigest()
    text = ca.openssl("req", "-x509", "-config",
                      os.path.join(TEMPLATES, "openssl", "tls-alpn-01.cnf"), *ca.P256, "-days",
                      "1", "-keyout", os.path.join(folder, "alpn.key"), "-text",
                      env=dict(os.environ, NAME="mail.example.com", DIGEST=digest)).decode()
    lines = text.splitlines()
    at = next((i for i, line in enumerate(lines) if "1.3.6.1.5.5.7.1.31: critical" in line), None)
    tap("openssl/tls-alpn-01.cnf makes a proof",
        None if at and "DNS:mail.example.com" in text else text)


class Client:
    """As small as it can be: a key made by openssl, JWS by hand."""

    def __init__(self, server, folder):
        self.context = ssl.create_default_context(cafile=server.authority.pem)
        self.key = os.path.join(folder, "account.key")
        ca.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
                   self.key)
        point = ca.openssl("pkey", "-in", self.key, "-pubout", "-outform", "DER")[-64:]
        self.jwk = {"crv": "P-256", "kty": "EC", "x": b64(point[:32]), "y": b64(point[32:])}
        self.kid = self.nonce = None
        self.directory = json.loads(self.ask("https://127.0.0.1:%d/dir" % server.acme)[2])

    def ask(self, url, data=None):
        """(status, headers, body)"""
        query = urllib.request.Request(url, data, {"Content-Type": "application/jose+json"})
        try:
            with urllib.request.urlopen(query, context=self.context, timeout=10) as reply:
                answer = reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as reply:
            answer = reply.code, reply.headers, reply.read()
        self.nonce = answer[1].get("Replay-Nonce", self.nonce)
        return answer

    def signature(self, text):
        der = ca.openssl("dgst", "-sha256", "-sign", self.key, input=text.encode())
        r_len = der[3]
        r, s = der[4:4 + r_len], der[6 + r_len:]
        return b"".join(n.lstrip(b"\0").rjust(32, b"\0") for n in (r, s))

    def post(self, url, payload):
        if not self.nonce:
            self.ask(self.directory["newNonce"])
        who = {"kid": self.kid} if self.kid else {"jwk": self.jwk}
        head = b64(json.dumps(dict(who, alg="ES256", nonce=self.nonce, url=url)).encode())
        body = "" if payload is None else b64(json.dumps(payload).encode())
        signed = b64(self.signature(head + "." + body))
        status, headers, text = self.ask(url, json.dumps(
            {"protected": head, "payload": body, "signature": signed}).encode())
        if status >= 400:
            raise RuntimeError("%s: %d %s" % (url, status, text))
        return headers, text

    def get(self, url):
        return json.loads(self.post(url, None)[1])

    def until(self, url, states):
        for _ in range(100):
            seen = self.get(url)
            if seen["status"] in states:
                return seen
            time.sleep(0.05)
        raise RuntimeError("%s stays %s" % (url, seen))


def body(name, **values):
    """A file as it is, with blanks that only the day can fill."""
    with open(os.path.join(TEMPLATES, "acme", name + ".json"), encoding="utf-8") as f:
        return dict(json.load(f), **values)


def order(client, what, csr, folder):
    """From newOrder to the certificate (DER)."""
    headers, text = client.post(client.directory["newOrder"], body(what))
    for url in json.loads(text)["authorizations"]:
        authz = client.get(url)
        client.post(authz["challenges"][0]["url"], body("answer-challenge"))
        client.until(url, ["valid"])
    at = headers["Location"]
    ready = client.until(at, ["ready"])
    der = ca.openssl("req", "-in", request(folder, csr), "-outform", "DER")
    client.post(ready["finalize"], body("finalize", csr=b64(der)))
    chain = client.post(client.until(at, ["valid"])["certificate"], None)[1]
    return ca.openssl("x509", "-outform", "DER", input=chain)


def step(what, do):
    try:
        do()
        tap("acme/" + what, None)
    except Exception:
        tap("acme/" + what, traceback.format_exc())


def bodies(folder):
    with pebble.Pebble(folder, va_nosleep="1", va_always_valid="1", wfe_noncereject="0",
                       authzreuse="0") as server:
        client = Client(server, folder)
        place = client.directory
        got = {}

        def account():
            made = client.post(place["newAccount"], body("new-account"))[0]["Location"]
            found = client.post(place["newAccount"], body("find-account"))[0]["Location"]
            assert made == found, (made, found)
            client.kid = made

        def contact():
            text = client.post(client.kid, body("change-contact"))[1]
            assert json.loads(text)["contact"] == body("change-contact")["contact"], text

        def certificate():
            got["der"] = order(client, "new-order", "server", folder)

        def revoke():
            client.post(place["revokeCert"], body("revoke", certificate=b64(got["der"])))

        def renewal():
            client.post(place["newOrder"], body("renewal-order"))

        def give_back():
            text = client.post(place["newOrder"], body("new-order"))[1]
            url = json.loads(text)["authorizations"][0]
            text = client.post(url, body("deactivate-authorization"))[1]
            assert json.loads(text)["status"] == "deactivated", text

        def end():
            text = client.post(client.kid, body("deactivate-account"))[1]
            assert json.loads(text)["status"] == "deactivated", text

        for what, do in (
                ("new-account.json, find-account.json", account),
                ("change-contact.json", contact),
                ("new-order.json, answer-challenge.json, finalize.json", certificate),
                ("revoke.json", revoke),
                ("new-order-wildcard.json",
                 lambda: order(client, "new-order-wildcard", "wildcard", folder)),
                ("new-order-address.json",
                 lambda: order(client, "new-order-address", "address", folder)),
                ("renewal-order.json", renewal),
                ("deactivate-authorization.json", give_back),
                ("deactivate-account.json", end)):
            step(what, do)


def main():
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        configurations(folder)
        if shutil.which("pebble"):
            bodies(folder)
        else:
            print("ok %d - the request bodies # SKIP no pebble here" % (counted["tests"] + 1))
            counted["tests"] += 1
    finish()


main()
