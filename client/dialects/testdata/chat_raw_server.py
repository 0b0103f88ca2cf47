"""The chat: answers what it hears like somebody at a terminal."""
from serve import connections

for connection in connections():
    while True:
        data = connection.recv(1024)
        if not data:
            break
        connection.send(b"you said: " + data + b"\n")
