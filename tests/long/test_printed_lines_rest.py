#!/usr/bin/env python3
"""Every "certmend ..." line of the reports on those scenarios that
tests/live/test_printed_lines.py leaves out is carried out as printed. TAP.
"""
import os
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "lab")]
from test_printed_lines import REST, main  # noqa: E402

if __name__ == "__main__":
    main(REST, sys.argv[1:])
