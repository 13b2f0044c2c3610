"""Every factory makes a row the model itself calls valid."""

import pytest

from tests import factories

FACTORIES = [
    value
    for value in vars(factories).values()
    if isinstance(value, type) and issubclass(value, factories.Factory) and not value._meta.abstract
]


@pytest.mark.django_db
@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory.__name__)
def test_a_factory_makes_a_valid_row(factory: type[factories.Factory]) -> None:
    row = factory()

    row.full_clean(exclude=["password", "addressees", "facilitators"])
    assert type(row).objects.filter(pk=row.pk).exists()
