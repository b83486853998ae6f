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
from broken_stage import MACHINES, play  # noqa: E402
from recipes import begin  # noqa: E402
from tap import counted  # noqa: E402

if __name__ == "__main__":
    begin("broken mail servers", MACHINES)
    play(sys.argv[1:])
    print("1..%d" % counted["tests"])
    sys.exit(1 if counted["failed"] else 0)
