"""The "ssh case" with info|N in a message of its own, as far as the network lets it."""
import socket
import sys

client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print(client.recv(1024).decode("utf-8"))
for command in sys.argv[2:]:
    client.send(command.encode("utf-8"))
    info = client.recv(1024).decode("utf-8")
    name, total = info.split("|")
    assert name == "info"
    data = b""
    while len(data) < int(total):
        data += client.recv(1024)
    sys.stdout.buffer.write(b"%s:" % total.encode() + data)
client.send(b"exit")
client.close()
