"""Runs a program under the SystemCallFilter= of a unit, as systemd does: what is not allowed fails with EPERM.

    python3 under_filter.py UNIT PROGRAM ARGS...

Needs systemd-analyze, which knows the groups, and libseccomp, which systemd needs itself.
"""

import ctypes
import errno
import os
import re
import subprocess
import sys

unit, *command = sys.argv[1:]

groups: dict[str, list[str]] = {}
listed = subprocess.run(
    ["systemd-analyze", "syscall-filter", "--no-pager"], capture_output=True, text=True, check=True
).stdout
for line in re.sub(r"\x1b\[[0-9;]*m", "", listed).splitlines():
    if line.startswith("@"):
        groups[line.strip()] = []
    elif line.startswith(" ") and groups and not line.strip().startswith("#"):
        groups[list(groups)[-1]].append(line.strip())


def calls(name: str) -> set[str]:
    return set().union(*map(calls, groups[name])) if name.startswith("@") else {name}


allowed: set[str] = set()
for line in open(unit):
    key, _, value = line.strip().partition("=")
    if key == "SystemCallFilter":
        named = set().union(*map(calls, value.removeprefix("~").split()))
        allowed = allowed - named if value.startswith("~") else allowed | named

seccomp = ctypes.CDLL("libseccomp.so.2", use_errno=True)
seccomp.seccomp_init.restype = ctypes.c_void_p
SCMP_ACT_ALLOW, SCMP_ACT_ERRNO = 0x7FFF0000, 0x00050000
context = ctypes.c_void_p(seccomp.seccomp_init(SCMP_ACT_ERRNO | errno.EPERM))
for name in allowed | calls("@default"):
    number = seccomp.seccomp_syscall_resolve_name(name.encode())
    # Some are of other machines.
    if number >= 0 and seccomp.seccomp_rule_add(context, SCMP_ACT_ALLOW, number, 0) != 0:
        sys.exit(f"cannot allow {name}")
if seccomp.seccomp_load(context) != 0:
    sys.exit("the filter cannot be loaded")
os.execvp(command[0], command)
