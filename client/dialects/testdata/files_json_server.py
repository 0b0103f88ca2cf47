"""The file transfer with a JSON header; keeps its files in the directory it is given."""
import json
import os
import struct
import sys

from serve import connections

root = sys.argv[1]


def exactly(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(min(1024, count - len(data)))
        if not part:
            return None
        data += part
    return data


for connection in connections():
    while True:
        prefix = exactly(connection, 4)
        if prefix is None:
            break
        header = json.loads(exactly(connection, struct.unpack("i", prefix)[0]).decode("utf-8"))
        path = os.path.join(root, header["filename"])
        if header["cmd"] == "put":
            with open(path, "wb") as file:
                file.write(exactly(connection, header["filesize"]))
            continue
        answer = {"isfile": os.path.isfile(path)}
        if answer["isfile"]:
            answer["filesize"] = os.path.getsize(path)
        data = json.dumps(answer).encode("utf-8")
        connection.send(struct.pack("i", len(data)))
        connection.send(data)
        if answer["isfile"]:
            with open(path, "rb") as file:
                connection.sendall(file.read())
