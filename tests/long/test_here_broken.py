#!/usr/bin/env python3
"""Every broken mail server of tests/broken is broken as it says: by its own programs and by
openssl s_client, before certmend is asked. TAP. Names of cases as arguments: only those.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "lab")]
from broken_stage import machines, play, play_hostile  # noqa: E402
from recipes import begin  # noqa: E402
from tap import finish, tap  # noqa: E402

if __name__ == "__main__":
    words = sys.argv[1:]
    begin("broken mail servers", machines(*words) or machines("postfix/"))
    count, many = play(words, strict=bool(words))
    play_hostile(*words)
    if not words:
        tap("the cause is found in 57 of 60", many != 60 or count["found"] < 57)
        tap("54 are mended", count["mended"] < 54)
        tap("every one is taken back byte for byte", count["undone"] < 60)
    finish()
