"""What all Python targets share: they listen, print the port, and give each connection a thread.

Not a target. Usage of every target: python3 TARGET.py PORT [HOST], port 0 takes a free one.

    u32be:  | length (4, big-endian) | payload (length bytes, at most LIMIT) |
"""

import signal
import socket
import sys
import threading

LIMIT = 65536  # bytes of payload


def read_exact(connection, size):
    """The next `size` bytes, however they were cut; None when the stream ends before."""
    data = bytearray()
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            return None
        data += part
    return bytes(data)


def send_frame(connection, payload):
    connection.sendall(len(payload).to_bytes(4, "big") + payload)


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
    port = int(sys.argv[1])
    host = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=1024) as listener:
        print(f"listening {listener.getsockname()[1]}", flush=True)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=run, args=(handle, connection), daemon=True).start()
