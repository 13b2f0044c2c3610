"""How tests of the admin work in it."""

import pytest

from tests.admin.desk import Desk


@pytest.fixture
def desk_of() -> type[Desk]:
    """Opens a person's admin: ``desk_of(editor).get(Dialogue, "changelist")``."""
    return Desk
