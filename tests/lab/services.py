"""services - small mail and web servers that really speak their protocol.

A Dialogue knows the words of one protocol and nothing of sockets; a Service
listens, starts TLS and carries a dialogue's words. What a scenario wants
broken is broken here.
"""
import socket
import ssl
import threading
import warnings
from email.utils import formatdate

warnings.simplefilter("ignore", DeprecationWarning)  # old TLS on purpose

# Longer than that of any program that calls: which of the two hangs up is not left to chance.
PATIENCE_S = 120
LINE_MAX = 4096
IMPLICIT = {"smtps": "smtp", "imaps": "imap", "pop3s": "pop3",
            "https": "http", "xmpps": "xmpp"}
VERSIONS = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1,
            "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
START_TLS, HANG_UP = "start TLS", "hang up"


class Dialogue:
    """One protocol's side of a conversation; `secure` once TLS is on."""

    def __init__(self, spec):
        self.spec = spec
        self.secure = False

    @property
    def offers_tls(self):
        again = self.spec.get("doubled", False)  # once more inside TLS
        return self.spec.get("starttls", True) and (again or not self.secure)

    def greeting(self):
        return ""

    def after_tls(self):
        return ""

    def answer(self, line):
        """(text to send, START_TLS, HANG_UP or None)"""
        raise NotImplementedError

    def refuse_or_start(self, refusal, go_ahead):
        if self.spec.get("starttls_refused"):
            return refusal, None
        return go_ahead, START_TLS


class Smtp(Dialogue):
    def greeting(self):
        return "%s %s\r\n" % (self.spec.get("greet_code", 220),
                              self.spec.get("banner", "lab ESMTP").replace(
                                  "@now", formatdate()))

    def answer(self, line):
        verb = line.split(" ")[0].upper()
        if verb == "PROXY" and self.spec.get("proxied"):  # who is in front says who calls
            return "", None
        if verb == "QUIT":
            return "221 2.0.0 Bye\r\n", HANG_UP
        if self.spec.get("greet_code", 220) != 220:  # RFC 5321 3.1
            return "503 5.5.1 No service here\r\n", None
        if verb == "EHLO":
            return self._capabilities(), None
        if verb == "HELO":
            return "250 %s\r\n" % self._name(), None
        if verb == "STARTTLS" and self.offers_tls:
            return self.refuse_or_start(
                "454 4.7.0 TLS not available due to local problem\r\n",
                "220 2.0.0 Ready to start TLS\r\n")
        return "502 5.5.2 Command not recognized\r\n", None

    def _name(self):
        return self.spec.get("banner", "lab ESMTP").split()[0]

    def _capabilities(self):
        words = [self._name(), "PIPELINING", "SIZE 10240000"]
        words += ["STARTTLS"] if self.offers_tls else []
        words += ["XXXXXXXA"] if self.spec.get("mangled") else []
        words += ["8BITMIME"]
        lines = ["250-" + word for word in words]
        lines[-1] = "250 " + words[-1]
        return "\r\n".join(lines) + "\r\n"


class Lmtp(Smtp):
    """RFC 2033: as SMTP, but its own greeting word, and no other."""

    def answer(self, line):
        verb = line.split(" ")[0].upper()
        if verb in ("EHLO", "HELO"):
            return "500 5.5.1 This is LMTP\r\n", None
        return super().answer("EHLO" if verb == "LHLO" else line)


class Xmpp:
    """RFC 6120 to the end of the features; words are tags, not lines."""

    def __init__(self, spec):
        self.spec = spec
        self.secure = False

    def answer(self, tag):
        if tag.startswith("<stream:stream"):
            return self._stream() + self._features(tag), None
        if tag.startswith("<starttls") and not self.secure:
            if self.spec.get("starttls_refused"):
                return ("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
                        "</stream:stream>"), HANG_UP
            return ("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
                    START_TLS)
        if tag.startswith("</stream:stream"):
            return "</stream:stream>", HANG_UP
        return "", None

    @staticmethod
    def _stream():
        return ("<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
                "xmlns:stream='http://etherx.jabber.org/streams' id='1' "
                "version='1.0'>")

    def _features(self, tag):
        hosts = self.spec.get("hosts")
        if hosts and not any("to='%s'" % host in tag for host in hosts):
            return ("<stream:error><host-unknown xmlns="
                    "'urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
                    "</stream:stream>")
        offers = self.spec.get("starttls", True) and not self.secure
        return "<stream:features>%s</stream:features>" % (
            "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/>"
            "</starttls>" if offers else
            "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
            "<mechanism>PLAIN</mechanism></mechanisms>")


class Imap(Dialogue):
    def _words(self):
        more = "STARTTLS LOGINDISABLED" if self.offers_tls else "AUTH=PLAIN"
        return "IMAP4rev1 LITERAL+ ID " + more

    def greeting(self):
        return "* OK [CAPABILITY %s] %s\r\n" % (
            self._words(), self.spec.get("ready", "Lab ready."))

    def answer(self, line):
        tag, verb = (line.split(" ") + [""])[:2]
        verb = verb.upper()
        if verb == "CAPABILITY":
            return "* CAPABILITY %s\r\n%s OK done.\r\n" % (self._words(),
                                                           tag), None
        if verb == "LOGOUT":
            return "* BYE\r\n%s OK bye\r\n" % tag, HANG_UP
        if verb == "STARTTLS" and self.offers_tls:
            return self.refuse_or_start(
                "%s NO TLS is not available.\r\n" % tag,
                "%s OK Begin TLS negotiation now.\r\n" % tag)
        return "%s BAD Error in IMAP command.\r\n" % tag, None


class Pop3(Dialogue):
    def greeting(self):
        return "+OK %s\r\n" % self.spec.get("ready", "Lab ready.")

    def answer(self, line):
        verb = line.split(" ")[0].upper()
        if verb == "CAPA":
            more = "STLS" if self.offers_tls else "USER"
            return "+OK\r\nUIDL\r\n%s\r\n.\r\n" % more, None
        if verb == "QUIT":
            return "+OK bye\r\n", HANG_UP
        if verb == "STLS" and self.offers_tls:
            return self.refuse_or_start("-ERR TLS is not available.\r\n",
                                        "+OK Begin TLS negotiation now.\r\n")
        return "-ERR Unknown command.\r\n", None


class Sieve(Dialogue):
    def _capabilities(self, status):
        tls = '"STARTTLS"\r\n' if self.offers_tls else ""
        return ('"IMPLEMENTATION" "Lab"\r\n"SIEVE" "fileinto"\r\n'
                '"SASL" ""\r\n%s%s\r\n' % (tls, status))

    def greeting(self):
        return self._capabilities('OK "Lab ready."')

    def after_tls(self):
        return self._capabilities('OK "TLS negotiation successful."')

    def answer(self, line):
        verb = line.split(" ")[0].upper()
        if verb == "CAPABILITY":
            return self._capabilities('OK "done"'), None
        if verb == "LOGOUT":
            return 'OK "bye"\r\n', HANG_UP
        if verb == "STARTTLS" and self.offers_tls:
            return self.refuse_or_start('NO "TLS is not available."\r\n',
                                        'OK "Begin TLS negotiation now."\r\n')
        return 'NO "Unknown command."\r\n', None


DIALOGUES = {"smtp": Smtp, "lmtp": Lmtp, "imap": Imap, "pop3": Pop3, "sieve": Sieve}


def tls_context(spec, leaves, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:!aNULL:!eNULL:@SECLEVEL=0")
    context.minimum_version = VERSIONS[spec.get("tls_min", "1.2")]
    context.maximum_version = VERSIONS[spec.get("tls_max", "1.3")]
    context.load_cert_chain(leaves[name].served, leaves[name].key)
    if spec.get("also") and name == spec.get("cert"):  # another key type
        also = leaves[spec["also"]]
        context.load_cert_chain(also.served, also.key)
    return context


def tls_for(spec, leaves):
    """The context of one server, with its SNI table; None without `cert`."""
    if not spec.get("cert"):
        return None
    default = tls_context(spec, leaves, spec["cert"])
    table = {host.lower(): tls_context(spec, leaves, name)
             for host, name in spec.get("sni", {}).items()}
    refused = [host.lower() for host in spec.get("sni_refused", [])]

    def choose(sock, host, _context):
        host = (host or "").lower()
        if host in refused:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        if host in table:
            sock.context = table[host]
        return None

    if table or refused:
        default.sni_callback = choose
    return default


def hello_extensions(hello):
    """What a ClientHello, with its record's head, asks for: number -> bytes
    (RFC 8446 4.1.2)."""
    at = 5 + 4 + 2 + 32
    at += 1 + hello[at]
    at += 2 + int.from_bytes(hello[at:at + 2], "big")
    at += 1 + hello[at] + 2
    found = {}
    while at + 4 <= len(hello):
        number, size = (int.from_bytes(hello[k:k + 2], "big")
                        for k in (at, at + 2))
        found[number] = hello[at + 4:at + 4 + size]
        at += 4 + size
    return found


def asks_as(hello):
    """Which of the words of "mute_to" fit who sent it."""
    asked = hello_extensions(hello)
    schemes = asked.get(13, b"")[2:]
    ecdsa = any(schemes[i:i + 2] in (b"\4\3", b"\5\3", b"\6\3")
                for i in range(0, len(schemes), 2))
    return {"rsa" if not ecdsa else "", "no-sni" if 0 not in asked else ""}


class Service:
    """Listens on a free port of 127.0.0.1 (`port`), or where it is told."""

    def __init__(self, spec, leaves, file_bytes, place=("127.0.0.1", 0)):
        self.spec = spec
        self.file_bytes = file_bytes  # body as written -> bytes
        self.context = tls_for(spec, leaves)
        self.others = [tls_for({**spec, "cert": name}, leaves)
                       for name in spec.get("in_turn", [])]
        self.handshakes = 0
        self.open = set()
        self.visits = 0
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(place)
        crowded = spec.get("behaviour") == "unanswered"
        self.listener.listen(0 if crowded else 128)
        self.port = self.listener.getsockname()[1]
        self.crowd = []
        if crowded:  # the line is full: who comes now hears nothing at all
            self._fill_up(family)
            return
        threading.Thread(target=self._accept, daemon=True).start()

    def _fill_up(self, family):
        for _ in range(3):
            guest = socket.socket(family, socket.SOCK_STREAM)
            guest.setblocking(False)
            guest.connect_ex(self.listener.getsockname())
            self.crowd.append(guest)

    def _accept(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            self.visits += 1
            threading.Thread(target=self._serve, args=(conn, self.visits),
                             daemon=True).start()

    def _serve(self, conn, visit):
        conn.settimeout(PATIENCE_S)
        self.open.add(conn)
        spec = self.spec
        if visit <= spec.get("busy_visits", 0):  # the first ones are put off
            spec = {**spec, **spec["busy"]}
        talk = Talk(self, conn, spec)
        try:
            talk.run()
        except (OSError, ValueError):
            pass  # the client left, or TLS failed: its business
        finally:
            self.open.discard(conn)
            talk.conn.close()

    def next_context(self):
        """As machines behind one address take turns; `renewed_after` so many
        handshakes it is the last for good."""
        with self.lock:
            turn, self.handshakes = self.handshakes, self.handshakes + 1
        contexts = [self.context, *self.others]
        last = self.spec.get("renewed_after")
        if last is not None:
            return contexts[-1 if turn >= last else 0]
        return contexts[turn % len(contexts)]

    def close(self):
        self.stopping.set()
        for sock in [self.listener, *self.crowd, *self.open]:
            try:
                sock.shutdown(socket.SHUT_RDWR)  # wakes accept() and recv()
            except OSError:
                pass
        self.listener.close()


class Talk:
    """One connection to a Service."""

    def __init__(self, service, conn, spec):
        self.service, self.spec, self.conn = service, spec, conn
        self.buffer = b""

    def run(self):
        self.service.stopping.wait(self.spec.get("delay", 0))
        behaviour = self.spec.get("behaviour")
        if behaviour:
            getattr(self, "_" + behaviour)()
            return
        proto = self.spec["proto"]
        if proto in IMPLICIT:
            self._start_tls()
            proto = IMPLICIT[proto]
        if proto == "http":
            self._http()
        elif proto == "xmpp":
            self._xmpp()
        else:
            self._converse(DIALOGUES[proto](self.spec))

    def _silent(self):
        while self.conn.recv(LINE_MAX):
            pass

    def _close(self):
        pass

    def _garbage(self):
        self.conn.sendall(bytes(range(128, 192)))

    def _say(self):
        self.conn.sendall(self.spec["text"].encode())
        self.conn.recv(LINE_MAX)

    def _hello(self):
        """The ClientHello, left where it is."""
        hello = b""
        while len(hello) < 5 or len(hello) < 5 + int.from_bytes(hello[3:5],
                                                                "big"):
            more = self.conn.recv(LINE_MAX, socket.MSG_PEEK)
            if not more:
                raise OSError("the client left")
            if more == hello:
                self.service.stopping.wait(0.01)
            hello = more
        return hello

    def _start_tls(self):
        mute_to = self.spec.get("mute_to")  # "rsa", "no-sni"
        if mute_to and asks_as(self._hello()) & set(mute_to):
            self._silent()
            raise OSError("the client left")
        self.conn = self.service.next_context().wrap_socket(self.conn,
                                                            server_side=True)
        self.buffer = b""

    def _line(self):
        """The next line without its end, or None: the peer has left."""
        line = self._word(b"\n")
        return None if line is None else line.rstrip("\r")

    def _word(self, end):
        while end not in self.buffer:
            chunk = self.conn.recv(LINE_MAX)
            if not chunk or len(self.buffer) > LINE_MAX:
                return None
            self.buffer += chunk
        word, self.buffer = self.buffer.split(end, 1)
        return word.decode("latin-1")

    def _send(self, text):
        if text:
            self.conn.sendall(text.encode())

    def _converse(self, dialogue):
        dialogue.secure = isinstance(self.conn, ssl.SSLSocket)
        within = self.spec.get("within")  # "silent", "close"
        if dialogue.secure and within:
            getattr(self, "_" + within)()
            return
        self._send(dialogue.greeting())
        line = self._line()
        while line is not None:
            text, then = dialogue.answer(line)
            if then == START_TLS:
                text += self.spec.get("injected", "")
            self._send(text)
            if then == HANG_UP:
                return
            if then == START_TLS:
                self._start_tls()
                dialogue.secure = True
                self._send(dialogue.after_tls())
            line = self._line()

    def _xmpp(self):
        dialogue = Xmpp(self.spec)
        dialogue.secure = isinstance(self.conn, ssl.SSLSocket)
        tag = self._word(b">")
        while tag is not None:
            text, then = dialogue.answer(tag.lstrip() + ">")
            self._send(text)
            if then == HANG_UP:
                return
            if then == START_TLS:
                self._start_tls()
                dialogue.secure = True
            tag = self._word(b">")

    def _raw(self):
        """What is no HTTP: the last line of the text so many times more."""
        raw = self.spec["raw"].encode("latin-1")
        more = raw.splitlines(True)[-1] if raw else b""
        self.conn.sendall(raw + more * self.spec.get("raw_times", 0))

    def _http(self):
        words = (self._line() or "").split(" ")
        path, host, line = (words + ["/"])[1], "", self._line()
        while line:
            if line.lower().startswith("host:"):
                host = line[len("host:"):].strip()
            line = self._line()
        if "raw" in self.spec:
            self._raw()
            return
        if self.spec.get("any_query"):
            path = path.split("?")[0]
        redirect = (self.spec.get("redirects", {}).get(path) or
                    self.spec.get("redirect"))
        if redirect:
            where = redirect.replace("{host}", host).replace("{path}", path)
            self._reply("301 Moved Permanently", b"", "Location: %s\r\n" %
                        where)
            return
        body = self.spec.get("files", {}).get(path)
        status = self.spec.get("statuses", {}).get(path)
        if status:
            self._reply("%d Status" % status, b"no\n")
        elif body is None:
            self._reply("404 Not Found", b"not found\n")
        else:
            self._reply("200 OK", self.service.file_bytes(body))

    def _reply(self, status, body, more=""):
        for name, value in self.spec.get("headers", {}).items():
            more += "%s: %s\r\n" % (name, value)
        self._send("HTTP/1.1 %s\r\nContent-Type: text/plain\r\n%s"
                   "Content-Length: %d\r\nConnection: close\r\n\r\n" %
                   (status, more, len(body)))
        self.conn.sendall(body)
