"""What others have to be told, and what is kept only to save time."""

from sqlalchemy import BigInteger, Integer, PrimaryKeyConstraint

from pilab_desktop.storage.columns import AnyText, Json, Key, Moment, may, need
from pilab_desktop.storage.tables.metadata import OfWorkspace, of_workspace, table

_WIDE = BigInteger().with_variant(Integer(), "sqlite")


class FeedCounterColumns(OfWorkspace):
    """The last number given out in a workspace's change feed. Its row is locked until the commit, so numbers appear
    in order and none is missing.
    """

    last = need(_WIDE)


feed_counters = table("feed_counters", FeedCounterColumns, PrimaryKeyConstraint("tenant_id"), of_workspace())


class ChangeFeedColumns(OfWorkspace):
    """One touched entity, written in the transaction that touched it."""

    sequence = need(_WIDE)
    kind = need(AnyText())
    entity_id = need(Key())
    project_id = may(Key())
    at = need(Moment())


change_feed = table(
    "change_feed", ChangeFeedColumns, PrimaryKeyConstraint("tenant_id", "sequence"), of_workspace(), clustered=True
)


class VerdictColumns(OfWorkspace):
    """What was concluded about a blob; losing it loses time only."""

    kind = need(AnyText())
    key = need(AnyText())
    value = may(Json())


verdicts = table(
    "verdicts", VerdictColumns, PrimaryKeyConstraint("tenant_id", "kind", "key"), of_workspace(), clustered=True
)


class TicketColumns(OfWorkspace):
    """A ticket as its tracker last told it. `source` is the tracker's address."""

    source = need(AnyText())
    key = need(AnyText())
    title = need(AnyText())
    type = may(AnyText())
    state = may(AnyText())
    labels = need(Json())
    fix_versions = need(Json())
    url = may(AnyText())
    fetched_at = need(Moment())


tickets = table("tickets", TicketColumns, PrimaryKeyConstraint("tenant_id", "source", "key"), of_workspace())
