#!/usr/bin/env python3
"""What stands behind the ports of this machine: what tests/live/test_here_look.py leaves
out. TAP.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import os
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "lab")]
from test_here_look import REST, main  # noqa: E402

if __name__ == "__main__":
    main(REST)
