"""What the Python servers of the sample scenarios share. Usage: python3 SERVER.py PORT [HOST], port 0 takes a free one.

Not a server.
"""

import signal
import socket
import sys
import threading


class Lines:
    """The lines of a connection, however they were cut, each without its CR LF; None at the end."""

    def __init__(self, connection):
        self.connection = connection
        self.buffer = bytearray()

    def fill(self):
        part = self.connection.recv(4096)
        self.buffer += part
        return len(part) > 0

    def line(self):
        while b"\r\n" not in self.buffer:
            if not self.fill():
                return None
        line, _, rest = bytes(self.buffer).partition(b"\r\n")
        self.buffer = bytearray(rest)
        return line

    def take(self, size):
        while len(self.buffer) < size:
            if not self.fill():
                return None
        data = bytes(self.buffer[:size])
        del self.buffer[:size]
        return data


def run(handle, connection):
    """Runs one connection to its end; a reset ends this one only."""
    with connection:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            handle(connection)
        except OSError:
            pass


def serve(handle):
    """Calls handle(connection) for every connection, until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    host = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
    with socket.create_server((host, int(sys.argv[1])), backlog=1024) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=run, args=(handle, connection), daemon=True).start()
