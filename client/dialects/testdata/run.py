"""Runs a command as the tutorials do: through a shell."""
import subprocess


def run(command):
    done = subprocess.run(command.decode("utf-8"), shell=True, capture_output=True)
    return done.stdout + done.stderr
