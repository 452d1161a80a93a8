-- What an answer from the room's sheets was computed by, and what was to be known beside it.

ALTER TABLE turns ADD COLUMN sql VARCHAR;          -- the queries, parted by empty lines; null where none was run
ALTER TABLE turns ADD COLUMN remarks VARCHAR[];    -- in sentences; null as above
