#!/usr/bin/env python3
"""The key of certmend's ACME account serves other clients, and theirs serve it. TAP.
"""
import os
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "acme")]
from test_acme_interop import accounts, main, refusals  # noqa: E402

if __name__ == "__main__":
    main((accounts, refusals))
