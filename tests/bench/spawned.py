"""Run a program to its end, and print what it took as JSON.

Run: python -I -S tests/bench/spawned.py FD WORD...

The JSON goes to the file descriptor FD.  This is a small process of its own because the peak of memory of a process
begins with that of the one that started it.
"""

import json
import os
import sys
import time


def main(descriptor: int, words: list[str]) -> int:
    """Run the words; return the program's exit status."""
    os.set_inheritable(descriptor, False)
    began = time.perf_counter()
    child = os.posix_spawnp(words[0], words, os.environ)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - began
    os.write(descriptor, json.dumps([wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]).encode())
    return os.waitstatus_to_exitcode(status) & 255


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
