"""The shell of a job, as a program: `jobs.Job` starts it.  It imports little: each job waits for its start."""

import fcntl
import os
import signal
import sys
import termios


def _shell(order: int, report: int, words: list[str]) -> None:
    """Run one job as a shell does; the end of the orders is the end of it."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    usual = termios.tcgetattr(0)
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        hup = signal.SIG_IGN if os.environ.get("NOHUP") else signal.SIG_DFL
        signal.signal(signal.SIGHUP, hup)
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(words[0], words)
    os.write(report, f"{pid}\n".encode())
    while True:
        _, status = os.waitpid(pid, os.WUNTRACED)
        try:
            os.tcsetpgrp(0, os.getpgrp())
        except OSError:
            pass
        if not os.WIFSTOPPED(status):
            os.write(report, f"ended {os.waitstatus_to_exitcode(status)}\n".encode())
            os.read(order, 1)
            return
        os.write(report, b"stopped\n")
        if not os.read(order, 1):
            return
        termios.tcsetattr(0, termios.TCSADRAIN, usual)
        os.tcsetpgrp(0, pid)
        os.killpg(pid, signal.SIGCONT)
        os.write(report, b"goes on\n")


if __name__ == "__main__":
    _shell(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
