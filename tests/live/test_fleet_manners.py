#!/usr/bin/env python3
"""How a run of many targets behaves towards others: one connection at a time to one
address and port, as many in all as --jobs allows and no fewer, --rate a second, its own
name; waiting for its turn costs a target nothing; who reads us leaves and it ends. TAP."""
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "lab")]
from dns import DnsServer, Zone  # noqa: E402
from lab import Lab  # noqa: E402
from tap import counted, tap  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "certmend"))
PATIENCE_S = 60


class Counter:
    """An SMTP server on every address of 127/8 that counts who is there at once."""

    def __init__(self, hold_s):
        self.hold_s = hold_s
        self.now, self.most, self.most_at_one, self.at = 0, 0, 0, {}
        self.began, self.names = [], set()
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self._serve, args=(ready,), daemon=True).start()
        ready.wait()

    def _serve(self, ready):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(
            asyncio.start_server(self._visit, "0.0.0.0", 0, backlog=2000))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()

    async def _visit(self, reader, writer):
        where = writer.get_extra_info("sockname")[0]
        self.began.append(time.monotonic())
        self.now += 1
        self.at[where] = self.at.get(where, 0) + 1
        self.most = max(self.most, self.now)
        self.most_at_one = max(self.most_at_one, self.at[where])
        try:
            if self.hold_s:
                await asyncio.sleep(self.hold_s)
            writer.write(b"220 counter.example.org ESMTP\r\n")
            words = (await reader.readline()).split()
            self.names.update(words[1:2])
            writer.write(b"250 counter.example.org\r\n")
            while await reader.readline():
                writer.write(b"502 no\r\n")
        except OSError:
            pass
        self.now -= 1
        self.at[where] -= 1
        writer.close()

    def targets(self, count):
        return "".join("127.31.%d.%d:%d\n" % (i // 250, i % 250 + 1, self.port) for i in range(count))

    def close(self):
        self.loop.call_soon_threadsafe(self._end)

    def _end(self):
        for visit in asyncio.all_tasks(self.loop):
            visit.cancel()
        self.loop.call_soon(self.loop.stop)


def check(dns, lines, *args):
    done = subprocess.run([PROGRAM, "check", "-", "--format", "jsonl", "--service", "smtp",
                           "--resolver", dns.place, *args], input=lines.encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE_S)
    return [json.loads(line) for line in done.stdout.splitlines()]


def unseen(lines):
    return [line["asked"]["input"] for line in lines
            if not any(e["state"] == "no_tls" for e in line["endpoints"])]


def connections():
    """--jobs counts them, whatever the number of targets."""
    for jobs, least, most in ("300", 150, 300), ("5", 4, 5):
        count = 200 if jobs == "300" else 25
        with_us = Counter(0.5 if jobs == "300" else 0.1)
        with contextlib.closing(DnsServer(Zone({}))) as dns:
            lines = check(dns, with_us.targets(count), "--jobs", jobs)
        with_us.close()
        if not least <= with_us.most <= most:
            yield "--jobs %s: %d at once" % (jobs, with_us.most)
        if len(lines) != count or unseen(lines):
            yield "--jobs %s: %d lines, not seen: %s" % (jobs, len(lines), unseen(lines)[:3])


def one_at_a_time():
    """Thirty customers of one machine; and waiting in line takes none of their time."""
    with_us = Counter(0.1)
    names = {"h%d.example.org" % i: {"A": ["127.32.0.1"]} for i in range(30)}
    lines = "".join("%s:%d\n" % (name, with_us.port) for name in names)
    with contextlib.closing(DnsServer(Zone(names))) as dns:
        told = check(dns, lines, "--timeout", "2", "--ehlo", "look.example.net")
    with_us.close()
    if with_us.most_at_one != 1:
        yield "%d at once to one address and port" % with_us.most_at_one
    if len(told) != 30 or unseen(told):
        yield "%d lines, not seen: %s" % (len(told), unseen(told))
    if with_us.names != {b"look.example.net"}:
        yield "it gave its name as %s" % with_us.names


def one_fetches_at_a_time():
    """Pages, too, are fetched from one machine for one target at a time."""
    names = ["h%d.example.org" % i for i in range(10)]
    world = {"dns": {name: {"A": ["127.33.0.1"]} for name in names},
             "certs": {"wrong": {"cn": "x", "san": ["server42.example.net"]}},
             "servers": [{"addr": "127.33.0.1", "port": 465, "proto": "smtps", "cert": "wrong"}]}
    for hold_s in 0.1, 0:
        web = Counter(hold_s)
        with Lab(world) as lab:
            done = subprocess.run(
                [PROGRAM, "check", "-", "--format", "jsonl", "--timeout", "4", "--connect-to",
                 "127.33.0.1:80:127.0.0.1:%d" % web.port, *lab.arguments()],
                input="".join(name + ":465\n" for name in names).encode(), stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, timeout=PATIENCE_S)
        web.close()
        told = [json.loads(line) for line in done.stdout.splitlines()]
        if len(told) != 10 or any(e["state"] != "faulty" for line in told for e in line["endpoints"] if e["asked"]):
            yield "%d lines" % len(told)
        if len(web.began) < 10 or web.most_at_one != 1:
            yield "%d fetches, %d at once" % (len(web.began), web.most_at_one)


def rate():
    """--rate holds in any second, and takes nothing from what a target has."""
    with_us = Counter(0)
    with contextlib.closing(DnsServer(Zone({}))) as dns:
        told = check(dns, with_us.targets(24), "--rate", "8", "--timeout", "1")
    with_us.close()
    began = sorted(with_us.began)
    busiest = max(sum(1 for t in began if since <= t < since + 1) for since in began)
    if busiest > 9:
        yield "%d in one second" % busiest
    if began[-1] - began[0] > 8:
        yield "%.1f s for 24" % (began[-1] - began[0])
    if len(told) != 24 or unseen(told):
        yield "%d lines, not seen: %s" % (len(told), unseen(told))


def reader_leaves():
    """While servers keep it waiting: at once, quietly."""
    with_us = Counter(20)
    with contextlib.closing(DnsServer(Zone({}))) as dns:
        run = subprocess.Popen([PROGRAM, "check", "-", "--format", "jsonl", "--service", "smtp",
                                "--resolver", dns.place], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        run.stdin.write(with_us.targets(20).encode())
        run.stdin.close()
        while with_us.most < 20 and run.poll() is None:
            time.sleep(0.01)
        run.stdout.close()
        left = time.monotonic()
        said = run.stderr.read()
        status = run.wait(PATIENCE_S)
    took_s = time.monotonic() - left
    with_us.close()
    if took_s > 2 or said or status != 2:
        yield "after %.1f s, status %d: %r" % (took_s, status, said)


def main():
    for test in connections, one_at_a_time, one_fetches_at_a_time, rate, reader_leaves:
        tap(test.__doc__, "\n".join(test()))
    print("1..%d" % counted["tests"])


if __name__ == "__main__":
    main()
