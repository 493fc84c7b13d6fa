"""The fixed words about change and likeness: two waves of a service, published sites, services of an organisation."""

from readiness.engine.carrying import Reason
from readiness.engine.change import Course, Turn
from readiness.language import N_, ngettext
from readiness.report.spoken import Phrase, Table

WAVE = Phrase(N_("%(phase)s, %(day)s"))
CONSTRUCTS = Phrase(
    N_(
        "Constructs at lower risk than in the wave before: %(lower)s; at higher risk: %(higher)s; at the same: "
        "%(same)s; not determinable in one wave or both: %(untold)s."
    )
)
SETTLED = Phrase(N_("Of these changes, open answers cannot undo %(settled)s of %(moved)s."))
BANDS_CHANGED = Phrase(N_("Domains in another band now: %(names)s."))
BANDS_SAME = Phrase(N_("Every domain that could be placed in both waves is in the same band."))
BANDS_UNKNOWN = Phrase(N_("Too little is known to place any domain in a band in both waves."))
BAND_CHANGE = Phrase(N_("%(title)s (%(before)s, now %(after)s)"))
FROM_TO = Phrase(N_("%(before)s, now %(after)s"))
NOT_KNOWN = Phrase(N_("open"))  # stands for a risk that is not determinable, where there is little room
LESS_THAN_ONE = Phrase(N_("less than 1"))
COURSE = {
    (Course.LOWER, True): Phrase(N_("lower by %(points)s of 100, whatever the open answers are")),
    (Course.LOWER, False): Phrase(N_("lower by %(points)s of 100, but open answers could undo that")),
    (Course.HIGHER, True): Phrase(N_("higher by %(points)s of 100, whatever the open answers are")),
    (Course.HIGHER, False): Phrase(N_("higher by %(points)s of 100, but open answers could undo that")),
    (Course.SAME, True): Phrase(N_("the same, whatever the open answers are")),
    (Course.SAME, False): Phrase(N_("the same, but open answers could change that")),
    (Course.NOW_KNOWN, False): Phrase(N_("not determinable in the wave before, so no change can be told")),
    (Course.NO_LONGER_KNOWN, False): Phrase(N_("not determinable any more, so no change can be told")),
    (Course.UNKNOWN, False): Phrase(N_("not determinable in either wave")),
}
STANDS = Phrase(N_("%(band)s, %(risk)s of 100, possible range %(range)s, %(certainty)s"))
STANDS_NOT = Phrase(N_("not determinable, possible range %(range)s"))
ALT = Phrase(N_("%(title)s: in the wave before %(before)s; now %(after)s; %(course)s."))
UNLIKE = Phrase(N_("Only one of the waves has an answer that counts here to: %(items)s."))
TURN = Table(
    {
        Turn.BETTER: N_("Better rated than before"),
        Turn.WORSE: N_("Worse rated than before"),
        Turn.ALIKE: N_("Other answers, rated the same"),
        Turn.SCOPE: N_("Questions that began or ceased to apply"),
        Turn.UNRATED: N_("Facts that are not rated"),
        Turn.NOW_KNOWN: N_("Known now, open before"),
        Turn.NO_LONGER_KNOWN: N_("Open now, known before"),
    }
)
NO_ANSWERS = Phrase(N_("Every answer that both waves have is the same."))
NO_GAPS = Phrase(N_("Where views could be set beside each other in both waves, they lie as far apart as before."))
GAP_NARROWER = Phrase(N_("nearer to each other"))
GAP_CLOSED = Phrase(N_("seen alike now"))
GAP_WIDER = Phrase(N_("further apart"))
GAP_OPENED = Phrase(N_("seen alike before"))
ALIKE_STEPS = Phrase(N_("alike"))

CAUSES = Phrase(
    N_(
        "A changed answer does not say what changed it. It may be what you did. It may also be that other people "
        "answered, that more is known, or that more is expected."
    )
)
OVERLAP = Phrase(
    N_(
        "“Whatever the open answers are” means that the ranges of the two waves do not overlap. It says nothing about "
        "how sure the answers are."
    )
)
STAGES = Phrase(
    N_(
        "One wave asked about the plan, the other about practice. An answer can be rated lower only because a hope has "
        "met everyday work."
    )
)
PEOPLE = Phrase(
    N_(
        "The wave before rests on the answers of %(before)s, this one on those of %(after)s. They may be different "
        "people, and a change may come from that alone."
    )
)
ONE_EACH = Phrase(N_("Each wave shows how one person saw the service, and it may not have been the same person."))

WORDING_ONLY = Phrase(
    N_(
        "The wave before was answered on version %(old)s of the rule set, this one on version %(new)s. The two differ "
        "in wording: nothing that is computed with differs."
    )
)
RATED_ANEW = Phrase(
    N_(
        "The wave before was answered on version %(old)s of the rule set, this one on version %(new)s. Here its "
        "answers are rated by version %(new)s, so that its figures can differ from those of its own result."
    )
)
OTHER_RULE_SET = Phrase(
    N_(
        "The wave before was answered on another rule set (%(old)s), where answers mean other things. So the two waves "
        "are not compared. Each has its own result."
    )
)
TOO_LITTLE_FITS = Phrase(
    N_(
        "The wave before was answered on version %(old)s of the rule set, and more than half of its rated answers "
        "have no place in version %(new)s. So the two waves are not compared. Each has its own result."
    )
)
LOST_BECAUSE = Table(
    {
        Reason.ITEM_GONE: N_("The question is no longer asked."),
        Reason.NOT_ASKED: N_("The question is no longer asked at this stage."),
        Reason.LEVEL_GONE: N_("This answer is no longer offered."),
        Reason.ALWAYS_APPLIES: N_("“Does not apply” is no longer offered."),
    }
)
LOST = Phrase(N_("%(item)s: “%(answer)s”. %(reason)s"))
READ = Phrase(N_("%(question)s “%(answer)s”"))
ASKED_BEFORE = Phrase(N_("%(item)s: asked at the stage of the wave before only"))
ASKED_NOW = Phrase(N_("%(item)s: asked at the stage of this wave only"))

CHART_BEFORE = Phrase(N_("the wave before, with its range above"))
CHART_NOW = Phrase(N_("this wave, with its range below"))
CHART_SURE = Phrase(N_("whatever the open answers are"))
CHART_UNSURE = Phrase(N_("open answers could undo it"))

SITES_NEAR = Phrase(N_("Rated most like yours, as far as anything is known: %(site)s."))
SITES_FAR = Phrase(
    N_(
        "No site is near. Even the one rated most like yours lies, on average, %(distance)s of 4 rating points away: "
        "as far as answers drawn by chance would."
    )
)
SITES_UNKNOWN = Phrase(N_("Too few of your answers are known of any site to say which is near."))
SITES_ABOUT = Phrase(
    N_(
        "How near a site is: for each rated question that is answered here and known of the site, how far apart the "
        "two answers are rated, on average. 0 means rated the same everywhere, 4 opposite ends everywhere. The fewer "
        "questions are shared, the more of it is chance."
    )
)
SITES_LITTLE = Phrase(
    N_(
        "A site is set beside yours when at least %(fewest)s rated answers, and half of what is known of it, are "
        "shared."
    )
)
APART = Phrase(N_("On average %(distance)s of 4 rating points apart"))


def shared_words(shared: int, known: int) -> str:
    """On how many answers a comparison with a site rests."""
    return ngettext(
        "On %(num)s shared question; of this site %(known)s rated answers are known",
        "On %(num)s shared questions; of this site %(known)s rated answers are known",
        shared,
        known=known,
    )


def alike_words(alike: int) -> str:
    """How many of the shared answers are rated the same."""
    return ngettext("%(num)s of them is rated the same", "%(num)s of them are rated the same", alike)


def more_differences(more: int) -> str:
    """How many differences are not listed."""
    return ngettext("%(num)s more is rated otherwise", "%(num)s more are rated otherwise", more)


def no_norm(sites: int) -> str:
    """What a handful of sites cannot be."""
    return ngettext(
        "%(num)s site is no norm. Its answers were filled in by us from what papers print, and a site that is near "
        "does not foretell what will happen here.",
        "%(num)s sites are no norm. Their answers were filled in by us from what papers print, and a site that is near "
        "does not foretell what will happen here.",
        sites,
    )
