"""Which councils a recommendation's page says carried it."""

import pytest
from django.test import Client

from resolutions.models import ResolutionText, StepKind, TextStage
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_council_that_left_the_clause_out_does_not_carry_it(client: Client) -> None:
    recommendation = factories.RecommendationFactory(code="CA-01", published=True)
    model = factories.ModelResolutionFactory(published=True, report=recommendation.report)
    factories.ClauseFactory(model=model, code="O1", recommendations=[recommendation])
    by = factories.UserFactory()
    for name, codes in (("Keepville", ["O1"]), ("Leaveham", ["O2"]), ("Untold", None)):
        resolution = factories.ResolutionFactory(
            model=model, title="", council=factories.CouncilFactory(name=name)
        )
        resolution.record_step(
            StepKind.ADOPTED, on=factories.date(2020, 1, 2), by=by, verified=True
        )
        resolution.publish(by=by)
        if codes is not None:
            ResolutionText.objects.create(
                resolution=resolution,
                stage=TextStage.ADOPTED,
                clauses=[{"kind": "resolved", "text": "…", "opening": "", "code": codes[0]}],
                recorded_by=by,
            )

    page = client.get("/recommendations/CA-01/").content.decode()

    assert [name in page for name in ("Keepville", "Leaveham", "Untold")] == [True, False, True]
