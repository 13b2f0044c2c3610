"""A mail server spoken to so that whoever sends knows the moment from which a letter is out."""

import re
import smtplib
import socket
from collections.abc import Callable
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

# Seconds for what the server answers at once, and for what it may do between text and answer.
ANSWER, VERDICT = 30, 300
_LINE_BREAK = re.compile(rb"\r\n|\n|\r")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


def _nothing() -> None:
    """Nobody asked to be told."""


class _Told(smtplib.SMTP):
    """Says when a text is handed over but for the line that ends it.

    Without that line a server throws the text away, whatever happens to the connection; with it,
    the letter is the server's.
    """

    before_the_end: Callable[[], None] = staticmethod(_nothing)

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.putcmd("data")
        code, words = self.getreply()
        if code != 354:
            raise smtplib.SMTPDataError(code, words)
        text = msg.encode("ascii") if isinstance(msg, str) else bytes(msg)
        text = _LEADING_DOT.sub(b"..", _LINE_BREAK.sub(b"\r\n", text))
        self.send(text if text.endswith(b"\r\n") else text + b"\r\n")
        self.before_the_end()
        assert self.sock is not None  # noqa: S101 - it has just been written to
        # At once: else the line waits for the server to confirm the text, which it does late.
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.settimeout(VERDICT)
        self.send(b".\r\n")
        answer = self.getreply()
        self.sock.settimeout(ANSWER)
        return answer


class _ToldThroughTLS(_Told, smtplib.SMTP_SSL):
    """The same, encrypted from the first word."""


class EmailBackend(smtp.EmailBackend):
    """Django's, on such a connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.timeout = self.timeout or ANSWER

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _ToldThroughTLS if self.use_ssl else _Told

    def send(self, message: EmailMessage, *, before_the_end: Callable[[], None]) -> None:
        """Send a message on the open connection, and call something just before its last line.

        What that raises is raised here. The message is not sent then, provided that the connection
        is broken off.
        """
        assert isinstance(self.connection, _Told)  # noqa: S101 - it is open
        self.connection.before_the_end = before_the_end
        self.send_messages([message])

    def break_off(self) -> None:
        """End the connection without a word: a letter half said is void."""
        for name in ("connection", "_partial_connection"):
            if (connection := getattr(self, name, None)) is not None:
                connection.close()
                setattr(self, name, None)
