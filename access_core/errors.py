"""Every exception both halves may see, by whose fault it is.

    AccessControlError
    ├── ProgramError             our own bug: a value no caller may build
    ├── SettingsError            the person who wrote the settings: names file, key and cure
    ├── PeerError                what came over a wire is not what was agreed
    │   ├── MalformedMessage     cannot be read at all
    │   ├── UntrustedMessage     readable, but not signed by whom it must be
    │   └── OutOfOrder           a revision or sequence that does not follow
    ├── DeviceUnavailable        a port, camera or board does not answer
    └── StoreDamaged             data on our own disk is not what we wrote

A denial is not an exception: it is a `Decision`. A pass that fails its checks is not one
either: it is a `PassRefusal`. Library errors are translated once, where the library is called.
"""


class AccessControlError(Exception):
    """Parent of all; never raised itself."""


class ProgramError(AccessControlError):
    """A value was built that no caller may build. A bug in this program."""


class SettingsError(AccessControlError):
    """Settings cannot be used. The message names file, key and cure."""

    def __init__(self, *, file: str, key: str, problem: str, cure: str) -> None:
        """`key` as written in the file, dotted; `cure` says what to write instead."""
        super().__init__(f"{file}: {key}: {problem}. {cure}")
        self.file, self.key, self.problem, self.cure = file, key, problem, cure


class PeerError(AccessControlError):
    """What came over a wire is not what was agreed."""


class MalformedMessage(PeerError):
    """The bytes cannot be read as the message they should be."""


class UntrustedMessage(PeerError):
    """The message is well formed but not signed by the expected key."""


class OutOfOrder(PeerError):
    """A revision or sequence number that does not follow the last one."""


class DeviceUnavailable(AccessControlError):
    """A device cannot be opened or no longer answers; the message says what to check."""


class StoreDamaged(AccessControlError):
    """Data on our own disk is not what was written. Set it aside; never guess."""
