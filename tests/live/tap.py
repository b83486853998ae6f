"""What a live test says of each case, in TAP, and how many it has counted."""
import sys
import threading
import traceback

at_once = threading.Lock()  # some tests run in threads
counted = {"tests": 0, "failed": 0}


def tap(what, fault):
    """`fault`: what was seen instead, one text or a list; None or empty: all is
    well."""
    told = "\n".join(map(str, fault[:5])) if isinstance(fault, list) else str(fault)
    with at_once:
        counted["tests"] += 1
        counted["failed"] += bool(fault)
        print("%s %d - %s" % ("not ok" if fault else "ok", counted["tests"], what), flush=True)
        if fault:
            print("# " + told.replace("\n", "\n# "), flush=True)


def skip(what, why):
    counted["tests"] += 1
    print("ok %d - %s # SKIP %s" % (counted["tests"], what, why), flush=True)


def play(parts, *given):
    """Each part, or those named on the command line; one that breaks is a failure
    and does not take the others with it."""
    for part in parts:
        if sys.argv[1:] and part.__name__ not in sys.argv[1:]:
            continue
        try:
            part(*given)
        except Exception:  # whatever it is, it is this part's fault
            tap(part.__name__, traceback.format_exc())


def finish():
    """The plan, and the exit status."""
    print("1..%d" % counted["tests"])
    sys.exit(counted["failed"] > 0)
