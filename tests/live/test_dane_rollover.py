#!/usr/bin/env python3
"""Keys that change under TLSA records: a real Postfix behind a zone that a real
BIND signs, renewed again and again by "certmend renew", killed at steps of
the way. posttls-finger looks five times a second and is never refused. TAP."""
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import dane_stage  # noqa: E402
from tap import finish, tap  # noqa: E402

RENEWALS = 2  # and one more that is killed; all steps: tests/long/test_dane_rollover.py
KILLS = dane_stage.KILLS[::3]


def renewals(s):
    for number in range(RENEWALS):
        old = s.key()
        done = s.renew()
        tap("renewal %d" % (number + 1), (done[0] and done) or dane_stage.settled(s, old))


def killed(s, shim):
    old = s.key()
    for kill in KILLS:
        fault = dane_stage.kill_once(s, shim, kill)
        if fault:
            tap("killed: %s" % (kill,), fault)
    done = s.renew() if s.under_way() else (0,)
    tap("killed at %d steps, it comes to its end" % len(KILLS), done[0] or dane_stage.settled(s, old))


def watched(s, shim, finger):
    finger.start()
    renewals(s)
    killed(s, shim)
    finger.stop()
    tap("%d looks, none refused" % finger.looks, "\n".join(finger.refusals[:3]) or
        (finger.looks < 20 and "too few"))


def seen_to_be_refused(s, finger):
    """The sender that looks would notice."""
    done = s.issue("--skip", "dane")
    tap("a key that is not published is refused", done[0] and done or
        finger.look() is None and "it is not")


def main():
    why = dane_stage.prepare() or dane_stage.alone()
    if why:
        print("ok 1 - keys that change under TLSA records # SKIP %s\n1..1" % why)
        return
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        os.chmod(folder, 0o755)
        s = dane_stage.Stage(folder)
        try:
            tap("a server with a TLSA record", s.begin())
            finger = dane_stage.Finger(s.root)
            watched(s, dane_stage.build_shim(folder), finger)
            seen_to_be_refused(s, finger)
        finally:
            s.close()
    finish()


main()
