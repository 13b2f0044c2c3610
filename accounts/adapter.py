"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnly(DefaultAccountAdapter):
    """Accounts are made by an administrator: nobody needs one to read or to take part."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
