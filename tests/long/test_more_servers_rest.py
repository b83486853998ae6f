#!/usr/bin/env python3
"""More real servers: what tests/live/test_more_servers.py leaves out. TAP.

Needs root and Debian's packages (unpack.sh); else one counted skip.
"""
import os
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "lab")]
from test_more_servers import REST, main  # noqa: E402

if __name__ == "__main__":
    main(REST)
