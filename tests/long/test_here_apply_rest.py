#!/usr/bin/env python3
"""certmend mends the very machine it runs on: what tests/live/test_here_apply.py leaves
out. TAP.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import os
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "lab")]
from test_here_apply import REST, main  # noqa: E402

if __name__ == "__main__":
    main(REST)
