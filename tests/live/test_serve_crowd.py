#!/usr/bin/env python3
"""Twenty people at one `certmend serve`, each with a whole host and all at once: how long
each waits from the button to the answer, as a browser does that is told of every port and
asks for the answer once it is there. The bound is for a machine that does much beside;
the number that is told is the one that counts on a quiet one. TAP.
"""
import sys
import threading
import time

from test_serve import Browser, served
from tap import counted, tap

PEOPLE = 20
P95_S, BUSY_P95_S = 2.0, 30.0
PROTOS = {25: "smtp", 465: "smtps", 587: "smtp", 143: "imap", 993: "imaps", 110: "pop3", 995: "pop3s",
          4190: "sieve", 443: "https"}


def host(number):
    return "mail%d.example.org" % number


def crowd():
    servers = [{"addr": "127.42.0.%d" % (i + 1), "port": port, "proto": proto, "cert": "c%d" % (i % 2)}
               for i in range(PEOPLE) for port, proto in PROTOS.items()]
    return {"target": host(0), "servers": servers,
            "dns": {host(i): {"A": ["127.42.0.%d" % (i + 1)]} for i in range(PEOPLE)},
            "certs": {"c0": {"san": ["*.example.org"]}, "c1": {"san": ["www.example.net"]}}}


def answer_of(person, asked):
    """The page of the answer."""
    wire, reply = person.events(asked.headers["location"])
    reply.read()  # to its end
    wire.close()
    return person.answer(asked)


def waits(people):
    """Seconds of each, shortest first; what was not answered as it should be."""
    took, wrong, lock = [], [], threading.Lock()
    together = threading.Barrier(len(people))

    def one(number, person):
        token = person.form()
        together.wait()
        begun = time.monotonic()
        page = answer_of(person, person.ask(host(number), token))
        seconds = time.monotonic() - begun
        want = "Nothing is wrong with" if number % 2 == 0 else "is wrong with"
        with lock:
            took.append(seconds)
            if page.status != 200 or want not in page.words():
                wrong.append("%s: %d, %s" % (host(number), page.status, page.words()[:200]))

    threads = [threading.Thread(target=one, args=row) for row in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(took), wrong


def main():
    with served(crowd()) as program:
        people = [Browser(program)]
        while len(people) < PEOPLE:
            people.append(Browser(program, opens=program.another()))
        took, wrong = waits(people)
    tap("each of them has an answer, and the right one",
        "\n".join(wrong) or (len(took) != PEOPLE and "%d answers" % len(took)))
    p95 = took[int(PEOPLE * 0.95) - 1] if took else BUSY_P95_S
    tap("nobody waits long: 95%% have it in %.1f s, the middle one in %.1f s (%.0f s promised on a quiet machine)" % (
        p95, took[PEOPLE // 2], P95_S), p95 > BUSY_P95_S and "%.1f s" % p95)
    print("1..%d" % counted["tests"])
    return 1 if counted["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
