-- Evaluations: sets of questions with known answers, put to the room, and how each question went. The user's work: kept as it was
-- then, whatever becomes of the documents.

CREATE TABLE evaluations (
    evaluation_id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,             -- of the set, as a rule its file's
    questions VARCHAR NOT NULL,        -- the set's text, so that it can be put again without its file
    number INTEGER NOT NULL,           -- of its questions
    engine VARCHAR NOT NULL,           -- quote | llm: who was to answer
    began_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,              -- null while it goes on, and for ever where it was cut off
    ended VARCHAR NOT NULL,            -- done | stopped | failed; empty as above
    reason VARCHAR NOT NULL            -- why it failed, for a person; else empty
);

CREATE TABLE evaluation_outcomes (
    evaluation_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,           -- 1-based place in the set
    outcome VARCHAR NOT NULL           -- JSON object, see chat/evaluation.py
);
