-- Which batches tell of an incident: its timeline without reading the whole log. A projection; it may be deleted.

CREATE TABLE incident_batches (
    unit TEXT NOT NULL,
    incident TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (unit, incident, seq)
) WITHOUT ROWID;

INSERT OR IGNORE INTO incident_batches (unit, incident, seq)
SELECT log.unit, json_extract(told.value, '$.incident'), log.seq
FROM log, json_each(CAST(log.bytes AS TEXT), '$.events') AS told
WHERE json_extract(told.value, '$.incident') <> '';
