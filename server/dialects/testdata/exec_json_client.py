"""The "ssh case" with a header: struct.pack("i", length), JSON, then the output."""
import hashlib
import json
import socket
import struct
import sys

client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
for command in sys.argv[2:]:
    client.send(command.encode("utf-8"))
    length, = struct.unpack("i", client.recv(4))
    header = json.loads(client.recv(length).decode("utf-8"))
    data = b""
    while len(data) < header["total_size"]:
        data += client.recv(1024)
    assert sorted(header) == ["filename", "md5", "total_size"]
    assert hashlib.md5(data).hexdigest() == header["md5"]
    sys.stdout.buffer.write(b"%d:" % header["total_size"] + data)
client.send(b"exit")
client.close()
