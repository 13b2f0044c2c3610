"""Addresses of resolutions that are not one page for everybody: each has its line in a file of its
own, which says who gets what there.
"""

from tests.resolutions.test_copies_addresses import COPIES
from tests.resolutions.test_files import FILES_OF
from tests.resolutions.test_models_addresses import MODELS
from tests.resolutions.test_organizations_addresses import ORGANIZATIONS
from tests.resolutions.test_preparing import PREPARING
from tests.resolutions.test_steps_addresses import STEPS

OF_RESOLUTIONS: set[str] = (
    FILES_OF | set(COPIES) | set(MODELS) | set(ORGANIZATIONS) | PREPARING | set(STEPS)
)
