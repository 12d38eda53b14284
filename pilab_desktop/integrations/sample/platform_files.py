"""The first state of the monorepo `payments-platform`: a Python ledger with Alembic and a React front end."""

LEDGER = "services/ledger"
WEB = "web"
VERSIONS = f"{LEDGER}/migrations/versions"

README = """# payments-platform

| folder | what | release tags |
|---|---|---|
| `services/ledger` | double-entry ledger, Python | `ledger-v…` |
| `web` | merchants' front end, React | `web-v…` |

Each part is released on its own.
"""

EDITORCONFIG = """root = true

[*]
charset = utf-8
indent_style = space
"""

PYPROJECT = """[project]
name = "ledger"
version = "1"
requires-python = ">=3.12"
dependencies = [
  "sqlalchemy==2.0.29",
  "alembic==1.13.1",
  "fastapi==0.110.1",
]
"""

ALEMBIC_INI = """[alembic]
script_location = migrations
"""

CONFIG = """\"\"\"Settings of the ledger, from the environment.\"\"\"

import os

DATABASE_URL = os.environ["DATABASE_URL"]
LOG_LEVEL = os.environ.get("LOG_LEVEL", "info")
"""

POSTING = """\"\"\"Postings: every movement of money is two lines that sum to nothing.\"\"\"

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Line:
    account: str
    amount: Decimal
    currency: str


def capture(merchant: str, amount: Decimal, currency: str) -> tuple[Line, Line]:
    return Line("gateway", -amount, currency), Line(f"merchant:{merchant}", amount, currency)


def refund(merchant: str, amount: Decimal, currency: str) -> tuple[Line, Line]:
    return Line(f"merchant:{merchant}", -amount, currency), Line("gateway", amount, currency)


def fee(merchant: str, amount: Decimal) -> tuple[Line, Line]:
    return Line(f"merchant:{merchant}", -amount, "EUR"), Line("fees", amount, "EUR")
"""

BALANCE = """\"\"\"What a merchant has.\"\"\"

from decimal import Decimal

from ledger.store import lines_of


def balance(merchant: str) -> Decimal:
    return sum((line.amount for line in lines_of(f"merchant:{merchant}")), Decimal())
"""

EXPORT = """\"\"\"Postings as CSV, for the accountants.\"\"\"

import csv
from typing import TextIO

from ledger.store import all_lines


def export(out: TextIO) -> None:
    writer = csv.writer(out)
    writer.writerow(["account", "amount", "currency"])
    for line in all_lines():
        writer.writerow([line.account, line.amount, line.currency])
"""

TEST_POSTING = """from decimal import Decimal

from ledger.posting import capture


def test_a_capture_sums_to_nothing():
    assert sum(line.amount for line in capture("m1", Decimal(5), "EUR")) == 0
"""

STATEMENT = """\"\"\"A merchant's month: what came, what went, what was paid out.\"\"\"

import os
from datetime import date

from ledger.balance import balance

BUCKET = os.environ["STATEMENT_BUCKET"]


def statement(merchant: str, month: date) -> str:
    return f"{BUCKET}/{merchant}/{month:%Y-%m}.pdf: {balance(merchant)}"
"""

PACKAGE_JSON = """{
  "name": "payments-web",
  "private": true,
  "scripts": {
    "build": "vite build",
    "test": "vitest"
  },
  "dependencies": {
    "axios": "1.6.8",
    "react": "18.2.0",
    "react-dom": "18.2.0"
  },
  "devDependencies": {
    "typescript": "5.4.4",
    "vite": "5.2.8",
    "vitest": "1.4.0"
  }
}
"""

API_TS = """import axios from "axios";

const api = axios.create({ baseURL: process.env.PAYMENTS_API_URL });

export interface Payment {
  id: number;
  amount: string;
  currency: string;
  status: string;
}

export async function payments(): Promise<Payment[]> {
  return (await api.get("/v2/payments")).data;
}

export async function refund(id: number, amount: string): Promise<void> {
  await api.post(`/v2/payments/${id}/refunds`, { amount });
}
"""

PAYMENT_LIST = """import { useEffect, useState } from "react";
import { Payment, payments } from "./api";

export function PaymentList() {
  const [rows, setRows] = useState<Payment[]>([]);

  useEffect(() => {
    payments().then(setRows);
  }, []);

  return (
    <table>
      {rows.map((row) => (
        <tr key={row.id}>
          <td>{row.amount}</td>
          <td>{row.currency}</td>
          <td>{row.status}</td>
        </tr>
      ))}
    </table>
  );
}
"""

REFUND_DIALOG = """import { useState } from "react";
import { refund } from "./api";

export function RefundDialog({ id }: { id: number }) {
  const [amount, setAmount] = useState("");

  return (
    <form onSubmit={() => refund(id, amount)}>
      <label>
        Amount <input value={amount} onChange={(event) => setAmount(event.target.value)} />
      </label>
      <button type="submit">Refund</button>
    </form>
  );
}
"""

CHECKOUT = """import { useState } from "react";

export function Checkout({ pay }: { pay: () => Promise<void> }) {
  const [card, setCard] = useState("");

  return (
    <form onSubmit={pay}>
      <input value={card} onChange={(event) => setCard(event.target.value)} />
      <button type="submit">Pay</button>
    </form>
  );
}
"""

FILTER = """export interface Filter {
  from: string;
  to: string;
}

export const everything: Filter = { from: "", to: "" };

export function query(filter: Filter): string {
  return new URLSearchParams({ from: filter.from, to: filter.to }).toString();
}
"""

STATEMENTS = """export function Statements({ months }: { months: string[] }) {
  return (
    <ul>
      {months.map((month) => (
        <li key={month}>
          <a href={`${process.env.STATEMENTS_URL}/${month}.pdf`}>{month}</a>
        </li>
      ))}
    </ul>
  );
}
"""

FORMAT = """export function money(amount: string, currency: string): string {
  return new Intl.NumberFormat("en", { style: "currency", currency }).format(Number(amount));
}
"""


def web_env(environment: str, host: str) -> str:
    """The front end's `.env.<environment>`."""
    test_cards = "false" if environment == "prod" else "true"
    return f"PAYMENTS_API_URL=https://api.{host}\nSENTRY_ENVIRONMENT={environment}\nSHOW_TEST_CARDS={test_cards}\n"


def migration(revision: str, down: str | tuple[str, ...] | None, title: str, up: str, back: str = "") -> str:
    """An Alembic migration; `up` and `back` are the statements of its two functions, one a line."""
    revises = ", ".join(down) if isinstance(down, tuple) else down or ""
    head = f'"""{title}\n\nRevision ID: {revision}\nRevises: {revises}\n"""\n'
    head += "\nimport sqlalchemy as sa\nfrom alembic import op\n"
    names = f"\nrevision = {revision!r}\ndown_revision = {down!r}\nbranch_labels = None\ndepends_on = None\n"
    body = f"\n\ndef upgrade():\n{_indented(up)}\n\ndef downgrade():\n{_indented(back)}"
    return head + names.replace("'", '"') + body


def _indented(statements: str) -> str:
    return "".join(f"    {line}\n" for line in (statements or "pass").splitlines())
