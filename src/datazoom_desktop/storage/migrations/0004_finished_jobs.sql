-- How many done jobs of each kind were cleared away, so that their number is still known; the newest stay in the table of jobs.
CREATE TABLE finished_jobs (
    kind VARCHAR PRIMARY KEY,
    number BIGINT NOT NULL
);
