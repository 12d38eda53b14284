"""The history of `payments-api`: a main line, a release branch that production runs, and how they grew apart."""

from datetime import datetime

from pilab_desktop.integrations.sample import api_candidate as candidate
from pilab_desktop.integrations.sample import api_files as files
from pilab_desktop.integrations.sample import api_sql as sql
from pilab_desktop.integrations.sample.edits import Append, Swap, Write
from pilab_desktop.integrations.sample.history import History, Node
from pilab_desktop.integrations.sample.people import BOT, INES, LUKASZ, MAYA, RAJ, TOM, ZOE

_J, _T, _SQL = files.JAVA, files.TESTS, sql.MIGRATIONS
_RELEASE = "release/2.3"


def payments_api(day: datetime) -> History:
    """The whole story. What production runs is v2.3.2; UAT runs v2.4.0-rc.2, SIT one candidate further."""
    history = History("payments-api", day)
    _first_releases(history)
    shipped_receipt_line = _receipts(history)
    _settlement(history)
    history.branch(_RELEASE)
    picked = candidate.after_the_branch(history)
    candidate.fraud_score(history)
    candidate.tried_and_taken_back(history)
    candidate.migrations(history, shipped_receipt_line)
    over_captures = candidate.release_candidates(history)
    _production(history, picked, over_captures)
    _beyond_uat(history)
    return history


def _first_releases(history: History) -> None:
    history.commit("76 09:12", MAYA, "Initial import of the payments service", *_initial_files())
    history.commit(
        "74 13:40", MAYA, "PAY-101 Create and read payments", Write(f"{_SQL}/V1__create_payment.sql", sql.V1)
    )
    history.commit(
        "72 10:05",
        LUKASZ,
        "PAY-102 Refund in whole or in parts",
        Write(f"{_J}/RefundService.java", files.REFUND_SERVICE),
        Write(f"{_J}/RefundApiV1.java", files.REFUND_API_V1),
        Write(f"{_SQL}/V2__create_refund.sql", sql.V2),
    )
    history.commit(
        "70 15:31",
        ZOE,
        "PAY-104 Merchants and their fees",
        Write(f"{_J}/FeeCalculator.java", files.FEE_CALCULATOR),
        Write(f"{_SQL}/V3__create_merchant.sql", sql.V3),
    )
    history.commit(
        "67 08:50",
        ZOE,
        "test: cover the fixed part of the fee",
        Write(f"{_T}/FeeCalculatorTest.java", files.FEE_CALCULATOR_TEST),
    )
    history.commit(
        "65 11:20",
        RAJ,
        "PAY-106 Index payments by creation",
        Write(f"{_SQL}/V4__index_payment_created_at.sql", sql.V4),
    )
    history.commit(
        "63 16:02",
        INES,
        "PAY-108 Tell merchants by signed webhook\n\nRetries grow from a second to an hour.",
        Write(f"{_J}/WebhookSender.java", files.WEBHOOK_SENDER),
        Write(f"{_SQL}/V5__create_webhook.sql", sql.V5),
    )
    history.commit(
        "61 07:15",
        BOT,
        "chore(deps): pin the base image",
        Swap("Dockerfile", "eclipse-temurin:21-jre", "eclipse-temurin:21.0.2_13-jre"),
    )
    history.tag("v2.1.0", TOM, message="payments-api 2.1.0")


def _initial_files() -> tuple[Write, ...]:
    hosts = {
        "dev": files.env_file(
            "dev", host="dev.pay.example.com", log_level="debug", pool=5, retries=2, key="gw_dev_4f1c"
        ),
        "sit": files.env_file(
            "sit", host="sit.pay.example.com", log_level="debug", pool=5, retries=3, key="gw_sit_a07e"
        ),
        "uat": files.env_file(
            "uat", host="uat.pay.example.com", log_level="info", pool=10, retries=5, key="gw_uat_93bd"
        ),
        "pre-prod": files.env_file(
            "pre-prod", host="pre.pay.example.com", log_level="info", pool=20, retries=5, key="gw_pre_11c8"
        ),
        "prod": files.env_file(
            "prod", host="pay.example.com", log_level="warn", pool=20, retries=8, key="gw_live_d25a"
        ),
    }
    return (
        Write("README.md", files.README),
        Write("pom.xml", files.POM),
        Write("Dockerfile", files.DOCKERFILE),
        Write("compose.yaml", files.COMPOSE),
        Write(f"{_J}/PaymentService.java", files.PAYMENT_SERVICE),
        Write(f"{_J}/PaymentRepository.java", files.PAYMENT_REPOSITORY),
        Write(f"{_J}/GatewayClient.java", files.GATEWAY_CLIENT),
        *(Write(f".env.{name}", text) for name, text in hosts.items()),
    )


def _receipts(history: History) -> Node:
    history.commit(
        "57 09:44", INES, "feat: PAY-112 receipts as HTML", Write(f"{_J}/ReceiptRenderer.java", files.RECEIPT_RENDERER)
    )
    history.commit(
        "55 12:27",
        RAJ,
        "fix: PAY-115 keep card numbers out of the log",
        Append("README.md", "\nCard numbers are never logged; `reference` is what support asks for.\n"),
    )
    line = history.commit(
        "52 14:58",
        INES,
        "feat: PAY-119 show the gateway's message on receipts",
        Swap(
            f"{_J}/ReceiptRenderer.java",
            '        html.append("<footer>")',
            '        html.append("<p>").append(payment.gatewayMessage()).append("</p>");\n'
            '        html.append("<footer>")',
        ),
    )
    history.commit("50 10:10", ZOE, "docs: what to do when captures fail", Write("docs/runbook.md", files.RUNBOOK))
    history.tag("v2.2.0", TOM, message="payments-api 2.2.0")
    return line


def _settlement(history: History) -> None:
    history.branch("feature/PAY-121-settlement")
    history.commit(
        "47 10:30",
        LUKASZ,
        "Settle once a day\n\nV6 is kept free for the refund reasons of PAY-127.",
        Write(f"{_J}/SettlementJob.java", files.SETTLEMENT_JOB),
        Write(f"{_SQL}/V7__create_settlement.sql", sql.V7),
        on="feature/PAY-121-settlement",
    )
    history.commit(
        "46 09:05",
        LUKASZ,
        "Sum payments per merchant and currency",
        Write(f"{_SQL}/R__payment_summary.sql", sql.SUMMARY_VIEW),
        on="feature/PAY-121-settlement",
    )
    history.merge(
        "46 16:20",
        MAYA,
        "feature/PAY-121-settlement",
        "Merge pull request #71 from payments/feature/PAY-121-settlement\n\nPAY-121 Settle what was captured",
    )
    history.commit(
        "43 13:13",
        RAJ,
        "fix: PAY-123 time out gateway calls after five seconds",
        Swap(
            f"{_J}/GatewayClient.java",
            '            .header("Content-Type"',
            '            .timeout(java.time.Duration.ofSeconds(5))\n            .header("Content-Type"',
        ),
    )
    history.commit(
        "41 07:15",
        BOT,
        "chore(deps): bump flyway-core to 10.11.0",
        Swap("pom.xml", "<version>10.8.1<", "<version>10.11.0<"),
    )
    history.tag("v2.3.0", TOM, message="payments-api 2.3.0")


def _production(history: History, picked: tuple[Node, Node, Node], over_captures: Node) -> None:
    fee, signature, connection = picked
    history.pick("36 10:00", TOM, fee, on=_RELEASE)
    history.pick("35 10:20", TOM, signature, on=_RELEASE, trailer=True)
    history.tag("v2.3.1", TOM, on=_RELEASE, message="payments-api 2.3.1")
    history.pick_by_hand(
        "30 18:00",
        TOM,
        connection,
        Swap(
            f"{_J}/GatewayClient.java",
            "        } catch (IOException | InterruptedException failed) {",
            "        } catch (IOException | InterruptedException failed) {\n            GatewayPool.release(this);",
        ),
        on=_RELEASE,
    )
    hotfix = "hotfix/PAY-140-double-capture"
    history.branch(hotfix, at=history.at(_RELEASE))
    history.commit(
        "22 21:40",
        TOM,
        "fix: PAY-140 never capture twice after a gateway timeout\n\nTwo merchants were charged twice on Saturday.",
        Swap(
            f"{_J}/PaymentService.java",
            "        GatewayAnswer answer = gateway.capture(",
            "        if (payment.isCaptured()) {\n            return payment;\n        }\n"
            "        GatewayAnswer answer = gateway.capture(",
        ),
        on=hotfix,
    )
    history.merge("22 22:15", TOM, hotfix, f"Merge branch '{hotfix}' into {_RELEASE}", on=_RELEASE)
    history.commit(
        "19 18:30",
        TOM,
        "Raise the connection pool for the sale weekend",
        Swap(".env.prod", "DB_POOL_SIZE=20", "DB_POOL_SIZE=40"),
        on=_RELEASE,
    )
    history.pick("13 11:00", TOM, over_captures, on=_RELEASE, trailer=True)
    history.tag("v2.3.2", TOM, on=_RELEASE, message="payments-api 2.3.2")


def _beyond_uat(history: History) -> None:
    history.commit(
        "8 10:30",
        LUKASZ,
        "feat: PAY-150 pay out by SEPA instant",
        Swap(
            f"{_J}/SettlementJob.java",
            "    public void run(",
            "    private final Rail rail = Rail.SEPA_INSTANT;\n\n    public void run(",
        ),
        Write(
            f"{_SQL}/V13__settlement_rail.sql",
            "ALTER TABLE settlement ADD COLUMN rail varchar(20) NOT NULL DEFAULT 'SEPA';\n",
        ),
    )
    history.tag("v2.4.0-rc.3", TOM)
    history.commit(
        "4 09:45", ZOE, "PAY-153 Say why a refund was refused", Append("docs/runbook.md", "\n## Refunds are refused\n")
    )
    history.commit("2 16:00", RAJ, "wip: measure captures", Append("docs/runbook.md", "\nMeasure first.\n"))
