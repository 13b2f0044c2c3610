"""The addresses of those who plan, run and take part: each has its line in a file of its own."""

from tests.dialogues.test_commitment_addresses import COMMITMENTS
from tests.dialogues.test_console_addresses import CONSOLE
from tests.dialogues.test_join_addresses import JOIN
from tests.dialogues.test_paper_addresses import PAPER
from tests.dialogues.test_people_addresses import PEOPLE_ADDRESSES
from tests.dialogues.test_plan_addresses import PLAN
from tests.dialogues.test_report_addresses import REPORT
from tests.dialogues.test_wall_addresses import WALL
from tests.dialogues.test_workbench_addresses import WORKBENCH

OF_THE_ROOM = (
    set(COMMITMENTS)
    | set(CONSOLE)
    | set(JOIN)
    | set(PAPER)
    | set(PEOPLE_ADDRESSES)
    | set(PLAN)
    | set(REPORT)
    | set(WALL)
    | set(WORKBENCH)
)
