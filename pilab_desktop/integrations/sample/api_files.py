"""The first state of `payments-api`: a Java service with Flyway migrations and an `.env` file per environment."""

JAVA = "src/main/java/com/kestrelpay/payments"
TESTS = "src/test/java/com/kestrelpay/payments"

README = """# payments-api

Takes payments, captures and refunds them through the card gateway, and tells merchants by webhook.

    ./mvnw spring-boot:run      # reads .env.dev
    ./mvnw verify

Migrations run with Flyway at start-up: `src/main/resources/db/migration`.
"""

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.kestrelpay</groupId>
  <artifactId>payments-api</artifactId>
  <version>2-SNAPSHOT</version>
  <dependencies>
    <dependency>
      <groupId>org.springframework.boot</groupId>
      <artifactId>spring-boot-starter-web</artifactId>
      <version>3.2.4</version>
    </dependency>
    <dependency>
      <groupId>org.flywaydb</groupId>
      <artifactId>flyway-core</artifactId>
      <version>10.8.1</version>
    </dependency>
    <dependency>
      <groupId>org.postgresql</groupId>
      <artifactId>postgresql</artifactId>
      <version>42.7.3</version>
    </dependency>
    <dependency>
      <groupId>commons-fileupload</groupId>
      <artifactId>commons-fileupload</artifactId>
      <version>1.5</version>
    </dependency>
  </dependencies>
</project>
"""

DOCKERFILE = """FROM eclipse-temurin:21-jre
WORKDIR /app
COPY target/payments-api.jar app.jar
USER 10001
ENTRYPOINT ["java", "-jar", "app.jar"]
"""

COMPOSE = """services:
  api:
    build: .
    env_file: .env.dev
    ports: ["8080:8080"]
    depends_on: [db, cache]
  db:
    image: postgres:16.2
    environment:
      POSTGRES_DB: payments
      POSTGRES_HOST_AUTH_METHOD: trust
  cache:
    image: redis:7.2
"""

PAYMENT_SERVICE = """package com.kestrelpay.payments;

import java.math.BigDecimal;

/** Authorises and captures payments. */
public final class PaymentService {

    private final PaymentRepository payments;
    private final GatewayClient gateway;

    public PaymentService(PaymentRepository payments, GatewayClient gateway) {
        this.payments = payments;
        this.gateway = gateway;
    }

    public Payment authorise(String merchantId, BigDecimal amount, String currency) {
        GatewayAnswer answer = gateway.authorise(merchantId, amount, currency);
        return payments.insert(merchantId, amount, currency, answer.reference());
    }

    public Payment capture(long paymentId, BigDecimal amount) {
        Payment payment = payments.byId(paymentId);
        GatewayAnswer answer = gateway.capture(payment.reference(), amount);
        payments.markCaptured(paymentId, amount, answer.capturedAt());
        return payments.byId(paymentId);
    }

    public void cancel(long paymentId) {
        Payment payment = payments.byId(paymentId);
        gateway.cancel(payment.reference());
        payments.markCancelled(paymentId);
    }
}
"""

PAYMENT_REPOSITORY = """package com.kestrelpay.payments;

import java.math.BigDecimal;
import java.time.Instant;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows of the table payment. */
public final class PaymentRepository {

    private static final String COLUMNS = "id, merchant_id, amount, currency, reference, status, gateway_raw";

    private final JdbcTemplate jdbc;

    public PaymentRepository(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    public Payment byId(long id) {
        return jdbc.queryForObject("SELECT " + COLUMNS + " FROM payment WHERE id = ?", Payment::of, id);
    }

    public void markCaptured(long id, BigDecimal amount, Instant at) {
        String sql = "UPDATE payment SET status = 'CAPTURED', captured = ?, captured_at = ? WHERE id = ?";
        jdbc.update(sql, amount, at, id);
    }

    public void markCancelled(long id) {
        jdbc.update("UPDATE payment SET status = 'CANCELLED' WHERE id = ?", id);
    }
}
"""

GATEWAY_CLIENT = """package com.kestrelpay.payments;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Speaks to the card gateway. */
public final class GatewayClient {

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI base = URI.create(System.getenv("PAYMENT_GATEWAY_URL"));
    private final String key = System.getenv("GATEWAY_API_KEY");

    public GatewayAnswer capture(String reference, BigDecimal amount) {
        HttpRequest request = post("/v2/captures", new CaptureBody(reference, amount).toJson());
        try {
            return GatewayAnswer.of(http.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException | InterruptedException failed) {
            throw new GatewayException("capture", failed);
        }
    }

    private HttpRequest post(String path, String body) {
        return HttpRequest.newBuilder(base.resolve(path))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    }
}
"""

REFUND_SERVICE = """package com.kestrelpay.payments;

import java.math.BigDecimal;

/** Gives money back, in whole or in parts. */
public final class RefundService {

    private final RefundRepository refunds;
    private final FeeCalculator fees;

    public RefundService(RefundRepository refunds, FeeCalculator fees) {
        this.refunds = refunds;
        this.fees = fees;
    }

    public Refund refund(Payment payment, BigDecimal amount) {
        BigDecimal refunded = refunds.sumOf(payment.id());
        if (refunded.add(amount).compareTo(payment.captured()) > 0) {
            throw new RefundRefused(payment.id(), amount);
        }
        return refunds.insert(payment.id(), amount);
    }
}
"""

REFUND_API_V1 = """package com.kestrelpay.payments;

/** POST /v1/refunds: the old shape, amounts as numbers. */
@Deprecated
public final class RefundApiV1 {

    public RefundV1 create(RefundRequestV1 request) {
        return RefundV1.of(new RefundApi().create(request.upgraded()));
    }
}
"""

FEE_CALCULATOR = """package com.kestrelpay.payments;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** The merchant's fee: a share of the amount and a fixed part. */
public final class FeeCalculator {

    private static final int DECIMALS = 2;

    public BigDecimal feeOf(BigDecimal amount, MerchantTerms terms) {
        BigDecimal share = amount.multiply(terms.share());
        return share.add(terms.fixed()).setScale(DECIMALS, RoundingMode.DOWN);
    }
}
"""

FEE_CALCULATOR_TEST = """package com.kestrelpay.payments;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

final class FeeCalculatorTest {

    @Test
    void addsTheFixedPart() {
        MerchantTerms terms = new MerchantTerms(new BigDecimal("0.014"), new BigDecimal("0.25"));
        assertThat(new FeeCalculator().feeOf(new BigDecimal("100.00"), terms)).isEqualByComparingTo("1.65");
    }
}
"""

WEBHOOK_SENDER = """package com.kestrelpay.payments;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tells merchants what happened to their payments. */
public final class WebhookSender {

    private static final String ALGORITHM = "HmacSHA256";

    private final byte[] signingSecret = System.getenv("WEBHOOK_SIGNING_SECRET").getBytes();

    public void send(Merchant merchant, Event event) throws Exception {
        byte[] body = event.toJson();
        Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(new SecretKeySpec(signingSecret, ALGORITHM));
        Outbox.put(merchant.webhookUrl(), body, mac.doFinal(body));
    }
}
"""

RECEIPT_RENDERER = """package com.kestrelpay.payments;

/** A receipt as HTML, for the payer's mail. */
public final class ReceiptRenderer {

    public String render(Payment payment, Merchant merchant) {
        StringBuilder html = new StringBuilder("<article class=\\"receipt\\">");
        html.append("<h1>").append(merchant.name()).append("</h1>");
        html.append("<p>").append(payment.amount()).append(' ').append(payment.currency()).append("</p>");
        html.append("<footer>").append(payment.reference()).append("</footer>");
        return html.append("</article>").toString();
    }
}
"""

SETTLEMENT_JOB = """package com.kestrelpay.payments;

import java.time.LocalDate;

/** Pays out once a day what was captured the day before. */
public final class SettlementJob {

    private final SettlementRepository settlements;

    public SettlementJob(SettlementRepository settlements) {
        this.settlements = settlements;
    }

    public void run(LocalDate day) {
        settlements.openFor(day).forEach(settlement -> settlements.close(settlement.id(), "Setlement of " + day));
    }
}
"""

FRAUD_CLIENT = """package com.kestrelpay.payments;

import java.net.URI;
import java.time.Duration;

/** Asks the fraud service how likely a payment is to be disputed. */
public final class FraudClient {

    private final URI endpoint = URI.create(System.getenv("FRAUD_SCORE_URL"));
    private final Duration patience = Duration.ofMillis(Long.parseLong(System.getenv("FRAUD_TIMEOUT_MS")));

    public int score(Payment payment) {
        return FraudAnswer.from(endpoint, payment, patience).score();
    }
}
"""

FRAUD_CLIENT_TEST = """package com.kestrelpay.payments;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FraudClientTest {

    @Test
    void readsTheScore() {
        assertThat(FraudAnswer.parse("{\\"score\\": 17}").score()).isEqualTo(17);
    }
}
"""

FX_RATES = """package com.kestrelpay.payments;

import java.math.BigDecimal;

/** Exchange rates of the day. */
public final class FxRates {

    public BigDecimal rate(String from, String to) {
        return RateService.fetch(from, to);
    }
}
"""

RUNBOOK = """# Runbook

## Captures fail

1. Look at `gateway_timeout_total`.
2. Ask the gateway's status page.
3. Captures wait in the outbox; nothing is lost.
"""


def env_file(environment: str, *, host: str, log_level: str, pool: int, retries: int, key: str) -> str:
    """The `.env.<environment>` of the service. The key is made up."""
    return f"""# {environment}
APP_ENV={environment}
LOG_LEVEL={log_level}
DATABASE_URL=postgresql://payments@db.{host}:5432/payments
DB_POOL_SIZE={pool}
REDIS_URL=redis://cache.{host}:6379/0
PAYMENT_GATEWAY_URL=https://gateway.{host}/
GATEWAY_API_KEY={key}
WEBHOOK_RETRIES={retries}
RECEIPT_FROM=receipts@example.com
"""


def bin_ranges(count: int) -> str:
    """So many ranges of card numbers, as the schemes publish them: long, dull and generated."""
    schemes = ("VISA", "MASTERCARD", "AMEX", "MAESTRO")
    rows = (
        f"{400000 + 17 * n},{400016 + 17 * n},{schemes[n % 4]},{'DEBIT' if n % 3 else 'CREDIT'}" for n in range(count)
    )
    return "first,last,scheme,kind\n" + "\n".join(rows) + "\n"
