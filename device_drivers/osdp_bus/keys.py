"""Keys of Secure Channel, each in a file of its own that only its owner may read."""

import os
import secrets
import stat
from pathlib import Path

from access_core.errors import DeviceUnavailable
from device_drivers.osdp_bus.secure_channel import DEFAULT_KEY, KEY_BYTES

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def new_key() -> bytes:
    """A key that nobody has had before."""
    return secrets.token_bytes(KEY_BYTES)


def read_key(path: Path) -> bytes:
    """The key in `path`: 32 hexadecimal digits.

    Raises:
        DeviceUnavailable: There is none that may be used; the message says what to do.
    """
    try:
        if path.stat().st_mode & _OTHERS:
            raise DeviceUnavailable(
                f"{path}: others may read this key; check who has read it, then `chmod 600` it "
                "or give the device a new key with `edge-agent osdp-install`"
            )
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except FileNotFoundError as error:
        raise DeviceUnavailable(
            f"{path}: there is no key yet; check `key_file`, or give the device one with "
            "`edge-agent osdp-install`"
        ) from error
    except OSError as error:
        raise DeviceUnavailable(f"{path}: {error.strerror}; check owner and mode") from error
    except ValueError as error:
        raise DeviceUnavailable(f"{path}: this is no key; check `key_file`") from error
    if len(key) != KEY_BYTES or key == DEFAULT_KEY:
        raise DeviceUnavailable(f"{path}: this is no key of a site; check `key_file`")
    return key


def write_key(path: Path, key: bytes) -> None:
    """Put `key` into `path`, readable by its owner only; on disk when this returns.

    Raises:
        DeviceUnavailable: It cannot be written; the message says what to check.
    """
    spare = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        spare.unlink(missing_ok=True)
        descriptor = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key.hex())
            file.flush()
            os.fsync(file.fileno())
        spare.rename(path)
    except OSError as error:
        raise DeviceUnavailable(
            f"{path}: the key cannot be kept ({error.strerror}); check owner and mode of the folder"
        ) from error
