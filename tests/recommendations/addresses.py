"""Addresses of recommendations that are not one page for everybody: each has its line in a file of
its own, which says who gets what there.
"""

from tests.recommendations.test_desk_addresses import DESK
from tests.recommendations.test_evidence_addresses import EVIDENCE
from tests.recommendations.test_following_addresses import FOLLOWING
from tests.recommendations.test_letters import LETTERS
from tests.recommendations.test_report_addresses import REPORTS

OF_RECOMMENDATIONS: set[str] = set(DESK) | set(EVIDENCE) | set(FOLLOWING) | set(REPORTS) | LETTERS
