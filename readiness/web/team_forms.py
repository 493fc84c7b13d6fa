"""Forms of the page of a team: sections by role, and people to invite."""

from dataclasses import dataclass

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import AnyOf, DataRequired, Length, ValidationError

from readiness.engine.answers import Phase, Role
from readiness.engine.instrument import Section
from readiness.engine.ruleset import RuleSet
from readiness.language import gettext, lazy_gettext
from readiness.store.accounts import normalised_address
from readiness.web.account_forms import MOST_ADDRESS
from readiness.web.forms import MOST_NAME, is_hidden, stripped

MOST_AT_ONCE, MOST_LIST = 100, 30_000


def askable_roles(ruleset: RuleSet, phase: Phase) -> tuple[Role, ...]:
    """The roles besides the manager that anything is asked of in a phase."""
    asked = {role for item in ruleset.instrument.asked(phase) for role in item.asked}
    return tuple(role for role in Role if role in asked and role is not Role.MANAGER)


def askable_sections(ruleset: RuleSet, phase: Phase, role: Role) -> tuple[Section, ...]:
    """The sections in which anything is asked of a role in a phase."""
    return tuple(
        section
        for section in ruleset.instrument.sections
        if any(role in item.asked and phase in item.ask for item in section.items)
    )


class SectionsForm(FlaskForm):
    """Which sections each role answers; a field for each role is added by `sections_form`."""

    roles: tuple[Role, ...] = ()

    def chosen(self) -> dict[Role, list[str]]:
        """The sections that were ticked, by role."""
        return {role: list(self[role.value].data or ()) for role in self.roles}


def sections_form(ruleset: RuleSet, phase: Phase) -> type[SectionsForm]:
    """A form class with the sections to tick for each role."""
    roles = askable_roles(ruleset, phase)
    fields: dict[str, object] = {"roles": roles}
    for role in roles:
        sections = askable_sections(ruleset, phase, role)
        fields[role.value] = SelectMultipleField(choices=[SelectChoice(each.code, each.title) for each in sections])
    return type("SectionsOfRoles", (SectionsForm,), fields)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list of people: a name, an address, or both."""

    name: str
    address: str


def read_line(line: str) -> Listed:
    """Read `Name <name@example.org>`, an address or a name; the address is the last word."""
    *before, last = line.split() or [""]
    address = last.strip("<>(),;")
    local, _, host = address.partition("@")
    if not local or not host or "@" in host:
        return Listed(line.strip(), "")
    return Listed(" ".join(before).rstrip(",;"), normalised_address(address))


class InviteForm(FlaskForm):
    """A role, and people one line each."""

    role = StringField(
        lazy_gettext("Role"),
        validators=[
            AnyOf([role.value for role in Role if role is not Role.MANAGER], message=lazy_gettext("Choose a role.")),
        ],
    )
    people = TextAreaField(
        lazy_gettext("People, one on each line"),
        filters=[stripped],
        validators=[
            DataRequired(lazy_gettext("Name at least one person, or use the link for everybody.")),
            Length(max=MOST_LIST, message=lazy_gettext("The list is too long. Send it in parts.")),
        ],
    )

    def listed(self) -> list[Listed]:
        """The people of the list."""
        return [read_line(line) for line in (self.people.data or "").splitlines() if line.strip()]

    def validate_people(self, field: TextAreaField) -> None:
        """Refuse long lists, long lines and what cannot be seen."""
        listed = self.listed()
        if len(listed) > MOST_AT_ONCE:
            raise ValidationError(
                gettext("At most %(most)s people fit at once. Send the list in parts.", most=MOST_AT_ONCE)
            )
        for number, person in enumerate(listed, 1):
            hidden = any(is_hidden(character) for character in person.name + person.address)
            if hidden or len(person.name) > MOST_NAME or len(person.address) > MOST_ADDRESS:
                raise ValidationError(
                    gettext("Line %(number)s is too long or holds hidden characters. Type it anew.", number=number)
                )
