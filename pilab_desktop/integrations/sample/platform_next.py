"""The next releases of ledger and web: what happened on main after `release/web-3.7` was cut."""

from pilab_desktop.integrations.sample import platform_files as files
from pilab_desktop.integrations.sample.edits import Append, Swap, Write
from pilab_desktop.integrations.sample.history import History, Node
from pilab_desktop.integrations.sample.people import BOT, INES, LUKASZ, MAYA, RAJ, TOM, ZOE

_L, _W, _SQL = files.LEDGER, files.WEB, files.VERSIONS


def fraud_score_and_filter(history: History) -> tuple[Node, Node]:
    """PAY-134 in both parts; the web's part and the kept filter are picked into production. Returns these two."""
    branch = "feature/PAY-134-fraud-score-ledger"
    history.branch(branch)
    history.commit(
        "37 10:10",
        LUKASZ,
        "Hold back what is likely to be disputed",
        Append(
            f"{_L}/ledger/posting.py",
            "\n\ndef hold(merchant: str, amount: Decimal, currency: str) -> tuple[Line, Line]:\n"
            '    return Line(f"merchant:{merchant}", -amount, currency), Line("held", amount, currency)\n',
        ),
        on=branch,
    )
    history.commit(
        "36 11:00",
        LUKASZ,
        "Keep the score beside the posting",
        Write(
            f"{_SQL}/0004_fraud_score.py",
            files.migration(
                "d4f3a6e5c004",
                "c3e2f5d4b003",
                "Fraud score of a posting",
                'op.add_column("posting", sa.Column("fraud_score", sa.Integer, nullable=True))',
                'op.drop_column("posting", "fraud_score")',
            ),
        ),
        on=branch,
    )
    history.merge("35 09:00", MAYA, branch, f"Merge pull request #52 from payments/{branch}\n\nHold disputed payments")
    score = history.commit(
        "34 14:00",
        INES,
        "PAY-134 show the fraud score beside a payment",
        Swap(
            f"{_W}/src/PaymentList.tsx",
            "          <td>{row.currency}</td>",
            "          <td>{row.currency}</td>\n          <td>{row.score}</td>",
        ),
    )
    kept_filter = history.commit(
        "33 09:40",
        ZOE,
        "fix: PAY-126 keep the filter when going back",
        Append(
            f"{_W}/src/filter.ts", "\nexport const remembered = (): Filter => history.state?.filter ?? everything;\n"
        ),
    )
    return score, kept_filter


def statements(history: History) -> None:
    """PAY-128 in both parts, and a commit that touches both."""
    history.commit(
        "32 10:15",
        RAJ,
        "PAY-128 Monthly statements",
        Write(f"{_L}/ledger/statement.py", files.STATEMENT),
        Write(
            f"{_SQL}/0005_statement_month.py",
            files.migration(
                "e5a4b7f6d005",
                "d4f3a6e5c004",
                "The month that a posting is stated in",
                'op.add_column("posting", sa.Column("statement_month", sa.Date, nullable=False))',
            ),
        ),
    )
    history.commit(
        "31 16:25", INES, "PAY-128 A page of statements", Write(f"{_W}/src/Statements.tsx", files.STATEMENTS)
    )
    history.commit(
        "30 11:30",
        LUKASZ,
        "fix(ledger): PAY-129 post fees in the merchant's currency",
        Swap(
            f"{_L}/ledger/posting.py",
            "def fee(merchant: str, amount: Decimal) -> tuple[Line, Line]:\n"
            '    return Line(f"merchant:{merchant}", -amount, "EUR"), Line("fees", amount, "EUR")',
            "def fee(merchant: str, amount: Decimal, currency: str) -> tuple[Line, Line]:\n"
            '    return Line(f"merchant:{merchant}", -amount, currency), Line("fees", amount, currency)',
        ),
    )
    history.commit(
        "28 13:45",
        ZOE,
        "PAY-130 Call the shop a merchant everywhere",
        Append(f"{_L}/ledger/balance.py", '\n\nNAME = "merchant"\n'),
        Append(f"{_W}/src/api.ts", '\nexport const NAME = "merchant";\n'),
    )


def web_turns(history: History) -> None:
    """A major step of a dependency, a refactoring, a try that was taken back, and a security fix."""
    history.commit(
        "27 07:15",
        BOT,
        "chore(deps): update react to v19",
        Swap(f"{_W}/package.json", '"react": "18.2.0"', '"react": "19.0.0"'),
        Swap(f"{_W}/package.json", '"react-dom": "18.2.0"', '"react-dom": "19.0.0"'),
    )
    history.commit(
        "26 15:00", INES, "refactor: one place that formats money", Write(f"{_W}/src/format.ts", files.FORMAT)
    )
    dark = history.commit(
        "24 10:20",
        INES,
        "feat(web): PAY-154 a dark theme",
        Append(f"{_W}/src/format.ts", '\nexport const theme = "dark";\n'),
    )
    history.revert("23 12:10", INES, dark)
    history.commit(
        "20 09:25",
        RAJ,
        "fix: PAY-149 close an authentication bypass on the statements page",
        Swap(
            f"{_W}/src/Statements.tsx",
            "export function Statements(",
            "// The link is signed for one merchant and ten minutes.\nexport function Statements(",
        ),
    )
    history.commit(
        "19 14:40",
        ZOE,
        "docs: name the author of a statement",
        Append(f"{_W}/README.md", "# web\n\nA statement's author is the ledger.\n"),
    )


def ledger_turns(history: History) -> None:
    """A breaking change and a migration that locks; then the candidates that UAT got."""
    history.commit(
        "18 11:15",
        LUKASZ,
        "feat(ledger)!: PAY-148 amounts are strings in the export\n\nBREAKING CHANGE: the column amount is quoted.",
        Swap(f"{_L}/ledger/export.py", "line.amount, line.currency", "str(line.amount), line.currency"),
    )
    history.commit(
        "17 16:35",
        RAJ,
        "perf(ledger): index postings by merchant",
        Write(
            f"{_SQL}/0006_index_merchant.py",
            files.migration(
                "f6b5c8a7e006",
                "e5a4b7f6d005",
                "Index postings by merchant",
                'op.create_index("posting_merchant", "posting", ["merchant", "posted_at"])',
                'op.drop_index("posting_merchant")',
            ),
        ),
    )
    history.tag("ledger-v1.5.0", TOM, message="ledger 1.5.0")
    history.commit(
        "15 08:45",
        ZOE,
        "test: a refund sums to nothing",
        Append(
            f"{_L}/tests/test_posting.py",
            "\n\ndef test_a_refund_sums_to_nothing():\n"
            '    assert sum(line.amount for line in refund("m1", Decimal(5), "EUR")) == 0\n',
        ),
    )
    history.tag("web-v3.8.0", TOM, message="web 3.8.0")


def beyond_uat(history: History) -> None:
    """Two people add a migration on the same parent: SIT has two heads, which the next commit joins."""
    history.commit(
        "10 10:00",
        RAJ,
        "PAY-155 Note who approved a payout",
        Write(
            f"{_SQL}/0007_approved_by.py",
            files.migration(
                "07a6d9b8f007",
                "f6b5c8a7e006",
                "Who approved a payout",
                'op.add_column("posting", sa.Column("approved_by", sa.String(80)))',
                'op.drop_column("posting", "approved_by")',
            ),
        ),
    )
    history.commit(
        "9 15:30",
        LUKASZ,
        "PAY-156 Drop the held amounts",
        Write(
            f"{_SQL}/0007_drop_fraud_score.py",
            files.migration(
                "17b7e0c9a007",
                "f6b5c8a7e006",
                "The score lives in payments-api alone",
                'op.drop_column("posting", "fraud_score")',
            ),
        ),
    )
    history.tag("ledger-v1.6.0-rc.1", TOM)
    history.commit(
        "5 09:50",
        RAJ,
        "Join the two heads",
        Write(
            f"{_SQL}/0008_join.py",
            files.migration("28c8f1dab008", ("07a6d9b8f007", "17b7e0c9a007"), "Join the two heads", ""),
        ),
    )
    history.commit(
        "3 13:20",
        INES,
        "feat(web): PAY-157 search by reference",
        Append(f"{_W}/src/filter.ts", "\nexport type Reference = string;\n"),
    )
