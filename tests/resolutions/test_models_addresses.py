"""Who gets what at the addresses of those who write models.

The cast, by one letter each: N nobody signed in, C a citizen with an account, F a facilitator,
M a member of an organization, E an editor, A an administrator.
"""

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import ModelResolutionFactory

pytestmark = pytest.mark.django_db

EVERYBODY = "NCFMEA"
# What they get of a public model, and of a draft.
MODELS: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "resolutions:model_preview": (
        {"N": 302, "CFM": 403, "EA": 200},
        {"N": 302, "CFM": 404, "EA": 200},
    ),
}


@pytest.mark.parametrize("public", [True, False])
def test_who_previews_a_model(
    public: bool,
    citizen: User,
    facilitator: User,
    ngo_member: User,
    editor: User,
    administrator: User,
) -> None:
    path = f"/resolutions/model/{ModelResolutionFactory(published=public).slug}/preview/"
    expected = MODELS["resolutions:model_preview"][not public]
    people = (None, citizen, facilitator, ngo_member, editor, administrator)
    got = {}

    for letter, user in zip(EVERYBODY, people, strict=True):
        client = Client()
        if user:
            client.force_login(user)
        got[letter] = client.get(path).status_code

    assert got == {letter: code for letters, code in expected.items() for letter in letters}
    assert client.post(path).status_code == 405
