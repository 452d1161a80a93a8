-- Conversations: what was asked of the room and what was answered, as it was then. They are the user's work: quotes stay when their
-- document leaves the room, and are marked where they are shown. Nothing of it is searched for answers.

CREATE TABLE conversations (
    conversation_id VARCHAR PRIMARY KEY,
    title VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL    -- when a question was added last, or it was renamed
);

CREATE TABLE turns (
    conversation_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,           -- 1-based
    asked_at TIMESTAMPTZ NOT NULL,
    question VARCHAR NOT NULL,         -- as the user wrote it
    restated VARCHAR NOT NULL,         -- as it was searched for: the same, or made to stand by itself
    continues VARCHAR NOT NULL,        -- what was taken over from the turns before, as shown; empty for nothing
    bare VARCHAR NOT NULL,             -- restated, without its reference to documents
    subject VARCHAR NOT NULL,          -- what it asked about; may be empty
    reference VARCHAR NOT NULL,        -- the words that named its documents; may be empty
    document_ids VARCHAR[] NOT NULL,   -- which documents it was about; empty for the whole room
    named BOOLEAN NOT NULL,            -- these were named or chosen, not only cited first
    status VARCHAR NOT NULL,           -- answered | not_found | partial
    answer VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,            -- what was searched, for a person
    pages INTEGER NOT NULL,            -- in scope
    searched INTEGER NOT NULL,         -- of these, searchable then
    documents INTEGER NOT NULL,        -- in scope
    unreadable VARCHAR NOT NULL,       -- JSON list of [path, 1-based page or null, reason]
    engine VARCHAR NOT NULL,           -- quote, or the language model's name
    engine_reason VARCHAR NOT NULL,
    withheld VARCHAR[] NOT NULL,       -- sentences whose source could not be verified
    timings VARCHAR NOT NULL           -- JSON object: milliseconds by step
);

CREATE TABLE turn_claims (
    conversation_id VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    claim INTEGER NOT NULL,            -- 1-based
    text VARCHAR NOT NULL
);

CREATE TABLE turn_citations (
    conversation_id VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    claim INTEGER NOT NULL,            -- of turn_claims; 0 for the nearest passages of what was not found
    number INTEGER NOT NULL,           -- 1-based order within the claim
    document_id VARCHAR NOT NULL,
    version_id VARCHAR NOT NULL,
    path VARCHAR NOT NULL,             -- as it was then; so are page, span and quote
    page INTEGER NOT NULL,
    char_start BIGINT NOT NULL,
    char_end BIGINT NOT NULL,
    quote VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,          -- verified | repaired
    cells VARCHAR                      -- where it stands in a sheet
);
