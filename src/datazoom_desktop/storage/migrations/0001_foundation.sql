-- The first form of a room. Times are UTC. Offsets are 0-based half-open Unicode code points into a version's text;
-- page numbers are 1-based; boxes are PDF points, origin top left, y down, displayed orientation.

-- Facts about the room itself, such as the embedder its index was made with.
CREATE TABLE room_settings (
    key VARCHAR PRIMARY KEY,
    value VARCHAR NOT NULL
);

-- A document is one file's identity in the room; it lives on through its versions.
CREATE TABLE documents (
    document_id VARCHAR PRIMARY KEY,
    parent_id VARCHAR,                 -- the document this one came attached to, such as a mail
    added_at TIMESTAMPTZ NOT NULL
);

-- A version is one content; the same bytes exist once in a room.
CREATE TABLE versions (
    version_id VARCHAR PRIMARY KEY,
    document_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,           -- 1-based, in order of arrival
    sha256 VARCHAR NOT NULL UNIQUE,
    bytes BIGINT NOT NULL,
    added_at TIMESTAMPTZ NOT NULL,
    media_type VARCHAR,                -- by content; null until read
    state VARCHAR NOT NULL,            -- new | read | indexed | unreadable
    coverage VARCHAR,                  -- of the whole file when it has no page: encrypted | failed | skipped
    reason VARCHAR,                    -- why, in the user's words
    title VARCHAR,                     -- what the document calls itself
    page_count INTEGER NOT NULL DEFAULT 0,
    char_count BIGINT NOT NULL DEFAULT 0,
    reader VARCHAR,                    -- name and version of the reader that read it, such as "pdf 1"
    read_at TIMESTAMPTZ,
    indexed_at TIMESTAMPTZ
);

-- Where a document stands in the room's folders; one live row a path.
CREATE TABLE paths (
    path VARCHAR PRIMARY KEY,          -- relative to the ingested folder, "/"-separated, NFC
    document_id VARCHAR NOT NULL,
    version_id VARCHAR NOT NULL,       -- the version that stands at this path now
    source VARCHAR NOT NULL,           -- absolute path it was taken from; for an attachment, its mail's path in the room
    modified_ns BIGINT NOT NULL,       -- the source file's modification time, Unix nanoseconds
    bytes BIGINT NOT NULL,
    added_at TIMESTAMPTZ NOT NULL
);

-- Pages of a version; their texts, joined in order with nothing between, are the version's text.
CREATE TABLE pages (
    version_id VARCHAR NOT NULL,
    page INTEGER NOT NULL,
    label VARCHAR,                     -- natural name of the unit: a sheet, a slide title, a printed page label
    coverage VARCHAR NOT NULL,         -- text | ocr | blank | encrypted | failed | skipped
    reason VARCHAR,
    char_start BIGINT NOT NULL,
    char_end BIGINT NOT NULL,
    text VARCHAR NOT NULL,
    width FLOAT NOT NULL,              -- points as displayed; 0 where the format has no page size
    height FLOAT NOT NULL,
    confidence FLOAT,                  -- mean of the recognised words, 0 to 1; null where nothing was recognised
    word_starts INTEGER[] NOT NULL,    -- relative to the page's text
    word_ends INTEGER[] NOT NULL,
    word_boxes FLOAT[] NOT NULL        -- x0, y0, x1, y1 of each word in turn; empty where the format has no geometry
);

-- Passages: what is searched. prefix + text is what was indexed.
CREATE TABLE passages (
    passage_id VARCHAR NOT NULL,       -- version id, ":", ordinal
    version_id VARCHAR NOT NULL,
    ordinal INTEGER NOT NULL,          -- 0-based order in the version
    char_start BIGINT NOT NULL,
    char_end BIGINT NOT NULL,
    page_first INTEGER NOT NULL,
    page_last INTEGER NOT NULL,
    heading VARCHAR NOT NULL,          -- path of headings above it, outermost first, joined by " > "
    prefix VARCHAR NOT NULL,           -- words put before the text when it was indexed
    text VARCHAR NOT NULL
);

-- The pipeline's work, durable.
CREATE TABLE jobs (
    job_id VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL,             -- such as intake.read
    subject VARCHAR NOT NULL,          -- id of what it works on, such as a version
    title VARCHAR NOT NULL,            -- what a person calls that, such as the file's path
    payload VARCHAR NOT NULL,          -- JSON
    state VARCHAR NOT NULL,            -- queued | running | done | failed | dead | cancelled | paused
    priority INTEGER NOT NULL,         -- smaller is sooner
    attempt INTEGER NOT NULL,          -- attempts begun
    max_attempts INTEGER NOT NULL,
    not_before TIMESTAMPTZ NOT NULL,
    lease_owner VARCHAR,
    lease_until TIMESTAMPTZ,
    done_units BIGINT NOT NULL,
    total_units BIGINT NOT NULL,       -- 0 while unknown
    unit VARCHAR NOT NULL,             -- what is counted, such as "pages"
    error_class VARCHAR,
    reason VARCHAR,                    -- in the user's words
    remedy VARCHAR,
    created_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ
);

-- The trail: append-only, each row's hash covers the row before it.
CREATE TABLE activity (
    seq BIGINT NOT NULL,               -- 1-based, without gaps
    "at" TIMESTAMPTZ NOT NULL,         -- quoted: a word of the SQL dialect
    actor VARCHAR NOT NULL,
    intent VARCHAR NOT NULL,           -- such as documents.added
    subject VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,           -- JSON
    previous_hash VARCHAR NOT NULL,
    hash VARCHAR NOT NULL
);
