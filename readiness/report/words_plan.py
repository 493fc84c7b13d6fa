"""The fixed words about an action plan, its files, and what became of its actions."""

from readiness.engine.carrying import Reason
from readiness.engine.followed import Standing
from readiness.language import N_
from readiness.plan import ActionStatus
from readiness.report.spoken import Phrase, Table

STATUS = Table(
    {
        ActionStatus.OPEN: N_("Not started"),
        ActionStatus.UNDER_WAY: N_("Under way"),
        ActionStatus.DONE: N_("Done"),
        ActionStatus.DROPPED: N_("Dropped"),
    }
)
COLUMN = Table(  # the headings of the table of actions, in its order
    {
        "number": N_("Number"),
        "action": N_("Action"),
        "owner": N_("Who sees to it"),
        "first_step": N_("First step"),
        "due_on": N_("Due on"),
        "status": N_("Status"),
        "note": N_("Note"),
        "evidence": N_("What shows that it was done"),
        "remark": N_("Remark"),
    }
)
TITLE = Phrase(N_("Action plan"))
TITLE_OF = Phrase(N_("Action plan of %(service)s"))
OVERDUE = Phrase(N_("Overdue"))
NO_LONGER = Phrase(
    N_("The result no longer calls for this: answers were changed since it was chosen. Go on with it, or drop it.")
)
EVENT_DONE = Phrase(N_("Done: %(title)s"))
EVENT_OWNER = Phrase(N_("Who sees to it: %(owner)s"))
EVENT_FIRST_STEP = Phrase(N_("First step: %(step)s"))
EVENT_STATUS = Phrase(N_("Status: %(status)s"))
EVENT_OF = Phrase(N_("From the action plan of %(service)s."))

NOT_REPORTED = Phrase(N_("Nothing was reported"))
MOVED_ABOUT = Phrase(
    N_(
        "For each action of the assessment before: what was reported of it, and what became of the answers that it was "
        "to improve. That an answer moved cannot show that the action moved it; other things may have changed as well."
    )
)
NO_AIM = Phrase(N_("No answer was named that this action could be seen in, so only the report tells."))
STANDING = Table(
    {
        Standing.MOVED: N_("Moved"),
        Standing.NOT_YET: N_("Not yet"),
        Standing.WORSE: N_("Worse"),
        Standing.NOW_UNKNOWN: N_("Now unknown"),
        Standing.THEN_UNKNOWN: N_("Not known then"),
        Standing.NO_LONGER_APPLIES: N_("No longer applies"),
        Standing.NOT_COMPARABLE: N_("Not comparable"),
    }
)
REACHED = Phrase(N_("as good as intended"))
WHY_NOT = Table(
    {
        Reason.ITEM_GONE: N_("The question is no longer asked."),
        Reason.NOT_ASKED: N_("The question is no longer asked at this stage."),
        Reason.LEVEL_GONE: N_("This answer is no longer offered."),
        Reason.ALWAYS_APPLIES: N_("“Does not apply” is no longer offered."),
    }
)
REWORDED = Phrase(N_("The newer version words the question or the answer in another way."))
PLAN_THEN = Phrase(
    N_(
        "The assessment before asked what was planned, and this one asks how it is. Where the plan had already named "
        "the better level, nothing is left to move: such an answer reads “not yet” even when all was done as planned."
    )
)
OTHER_VERSION = Phrase(
    N_(
        "The two assessments rest on different versions of the rule set (%(old)s and %(new)s). Answers are compared "
        "where the newer version still asks for them."
    )
)
OPEN_AGAIN = Phrase(
    N_(
        "The assessment before is open for changes again, so its answers are not compared with these until it is "
        "submitted."
    )
)
REPORTED_LATER = Phrase(N_("Reported in the next assessment: %(status)s."))
NO_ACTIONS = Phrase(N_("No action was planned after the assessment before, so there is nothing to report on."))
