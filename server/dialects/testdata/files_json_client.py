"""The file transfer: struct.pack("i", length), JSON header, file. put PATH NAME | get NAME PATH, any number of them."""
import json
import os
import socket
import struct
import sys

client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))


def send_header(header):
    data = json.dumps(header).encode("utf-8")
    client.send(struct.pack("i", len(data)))
    client.send(data)


words = sys.argv[2:]
while words:
    command, first, second, *words = words
    if command == "put":
        send_header({"cmd": "put", "filename": second, "filesize": os.path.getsize(first)})
        with open(first, "rb") as file:
            for chunk in iter(lambda: file.read(1024), b""):
                client.sendall(chunk)
    else:
        send_header({"cmd": "get", "filename": first})
        length, = struct.unpack("i", client.recv(4))
        header = json.loads(client.recv(length).decode("utf-8"))
        if not header["isfile"]:
            print("missing")
            continue
        left = header["filesize"]
        with open(second, "wb") as file:
            while left > 0:
                data = client.recv(min(left, 1024))
                file.write(data)
                left -= len(data)
        print("got")
client.close()
