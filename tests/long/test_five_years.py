#!/usr/bin/env python3
"""Five years of thirty certificates on two hosts, in some minutes: a timer that runs
certmend renew twice a day by a set clock, CAs that live by the same clock, and faults
one after the other, on each host in another order. After each run it must hold that
nothing has ended that could have been renewed, that whatever is late is told and
nothing else, and in the end that the CA was asked for no more than was needed. TAP;
five minutes or so on two cores, one for each host.

The clock jumps over runs in which nothing can happen: no fault, nothing near the
moment at which it is to be renewed. FIVE_YEARS_DAYS=N ends it earlier, FIVE_YEARS_LOG=1
tells each run, FIVE_YEARS_LOG=2 what it said."""
import datetime
import hashlib
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "acme"))
import ca  # noqa: E402
from timed_ca import DAY, HOUR, Names, TimedCa  # noqa: E402

PROGRAM = os.path.join(ca.BUILD, "certmend")
FAKETIME = "/usr/lib/%s-linux-gnu/faketime/libfaketime.so.1" % os.uname().machine
DAYS = int(os.environ.get("FIVE_YEARS_DAYS", 5 * 365 + 1))
LOG = os.environ.get("FIVE_YEARS_LOG")
LEFT_OUT = ["names", "dns", "dnssec", "caa", "dns01", "dane", "port80", "limits", "deploy-look"]
QUICK = 10  # a run's own waiting is no part of the test: its clocks go faster
ASKED_EVERY = DAY  # how long an answer of renewal information is good for, at most
WINDOW = DAY / 2
KINDS = [
    # name, how many, days of life, renewal information
    ("quarter", 12, 90, True),
    ("plain", 6, 90, False),
    ("half", 9, 45, True),
    ("week", 2, 160 / 24, True),
    ("bought", 1, 398, False),
]
LIVES = {"%s%d.example.org" % (kind, n): (days * DAY, ari)
         for kind, count, days, ari in KINDS for n in range(count)}
HOSTS = 2


def of_host(host):
    return list(LIVES)[host::HOSTS]


class Rows:
    """What one host has to say, in the words of TAP."""

    def __init__(self, host):
        self.host, self.lines = host, []

    def add(self, what, fault):
        self.lines.append((self.host + ": " + what, str(fault)[:4000] if fault else ""))


def share(text):
    """0 to 1, always the same for a text."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 0xffffffff


def window_of(one):
    """A third of its life left, some days sooner or later, so that not all come on
    one day; half of it where it is short."""
    life = one.end - one.start
    middle = one.start + life * (0.5 if life < 10 * DAY else 2 / 3 - 0.06 * share(one.name))
    return middle, middle + (WINDOW if life > 10 * DAY else HOUR)


# ---- faults ----

class Fault:
    """From day `first` to day `last`. `says`: how what is late is told meanwhile."""
    says = "."
    off = 0         # seconds that this machine's clock is ahead
    blocks = True   # nothing can be renewed
    orders = False  # orders are begun, and fail

    def __init__(self, first, last):
        self.first, self.last = first, last
        self.told, self.due = 0, set()

    def begin(self, world):
        pass

    def end(self, world):
        pass

    def at_ca(self, where, fake):
        return None

    def __str__(self):
        return "%s, days %.0f to %.0f" % (self.__doc__.strip(), self.first, self.last)


class HangsUp(Fault):
    """the CA hangs up"""
    says = r"(?i)localhost"

    def at_ca(self, where, fake):
        return {"close": True}


class Maintenance(Fault):
    """the CA is being maintained"""
    says = r"(?i)503|maintenance"

    def at_ca(self, where, fake):
        return {"status": 503, "body": "<html>maintenance</html>",
                "headers": {"Retry-After": "86400", "Content-Type": "text/html"}}


class NoDns(Fault):
    """the CA cannot look the names up"""
    says = r"SERVFAIL"
    orders = True

    def at_ca(self, where, fake):
        if where != "authz" or not fake.answered:
            return None
        return {"merge": {"status": "invalid", "challenges": [{
            "type": "http-01", "status": "invalid", "url": fake.base + "/challenge/0",
            "token": "token-0-0123456789abcdef", "error": {
                "type": "urn:ietf:params:acme:error:dns",
                "detail": "DNS problem: SERVFAIL looking up A for " + fake.names[0]}}]}}


class NoDnsHere(Fault):
    """this machine cannot look names up"""
    says = r"do not tell the address of localhost"


class Limits(Fault):
    """the CA has had enough for some days"""
    says = r"too many certificates"

    def at_ca(self, where, fake):
        return where == "newOrder" and {
            "status": 429, "headers": {"Retry-After": str(4 * DAY)}, "problem": {
                "type": "rateLimited", "detail": "too many certificates already issued"}} or None


class NoAccounts(Fault):
    """the CA has lost its accounts and makes none for days"""
    says = r"(?i)account"

    def begin(self, world):
        for one in world.cas:
            one.accounts.clear()

    def at_ca(self, where, fake):
        return where == "newAccount" and {"status": 500, "problem": {
            "type": "serverInternal", "detail": "no account can be made today"}} or None


class LostAccounts(Fault):
    """the CA has lost its accounts"""
    blocks = False

    def begin(self, world):
        for one in world.cas:
            one.accounts.clear()


class Pulled(Fault):
    """the CA wants all its certificates to be renewed"""
    blocks = False

    def begin(self, world):
        now = world.now()
        for one in world.live().values():
            if one.window:
                one.offer(now, now + WINDOW, ASKED_EVERY)
                world.pulled[one.name] = world.pulled.get(one.name, 0) + 1


class FullDisk(Fault):
    """the disk is full"""
    says = r"No space left"

    def begin(self, world):
        self.ballast = os.path.join(world.disk, "ballast")
        with open(self.ballast, "wb", buffering=0) as f:
            try:
                while f.write(b"x" * 4096):
                    pass
            except OSError:
                pass

    def end(self, world):
        os.remove(self.ballast)


class Ahead(Fault):
    """this machine's clock is ahead"""
    says = r"(?i)clock"
    off = 40 * DAY


class FarAhead(Ahead):
    """this machine's clock is years ahead"""
    off = 1200 * DAY


class Back(Fault):
    """this machine's clock is back"""
    says = r"(?i)clock"
    off = -20 * DAY


class Moved(Fault):
    """the store is moved to another host, copied without links"""
    blocks = False

    def begin(self, world):
        world.move()


def faults(host):
    """Each alone, at its longest first, then in other orders and shorter."""
    plan, day = [], 54
    longest = ((HangsUp, 6), (Limits, 7), (Moved, 0.6), (NoDns, 5), (FullDisk, 6),
               (Pulled, 4), (Ahead, 3), (LostAccounts, 0.6), (Back, 4), (Maintenance, 4), (NoDnsHere, 5),
               (NoAccounts, 5), (FarAhead, 3))
    for kind, days in longest[6 * host:] + longest[:6 * host]:
        plan.append(kind(day, day + days))
        day += days + 40
    again = [NoDns, NoDnsHere, HangsUp, Moved, FullDisk, Ahead, Limits, Pulled, Back, NoAccounts, Maintenance,
             LostAccounts, FarAhead]
    for n in range(26):
        kind, days = again[(5 * n + n // 13 + 3 * host) % 13], 1 + n % 3
        plan.append(kind(day, day + days))
        day += days + 42
    return [f for f in plan if f.last + 3 < DAYS]


# ---- the world ----

class Store:
    """What every run reads and writes, on a small disk of its own."""

    def __init__(self, folder):
        self.disk = os.path.join(folder, "disk")
        os.mkdir(self.disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", self.disk], check=True)
        self.hosts = 0
        self.path = os.path.join(self.disk, "host0")

    def move(self):
        self.hosts += 1
        path = os.path.join(self.disk, "host%d" % self.hosts)
        subprocess.run(["cp", "-rL", self.path, path], check=True)
        shutil.rmtree(self.path)
        self.path = path


class World:
    def __init__(self, folder, host):
        self.lineages, self.host = of_host(host), host + 1
        self.begin = (time.time() // DAY + 1) * DAY
        self.at, self.at_real = self.begin, time.monotonic()
        self.folder, self.fault, self.pulled = folder, None, {}
        self.store = Store(folder)
        self.disk = self.store.disk
        self.authority = ca.Authority(folder, "first root", days=6 * 365)
        self.authority.second, self.authority.api = self.authority, self.authority.server()
        self.cas = [self.make_ca(kind) for kind in (None, window_of)]
        self.names = Names(lambda: isinstance(self.fault, NoDnsHere))
        self.web = os.path.join(folder, "web")
        os.mkdir(self.web)
        self.runs, self.wrong, self.said = 0, [], ""

    def make_ca(self, window):
        folder = tempfile.mkdtemp(dir=self.folder)
        return TimedCa(self.authority, folder, self.now, lambda name: LIVES[name][0], window,
                       lambda where, fake: self.fault and self.fault.at_ca(where, fake),
                       ASKED_EVERY)

    def now(self):
        return self.at + QUICK * (time.monotonic() - self.at_real)

    def set(self, when):
        self.at, self.at_real = when, time.monotonic()

    def day(self):
        return (self.at - self.begin) / DAY

    def ca_of(self, name):
        return self.cas[LIVES[name][1]]

    def move(self):
        self.store.move()

    def run(self, *words):
        when = datetime.datetime.utcfromtimestamp(self.now() + (self.fault.off if self.fault else 0))
        env = dict(os.environ, LD_PRELOAD=FAKETIME, TZ="UTC", NO_FAKE_STAT="1",
                   FAKETIME=when.strftime("@%%Y-%%m-%%d %%H:%%M:%%S x%d" % QUICK))
        done = subprocess.run([PROGRAM, *words, "--store", self.store.path], env=env, timeout=600,
                              capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def issue(self, name):
        skips = [w for s in LEFT_OUT for w in ("--skip", s)]
        return self.run("issue", name, "--apply", "--ca", self.ca_of(name).base + "/dir",
                        "--ca-file", self.authority.pem, "--resolver", self.names.at, "--webroot", self.web, *skips)

    def live(self):
        return {name: self.ca_of(name).held(os.path.join(self.store.path, "live", name, "cert.pem"))
                for name in self.lineages}


# ---- what must hold after each run ----

class Watch:
    def __init__(self, world):
        self.world, self.healthy, self.wrong = world, {}, []
        self.had_ended, self.late_since = set(), {}

    def complain(self, what, got):
        self.wrong.append("day %.2f (%s): %s\n%s" % (
            self.world.day(), self.world.fault or "no fault", what, got))
        if LOG:
            print("# host %d %s" % (self.world.host, self.wrong[-1]), flush=True)

    def look(self, got):
        """After a run: (status, stdout, stderr) by the CA's knowledge."""
        w, (status, said, noted) = self.world, got
        fault, text, now, live = w.fault, said + noted, w.now(), w.live()
        blocked = fault and fault.blocks
        if None in live.values():
            return self.complain("not in the store: %s" % [n for n in live if not live[n]], got)
        late = {n for n, one in live.items() if one.latest <= w.at}
        maybe = {n for n, one in live.items() if one.soonest <= now}
        for name, one in live.items():
            since = self.healthy.setdefault(one.serial, 0)
            self.healthy[one.serial] = since + (one.latest <= w.at and not blocked)
            if one.end <= now and (since or not blocked) and one.serial not in self.had_ended:
                self.had_ended.add(one.serial)
                self.complain("%s ended %s hours ago, and could have been renewed" % (
                    name, int(now - one.end) // HOUR), got)
            if not blocked and since > 3:
                self.complain("%s is late still" % name, got)
        if late and not status:
            self.complain("status 0, and late are %s" % sorted(late), got)
        unsaid = [n for n in late if n not in text]
        if unsaid:
            self.complain("no word of %s" % sorted(unsaid), got)
        if blocked:
            fault.due |= maybe
        if blocked and late:
            fault.told += 1
            if not re.search(fault.says, text):
                self.complain("no word of why", got)
        if blocked and fault.off and (not status or not re.search(fault.says, text)):
            self.complain("no word of the clock", got)
        clock_is_off = fault and fault.off
        if not maybe and not clock_is_off and not isinstance(fault, FullDisk):
            if status or (said and not isinstance(fault, Moved)):
                self.complain("told without need", got)
        return None


def ticks(world):
    """When the timer goes off: twice a day, within an hour."""
    for n in range(1, 2 * DAYS):
        yield world.begin + n * DAY / 2 + HOUR * share("tick %d" % n)


def can_be_skipped(world, when, plan):
    days = (when - world.begin) / DAY
    if world.fault or any(f.first - 0.6 <= days <= f.last + 0.6 for f in plan):
        return False
    return all(one and one.soonest > when for one in world.live().values())


def set_fault(world, plan):
    day = world.day()
    now = next((f for f in plan if f.first <= day < f.last), None)
    if now is world.fault:
        return
    if world.fault:
        world.fault.end(world)
    world.fault = now
    if now:
        now.begin(world)


def live_through(world, watch, plan):
    for when in ticks(world):
        world.set(when)
        set_fault(world, plan)
        if can_be_skipped(world, when, plan):
            continue
        began = time.monotonic()
        got = world.run("renew", "-q")
        world.runs += 1
        watch.look(got)
        if LOG:
            print("# host %d day %.2f %.2fs, CPU %.2fs and %.2fs, %s: %s" % (
                world.host, world.day(), time.monotonic() - began, time.process_time(),
                sum(os.times()[2:4]), world.fault, got if LOG == "2" else got[0]), flush=True)
        if len(watch.wrong) > 60:
            return


# ---- what was needed ----

def too_many(world, plan):
    """Orders and certificates of each beyond its need."""
    wrong, now = [], world.now()
    failing = [f for f in plan if f.orders]
    for name in world.lineages:
        life = LIVES[name][0]
        one = world.ca_of(name)
        every = life / 2 - HOUR if life < 10 * DAY else life * (2 / 3 - 0.06) - HOUR
        need = 1 + int((now - world.begin) / every) + world.pulled.get(name, 0)
        got, asked = len(one.of(name)), len(one.orders[name])
        tries = sum(2 * (f.last - f.first) + 1 for f in failing if name in f.due)
        if got > need or asked > got + tries:
            days = [["%.2f" % ((at - world.begin) / DAY) for at in times] for times in (
                one.orders[name], [c.start + HOUR for c in one.of(name)])]
            wrong.append("%s: %d orders, %d certificates; needed %d, and %d tries\n%s" % (
                name, asked, got, need, tries, sorted(set(days[0]) - set(days[1]))))
    return wrong


def play(folder, host, rows):
    world = World(folder, host)
    watch, plan = Watch(world), faults(host)
    try:
        bad = [(name, got) for name, got in ((n, world.issue(n)) for n in world.lineages) if got[0]]
        rows.add("%d certificates to begin with" % len(world.lineages), bad)
        if not bad:
            live_through(world, watch, plan)
            sums(world, watch, plan, rows)
    finally:
        for one in world.cas:
            one.stop()


def sums(world, watch, plan, rows):
    orders = sum(len(o) for one in world.cas for o in one.orders.values())
    made = sum(len(one.issued) for one in world.cas)
    rows.add("day %d: nothing ended that could be renewed; all that was late was told, nothing else"
             % world.day(), "\n".join(watch.wrong))
    rows.add("%d runs, %d orders, %d certificates: none without need" % (world.runs, orders, made),
             "\n".join(too_many(world, plan)))
    idle = [str(f) for f in plan if f.blocks and not f.off and f.last - f.first > 3 and not f.told]
    rows.add("%d faults, and the long ones met what was due" % len(plan), idle)
    rows.add("in the end all are good",
             [n for n, one in world.live().items() if not one or one.end <= world.now()])


def live_on(host, pipe):
    """One host, in a process of its own."""
    rows = Rows("host %d" % (host + 1))
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        try:
            play(folder, host, rows)
        except Exception:
            rows.add("came to its end", traceback.format_exc())
        finally:
            subprocess.run(["umount", os.path.join(folder, "disk")], capture_output=True)
    pipe.send(rows.lines)


def main():
    if not os.path.exists(FAKETIME):
        print("ok 1 - five years # SKIP no faketime here\n1..1")
        return
    if os.environ.get("FIVE_YEARS_APART") != "1":  # a mount of its own needs a space of its own
        how = ["unshare", "--mount"] + (["--map-root-user"] if os.getuid() else [])
        if subprocess.run(how + ["true"], capture_output=True).returncode:
            print("ok 1 - five years # SKIP nothing can be mounted here\n1..1")
            return
        os.execvpe("unshare", how + [sys.executable, *sys.argv], dict(os.environ, FIVE_YEARS_APART="1"))
    pipes = [multiprocessing.Pipe() for _ in range(HOSTS)]
    hosts = [multiprocessing.Process(target=live_on, args=(n, pipes[n][1])) for n in range(HOSTS)]
    for one in hosts:
        one.start()
    rows = [row for ours, _ in pipes for row in ours.recv()]
    for one in hosts:
        one.join()
    for number, (what, fault) in enumerate(rows):
        print("%s %d - %s" % ("not ok" if fault else "ok", number + 1, what))
        if fault:
            print("# " + fault.replace("\n", "\n# "))
    print("1..%d" % len(rows))
    sys.exit(any(fault for _, fault in rows))


main()
