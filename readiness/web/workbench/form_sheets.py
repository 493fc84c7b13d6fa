"""One form of a draft as it is filled in: what is stored, what was sent, and the revision that it asks for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from werkzeug.datastructures import MultiDict

from readiness.engine.grounds import resting_on
from readiness.engine.ruleset import RuleSet
from readiness.engine.versions import succession_problems
from readiness.errors import NotFound, ReadinessError
from readiness.language import gettext
from readiness.loading.document import unprintable
from readiness.loading.editing import lines_of
from readiness.loading.evidence import SOURCE_KEYS
from readiness.loading.problems import Problem
from readiness.loading.reader import CODE
from readiness.loading.revising import (
    LISTED,
    Addition,
    Edit,
    Kind,
    NewFile,
    Place,
    Removal,
    Revision,
    Values,
    fingerprint,
    list_of,
    places_of,
    values_at,
)
from readiness.report.evidence import StatementView, statement_view
from readiness.store.rulesets import Origin, kept_ruleset, kept_versions
from readiness.web.rules import database
from readiness.web.workbench.drafts import OpenDraft
from readiness.web.workbench.files import path_problem
from readiness.web.workbench.form_fields import Field, Posted
from readiness.web.workbench.form_kinds import (
    FIELDS,
    Named,
    codes_of,
    gathered,
    owner_field,
    purpose_of,
    spread,
    suggested_code,
    themes_of,
    title_of,
)

MOST_REMEMBERED = 16
OWN_FIELDS = frozenset({"csrf_token", "opened", "back", "do"})  # of every form, beside those of its thing


@dataclass(frozen=True, slots=True)
class Complaint:
    """A sentence about a form: beside a field where it belongs to one, with file and line where there is no field."""

    sentence: str
    field: str = ""
    file: str = ""
    line: int = 0
    english: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form. `stored` are the values as the files hold them; a new thing has neither places nor values."""

    opened: OpenDraft
    ruleset: RuleSet
    named: Named
    title: str
    fields: tuple[Field, ...]
    places: Mapping[str, Place] = field(default_factory=dict)
    stored: Values = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether the thing is not there yet."""
        return not self.named.code

    @property
    def purpose(self) -> str:
        """What its page is for."""
        return purpose_of(self.named)

    @property
    def file(self) -> str:
        """The file that the thing stands in (its first, of several)."""
        return next(iter(self.places.values())).file

    @property
    def fingerprint(self) -> str:
        """By what is stored is known again."""
        return fingerprint(self.stored)

    @property
    def shown(self) -> Values:
        """What is stored, as the fields hold it."""
        return spread(self.named, self.stored)

    def filled(self, back: str) -> Posted:
        """What a browser would send of the form as it is opened."""
        pairs = [("opened", self.fingerprint), ("back", back), ("owner", self.named.within)]
        return MultiDict([*pairs, *(pair for each in self.fields for pair in each.fill(self.shown))])

    def press(self, name: str, posted: Posted, action: str) -> None:
        """Carry out what a button of one field asks for."""
        for each in self.fields:
            if each.name == name:
                each.press(posted, action)


@dataclass(frozen=True, slots=True)
class Step:
    """What a form that was sent asks for: a revision, or complaints. `read` are its values, `code` is the thing's."""

    read: Values
    code: str
    revision: Revision | None
    complaints: list[Complaint]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that says something else than what is stored now, or the same where that is worth saying too."""

    label: str
    theirs: str
    mine: str
    is_signed: bool = False
    is_changed: bool = True


def sheet_of(opened: OpenDraft, named: Named) -> Sheet:
    """The form of a thing that is there. Raises NotFound."""
    ruleset = _ruleset(opened)
    places = places_of(opened.files, named.kind, named.code, named.within)
    stored = values_at({place.file: opened.files[place.file].decode() for place in places.values()}, places)
    return Sheet(opened, ruleset, named, title_of(ruleset, named), FIELDS[named.kind](ruleset, named), places, stored)


def new_sheet(opened: OpenDraft, named: Named) -> Sheet:
    """The form of a new thing."""
    ruleset = _ruleset(opened)
    hint = gettext("Small letters, digits and _. It stays for good; leave it empty to have it made from the words.")
    owner = owner_field(ruleset, named.kind, themes_of(opened))
    own = (*([owner] if owner else []), Field("code", gettext("Code"), hint, optional=True))
    return Sheet(opened, ruleset, named, title_of(ruleset, named), (*own, *FIELDS[named.kind](ruleset, named)))


def _ruleset(opened: OpenDraft) -> RuleSet:
    if opened.ruleset is None:
        raise NotFound(gettext("The files of this draft cannot be read as a rule set just now."))
    return opened.ruleset


def cleaned(posted: Posted) -> tuple[Posted, list[Complaint]]:
    """What was sent without signs that nobody can see, and a complaint for each field that held some."""
    clean: Posted = MultiDict()
    complaints = []
    for name, value in posted.items(multi=True):
        start, found = unprintable(value)
        if found:
            code = f"U+{ord(value[start]):04X}"
            value = "".join(sign for sign in value if not unprintable(sign)[1])
            sentence = gettext(
                "Here was a hidden character (%(code)s). It is removed now; look at it again.", code=code
            )
            complaints.append(Complaint(sentence, name))
        if not unprintable(name)[1]:
            clean.add(name, value)
    return clean, complaints


def foreign(sheet: Sheet, posted: Posted) -> list[Complaint]:
    """What no browser would send from the page: two values where one fits, and fields that the form does not have."""
    twice, unknown = [], False
    for name, values in posted.lists():
        own = next((each for each in sheet.fields if each.owns(name)), None)
        if own is None:
            unknown |= name not in OWN_FIELDS or len(values) > 1
        elif len(values) > 1 and not own.holds_many(name):
            twice.append(own.name)
    sentence = gettext("It arrived with two values. Choose one and send it again.")
    found = [Complaint(sentence, name) for name in dict.fromkeys(twice)]
    if unknown:
        sentence = gettext("The page sent a field that it does not have. It is left out now; look again and send it.")
        found.append(Complaint(sentence))
    return found


def step_of(sheet: Sheet, posted: Posted) -> Step:
    """What was sent, as a revision of the files."""
    read: dict[str, object] = {}
    complaints = []
    for each in sheet.fields:
        try:
            read.update(each.read(posted))
        except ReadinessError as error:
            complaints.append(Complaint(str(error), each.name))
    values: Values = read  # type: ignore[assignment]  # fields read values
    if complaints:
        own = _unfit(sheet, str(read["code"])) if read.get("code") else []
        return Step(values, sheet.named.code, None, [*own, *complaints])
    return _added(sheet, values) if sheet.is_new else _edited(sheet, values, posted.get("opened", ""))


def _edited(sheet: Sheet, read: Values, opened: str) -> Step:
    changed: dict[str, object] = {}
    for each in sheet.fields:
        own = {key: read[key] for key in each.keys if key in read}
        if not each.same(sheet.shown, own):
            changed.update(own)
    values = gathered(sheet.named, changed, sheet.shown)  # type: ignore[arg-type]
    return Step(read, sheet.named.code, Edit(sheet.places, values, opened), [])


def _added(sheet: Sheet, read: Values) -> Step:
    kind, owner = sheet.named.kind, str(read.get("owner", ""))
    code = str(read["code"] or "") or suggested_code(kind, owner, read, codes_of(sheet.ruleset, kind))
    if complaints := _unfit(sheet, code):
        return Step(read, code, None, complaints)
    if kind is Kind.SOURCE:
        values = {key: code if key == "id" else read.get(key) for key in SOURCE_KEYS}
        return Step(read, code, NewFile(source_file(code), "source", values), [])
    listed = LISTED[kind]
    values = {key: code if key == listed.keys[0] else read.get(key) for key in listed.keys}
    return Step(read, code, Addition(list_of(sheet.opened.files, kind, owner), listed.keys[0], values), [])


def _unfit(sheet: Sheet, code: str) -> list[Complaint]:
    """Why a new thing cannot have a code."""
    kind = sheet.named.kind
    sentences = [*_unfit_code(code, codes_of(sheet.ruleset, kind))]
    if kind is Kind.SOURCE and not sentences:
        sentences = [*_unfit_file(sheet, code)]
    return [Complaint(sentence, "code") for sentence in sentences]


def _unfit_code(code: str, taken: Collection[str]) -> Iterable[str]:
    if not code:
        yield gettext("A code cannot be made from these words; write one, such as contact_without_time.")
    elif code in taken:
        yield gettext("%(code)s is taken already; choose another code.", code=code)
    elif not CODE.fullmatch(code):
        yield gettext("A code has small letters, digits and _ and begins with a letter; write it like that.")


def source_file(code: str) -> str:
    """The file of a source that is added by its form."""
    return f"evidence/{code}.yaml"


def _unfit_file(sheet: Sheet, code: str) -> Iterable[str]:
    path = source_file(code)
    if path in sheet.opened.files:
        yield gettext("The draft has a file %(file)s already; choose another code.", file=path)
    elif sentence := path_problem(sheet.opened.files, path):
        yield sentence


def placed(sheet: Sheet, step: Step, files: Mapping[str, bytes], problems: Sequence[Problem]) -> list[Complaint]:
    """The loader's complaints, each beside the field whose lines it names, else with its file and line."""
    lines = _lines(sheet, step, files)
    found = []
    for problem in problems:
        own = next((name for name, file, within in lines if file == problem.file and problem.line in within), "")
        found.append(Complaint(problem.sentence, own, "" if own else problem.file, problem.line, english=True))
    return found


def _lines(sheet: Sheet, step: Step, files: Mapping[str, bytes]) -> list[tuple[str, str, range]]:
    """Which field has which lines of which file, after the revision."""
    places = sheet.places or places_of(files, sheet.named.kind, step.code)
    names = {key: each.name for each in sheet.fields for key in each.keys}
    names |= (
        {"worth": "rating", LISTED[sheet.named.kind].keys[0]: "code"}
        if sheet.named.kind in LISTED
        else {"worth": "rating"}
    )
    found = []
    for key, place in places.items():
        try:
            lines = lines_of(files[place.file].decode(), place.path)
        except NotFound:
            continue
        if key in names:
            found.append((names[key], place.file, lines))
    return found


def retired(ruleset: RuleSet, named: Named) -> list[Complaint]:
    """The complaint about a code that an earlier version retired with another meaning."""
    published = [_published(kept.digest) for kept in kept_versions(database()) if kept.origin is not Origin.FOLDER]
    start = f"the {named.kind} {named.code!r} is retired"
    # A draft bears the number of its base for a while; whatever its number will be, what follows must hold.
    unnumbered = replace(ruleset, identity=replace(ruleset.identity, version=""))
    sentences = (each for each in succession_problems(published, unnumbered) if each.startswith(start))
    return [Complaint(sentence, "code", english=True) for sentence in sentences]


@lru_cache(maxsize=MOST_REMEMBERED)
def _published(digest: str) -> RuleSet:
    return kept_ruleset(database(), digest)  # the same in every database: the digest is that of its content


def differences(sheet: Sheet, stored: Values, read: Values) -> list[Difference]:
    """The fields in which what was sent differs from what is stored now."""
    theirs = spread(sheet.named, stored)
    found = []
    for each in sheet.fields:
        own = {key: read[key] for key in each.keys if key in read}
        if not each.same(theirs, own):
            found.append(Difference(each.label, each.said(theirs), each.said(own), each.signed))
    return found


def changes(sheet: Sheet, read: Values) -> list[Difference]:
    """What a form that was sent would change, what counts most first; that is told also where it stays."""
    found = []
    for each in sorted(sheet.fields, key=lambda field: not field.leads):
        own = {key: read[key] for key in each.keys if key in read}
        is_changed = not each.same(sheet.shown, own)
        if is_changed or each.leads:
            found.append(Difference(each.label, each.said(sheet.shown), each.said(own), each.signed, is_changed))
    return found


def removal(sheet: Sheet, opened: str) -> Removal:
    """The revision that takes a thing out."""
    return Removal(sheet.places, opened)


def uses(ruleset: RuleSet, named: Named) -> list[StatementView]:
    """What rests on a finding; what else uses a thing is told by the loader's complaints."""
    if named.kind is not Kind.FINDING:
        return []
    return [statement_view(ruleset, statement) for statement in resting_on(ruleset)[named.code]]
