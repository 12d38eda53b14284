"""The migrations that `payments-api` began with: Flyway, on PostgreSQL."""

MIGRATIONS = "src/main/resources/db/migration"

V1 = """CREATE TABLE payment (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id  varchar(40)    NOT NULL,
    amount       numeric(12, 2) NOT NULL,
    captured     numeric(12, 2),
    currency     char(3)        NOT NULL,
    reference    varchar(64)    NOT NULL,
    status       varchar(20)    NOT NULL,
    gateway_raw  text,
    created_at   timestamptz    NOT NULL DEFAULT now(),
    captured_at  timestamptz
);
"""

V2 = """CREATE TABLE refund (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id  bigint         NOT NULL REFERENCES payment (id),
    amount      numeric(12, 2) NOT NULL,
    created_at  timestamptz    NOT NULL DEFAULT now()
);
"""

V3 = """CREATE TABLE merchant (
    id     varchar(40) PRIMARY KEY,
    name   varchar(200)  NOT NULL,
    share  numeric(6, 5) NOT NULL,
    fixed  numeric(8, 2) NOT NULL
);
"""

V4 = """CREATE INDEX CONCURRENTLY payment_created_at ON payment (created_at);
"""

V5 = """-- Webhooks wait here until the merchant has answered.
CREATE TABLE webhook (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url         varchar(500) NOT NULL,
    body        bytea        NOT NULL,
    signature   bytea        NOT NULL,
    attempts    integer      NOT NULL DEFAULT 0,
    sent_at     timestamptz
);
"""

V7 = """CREATE TABLE settlement (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id  varchar(40)    NOT NULL REFERENCES merchant (id),
    day          date           NOT NULL,
    amount       numeric(14, 2) NOT NULL,
    closed_at    timestamptz
);
"""

SUMMARY_VIEW = """CREATE OR REPLACE VIEW payment_summary AS
SELECT merchant_id, currency, count(*) AS payments, sum(amount) AS amount
FROM payment
GROUP BY merchant_id, currency;
"""
