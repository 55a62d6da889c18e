"""How a serial server on the network is to be reached, as written in the settings file."""

from pydantic import BaseModel, ConfigDict, Field


class TcpLineSettings(BaseModel):
    """One port of a serial server that passes bytes on as they are (raw TCP)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(min_length=1, max_length=253)
    """Instead of `port`: name or address of a serial server on the network. Anybody on that
    network can read and forge what it passes on: keep it in a network of its own."""
    tcp_port: int = Field(ge=1, le=65_535)
    """With `host`: the TCP port that stands for the line; baud and parity are set in the server."""

    def in_words(self) -> str:
        """Where it is, as a technician says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp://{host}:{self.tcp_port}"
