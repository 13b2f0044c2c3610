"""A small mail server that writes down what it took: python -m tests.mail_server FILE [SECONDS].

It prints its port. For each letter it takes, a JSON line with recipient, Message-ID and, of a small
one, the whole text is in FILE before it answers, up to SECONDS later (by chance; none without).
Some addresses have their ways: nobody@ is refused for good, later@ for now; after a letter to
silent@ it hangs up without an answer, after one to bye@ with an answer; of one to waits@ it never
says that it has it.
"""

import asyncio
import json
import random
import re
import sys
from pathlib import Path

SMALL = 100_000  # bytes of a letter that is written down whole
_ADDRESS = re.compile(rb"<([^>]*)>")
_MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class MailServer:
    """Knows what Django's mail needs of SMTP."""

    def __init__(self, file: Path, delay: float = 0.0) -> None:
        self._file = file.open("ab", buffering=0)
        self._delay = delay

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to = ""
        writer.write(b"220 tests\r\n")
        try:
            while line := await reader.readline():
                verb = line[:4].strip().upper()
                if verb == b"EHLO":
                    writer.write(b"250-tests\r\n250-SIZE 50000000\r\n250 8BITMIME\r\n")
                elif verb == b"RCPT":
                    found = _ADDRESS.search(line)
                    to = found[1].decode() if found else ""
                    writer.write(self._welcome(to))
                elif verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    text = await reader.readuntil(b"\r\n.\r\n")
                    self._take(to, text)
                    if to.startswith("silent@"):
                        break
                    is_endless = to.startswith("waits@")
                    await asyncio.sleep(3_600 if is_endless else random.uniform(0, self._delay))
                    writer.write(b"250 taken\r\n")
                    if to.startswith("bye@"):
                        break
                elif verb == b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                else:
                    writer.write(b"250 fine\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # hung up in the middle of a letter: it is thrown away
        finally:
            writer.close()

    @staticmethod
    def _welcome(to: str) -> bytes:
        if to.startswith("nobody@"):
            return f"550 5.1.1 <{to}> is not known here\r\n".encode()
        if to.startswith("later@"):
            return b"451 4.7.1 Come back later\r\n"
        return b"250 fine\r\n"

    def _take(self, to: str, text: bytes) -> None:
        found = _MESSAGE_ID.search(text)
        line = {
            "to": to,
            "id": found[1].decode() if found else "",
            "bytes": len(text),
            "text": text.removesuffix(b".\r\n").decode() if len(text) < SMALL else "",
        }
        self._file.write(json.dumps(line).encode() + b"\n")


async def main() -> None:
    file, delay = Path(sys.argv[1]), float([*sys.argv, "0"][2])
    talk = MailServer(file, delay).talk
    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=50_000_000)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
