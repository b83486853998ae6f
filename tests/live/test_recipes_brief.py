#!/usr/bin/env python3
"""A few of the steps that a report tells the owner of Postfix or Dovecot to do, done
as printed; all of them are done by tests/long/test_recipes_mail.py. TAP.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import os
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TESTS, where) for where in ("long", "live", "lab")]
from test_recipes_mail import BRIEF, main  # noqa: E402

if __name__ == "__main__":
    main(BRIEF, of_templates=False)
