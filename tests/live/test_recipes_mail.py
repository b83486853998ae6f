#!/usr/bin/env python3
"""What a report tells the owner of a mail server to do, done as printed on that
server, with Debian's own configuration around it: broken before, right
afterwards, by certmend and by openssl s_client. TAP.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lab")]
from lab import Lab  # noqa: E402
from recipes import (Machine, begin, chain_of, look, run_cases,  # noqa: E402
                     shown, states, steps_of, wait_for)

HOST = "mail.example.com"
STORE = "/etc/certmend/live"
MACHINES = {"postfix": "postfix dovecot-imapd dovecot-pop3d"}
SCENARIO = {"target": HOST, "servers": [],
            "dns": {HOST: {"A": ["127.0.0.1"]}},
            "certs": {"first": {"cn": HOST, "san": [HOST], "key": "rsa2048"}}}
# The order itself is carried out by the tests of issue.
ORDER = ("Order a certificate", "It puts key and full chain")


def dovecot_install():
    with Machine("postfix") as machine, Lab(SCENARIO) as lab:
        machine.put_certificate(lab.leaves["first"], HOST, STORE)
        machine.must("systemctl start dovecot")
        wait_for(143)
        _, before = look(lab, HOST, "--software", "dovecot")
        machine.carry_out(steps_of(before, "issue-certificate"),
                          leave=(*ORDER, "Dovecot 2.4"))
        _, after = look(lab, HOST)
        for port in (143, 993, 110, 995):
            if states(before)[port] != "faulty":
                yield "%d was %s before" % (port, states(before)[port])
            if states(after)[port] != "verified":
                yield "%d is %s" % (port, states(after)[port])
            if shown(port) != chain_of(lab.leaves["first"]):
                yield "%d shows another chain" % port


CASES = [("Dovecot 2.3: key and full chain", dovecot_install)]

if __name__ == "__main__":
    begin("what is told to owners of mail servers", MACHINES)
    run_cases(CASES)
