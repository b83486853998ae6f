#!/usr/bin/env python3
"""Fifty keys that change under TLSA records, each one's rollover killed at some
of its steps, while posttls-finger looks: none is refused. TAP; about ten
minutes."""
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "live"))
import dane_stage  # noqa: E402

RENEWALS = 50
KILLS = dane_stage.KILLS


def faults_of(number):
    """Some steps out of those there are, in their order; over fifty renewals each
    has its turn, and most have several."""
    return [KILLS[k] for k in sorted({(number + at) % len(KILLS) for at in (0, 9, 23)})]


def renewal(s, shim, number):
    """(what is wrong or None, how often it was killed)"""
    old, kills = s.key(), 0
    for fault in faults_of(number):
        if s.key() != old and not s.under_way():
            break
        kills += not dane_stage.kill_once(s, shim, fault)
        for left in s.left_faults():
            os.remove(os.path.join(s.folder, left))
    done = s.renew() if s.under_way() or s.key() == old else (0,)
    return (done[0] and done) or dane_stage.settled(s, old), kills


def play(folder):
    s = dane_stage.Stage(folder)
    finger, wrong, kills = dane_stage.Finger(s.root), [], 0
    try:
        wrong.append(s.begin())
        finger.start()
        for number in range(RENEWALS):
            fault, killed = renewal(s, dane_stage.build_shim(folder), number)
            wrong.append(fault and "%d: %s" % (number, fault))
            kills += killed
    finally:
        if finger.is_alive():
            finger.stop()
        s.close()
    return [w for w in wrong if w], kills, finger


def main():
    why = dane_stage.prepare() or dane_stage.alone()
    if why:
        print("ok 1 - fifty rollovers # SKIP %s\n1..1" % why)
        return
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        os.chmod(folder, 0o755)
        wrong, kills, finger = play(folder)
    rows = [("%d renewals come to their end" % RENEWALS, wrong),
            ("killed %d times" % kills, kills < RENEWALS and "too seldom"),
            ("%d looks, none refused" % finger.looks,
             finger.refusals or (finger.looks < 10 * RENEWALS and "too few"))]
    for number, (what, fault) in enumerate(rows):
        print("%s %d - %s" % ("not ok" if fault else "ok", number + 1, what))
        if fault:
            print("# " + str(fault)[:2000].replace("\n", "\n# "))
    print("1..%d" % len(rows))
    sys.exit(any(fault for _, fault in rows))


main()
