#!/usr/bin/env python3
"""certmend issue and renew look at every port once a certificate is live, hook or
no hook: one that is behind is told, counts, and is looked at again until it is
mended. Against Debian's Pebble. TAP."""
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

import test_issue as issue
from tap import finish, play, tap
from test_issue import Bench, Port


def looks(folder):
    """Nothing listens on the lab's other ports: only two answer."""
    with Bench(folder, own=True) as b:
        http = ["--listen", "127.0.0.1:%d" % b.server.http, "--force"]
        name = "l.example.org"
        b.apply(name, *http)
        ports = [Port(n, b.live(name, "fullchain.pem"), b.live(name, "privkey.pem"))
                 for n in (993, 995)] + [Port(143)]
        nowhere = ["--connect-to", "%s::127.0.0.1:1" % name]
        there = [w for p in ports for w in
                 ("--connect-to", "%s:%d:127.0.0.1:%d" % (name, p.number, p.own))] + nowhere
        idle = b.script("idle", "#!/bin/sh\n")
        waits = b.script("waits", "#!/bin/sh\necho ran >%s/ran\n" % b.folder)

        def reload():
            while not os.path.exists(b.folder + "/ran"):
                time.sleep(0.05)
            ports[1].serve(b.live(name, "fullchain.pem"), b.live(name, "privkey.pem"))
        threading.Thread(target=reload, daemon=True).start()
        status, said, noted = b.apply(name, *http, *there, "--deploy-hook", waits)
        tap("a port that was not reloaded is named, the other is not",
            None if status == 1 and "1 of 2 ports show" in said and ":993 (l.example.org) still "
            "shows the old certificate: dovecot was not reloaded, or reads" in said and
            "reload it: " in said and "dove" in said.split("reload it: ")[1] and
            "reload it: " not in said.split("reload it: ", 1)[1] and
            ":995" not in said.split("Looked")[1] else (status, said, noted))
        looked = b.renewed(name)
        tap("renew looks again and says so", None if looked[0] == 1 and "1 of 2 ports show" in
            looked[1] and "is due on" in looked[1] else looked)
        looked = b.renewed(name, "--plan")
        tap("renew --plan says so", None if looked[0] == 1 and "the next run looks" in looked[1]
            else looked)
        ports[0].serve(b.live(name, "fullchain.pem"), b.live(name, "privkey.pem"))
        looked = b.renewed(name)
        tap("once they are reloaded, that is said", None if looked[0] == 0 and "2 of 2" in looked[1]
            else looked)
        looked = b.renewed(name, "-q")
        tap("and then it is over", None if looked == (0, "", "") else looked)
        status, said, noted = b.apply(name, *http, *nowhere, "--deploy-hook", idle)
        tap("where nothing answers, that is said", None if status == 0 and
            "Looked again: nothing answers" in said else (status, said, noted))
        status, said, noted = b.apply(name, *http, *there, "--deploy-hook", idle, "--skip",
                                      "deploy-look")
        tap("--skip deploy-look", None if status == 0 and "Looked" not in said
            else (status, said, noted))
        status, said, noted = b.apply(name, *http, *there, "--deploy-hook", idle, "--format",
                                      "json")
        told = json.loads(said)
        order = told["orders"][0]
        tap("the same as JSON", None if status == 1 and "dove" in order["ports"][0]["reload"] and told["schema"] == "certmend.issue/1" and
            order["outcome"] == "worked" and order["live"] == b.live(name).rstrip("/") and
            order["steps"][0]["done"] and {p["where"].split(":")[1]: p["shows_new"] for p in
                                           order["ports"]} == {"993": False, "995": False}
            else (status, said, noted))
        status, said, noted = b.apply(name, *http, *there)
        tap("nothing was run: it is looked at all the same", None if status == 1 and
            "0 of 2 ports show" in said and "Nothing was told to reload" in said else
            (status, said, noted))
        looked = b.renewed(name, "--force")
        tap("so does a renewal", None if looked[0] == 1 and "0 of 2 ports show" in looked[1] and
            "Nothing was told to reload" in looked[1] else looked)


def killed(folder):
    """While it looked, with nothing to run: the next run looks."""
    with Bench(folder, own=True) as b, socket.create_server(("127.0.0.1", 0)) as silent:
        name = "k.example.org"
        words = ["--listen", "127.0.0.1:%d" % b.server.http, "--connect-to",
                 "%s::127.0.0.1:%d" % (name, silent.getsockname()[1])]
        run = subprocess.Popen([issue.PROGRAM, "issue", name, "--apply", "--skip", "served-key",
                                *words, *b.base], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
        for _ in range(600):
            if os.path.exists(b.live(name)):
                break
            time.sleep(0.05)
        time.sleep(0.3)
        run.kill()
        run.wait()
        silent.close()
        looked = b.renewed(name)
        tap("killed while it looked: the next run looks", None if looked[0] == 0 and
            "once more" in looked[1] and "nothing answers" in looked[1] else looked)
        looked = b.renewed(name, "-q")
        tap("and the run after it does not", None if looked == (0, "", "") else looked)


def main():
    if not shutil.which("pebble") or not shutil.which("pebble-challtestsrv"):
        print("ok 1 - certmend issue # SKIP no pebble here\n1..1")
        return
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        play((looks, killed), folder)
    finish()


main()
