-- Where a room's documents come from, and where they go when they leave. A version whose document stands nowhere any more has
-- the state "trashed": its original is kept, everything derived from it is gone.

-- Folders and files that were taken in, so that what changes in them is noticed when they are looked through again.
CREATE TABLE sources (
    source_id VARCHAR PRIMARY KEY,
    root VARCHAR NOT NULL,             -- absolute path, as a person reads it
    root_bytes BLOB NOT NULL,          -- the same as the file system has it
    prefix VARCHAR NOT NULL,           -- what stands before its files' paths in the room; may be empty
    added_at TIMESTAMPTZ NOT NULL,
    scanned_at TIMESTAMPTZ             -- when it was last looked through to the end
);

-- What each source held when it was last looked through; one row a file.
CREATE TABLE source_files (
    source_id VARCHAR NOT NULL,
    path VARCHAR NOT NULL,             -- in the room
    file VARCHAR NOT NULL,             -- absolute path, as a person reads it
    modified_ns BIGINT NOT NULL,       -- Unix nanoseconds
    bytes BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    mounted BOOLEAN NOT NULL           -- lay on another drive than its source's folder
);

-- Paths that left the room; columns as in paths. A document with a row here and none in paths is in the trash.
CREATE TABLE trash (
    path VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    version_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    modified_ns BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    added_at TIMESTAMPTZ NOT NULL,
    removed_at TIMESTAMPTZ NOT NULL,
    cause VARCHAR NOT NULL             -- removed (by the user) | gone (from its folder) | replaced (by bytes the room already had)
);

-- What the user took out by hand: these bytes do not come back to this path by themselves.
CREATE TABLE removals (
    path VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    removed_at TIMESTAMPTZ NOT NULL
);

-- What is still to be deleted outside the database.
CREATE TABLE leftovers (
    kind VARCHAR NOT NULL,             -- version (its rows in the index, its previews) | original
    name VARCHAR NOT NULL              -- the version's id, or the SHA-256
);
