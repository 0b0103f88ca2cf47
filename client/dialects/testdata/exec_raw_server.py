"""The "ssh case", first try: the output as it is."""
from run import run
from serve import connections

for connection in connections():
    while True:
        command = connection.recv(1024)
        if not command or command == b"exit":
            break
        connection.sendall(run(command) or b"no output!")
