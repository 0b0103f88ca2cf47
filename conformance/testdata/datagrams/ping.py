"""A right client in the tutorials' style: python3 ping.py HOST PORT. It never asks the same again; it tells times."""

import socket
import sys
import time

server = (sys.argv[1], int(sys.argv[2]))
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.connect(server)
client.settimeout(0.5)
for number in range(1, 4):
    begun = time.monotonic()
    question = f"ping number {number}"
    try:
        client.send(question.encode())
        while True:
            answer = client.recv(65535).decode(errors="replace")
            if answer == question.upper():
                break
        print(f"{answer} in {(time.monotonic() - begun) * 1000:.3f} ms")
    except (TimeoutError, ConnectionRefusedError):
        print("Request timed out")
