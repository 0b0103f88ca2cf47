"""A right SMTP-like server: a greeting, commands in lines, a message that ends with a line of one dot."""

from serve import Lines, serve


def handle(connection):
    lines = Lines(connection)
    connection.sendall(b"220 mail.test ready\r\n")
    while (line := lines.line()) is not None:
        word = line.split(b" ")[0].upper()
        if word == b"EHLO":
            connection.sendall(b"250-mail.test\r\n250 PIPELINING\r\n")
        elif word in (b"MAIL", b"RCPT"):
            connection.sendall(b"250 ok\r\n")
        elif word == b"DATA":
            connection.sendall(b"354 go on\r\n")
            size = 0
            while (line := lines.line()) != b".":
                if line is None:
                    return
                size += len(line)
            connection.sendall(b"250 took %d bytes\r\n" % size)
        elif word == b"QUIT":
            connection.sendall(b"221 bye\r\n")
            return
        else:
            connection.sendall(b"500 what?\r\n")


serve(handle)
