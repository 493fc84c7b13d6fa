"""Who may do what: the roles of an account, the acts they allow, and the person who asks. Values only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class AccountRole(StrEnum):
    """What a person with an account does here; one person may have several roles."""

    MANAGER = "manager"
    IMPLEMENTER = "implementer"
    RESEARCHER = "researcher"
    ADMINISTRATOR = "administrator"


class Act(StrEnum):
    """Something that not everybody may do."""

    START_ASSESSMENT = "start_assessment"
    EDIT_RULES = "edit_rules"
    PUBLISH_RULES = "publish_rules"
    MANAGE_ACCOUNTS = "manage_accounts"
    OWN_ACCOUNT = "own_account"
    SEE_SERVICES = "see_services"


MAY: Mapping[Act, frozenset[AccountRole]] = MappingProxyType(
    {
        Act.START_ASSESSMENT: frozenset({AccountRole.MANAGER, AccountRole.ADMINISTRATOR}),
        Act.EDIT_RULES: frozenset({AccountRole.RESEARCHER}),
        Act.PUBLISH_RULES: frozenset({AccountRole.RESEARCHER}),
        Act.MANAGE_ACCOUNTS: frozenset({AccountRole.ADMINISTRATOR}),
        Act.OWN_ACCOUNT: frozenset(AccountRole),
        Act.SEE_SERVICES: frozenset({AccountRole.MANAGER, AccountRole.IMPLEMENTER, AccountRole.ADMINISTRATOR}),
    }
)


class Part(StrEnum):
    """What somebody is to one assessment, by a key or by an account."""

    MANAGER = "manager"
    IMPLEMENTER = "implementer"
    RESPONDENT = "respondent"
    READER = "reader"  # by a link that reads the report; it gives no right, its own page asks for none


class Right(StrEnum):
    """What a part in an assessment allows."""

    ANSWER = "answer"
    SEE_RESULT = "see_result"
    MANAGE = "manage"
    PLAN = "plan"


GIVES: Mapping[Part, frozenset[Right]] = MappingProxyType(
    {
        Part.MANAGER: frozenset(Right),
        Part.IMPLEMENTER: frozenset({Right.SEE_RESULT, Right.PLAN}),
        Part.RESPONDENT: frozenset({Right.ANSWER}),
        Part.READER: frozenset(),
    }
)


NEEDS: Mapping[Part, Act] = MappingProxyType(
    {Part.MANAGER: Act.START_ASSESSMENT, Part.IMPLEMENTER: Act.SEE_SERVICES}
)  # what the roles of an account must allow, so that its part in a service counts


def may(roles: Iterable[AccountRole], act: Act) -> bool:
    """Whether one of the roles allows an act; an act that the table lacks is allowed to nobody."""
    return not MAY.get(act, frozenset()).isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking: the id of an account, or that of the one person in personal mode; the name as they gave it."""

    id: str
    name: str
    roles: frozenset[AccountRole]

    @property
    def is_local(self) -> bool:
        """The one person in personal mode, whom nobody asked to sign in."""
        return self.id == LOCAL.id


LOCAL = Person("local", "", frozenset(AccountRole))
