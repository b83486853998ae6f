#!/usr/bin/env python3
"""The lab does what a scenario says: asked by openssl, by plain sockets and by
DNS packets made by hand. TAP."""
import os
import socket
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dns import NOERROR, NXDOMAIN, SERVFAIL, TYPES, wire_name  # noqa: E402
from lab import Lab  # noqa: E402

HOST, ADDRESS = "mail.example.org", "127.20.0.1"


def server(port, proto, cert="good", **more):
    return dict(addr=ADDRESS, port=port, proto=proto, cert=cert, **more)


SCENARIO = {
    "target": HOST,
    "now": "2030-01-02T03:04:05Z",
    "dns": {HOST: {"A": [ADDRESS]},
            "alias.example.org": {"CNAME": HOST},
            "broken.example.org": {"servfail": True},
            "half.example.org": {"A": [ADDRESS], "servfail": ["CAA"]},
            "_25._tcp." + HOST: {"TLSA": ["3 1 1 @good", "2 0 2 @inter"]},
            "long.example.org": {"TXT": ["x" * 600, "y" * 900]}},
    "certs": {"good": {"cn": HOST, "san": [HOST, "IP:" + ADDRESS]},
              "rsa": {"cn": HOST, "san": [HOST], "key": "rsa2048"},
              "self": {"cn": HOST, "san": [HOST], "issuer": "self"},
              "alone": {"cn": HOST, "san": [HOST], "chain": "leaf"},
              "wrong": {"cn": HOST, "san": [HOST], "chain": "wrong"},
              "stranger": {"cn": HOST, "san": [HOST], "issuer": "stranger"},
              "late": {"cn": HOST, "san": [HOST], "starts_in_days": -9,
                       "ends_in_days": -2},
              "other": {"cn": "x.example.org", "san": ["x.example.org"]}},
    "servers": [
        server(25, "smtp"), server(465, "smtps", also="rsa"),
        server(143, "imap"), server(993, "imaps"), server(110, "pop3"),
        server(995, "pop3s"), server(4190, "sieve"), server(443, "https"),
        server(1, "smtps", "self"), server(2, "smtps", "alone"),
        server(3, "smtps", "wrong"), server(4, "smtps", "stranger"),
        server(5, "smtps", "late"), server(6, "smtps", "other"),
        server(7, "smtps", "other", sni={HOST: "good"}),
        server(8, "smtps", sni_refused=[HOST]),
        server(9, "smtps", tls_min="1.0", tls_max="1.1"),
        server(10, "smtp", starttls_refused=True),
        server(11, "smtp", starttls=False, mangled=True),
        server(12, "smtp", behaviour="close"),
        server(13, "smtp", behaviour="garbage"),
        server(14, "smtp", behaviour="say", text="SSH-2.0-x\r\n"),
        server(15, "smtp", greet_code=554),
        server(80, "http", files={"/a": "text", "/b": "@inter"}),
        server(81, "http", redirect="https://{host}{path}")],
}

# port, --starttls, does openssl trust it, a piece of what it says
TLS = [(25, "smtp", True, ""), (465, "", True, ""), (143, "imap", True, ""),
       (993, "", True, ""), (110, "pop3", True, ""), (995, "", True, ""),
       (4190, "sieve", True, ""), (443, "", True, ""),
       (1, "", False, "self-signed certificate"),
       (2, "", False, "unable to"), (3, "", False, "unable to"),
       (4, "", False, "self-signed certificate in certificate chain"),
       (5, "", False, "expired"), (6, "", False, "hostname mismatch"),
       (7, "", True, ""), (8, "", False, "unrecognized name"),
       (9, "", False, ""), (10, "smtp", False, "")]

# port, what is sent, a piece of the answer (b"": the peer hangs up)
TALK = [(11, b"EHLO x\r\n", b"XXXXXXXA"), (12, b"", b""),
        (13, b"", b"\x80\x81"), (14, b"", b"SSH-2.0"),
        (15, b"EHLO x\r\n", b"503 "), (10, b"STARTTLS\r\n", b"454 "),
        (80, b"GET /a HTTP/1.1\r\n\r\n", b"text"),
        (80, b"GET /c HTTP/1.1\r\n\r\n", b"404"),
        (81, b"GET /p HTTP/1.1\r\nHost: h\r\n\r\n", b"https://h/p")]

# name, type, over TCP, rcode, answers, truncated
DNS = [(HOST, "A", False, NOERROR, 1, False),
       (HOST, "AAAA", False, NOERROR, 0, False),
       (HOST.upper(), "A", True, NOERROR, 1, False),
       ("alias.example.org", "A", False, NOERROR, 2, False),
       ("example.org", "A", False, NOERROR, 0, False),
       ("nope.example.org", "A", False, NXDOMAIN, 0, False),
       ("broken.example.org", "A", False, SERVFAIL, 0, False),
       ("half.example.org", "A", False, NOERROR, 1, False),
       ("half.example.org", "CAA", False, SERVFAIL, 0, False),
       ("_25._tcp." + HOST, "TLSA", False, NOERROR, 2, False),
       ("long.example.org", "TXT", False, NOERROR, 0, True),
       ("long.example.org", "TXT", True, NOERROR, 2, False)]


def openssl_says(lab, port, starttls):
    command = ["openssl", "s_client", "-connect",
               "127.0.0.1:%d" % lab.place(ADDRESS, port), "-servername", HOST,
               "-verify_hostname", HOST, "-verify_return_error", "-attime",
               str(int(lab.now)), "-CAfile", lab.ca, "-no-CApath",
               "-no-CAstore"]
    done = subprocess.run(command + (["-starttls", starttls] if starttls
                                     else []),
                          stdin=subprocess.DEVNULL, capture_output=True)
    said = (done.stdout + done.stderr).decode("latin-1")
    return done.returncode == 0 and "return code: 0" in said, said


def talk(lab, port, words):
    """All that comes until the peer hangs up or waits for more."""
    place = ("127.0.0.1", lab.place(ADDRESS, port))
    with socket.create_connection(place, 5) as conn:
        conn.sendall(words)
        conn.settimeout(0.5)
        got = b""
        try:
            for chunk in iter(lambda: conn.recv(4096), b""):
                got += chunk
        except socket.timeout:
            pass
        return got


def ask(lab, name, kind, over_tcp):
    """(rcode, answers, truncated)"""
    query = (struct.pack("!6H", 7, 0x100, 1, 0, 0, 0) + wire_name(name) +
             struct.pack("!2H", TYPES[kind], 1))
    host, port = lab.resolver.split(":")
    if over_tcp:
        with socket.create_connection((host, int(port)), 5) as conn:
            conn.sendall(struct.pack("!H", len(query)) + query)
            reply = conn.recv(65535)[2:]
    else:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(5)
            sock.sendto(query, (host, int(port)))
            reply = sock.recv(65535)
    flags, _, answers = struct.unpack_from("!3H", reply, 2)
    return flags & 15, answers, bool(flags & 0x200)


def refuses(lab, port):
    try:
        socket.create_connection(("127.0.0.1", lab.place(ADDRESS, port)), 5)
    except ConnectionRefusedError:
        return True
    return False


def verdicts(lab):
    """(what, is it right, what came)"""
    for port, starttls, trusted, piece in TLS:
        came, said = openssl_says(lab, port, starttls)
        yield "openssl at %d" % port, came == trusted and piece in said, said
    for port, words, piece in TALK:
        came = talk(lab, port, words)
        yield ("%r at %d" % (words, port),
               piece in came if piece else not came, came)
    for name, kind, over_tcp, *wanted in DNS:
        came = list(ask(lab, name, kind, over_tcp))
        yield "DNS %s %s" % (name, kind), came == wanted, came
    yield "a port without a server refuses", refuses(lab, 587), ""
    yield ("a file of another certificate",
           lab.pki.der("inter") == lab.file_bytes("@inter"), "")


def main():
    with Lab(SCENARIO) as lab:
        number = 0
        for number, (what, right, came) in enumerate(verdicts(lab), 1):
            print("%s %d - %s" % ("ok" if right else "not ok", number, what))
            if not right:
                print("#   " + " ".join(str(came).split())[-600:])
        print("1..%d" % number)


if __name__ == "__main__":
    main()
