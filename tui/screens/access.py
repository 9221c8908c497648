"""Who may do what: rules, SCRAM users, quotas. Each is asked for while it is on screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeVar

from textual import on

from ktui.adapters.access.model import AclEntry, Quota, ScramUser
from ktui.adapters.kafka.access import fetch_acls, fetch_quotas, fetch_users, has_no_authorizer
from ktui.tui.desk import Desk
from ktui.tui.places import ScreenName
from ktui.tui.present import access as present
from ktui.tui.present.formats import number
from ktui.tui.present.slices import Steps
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.fresh_reader import FreshReader
from ktui.tui.screens.table_view import TableView
from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.rows import Row, RowModel, TupleModel

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster

T = TypeVar("T")
PERIOD_S: Final = 5.0


class AccessView(TableView, Generic[T]):
    """A table of what one question is answered with."""

    TITLE: ClassVar[str]
    NONE: ClassVar[str]
    """What stands where there is none."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.reader: FreshReader[tuple[T, ...]] = FreshReader(
            desk, self, self.update_view, self.fetch, period_s=PERIOD_S
        )

    async def fetch(self, cluster: Cluster) -> tuple[T, ...]:
        raise NotImplementedError

    def rows(self, values: tuple[T, ...]) -> list[Row]:
        raise NotImplementedError

    def build(self) -> Steps[RowModel]:
        yield from ()
        rows = self.rows(self.reader.value or ())
        return TupleModel(rows[::-1] if self.SORTS and self.sort[1] else rows)

    def update_view(self) -> None:
        if self.is_shown:
            self.reader.keep_fresh()
        super().update_view()

    def title(self) -> Line:
        name = Run(self.TITLE, Tone.TITLE)
        if self.reader.value is None:
            return (name,)
        words = f"  {number(self.table.model.count)} of {number(len(self.reader.value))}"
        return (name, Run(words, Tone.MUTED))

    def empty_text(self, model: RowModel) -> str:
        if self.reader.value is None or self.reader.error is not None:
            no_authorizer = has_no_authorizer(self.reader.error)
            return present.absence(self.reader.error, no_authorizer=no_authorizer, what=self.TITLE)
        if not self.name_filter.is_empty:
            return super().empty_text(model)
        return self.NONE


class AclsView(AccessView[AclEntry]):
    SCREEN = ScreenName.ACLS
    COLUMNS = present.ACL_COLUMNS
    SORTS = present.ACL_SORTS
    TITLE = "Access rules"
    NONE = "There is no rule; allow.everyone.if.no.acl.found decides, and super.users may do everything."

    async def fetch(self, cluster: Cluster) -> tuple[AclEntry, ...]:
        return await fetch_acls(cluster.pool)

    def rows(self, values: tuple[AclEntry, ...]) -> list[Row]:
        return present.acl_rows(values, self.name_filter.matches, self.sort[0])

    def topic_here(self) -> str | None:
        key = self.table.cursor_key
        is_topic = isinstance(key, AclEntry) and key.kind == "Topic" and key.pattern == "literal"
        return key.name if is_topic and isinstance(key, AclEntry) and key.name != "*" else None

    def offers(self) -> frozenset[str]:
        on_rule = {"delete", "delete-rule"} if self.table.cursor_key is not None else set()
        return super().offers() | {"add-rule"} | on_rule

    def chosen(self) -> Chosen:
        key = self.table.cursor_key
        return Chosen(rule=key if isinstance(key, AclEntry) else None)

    @on(BigTable.Selected)
    def _nothing_to_open(self, event: BigTable.Selected) -> None:
        event.stop()


class UsersView(AccessView[ScramUser]):
    SCREEN = ScreenName.USERS
    COLUMNS = present.USER_COLUMNS
    TITLE = "SCRAM users"
    NONE = "There are no users with SCRAM credentials."

    async def fetch(self, cluster: Cluster) -> tuple[ScramUser, ...]:
        return await fetch_users(cluster.pool)

    def rows(self, values: tuple[ScramUser, ...]) -> list[Row]:
        return present.user_rows(values, self.name_filter.matches)


class QuotasView(AccessView[Quota]):
    SCREEN = ScreenName.QUOTAS
    COLUMNS = present.QUOTA_COLUMNS
    TITLE = "Quotas"
    NONE = "There are no quotas."

    async def fetch(self, cluster: Cluster) -> tuple[Quota, ...]:
        return await fetch_quotas(cluster.pool)

    def rows(self, values: tuple[Quota, ...]) -> list[Row]:
        return present.quota_rows(values, self.name_filter.matches)


VIEWS: Final[Sequence[type[TableView]]] = (AclsView, UsersView, QuotasView)
