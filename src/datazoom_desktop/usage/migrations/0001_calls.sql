-- The first form of the ledger. Times are UTC; costs are exact.

-- One row for each call of a language model. While it is open, tokens and cost are what the call may take at most.
CREATE TABLE calls (
    call_id VARCHAR PRIMARY KEY,
    started_at TIMESTAMPTZ NOT NULL,
    organization VARCHAR NOT NULL,
    room_id VARCHAR,                   -- null for a call that concerns no room
    purpose VARCHAR NOT NULL,          -- answers | extraction | memo | test
    engine VARCHAR NOT NULL,           -- local | ollama | remote
    address VARCHAR NOT NULL,          -- of the server; empty for local
    model VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,          -- open | done | cancelled | failed | refused
    reason VARCHAR NOT NULL,           -- why it failed or was refused, in a few words of the product's own
    prompt_tokens BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    counted BOOLEAN NOT NULL,          -- whether the server counted the tokens; else they are a careful guess
    first_token_seconds DOUBLE,        -- until the first piece of the answer; null when none came
    seconds DOUBLE NOT NULL,           -- in all
    cost DECIMAL(24, 9),               -- null when the model has no price
    currency VARCHAR,                  -- null when it cost nothing, or nobody knows what
    sent_sha256 VARCHAR,               -- of the messages as JSON; this and the next are null for local
    sent_bytes BIGINT,
    sent_passages VARCHAR[]            -- ids of the passages whose text was in them
);

-- What may be spent: one limit for each period, scope and currency; the currency "" stands for tokens.
CREATE TABLE budgets (
    period VARCHAR NOT NULL,           -- day | month
    scope VARCHAR NOT NULL,            -- remote | all
    currency VARCHAR NOT NULL,
    amount DECIMAL(24, 9) NOT NULL,
    PRIMARY KEY (period, scope, currency)
);
