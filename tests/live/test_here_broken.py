#!/usr/bin/env python3
"""A few of the broken mail servers of tests/broken, one of a kind each; all of them are
played by tests/long/test_here_broken.py. TAP.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lab")]
from broken_stage import machines, play  # noqa: E402
from recipes import begin  # noqa: E402
from tap import finish  # noqa: E402

SAMPLE = ("postfix/chain-files-continued", "postfix/no-newline-at-the-end",
          "postfix/submission-own", "postfix/key-of-another",
          "dovecot/renewed-not-reloaded", "dovecot/block-of-the-name",
          "dovecot/included-file-wins", "nginx/snippet")

if __name__ == "__main__":
    begin("a few broken mail servers", machines(*SAMPLE))
    play(SAMPLE)
    finish()
