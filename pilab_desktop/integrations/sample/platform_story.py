"""The history of the monorepo `payments-platform`: two parts that are released on their own, each with its own tags."""

from datetime import datetime

from pilab_desktop.integrations.sample import platform_files as files
from pilab_desktop.integrations.sample import platform_next as following
from pilab_desktop.integrations.sample.edits import Append, Swap, Write
from pilab_desktop.integrations.sample.history import History, Node
from pilab_desktop.integrations.sample.people import INES, LUKASZ, MAYA, RAJ, TOM, ZOE

_L, _W, _SQL = files.LEDGER, files.WEB, files.VERSIONS
_RELEASE = "release/web-3.7"


def payments_platform(day: datetime) -> History:
    """The whole story. Production runs ledger-v1.4.0 and web-v3.7.2; UAT runs ledger-v1.5.0 and web-v3.8.0."""
    history = History("payments-platform", day)
    _foundation(history)
    _first_features(history)
    _released(history)
    history.branch(_RELEASE)
    score, kept_filter = following.fraud_score_and_filter(history)
    _web_in_production(history, score, kept_filter)
    following.statements(history)
    following.web_turns(history)
    following.ledger_turns(history)
    following.beyond_uat(history)
    return history


def _foundation(history: History) -> None:
    history.commit(
        "75 09:00",
        MAYA,
        "Bring ledger and web into one repository",
        Write("README.md", files.README),
        Write(f"{_L}/pyproject.toml", files.PYPROJECT),
        Write(f"{_L}/alembic.ini", files.ALEMBIC_INI),
        Write(f"{_L}/ledger/config.py", files.CONFIG),
        Write(f"{_W}/package.json", files.PACKAGE_JSON),
        Write(f"{_W}/src/Checkout.tsx", files.CHECKOUT),
        *(
            Write(f"{_W}/.env.{name}", files.web_env(name, host))
            for name, host in (
                ("dev", "dev.pay.example.com"),
                ("sit", "sit.pay.example.com"),
                ("uat", "uat.pay.example.com"),
                ("prod", "pay.example.com"),
            )
        ),
    )
    history.commit(
        "73 10:30",
        LUKASZ,
        "PAY-103 Post captures and refunds to the ledger",
        Write(f"{_L}/ledger/posting.py", files.POSTING),
        Write(f"{_L}/tests/test_posting.py", files.TEST_POSTING),
        Write(
            f"{_SQL}/0001_posting.py",
            files.migration(
                "a1c0f3d2b001",
                None,
                "Postings and their lines",
                'op.create_table(\n    "posting",\n    sa.Column("id", sa.BigInteger, primary_key=True),\n'
                '    sa.Column("merchant", sa.String(40), nullable=False),\n'
                '    sa.Column("reference", sa.String(64), nullable=False),\n'
                '    sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),\n)',
                'op.drop_table("posting")',
            ),
        ),
    )
    history.commit(
        "71 14:15",
        INES,
        "PAY-103 Show payments to merchants",
        Write(f"{_W}/src/api.ts", files.API_TS),
        Write(f"{_W}/src/PaymentList.tsx", files.PAYMENT_LIST),
    )


def _first_features(history: History) -> None:
    history.commit(
        "68 11:40",
        LUKASZ,
        "PAY-105 Balances per merchant",
        Write(f"{_L}/ledger/balance.py", files.BALANCE),
        Write(
            f"{_SQL}/0002_line.py",
            files.migration(
                "b2d1e4c3a002",
                "a1c0f3d2b001",
                "Lines of a posting",
                'op.create_table(\n    "line",\n'
                '    sa.Column("posting_id", sa.BigInteger, sa.ForeignKey("posting.id")),\n'
                '    sa.Column("account", sa.String(80), nullable=False),\n'
                '    sa.Column("amount", sa.Numeric(14, 2), nullable=False),\n'
                '    sa.Column("currency", sa.String(3), nullable=False),\n)',
                'op.drop_table("line")',
            ),
        ),
    )
    history.commit(
        "64 09:55", INES, "PAY-107 Refund from the list", Write(f"{_W}/src/RefundDialog.tsx", files.REFUND_DIALOG)
    )
    history.commit("60 16:30", ZOE, "chore: one editorconfig for all parts", Write(".editorconfig", files.EDITORCONFIG))
    history.commit("56 13:05", RAJ, "PAY-113 Export postings as CSV", Write(f"{_L}/ledger/export.py", files.EXPORT))
    history.commit(
        "54 10:50",
        INES,
        "PAY-112 Link receipts from the list",
        Swap(
            f"{_W}/src/PaymentList.tsx",
            "          <td>{row.status}</td>",
            "          <td>\n            <a href={`/receipts/${row.id}`}>{row.status}</a>\n          </td>",
        ),
    )
    history.tag("ledger-v1.3.0", TOM, message="ledger 1.3.0")
    history.tag("web-v3.6.0", TOM, message="web 3.6.0")


def _released(history: History) -> None:
    history.commit(
        "45 12:12",
        LUKASZ,
        "PAY-121 Settle from the ledger",
        Append(f"{_L}/ledger/posting.py", '\n\ndef settle(merchant: str) -> None:\n    print(f"settled {merchant}")\n'),
        Write(
            f"{_SQL}/0003_settled_at.py",
            files.migration(
                "c3e2f5d4b003",
                "b2d1e4c3a002",
                "When a posting was settled",
                'op.add_column("posting", sa.Column("settled_at", sa.DateTime(timezone=True)))',
                'op.drop_column("posting", "settled_at")',
            ),
        ),
    )
    history.commit("44 15:20", INES, "PAY-122 Filter payments by date", Write(f"{_W}/src/filter.ts", files.FILTER))
    history.commit(
        "42 09:35",
        ZOE,
        "fix: PAY-125 refuse an empty refund",
        Swap(f"{_W}/src/RefundDialog.tsx", '<button type="submit">', '<button type="submit" disabled={!amount}>'),
    )
    history.tag("ledger-v1.4.0", TOM, message="ledger 1.4.0")
    history.tag("web-v3.7.0", TOM, message="web 3.7.0")


def _web_in_production(history: History, score: Node, kept_filter: Node) -> None:
    history.pick("31 10:00", TOM, score, on=_RELEASE, trailer=True)
    history.tag("web-v3.7.1", TOM, on=_RELEASE, message="web 3.7.1")
    history.pick("26 10:30", TOM, kept_filter, on=_RELEASE)
    history.commit(
        "22 23:05",
        TOM,
        "fix: PAY-151 hide the pay button while a payment runs",
        Swap(
            f"{_W}/src/Checkout.tsx",
            '      <button type="submit">Pay</button>',
            '      <button type="submit" disabled={paying}>\n        Pay\n      </button>',
        ),
        on=_RELEASE,
    )
    history.tag("web-v3.7.2", TOM, on=_RELEASE, message="web 3.7.2")
