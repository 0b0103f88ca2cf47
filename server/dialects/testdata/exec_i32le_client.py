"""The "ssh case" with a length: struct.pack("i", total), then the output."""
import socket
import struct
import sys

client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
for command in sys.argv[2:]:
    client.send(command.encode("utf-8"))
    total, = struct.unpack("i", client.recv(4))
    data = b""
    while len(data) < total:
        data += client.recv(1024)
    sys.stdout.buffer.write(b"%d:" % total + data)
client.send(b"exit")
client.close()
