"""Two files swap places in one step, where the system can: renameat2 on Linux, renamex_np on macOS."""

from __future__ import annotations

import errno
import os
import sys

_RENAME_EXCHANGE, _RENAME_SWAP = 2, 2  # <linux/fs.h>, <sys/stdio.h>
_HERE = -100  # AT_FDCWD: names are as for any other call
# a kernel, a file system or a sandbox that does not know it
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM}


def exchange(one: str, two: str) -> bool:
    """Swap two files of one file system in one step; False, with nothing done, where that is not to be had.

    Raises OSError for what the disk refuses.
    """
    if sys.platform not in {"linux", "darwin"}:
        return False
    import ctypes

    system = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(two)
    try:
        if sys.platform == "darwin":
            failed = system.renamex_np(first, second, _RENAME_SWAP)
        else:
            failed = system.renameat2(_HERE, first, _HERE, second, _RENAME_EXCHANGE)
    except AttributeError:
        return False
    number = ctypes.get_errno()
    if failed and number not in _CANNOT:
        raise OSError(number, os.strerror(number), two)
    return not failed
