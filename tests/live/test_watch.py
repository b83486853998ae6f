#!/usr/bin/env python3
"""certmend watch on a server that is broken, away, and mended in the end.

One address that the program is led to; behind it first a server with another
name's certificate, then nobody, then the right one. TAP.
"""
import os
import socket
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lab"))
from lab import Lab  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BUILD", "build"), "certmend")
NAME = "mail.example.org"
WRONG, RIGHT = "127.20.0.1", "127.20.0.2"


def scenario():
    def server(addr, cert):
        return {"addr": addr, "port": 465, "proto": "smtps", "cert": cert}
    return {"id": "watch", "title": "mended", "target": NAME,
            "dns": {NAME: {"A": [WRONG]}},
            "certs": {"wrong": {"cn": "a.example.net", "san": ["a.example.net"]},
                      "right": {"cn": NAME, "san": [NAME]}},
            "servers": [server(WRONG, "wrong"), server(RIGHT, "right")]}


class Door:
    """Passes connections on to `to`; None: closes them at once."""

    def __init__(self, to):
        self.to = to
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            client, _ = self.listener.accept()
            to = self.to
            if to is None:
                client.close()
                continue
            server = socket.create_connection(to)
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=pair,
                                 daemon=True).start()

    @staticmethod
    def _pass(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def watch(lab, door, *more):
    led = ["--connect-to", "%s:465:127.0.0.1:%d" % (WRONG, door.port)]
    return subprocess.Popen(
        [PROGRAM, "watch", NAME + ":465", *led, *lab.arguments(),
         "--no-dnssec", "--every", "1", "--for", "60", *more],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)


def told(line):
    """A note without its time."""
    return line.split(": ", 2)[2]


def verdicts(lab):
    """(what, whether it holds, what was said)"""
    wrong = ("127.0.0.1", lab.place(WRONG, 465))
    right = ("127.0.0.1", lab.place(RIGHT, 465))
    door = Door(wrong)
    running = watch(lab, door)
    first = running.stderr.readline()
    yield "the fault is noted", "somebody else's name" in first, first
    door.to = None
    later = running.stderr.readline()
    while "unchanged" in later or told(later) == told(first):
        later = running.stderr.readline()
    yield "another fault is noted", "name" not in told(later), later
    door.to = right
    said, rest = running.communicate(timeout=60)
    yield ("it ends when all is well, and says so once",
           running.returncode == 0 and said == NAME +
           ":465 is mended: nothing is wrong any more.\n",
           "status %d: %s%s" % (running.returncode, said, rest))
    door.to = wrong
    running = watch(lab, door, "--for", "2")
    said, rest = running.communicate(timeout=60)
    yield ("it ends when the time is up", running.returncode == 1 and not said,
           "status %d: %s%s" % (running.returncode, said, rest))


def main():
    count = 0
    with Lab(scenario()) as lab:
        for count, (what, holds, said) in enumerate(verdicts(lab), 1):
            print("%s %d - watch: %s" % ("ok" if holds else "not ok", count,
                                         what))
            if not holds:
                print("#   " + said.replace("\n", "\n#   "))
    print("1..%d" % count)


main()
