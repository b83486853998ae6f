#!/usr/bin/env python3
"""No order is spent in vain: what can be known before is told before, and what
is there already is not ordered again. Against Debian's Pebble. TAP."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from test_issue import PROGRAM, Bench, ca, counted, tap  # noqa: E402

QUIET = ["--skip", "dane", "--skip", "deploy-look"]


def orders(b):
    """How many the CA has had."""
    return open(b.server.log.name).read().count("Added order")


def version(b, name):
    return os.path.basename(os.readlink(b.live(name).rstrip("/")))


def there(folder):
    """A certificate that is there and fresh is not ordered again."""
    with Bench(folder, own=True) as b:
        http = ["--listen", "127.0.0.1:%d" % b.server.http, *QUIET]
        names = ["m.example.org", "s.example.org"]
        log = b.script("log", "#!/bin/sh\necho x >>%s/ran\n" % b.folder)
        hook = ["--deploy-hook", log]
        b.issued("the first", names[0], names, *http)
        ledger, had = open(b.store + "/ledger.json").read(), orders(b)
        for what, words in (("again", names), ("in another order", names[::-1]),
                            ("again, with a hook", [*names, *hook])):
            status, said, noted = b.apply(*words, *http)
            tap("the same %s: nothing is ordered" % what,
                None if status == 0 and "nothing is ordered" in said and "--force" in said and
                orders(b) == had and open(b.store + "/ledger.json").read() == ledger and
                os.listdir(b.store + "/live") == [names[0]] and version(b, names[0]) == "1"
                else (status, said, noted))
        ran = os.path.exists(b.folder + "/ran") and open(b.folder + "/ran").read()
        about = json.load(open(b.live(names[0], "certmend.json")))
        tap("the hook has run, and is kept for the renewals",
            None if ran == "x\n" and about["deploy_hooks"] == [log] and
            about["listen"] == http[1] and about["certificate"] else (ran, about))
        status, said, noted = b.run(*names, *http, "--format", "json")
        told = json.loads(said)
        tap("told as JSON", None if status == 0 and told["there_until"] and not told["preflight"]
            else said)
        status, said, noted = b.run(names[1], *http)
        tap("one of the names alone: what has it already is told",
            None if status == 0 and "live/m.example.org has some of these names already" in said
            and "certmend issue m.example.org --add NAME" in said else (status, said, noted))
        status, said, noted = b.run("o.example.org", *http)
        tap("another name: nothing is told", "beside" in said and said)
        wanted = [("another kind of key", ["--key-type", "rsa2048"]), ("--force", ["--force"]),
                  ("another name", ["--add", "o.example.org"])]
        for what, words in wanted:
            had = orders(b)
            status, said, noted = b.apply(*names, *http, *words)
            tap("ordered all the same: " + what, None if status == 0 and orders(b) == had + 1
                else (status, said, noted))
        b.apply(*names, "--drop", "o.example.org", *http)
        had = orders(b)
        b.run("revoke", names[0], command="acme")
        status, said, noted = b.apply(*names, *http)
        tap("one that was revoked is ordered again", None if status == 0 and orders(b) == had + 1
            else (status, said, noted))
        os.unlink(b.live(names[0], "privkey.pem"))
        status, said, noted = b.apply(*names, *http)
        tap("one whose key is gone is ordered again", None if status == 0 and
            orders(b) == had + 2 else (status, said, noted))


def old(folder):
    """One that is due is renewed by the same command."""
    with Bench(folder, own=True) as b:
        http = ["--listen", "127.0.0.1:%d" % b.server.http, *QUIET]
        b.apply("m.example.org", *http)
        due = b.live("m.example.org", "renewal.json")
        with open(due, "w") as f:
            json.dump({"ari": {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z",
                               "retry_at": "2026-01-01T00:00:00Z"}, "failures": 0}, f)
        had = orders(b)
        status, said, noted = b.apply("m.example.org", *http)
        tap("one that the CA wants renewed is ordered again", None if status == 0 and
            orders(b) == had + 1 else (status, said, noted))


def main():
    if not shutil.which("pebble") or not shutil.which("pebble-challtestsrv"):
        print("ok 1 - no order in vain # SKIP no pebble here\n1..1")
        return
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        for part in (there, old):
            if sys.argv[1:] and part.__name__ not in sys.argv[1:]:
                continue
            try:
                part(folder)
            except Exception:
                tap(part.__name__, traceback.format_exc())
    print("1..%d" % counted["tests"])
    sys.exit(counted["failed"] > 0)


if __name__ == "__main__":
    main()
