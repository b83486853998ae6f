#!/usr/bin/env python3
"""--proxy: the same report as without, and a proxy's own no is never told as
the server's fault. A small SOCKS5 and HTTP proxy of ours on loopback. TAP."""
import base64
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lab"))
from lab import Lab, read_scenario  # noqa: E402
from tap import counted, tap  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "certmend"))
SCENARIOS = os.path.join(os.path.dirname(HERE), "scenarios")
WORD = "Sesame/1"
CODED = "me:Sesame%2F1@"


class Proxy:
    """mood: "right", "hangs", "garbage", "closes", or what it answers to a CONNECT."""

    def __init__(self, kind, mood="right", signed=False):
        self.kind, self.mood, self.signed, self.places = kind, mood, signed, []
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.url = "%s://%%s127.0.0.1:%d" % (kind, self.socket.getsockname()[1])
        self.held = []
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def serve(self):
        while True:
            try:
                peer = self.socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.one, args=(peer,), daemon=True).start()

    def one(self, peer):
        try:
            if self.mood == "hangs":
                self.held.append(peer)
                return
            if self.mood == "garbage":
                peer.recv(4096)
                peer.sendall(b"220 mail.example.net ESMTP\r\n")
            if self.mood in ("garbage", "closes"):
                peer.close()
                return
            server = self.socks(peer) if self.kind == "socks5" else self.http(peer)
            if server:
                pump = threading.Thread(target=copy, args=(peer, server), daemon=True)
                pump.start()
                copy(server, peer)
                pump.join()
                server.close()
            peer.close()
        except OSError:
            peer.close()

    def socks(self, peer):
        methods = exactly(peer, exactly(peer, 2)[1])
        wanted = 2 if self.signed else 0
        if wanted not in methods:
            return peer.sendall(b"\5\xff")
        peer.sendall(bytes([5, wanted]))
        if self.signed:
            user = exactly(peer, exactly(peer, 2)[1])
            word = exactly(peer, exactly(peer, 1)[0])
            good = (user, word) == (b"me", WORD.encode())
            peer.sendall(b"\1\0" if good else b"\1\1")
            if not good:
                return None
        kind = exactly(peer, 4)[3]
        ip = exactly(peer, 4 if kind == 1 else 16)
        place = (socket.inet_ntop(socket.AF_INET if kind == 1 else socket.AF_INET6, ip),
                 int.from_bytes(exactly(peer, 2), "big"))
        self.places.append(place)
        if isinstance(self.mood, int):
            return peer.sendall(bytes([5, self.mood, 0, 1]) + bytes(6))
        try:
            server = socket.create_connection(place)
        except OSError:
            return peer.sendall(b"\5\5\0\1" + bytes(6))
        for byte in b"\5\0\0\3\3a.b\0\0":  # a byte at a time, bound to a name
            peer.sendall(bytes([byte]))
        return server

    def http(self, peer):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += exactly(peer, 1)
        sign = base64.b64encode(b"me:" + WORD.encode())
        if self.signed and b"Proxy-Authorization: Basic " + sign not in head:
            return peer.sendall(b"HTTP/1.1 407 Sign in\r\nProxy-Authenticate: Basic "
                                b"realm=x\r\nContent-Length: 0\r\n\r\n")
        host, port = head.split()[1].decode().rsplit(":", 1)
        self.places.append((host.strip("[]"), int(port)))
        if isinstance(self.mood, int):
            return peer.sendall(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % self.mood)
        try:
            server = socket.create_connection(self.places[-1])
        except OSError:
            return peer.sendall(b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n")
        peer.sendall(b"HTTP/1.1 200 OK\r\nVia: x\r\n\r\n")
        return server


def exactly(peer, size):
    got = b""
    while len(got) < size:
        more = peer.recv(size - len(got))
        if not more:
            raise OSError
        got += more
    return got


def copy(a, b):
    try:
        while True:
            some = a.recv(65536)
            if not some:
                break
            b.sendall(some)
        b.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def look(lab, *words):
    """The text, the status, everything that was printed."""
    done = subprocess.run([PROGRAM, "check", *words, "--no-dnssec", *lab.arguments(),
                           *lab.asked(), lab.scenario["target"]],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=40, text=True)
    return done.stdout, done.returncode, done.stdout + done.stderr


def same(text, other, url):
    """Nothing differs but how to look again."""
    def lines(t):
        return t.replace(" --proxy " + url, "").replace(" --proxy '%s'" % url, "").split()
    return None if lines(text) == lines(other) else "%s\n---\n%s" % (text, other)


def right(lab, plain):
    for kind in ("socks5", "http"):
        for signed in (False, True):
            proxy = Proxy(kind, signed=signed)
            with tempfile.TemporaryDirectory() as folder:
                saved = os.path.join(folder, "survey")
                text, status, all_text = look(lab, "--save", saved, "--proxy",
                                              proxy.url % (CODED if signed else ""))
                fault = same(text, plain[0], proxy.url % ("me@" if signed else ""))
                if status != plain[1]:
                    fault = "status %d" % status
                with open(saved, encoding="utf-8") as f:
                    kept = f.read()
            if not proxy.places:
                fault = "nobody came"
            ports = {port for _, port in proxy.places}
            missed = [p for p in (s.port for s in lab.services.values()) if p not in ports]
            tap("%s%s: the same report as without" % (kind, ", signed in" if signed else ""),
                fault)
            tap("... and all connections went that way", missed and "not to %s" % missed)
            if signed:
                tap("... the password is nowhere", [w for w in (WORD, "Sesame")
                                                    if w in kept or w in all_text])
            proxy.close()


NO = (
    ("socks5", "hangs", False, "", "the proxy gave no answer in time"),
    ("socks5", "garbage", False, "", "the proxy does not speak as one"),
    ("socks5", "closes", False, "", "the proxy hung up without an answer"),
    ("socks5", "right", True, "", "the proxy asks for a user and a password"),
    ("socks5", "right", True, "me:Wrong%2F1@", "the proxy does not accept this user"),
    ("socks5", 1, False, "", "the proxy failed, and does not say why"),
    ("socks5", 2, False, "", "the proxy does not allow this connection"),
    ("socks5", 3, False, "", "the proxy has no connection to it"),
    ("http", "garbage", False, "", "the proxy does not speak as one"),
    ("http", "closes", False, "", "the proxy hung up without an answer"),
    ("http", "hangs", False, "", "the proxy gave no answer in time"),
    ("http", "right", True, "", "the proxy asks for a user and a password"),
    ("http", "right", True, "me:Wrong%2F1@", "the proxy does not accept this user"),
    ("http", 403, False, "", "the proxy does not allow this connection (it answers 403)"),
    ("http", 502, False, "", "the proxy does not make this connection (it answers 502)"),
)


def says_no(lab, kind, mood, signed, user, wanted):
    proxy = Proxy(kind, mood, signed)
    text, status, all_text = look(lab, "--timeout", "4", "--proxy", proxy.url % user)
    fault = "status %d" % status if status != 3 else None
    if wanted not in " ".join(all_text.split()):
        fault = "it is not said: " + all_text
    if "Wrong" in all_text:
        fault = "the password is printed: " + all_text
    told = look(lab, "--timeout", "4", "--format", "json", "--proxy", proxy.url % user)[0]
    found = [f["id"] for t in [json.loads(told)] for f in t["findings"]] if told else []
    tap("%s, %s%s: a no of the proxy, status 3, nothing about the server" % (
        kind, mood, ", wants a password" if signed else ""),
        fault or (found and "findings: %s" % found))
    proxy.close()


def main():
    began = time.time()
    with Lab(read_scenario(os.path.join(SCENARIOS, SCENARIO))) as lab:
        right(lab, look(lab))
    with Lab({"id": "one", "title": "one", "target": "mail.example.org",
              "args": ["--port", "993"], "dns": {"mail.example.org": {"A": ["127.23.0.1"]}},
              "certs": {"good": {"cn": "mail.example.org", "san": ["mail.example.org"]}},
              "servers": [{"addr": "127.23.0.1", "port": 993, "proto": "imaps",
                           "cert": "good"}]}) as lab:
        ways = [threading.Thread(target=says_no, args=(lab, *row)) for row in NO]
        for way in ways:
            way.start()
        for way in ways:
            way.join()
        proxy = Proxy("socks5", 5)
        text, status, _ = look(lab, "--proxy", proxy.url % "")
        tap("what the server refuses to the proxy is the server's",
            None if status == 1 and "refus" in text else "%d %s" % (status, text))
        proxy.close()
        _, status, said = look(lab, "--proxy", proxy.url % "")
        tap("no proxy there: one sentence, status 3",
            None if status == 3 and "the proxy cannot be reached" in said and
            said.count("\n") <= 3 else "%d %s" % (status, said))
        _, status, said = look(lab, "--proxy", "socks5://me:Sesame@")
        tap("an address that is none: status 2, and no password in the message",
            None if status == 2 and "Sesame" not in said else "%d %s" % (status, said))
    print("# %.1f s" % (time.time() - began))
    print("1..%d" % counted["tests"])
    return counted["failed"] > 0


SCENARIO = "sts-does-not-list.json"

if __name__ == "__main__":
    sys.exit(main())
