"""The next release of `payments-api`: what happened on main after the release branch was cut."""

from pilab_desktop.integrations.sample import api_files as files
from pilab_desktop.integrations.sample import api_sql as sql
from pilab_desktop.integrations.sample.edits import Append, Remove, Swap, Write
from pilab_desktop.integrations.sample.history import History, Node
from pilab_desktop.integrations.sample.people import BOT, INES, LUKASZ, MAYA, RAJ, TOM, ZOE

_J, _T, _SQL = files.JAVA, files.TESTS, sql.MIGRATIONS
_RELEASE = "release/2.3"


def after_the_branch(history: History) -> tuple[Node, Node, Node]:
    fee = history.commit(
        "38 09:20",
        ZOE,
        "fix: PAY-131 refund the fee with the last part\n\nIt stayed with us when the parts added up to the whole.",
        Swap(
            f"{_J}/RefundService.java",
            "        return refunds.insert(payment.id(), amount);",
            "        boolean last = refunded.add(amount).compareTo(payment.captured()) == 0;\n"
            "        return refunds.insert(payment.id(), last ? amount.add(payment.fee()) : amount);",
        ),
    )
    signature = history.commit(
        "37 15:42",
        INES,
        "fix: PAY-132 sign webhooks with the merchant's own key",
        Swap(
            f"{_J}/WebhookSender.java",
            "new SecretKeySpec(signingSecret,",
            "new SecretKeySpec(merchant.keyOr(signingSecret),",
        ),
    )
    connection = history.commit(
        "33 11:11",
        RAJ,
        "fix: PAY-133 close the gateway's answer when a capture fails",
        Swap(
            f"{_J}/GatewayClient.java",
            '            throw new GatewayException("capture", failed);',
            '            http.close();\n            throw new GatewayException("capture", failed);',
        ),
    )
    return fee, signature, connection


def fraud_score(history: History) -> None:
    branch = "feature/PAY-134-fraud-score"
    history.branch(branch)
    history.commit(
        "32 09:00",
        LUKASZ,
        "Ask the fraud service before a capture",
        Write(f"{_J}/FraudClient.java", files.FRAUD_CLIENT),
        Swap(
            f"{_J}/PaymentService.java",
            "        GatewayAnswer answer = gateway.capture(",
            "        FraudGuard.check(new FraudClient().score(payment));\n"
            "        GatewayAnswer answer = gateway.capture(",
        ),
        *(
            Append(
                f".env.{name}", f"FRAUD_SCORE_URL=https://fraud.{name}.pay.example.com/score\nFRAUD_TIMEOUT_MS=250\n"
            )
            for name in ("dev", "sit", "uat")
        ),
        on=branch,
    )
    history.commit(
        "32 15:30",
        LUKASZ,
        "Store the score with the payment",
        Write(
            f"{_SQL}/V10__fraud_score.sql",
            "CREATE TABLE fraud_score (\n    payment_id  bigint PRIMARY KEY REFERENCES payment (id),\n"
            "    score       integer     NOT NULL,\n    asked_at    timestamptz NOT NULL DEFAULT now()\n);\n\n"
            "-- The table is new and empty: this index locks nobody.\n"
            "CREATE INDEX fraud_score_asked_at ON fraud_score (asked_at);\n",
        ),
        on=branch,
    )
    history.commit(
        "31 10:10",
        ZOE,
        "Cover the fraud client",
        Write(f"{_T}/FraudClientTest.java", files.FRAUD_CLIENT_TEST),
        on=branch,
    )
    history.merge(
        "31 14:05",
        MAYA,
        branch,
        "Merge pull request #84 from payments/feature/PAY-134-fraud-score\n\nPAY-134 Score payments before capture",
    )
    history.commit(
        "30 12:00",
        RAJ,
        "PAY-135: idempotency keys for captures (#86)\n\n* Read the Idempotency-Key header\n"
        "* Answer a repeated key with the first answer\n* Review: name the column after the header",
        Write(
            f"{_SQL}/V12__payment_idempotency_key.sql",
            "ALTER TABLE payment ADD COLUMN idempotency_key varchar(64);\n"
            "ALTER TABLE payment ADD CONSTRAINT payment_idempotency_key UNIQUE (merchant_id, idempotency_key);\n",
        ),
        Swap(
            f"{_J}/PaymentService.java",
            "    public void cancel(long paymentId) {",
            "    public Payment captureOnce(String key, long paymentId, BigDecimal amount) {\n"
            "        return payments.byKey(key).orElseGet(() -> capture(paymentId, amount));\n    }\n\n"
            "    public void cancel(long paymentId) {",
        ),
    )


def tried_and_taken_back(history: History) -> None:
    backoff = history.commit(
        "29 10:45",
        INES,
        "feat: PAY-136 retry captures with backoff",
        Swap(
            f"{_J}/PaymentService.java",
            "    public Payment captureOnce(",
            "    private static final int ATTEMPTS = 3;\n\n    public Payment captureOnce(",
        ),
    )
    history.revert("28 09:30", INES, backoff)
    history.commit(
        "28 13:00",
        ZOE,
        "pay-137 round fees half up",
        Swap(f"{_J}/FeeCalculator.java", "RoundingMode.DOWN", "RoundingMode.HALF_UP"),
    )
    history.commit(
        "27 08:40",
        ZOE,
        "PAYY-138 Typo in the settlement mail",
        Swap(f"{_J}/SettlementJob.java", "Setlement", "Settlement"),
    )
    history.commit(
        "27 11:25",
        RAJ,
        "docs: webhook bodies are UTF-8, signatures SHA-256\n\nDates follow ISO-8601; see RFC-2104 for the HMAC.",
        Append("README.md", "\nWebhook bodies are UTF-8 and signed with HMAC-SHA-256.\n"),
    )
    history.commit(
        "26 07:15",
        BOT,
        "fix(deps): CVE-2025-48976 cap the headers of multipart parts",
        Swap(
            "pom.xml",
            "<artifactId>commons-fileupload</artifactId>\n      <version>1.5<",
            "<artifactId>commons-fileupload</artifactId>\n      <version>1.6.0<",
        ),
    )
    history.commit(
        "25 16:48",
        LUKASZ,
        "feat!: PAY-141 drop the v1 refund endpoint\n\nBREAKING CHANGE: POST /v1/refunds answers 410; use /v2/refunds.",
        Remove(f"{_J}/RefundApiV1.java"),
    )
    history.commit(
        "24 10:00",
        RAJ,
        "PAY-142 Ship the BIN ranges of the card schemes",
        Write("src/main/resources/bin-ranges.csv", files.bin_ranges(640)),
    )
    cache = history.commit(
        "23 14:20", INES, "Cache FX rates for a minute (#88)", Write(f"{_J}/FxRates.java", files.FX_RATES)
    )
    host_words = 'Revert "Cache FX rates for a minute (#88)" (#91)\n\nReverts payments/payments-api#88'
    history.revert("21 09:10", MAYA, cache, message=f"{host_words}\n\nThis reverts commit {cache.sha}.\n")
    instant = history.commit(
        "20 11:11",
        INES,
        "feat: PAY-147 instant refunds behind a flag",
        Append(f"{_J}/FeeCalculator.java", "\n// Instant refunds cost the same as others: PAY-147.\n"),
    )
    taken_back = history.revert("18 17:30", MAYA, instant)
    history.revert("16 09:05", INES, taken_back)


def migrations(history: History, shipped_receipt_line: Node) -> None:
    branch = "feature/PAY-127-refund-reason"
    history.branch(branch)
    history.commit(
        "16 10:00",
        ZOE,
        "Keep the reason of a refund",
        Write(f"{_SQL}/V6__refund_reason.sql", "ALTER TABLE refund ADD COLUMN reason varchar(80);\n"),
        on=branch,
    )
    history.merge(
        "16 12:00", MAYA, branch, "Merge pull request #89 from payments/feature/PAY-127-refund-reason\n\nRefund reasons"
    )
    history.commit(
        "15 13:30",
        RAJ,
        "PAY-144 Stop reading gateway_raw and drop the column",
        Swap(f"{_J}/PaymentRepository.java", "status, gateway_raw", "status"),
        Write(f"{_SQL}/V8__drop_gateway_raw.sql", "ALTER TABLE payment DROP COLUMN gateway_raw;\n"),
    )
    history.commit(
        "15 15:00",
        RAJ,
        "perf: PAY-145 index payments by merchant",
        Write(
            f"{_SQL}/V9__index_payment_merchant.sql",
            "CREATE INDEX payment_merchant ON payment (merchant_id, created_at);\n",
        ),
    )
    history.commit(
        "15 16:10",
        LUKASZ,
        "PAY-146 Let reporting read payments",
        Write(
            f"{_SQL}/V11__reporting_may_read.sql",
            "GRANT SELECT ON payment, refund TO ${reporting_role};\n"
            "IMPORT FOREIGN SCHEMA archive LIMIT TO (payment_2019) FROM SERVER archive_db INTO public;\n",
        ),
    )
    history.commit(
        "14 08:30",
        ZOE,
        "Give webhooks a longer URL",
        Swap(f"{_SQL}/V5__create_webhook.sql", "varchar(500)", "varchar(2000)"),
    )
    history.commit(
        "14 09:15",
        ZOE,
        "PAY-121 Count refunds in the summary",
        Swap(
            f"{_SQL}/R__payment_summary.sql",
            "sum(amount) AS amount",
            "sum(amount) AS amount, sum(captured) AS captured",
        ),
    )
    history.revert("14 10:40", MAYA, shipped_receipt_line)


def release_candidates(history: History) -> Node:
    over_captures = history.commit(
        "14 13:00",
        INES,
        "fix: PAY-143 refuse captures above the authorised amount",
        Swap(
            f"{_J}/PaymentRepository.java",
            "    public void markCancelled(",
            "    public boolean covers(long id, BigDecimal amount) {\n"
            "        return byId(id).amount().compareTo(amount) >= 0;\n    }\n\n    public void markCancelled(",
        ),
    )
    history.tag("v2.4.0-rc.1", TOM)
    history.commit(
        "13 09:00",
        ZOE,
        "test: fees are never negative",
        Swap(
            f"{_T}/FeeCalculatorTest.java",
            "    @Test\n    void addsTheFixedPart()",
            "    @Test\n    void isNeverNegative() {\n        assertThat(new FeeCalculator().feeOf(BigDecimal.ZERO, "
            "MerchantTerms.FREE)).isZero();\n    }\n\n    @Test\n    void addsTheFixedPart()",
        ),
    )
    history.commit(
        "12 10:20",
        RAJ,
        "PAY-139 Escape the merchant's name in receipts\n\n"
        "A name with markup ran in the payer's mail client (stored XSS).",
        Swap(f"{_J}/ReceiptRenderer.java", "append(merchant.name())", "append(Html.escape(merchant.name()))"),
    )
    history.revert("11 15:15", MAYA, over_captures)
    history.tag("v2.4.0-rc.2", TOM)
    return over_captures
