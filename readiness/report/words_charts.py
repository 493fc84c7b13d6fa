"""The fixed words of charts: their titles, and what their marks mean."""

from readiness.language import N_
from readiness.report.spoken import Phrase

DOMAINS = Phrase(N_("Risk by domain"))
PROFILE = Phrase(N_("Profile: the risk of each part of each domain"))
WITHIN = Phrase(N_("Risk within this domain: %(domain)s"))
GAPS = Phrase(N_("How far apart people see the same question"))
CHANGE = Phrase(N_("Risk by domain, then and now"))
CHANGE_MOST = Phrase(N_("The constructs whose risk changed most, then and now"))
SETTLED = Phrase(N_("band is settled"))
PROVISIONAL = Phrase(N_("band is provisional"))
RANGE = Phrase(N_("range the open answers allow"))
NONE = Phrase(N_("not determinable"))
