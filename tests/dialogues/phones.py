"""A room that runs, and the phones in it."""

import uuid
from typing import Any

from django.test import Client

from accounts.models import User
from dialogues import joining, running
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Channel,
    ConsentPurpose,
    ContributionKind,
    Dialogue,
    Participant,
    Room,
)
from dialogues.views.joining import seat_cookie
from tests import factories


class Hall:
    """A dialogue with a welcome, a round, a scale, ideas and a closing; nothing is on yet."""

    def __init__(self, code: str = "4K79MP", **kwargs: Any) -> None:
        self.facilitator: User = factories.UserFactory(roles=["facilitator"])
        self.dialogue: Dialogue = factories.DialogueFactory(
            facilitators=[self.facilitator],
            resonance_question="How far does it resonate?",
            **kwargs,
        )
        self.room: Room = factories.RoomFactory(dialogue=self.dialogue, code=code)
        self.items: dict[str, AgendaItem] = {
            kind.value: factories.AgendaItemFactory(
                dialogue=self.dialogue, kind=kind, order=order, text=f"The {kind.value}"
            )
            for order, kind in enumerate(
                (
                    AgendaKind.WELCOME,
                    AgendaKind.ROUND,
                    AgendaKind.QUESTIONS,
                    AgendaKind.SCALE,
                    AgendaKind.IDEAS,
                    AgendaKind.CLOSING,
                ),
                1,
            )
        }

    def start(self, kind: str, **settings: Any) -> AgendaItem:
        if settings:
            for name, value in settings.items():
                setattr(self.items[kind], name, value)
            self.items[kind].save(update_fields=list(settings))
        self.items[kind] = running.start(self.items[kind], by=self.facilitator)
        return self.items[kind]

    def end(self, kind: str) -> AgendaItem:
        self.items[kind] = running.end(self.items[kind])
        return self.items[kind]

    def seat(self, **details: str) -> Participant:
        return joining.take_seat(
            self.dialogue,
            channel=Channel.PHONE,
            details=details,
            agreed=[ConsentPurpose.RECORD],
        )

    def phone(self, seat: Participant | None = None, **kwargs: Any) -> "Phone":
        return Phone(self, seat if seat is not None else self.seat(), **kwargs)

    def path(self, rest: str = "", *, code: str = "", prefix: str = "") -> str:
        return f"{prefix}/join/{code or self.room.code}/{rest}"

    def change_code(self, code: str) -> str:
        """Give the room another code, as a facilitator does; says the old one."""
        old = self.room.code
        with Room.objects.changing(self.dialogue) as room:
            room.code = code
        self.room.refresh_from_db()
        return old


class Phone(Client):
    """A browser that holds a seat's cookie."""

    def __init__(self, hall: Hall, seat: Participant, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hall, self.seat = hall, seat
        self.cookies[seat_cookie(hall.dialogue.pk)] = f"{seat.token('seat')}.{hall.room.code}"

    def open(self, rest: str = "") -> Any:
        return self.get(self.hall.path(rest))

    def say(self, kind: ContributionKind | str, text: str, *, item: AgendaItem, **more: Any) -> Any:
        data = {"kind": kind, "text": text, "round": item.pk, "key": str(uuid.uuid4()), **more}
        return self.post(self.hall.path("say/"), data)

    def send(self, rest: str = "say/", **data: Any) -> Any:
        return self.post(self.hall.path(rest), data, content_type="application/json")
