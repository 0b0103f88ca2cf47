"""The "ssh case" with a JSON header."""
import hashlib
import json
import struct

from run import run
from serve import connections

for connection in connections():
    while True:
        command = connection.recv(1024)
        if not command or command == b"exit":
            break
        output = run(command)
        md5 = hashlib.md5(output).hexdigest()
        header = json.dumps({"filename": "a.txt", "md5": md5, "total_size": len(output)}).encode()
        connection.send(struct.pack("i", len(header)))
        connection.send(header)
        connection.sendall(output)
