"""terminal - a program at a pseudo-terminal, as a person would use it.

    with Terminal(["certmend", "fix"], environment) as person:
        screen = person.until_prompt()
        person.type("mail.example.com 587")
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

PATIENCE_S = 30
SIGN = "> "
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()][0-9A-B]|\x1b[=>]")


class Terminal:
    def __init__(self, command, environment, columns=80):
        self.status = None
        self.screen = ""  # everything shown so far
        self.seen = 0     # of which this much has been looked at
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            for number in (signal.SIGINT, signal.SIGHUP):  # a test in the background ignores them
                signal.signal(number, signal.SIG_DFL)
            os.execve(command[0], command, environment)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill(signal.SIGKILL)
        os.close(self.fd)

    def _read(self, patience_s):
        ready, _, _ = select.select([self.fd], [], [], patience_s)
        if not ready:
            return False
        try:
            more = os.read(self.fd, 65536)
        except OSError:  # Linux says so when the other side is closed
            more = b""
        self.screen += more.decode("utf-8", "replace")
        return bool(more)

    def plain(self):
        """The screen without colours and cursor movements."""
        return ESCAPES.sub("", self.screen).replace("\r", "")

    def until_prompt(self):
        """What was shown since the last time, up to a new prompt; None: the
        program has ended."""
        until = time.monotonic() + PATIENCE_S
        while True:
            new = self.plain()[self.seen:]
            if new.endswith("\n" + SIGN):
                self.seen += len(new)
                return new
            left = until - time.monotonic()
            if left < 0:
                raise AssertionError("no prompt came: " + new[-400:])
            if not self._read(left):
                return None if self.wait() is not None else new

    def type(self, line):
        os.write(self.fd, (line + "\n").encode())

    def rest(self):
        """What is shown until the program ends, as it should by now."""
        left = self.until_prompt()
        if self.status is None:
            raise AssertionError("it does not end: " + left[-400:])
        return self.plain()[self.seen:]

    def wait(self):
        if self.status is None:
            _, raw = os.waitpid(self.pid, 0)
            self.status = os.waitstatus_to_exitcode(raw)
        return self.status

    def kill(self, number):
        if self.status is None:
            os.kill(self.pid, number)
            self.wait()
