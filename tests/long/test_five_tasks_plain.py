#!/usr/bin/env python3
"""The five tasks of tests/page in a browser that runs no script. TAP."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "page"))
from test_five_tasks import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(js=False))
