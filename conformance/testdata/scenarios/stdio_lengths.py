"""A right program over stdio: answers each line with its length."""

import sys

for line in sys.stdin.buffer:
    sys.stdout.buffer.write(b"%d\n" % (len(line) - 1))
    sys.stdout.buffer.flush()
