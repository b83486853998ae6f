"""dns - authoritative answers from a table, over UDP and TCP on loopback.

What is not in the table does not exist (NXDOMAIN), except a name that only has
names below it (no data, RFC 8020). Unsigned, without a cache.
"""
import ipaddress
import socketserver
import struct
import threading

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15,
         "TXT": 16, "AAAA": 28, "SRV": 33, "TLSA": 52, "CAA": 257}
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3
TTL = 60
UDP_PLAIN, UDP_EDNS = 512, 1232  # RFC 1035 2.3.4; RFC 9715
CHAIN_MAX = 16


def fold(name):
    return name.rstrip(".").lower()


def wire_name(name):
    labels = [label.encode() for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _mx(text):
    preference, host = text.split()
    return struct.pack("!H", int(preference)) + wire_name(host)


def _srv(text):
    *numbers, host = text.split()
    return struct.pack("!3H", *map(int, numbers)) + wire_name(host)


def _txt(text):
    raw = text.encode()
    parts = [raw[i:i + 255] for i in range(0, len(raw), 255)] or [b""]
    return b"".join(bytes([len(part)]) + part for part in parts)


def _caa(text):
    flags, tag, value = text.split(None, 2)
    return (bytes([int(flags), len(tag)]) + tag.encode() +
            value.strip('"').encode())


def _tlsa(text):
    usage, selector, matching, digest = text.split()
    return (bytes([int(usage), int(selector), int(matching)]) +
            bytes.fromhex(digest))


WIRE = {"A": lambda text: ipaddress.IPv4Address(text).packed,
        "AAAA": lambda text: ipaddress.IPv6Address(text).packed,
        "NS": wire_name, "CNAME": wire_name, "PTR": wire_name,
        "MX": _mx, "SRV": _srv, "TXT": _txt, "CAA": _caa, "TLSA": _tlsa}


class Zone:
    """The table of a scenario: owner name -> type -> values."""

    def __init__(self, table):
        self.nodes = {fold(name): node for name, node in table.items()}

    def _values(self, node, kind):
        values = node.get(kind, [])
        return values if isinstance(values, list) else [values]

    def _fails(self, node, kind):
        fails = node.get("servfail", False)
        return fails is True or (fails and kind in fails)

    def _is_there(self, name):
        """As an owner, or as a name between others (RFC 4592 2.2.2)."""
        return not name or name in self.nodes or any(
            owner.endswith("." + name) for owner in self.nodes)

    def _node(self, name):
        """The owner's, or the star's at the closest encloser (RFC 4592 3.3)."""
        if self._is_there(name):
            return self.nodes.get(name)
        while not self._is_there(name):
            name = name.partition(".")[2]
        return self.nodes.get("*." + name)

    def _missing(self, name):
        return NOERROR if self._is_there(name) else NXDOMAIN

    def look_up(self, name, kind):
        """(rcode, [(owner, type, value)]), following aliases (RFC 1034)."""
        found = []
        for _ in range(CHAIN_MAX):
            node = self._node(fold(name))
            if node is None:
                return self._missing(fold(name)), found
            if self._fails(node, kind):
                return SERVFAIL, found
            if kind in node or "CNAME" not in node:
                return NOERROR, found + [(name, kind, value)
                                         for value in self._values(node, kind)]
            alias = self._values(node, "CNAME")[0]
            found.append((name, "CNAME", alias))
            name = alias
        return SERVFAIL, found

    def addresses(self, host):
        """Every address `host` leads to, both families."""
        return [value for kind in ("A", "AAAA")
                for _, owner_kind, value in self.look_up(host, kind)[1]
                if owner_kind == kind]


def _record(owner, kind, data):
    return (wire_name(owner) +
            struct.pack("!HHIH", TYPES[kind], 1, TTL, len(data)) + data)


def _soa(name):
    """Says for how long "nothing there" holds (RFC 2308)."""
    apex = ".".join(fold(name).split(".")[-2:])
    data = (wire_name("ns." + apex) + wire_name("hostmaster." + apex) +
            struct.pack("!5I", 1, TTL, TTL, TTL, TTL))
    return _record(apex, "SOA", data)


def _question(query):
    """(name, type's word or None, the question's bytes)"""
    at, labels = 12, []
    while query[at]:
        end = at + 1 + query[at]
        labels.append(query[at + 1:end].decode("latin-1"))
        at = end
    code, = struct.unpack_from("!H", query, at + 1)
    kind = next((word for word, number in TYPES.items() if number == code),
                None)
    return ".".join(labels), kind, query[12:at + 5]


def reply_to(zone, query, over_tcp):
    name, kind, question = _question(query)
    rcode, found = zone.look_up(name, kind)
    answers = [_record(owner, word, WIRE[word](value))
               for owner, word, value in found]
    authority = [] if answers or rcode == SERVFAIL else [_soa(name)]
    edns = struct.unpack_from("!H", query, 10)[0] > 0
    extra = b"\0" + struct.pack("!HHIH", 41, UDP_EDNS, 0, 0) if edns else b""
    flags = 0x8580 | rcode  # answer, authoritative, recursion both ways
    body = b"".join(answers) + b"".join(authority)
    counts = [1, len(answers), len(authority), int(edns)]
    limit = UDP_EDNS if edns else UDP_PLAIN
    if not over_tcp and 12 + len(question + body + extra) > limit:
        flags, body, counts = flags | 0x0200, b"", [1, 0, 0, int(edns)]
    return query[:2] + struct.pack("!5H", flags, *counts) + question + body + \
        extra


class _Udp(socketserver.BaseRequestHandler):
    def handle(self):
        query, sock = self.request
        sock.sendto(reply_to(self.server.zone, query, False),
                    self.client_address)


class _Tcp(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            size = self.rfile.read(2)
            if len(size) < 2:
                return
            query = self.rfile.read(struct.unpack("!H", size)[0])
            answer = reply_to(self.server.zone, query, True)
            self.wfile.write(struct.pack("!H", len(answer)) + answer)


class _UdpServer(socketserver.UDPServer):
    def handle_error(self, request, client_address):
        pass  # a broken query gets no answer


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    handle_error = _UdpServer.handle_error


class DnsServer:
    """Answers from its birth until close()."""

    def __init__(self, zone):
        self.servers = self._bind()
        for server in self.servers:
            server.zone = zone
            threading.Thread(target=server.serve_forever, args=(0.05,),
                             daemon=True).start()
        self.place = "127.0.0.1:%d" % self.servers[0].server_address[1]

    def _bind(self):
        """The same free port for UDP and TCP."""
        while True:
            udp = _UdpServer(("127.0.0.1", 0), _Udp)
            try:
                return [udp, _TcpServer(udp.server_address, _Tcp)]
            except OSError:
                udp.server_close()

    def close(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()
