"""Keeps a pcscd that only this test session meets: run inside `unshare -Urnm`, with a folder as its argument.

vpcd listens on every address there is; in a network of its own that is this process's loopback alone. The clients are
outside: they come through a socket in the folder. As systemd does, this process holds the socket and starts pcscd when
somebody knocks. A line of standard input ends pcscd and is answered when it is gone; the end of standard input ends all.
"""

import fcntl
import os
import select
import socket
import struct
import subprocess
import sys
from pathlib import Path

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
PORT = 35963
READERS = f"""FRIENDLYNAME "Virtual PCD"
DEVICENAME /dev/null:0x{PORT:04X}
LIBPATH {DRIVER}
CHANNELID 0x{PORT:04X}
"""
DOOR = "comm"
"""The socket's name in the folder."""
_SET_FLAGS, _UP = 0x8914, 0x1 | 0x40
"""SIOCSIFFLAGS, and IFF_UP with IFF_RUNNING (netdevice(7))."""
_FIRST_PASSED = 3
"""SD_LISTEN_FDS_START (sd_listen_fds(3))."""
_START = 'LISTEN_PID=$$ LISTEN_FDS=1 exec /usr/sbin/pcscd --foreground --config "$0"'


def main(folder: Path) -> None:
    """Lay out the folder, and keep pcscd until standard input ends."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP))
    # pcscd writes its number into /run/pcscd: over the system's own, where the tests run as root.
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    (folder / "readers").mkdir()
    (folder / "readers" / "vpcd").write_text(READERS, encoding="ascii")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(folder / DOOR))
        made.listen(16)
        os.dup2(made.fileno(), _FIRST_PASSED)
        if made.fileno() == _FIRST_PASSED:
            made.detach()
    os.set_inheritable(_FIRST_PASSED, True)  # noqa: FBT003  -- the function's own signature
    while _knocked(_FIRST_PASSED) and _one_life(folder):
        pass


def _knocked(door: int) -> bool:
    """Wait for a client; False if standard input ended first."""
    while True:
        ready, _, _ = select.select([door, sys.stdin], [], [])
        if sys.stdin in ready:
            if not sys.stdin.readline():
                return False
            _tell()
        elif door in ready:
            return True


def _one_life(folder: Path) -> bool:
    """Run pcscd until a line of standard input; False if standard input ended."""
    command = ["/bin/sh", "-c", _START, str(folder / "readers")]
    with subprocess.Popen(command, close_fds=False, stdin=subprocess.DEVNULL, stdout=sys.stderr) as pcscd:
        goes_on = bool(sys.stdin.readline())
        pcscd.terminate()
    if goes_on:
        _tell()
    return goes_on


def _tell() -> None:
    sys.stdout.write("gone\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
