"""What a live test says of each case, in TAP, and how many it has counted."""
import threading

at_once = threading.Lock()  # some tests run in threads
counted = {"tests": 0, "failed": 0}


def tap(what, fault):
    """`fault`: what was seen instead; None or empty: all is well."""
    with at_once:
        counted["tests"] += 1
        counted["failed"] += bool(fault)
        print("%s %d - %s" % ("not ok" if fault else "ok", counted["tests"], what), flush=True)
        if fault:
            print("# " + str(fault).replace("\n", "\n# "), flush=True)


def skip(what, why):
    counted["tests"] += 1
    print("ok %d - %s # SKIP %s" % (counted["tests"], what, why), flush=True)
