#!/usr/bin/env python3
"""A computer without a connection says so, and blames no server. TAP.

Needs root (a network and a mount namespace); else one counted skip.
"""
import os
import re
import socket
import subprocess
import tempfile

PROGRAM = os.path.abspath(
    os.path.join(os.environ.get("BUILD", "build"), "certmend"))
HOST = "mail.example.com"
# No interface but loopback, and a name server that cannot be reached.
ALONE = ("ip link set lo up && mount --bind resolv.conf /etc/resolv.conf && "
         'exec "$@"')
NOT_OURS = re.compile("have the name's|server at fault|does not exist|"
                      "nothing answered here", re.I)

# what, words, what has to be said, on which stream
CASES = [
    ("check HOST", ["check", HOST], "this computer has no connection", 0),
    ("check an address", ["check", "192.0.2.1"],
     "this computer has no connection", 0),
    ("check a domain", ["check", "--domain", "example.com"],
     "this computer has no connection", 0),
    ("in JSON", ["check", HOST, "--format", "json"], "local.no_connection", 0),
    ("issue", ["issue", HOST, "--ca", "letsencrypt", "--store", "store"],
     "this computer has no connection", 1),
]


def alone(folder, words):
    return subprocess.run(
        ["unshare", "-mn", "sh", "-c", ALONE, "sh", *words], cwd=folder,
        capture_output=True, text=True, timeout=60)


def faults(folder, words, needle, stream):
    done = alone(folder, [PROGRAM, *words])
    said = [done.stdout, done.stderr]
    if done.returncode != 3:
        yield "exit status %d, not 3" % done.returncode
    text = " ".join(said[stream].split())
    if needle.lower() not in text.lower():
        yield "%r is not in %r" % (needle, text[:400])
    blamed = NOT_OURS.search(" ".join(said))
    if blamed:
        yield "a server is blamed: %r" % blamed.group()


def silent_resolver(folder):
    """Somebody takes the questions, and never answers: not the name's fault."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        done = subprocess.run(
            [PROGRAM, "check", HOST, "--resolver",
             "127.0.0.1:%d" % deaf.getsockname()[1]], cwd=folder,
            capture_output=True, text=True, timeout=60)
    if done.returncode != 3:
        yield "exit status %d, not 3" % done.returncode
    text = " ".join(done.stdout.split())
    if "no working connection" not in text:
        yield "the connection is not named: %r" % text[:400]
    if NOT_OURS.search(text):
        yield "a server is blamed: %r" % text[:400]


def tell(number, what, found):
    found = list(found)
    print("%s %d - %s" % ("not ok" if found else "ok", number, what))
    for fault in found:
        print("#   " + fault)


def main():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "resolv.conf"), "w") as conf:
            conf.write("nameserver 192.0.2.53\n")
        if alone(folder, ["true"]).returncode != 0:
            print("1..1\nok 1 - without a network # SKIP needs root")
            return
        print("1..%d" % (len(CASES) + 1))
        for number, (what, words, needle, stream) in enumerate(CASES, 1):
            tell(number, what, faults(folder, words, needle, stream))
        tell(len(CASES) + 1, "a name server that never answers",
             silent_resolver(folder))


if __name__ == "__main__":
    main()
