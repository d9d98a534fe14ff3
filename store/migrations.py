"""The database's schema as ordered migrations, applied forward only."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("marsad")

# Times are ISO 8601 UTC text with a Z; days are YYYY-MM-DD; NULL is unknown.
SCHEMA_001 = """
CREATE TABLE outlets (                 -- what the daemon remembers of each outlet
    id TEXT PRIMARY KEY,
    name_ar TEXT NOT NULL, name_en TEXT NOT NULL,
    publisher TEXT NOT NULL, ownership TEXT NOT NULL, country TEXT,
    first_polled_at TEXT,              -- NULL: never visited
    first_visit_done_at TEXT,          -- the first visit stores undated articles silently
    last_polled_at TEXT, last_success_at TEXT, last_new_article_at TEXT,
    next_poll_at TEXT,                 -- back-off and adaptive interval
    failures INTEGER NOT NULL DEFAULT 0,
    last_problem TEXT
);
CREATE TABLE sources (                 -- each feed, sitemap or section URL and its conditional-GET memory
    outlet_id TEXT NOT NULL REFERENCES outlets(id),
    url TEXT NOT NULL,
    etag TEXT, last_modified TEXT, body_hash TEXT, fetched_at TEXT,
    PRIMARY KEY (outlet_id, url)
);
CREATE TABLE fetches (                 -- every request and what came of it
    id INTEGER PRIMARY KEY,
    outlet_id TEXT NOT NULL, url TEXT NOT NULL, kind TEXT NOT NULL,  -- source | page | robots
    status INTEGER, outcome TEXT NOT NULL, bytes INTEGER, seconds REAL, fetched_at TEXT NOT NULL
);
CREATE INDEX fetches_outlet ON fetches(outlet_id, fetched_at);
CREATE TABLE pages (                   -- the queue between fetching and extraction, and the evidence
    id INTEGER PRIMARY KEY,
    outlet_id TEXT NOT NULL, url TEXT NOT NULL, requested_url TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    status INTEGER, content_type TEXT, problem TEXT,
    body BLOB,                         -- zlib-compressed bytes as fetched; NULL once its keeping time is over
    body_hash TEXT,
    item TEXT,                         -- JSON of the feed's item
    fetched_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'fetched',  -- fetched | done | rejected | failed
    attempts INTEGER NOT NULL DEFAULT 0, error TEXT,
    first_visit INTEGER NOT NULL DEFAULT 0, -- found on the outlet's first visit
    UNIQUE (url, revision)
);
CREATE INDEX pages_state ON pages(state, id);
CREATE TABLE articles (
    number INTEGER PRIMARY KEY,        -- what indexes refer to
    id TEXT NOT NULL UNIQUE,           -- 16 hex digits of the canonical URL's hash
    outlet_id TEXT NOT NULL, publisher TEXT NOT NULL, url TEXT NOT NULL UNIQUE,
    title TEXT, text TEXT NOT NULL, text_hash TEXT NOT NULL,
    published_at TEXT, published_precision TEXT, published_from TEXT,
    author TEXT, language TEXT NOT NULL, text_from TEXT NOT NULL,
    first_seen_at TEXT NOT NULL, revised_at TEXT, revision INTEGER NOT NULL DEFAULT 1,
    copy_of TEXT REFERENCES articles(id), -- the first carrier of the same text
    coder_version TEXT
);
CREATE INDEX articles_outlet ON articles(outlet_id, first_seen_at);
CREATE INDEX articles_published ON articles(published_at);
CREATE INDEX articles_copies ON articles(copy_of) WHERE copy_of IS NOT NULL;
CREATE TABLE article_revisions (       -- what an article said before it was edited
    article_id TEXT NOT NULL REFERENCES articles(id),
    revision INTEGER NOT NULL,
    title TEXT, text TEXT NOT NULL, published_at TEXT,
    seen_at TEXT NOT NULL, replaced_at TEXT NOT NULL,
    PRIMARY KEY (article_id, revision)
);
CREATE TABLE sketches (                -- near-copy index: the smallest hashes of each first carrier's word triples
    hash INTEGER NOT NULL,
    article INTEGER NOT NULL REFERENCES articles(number),
    PRIMARY KEY (hash, article)
) WITHOUT ROWID;
CREATE INDEX sketches_article ON sketches(article);
CREATE TABLE rejected (
    id INTEGER PRIMARY KEY,
    outlet_id TEXT NOT NULL, url TEXT NOT NULL UNIQUE,
    reason TEXT NOT NULL, detail TEXT, at TEXT NOT NULL
);
CREATE TABLE mentions (                -- one incident as one report tells it
    id INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL REFERENCES articles(id),
    position INTEGER NOT NULL,
    incident_id TEXT REFERENCES incidents(id),
    role TEXT NOT NULL, status TEXT NOT NULL, method TEXT NOT NULL, target TEXT NOT NULL,
    date TEXT, date_precision TEXT NOT NULL,
    country TEXT, admin1 TEXT, place TEXT, lat REAL, lon REAL, place_precision TEXT, raw_place TEXT,
    munitions INTEGER, killed INTEGER, wounded INTEGER,
    actor TEXT, claim TEXT NOT NULL, confidence REAL NOT NULL,
    second_attack INTEGER NOT NULL DEFAULT 0, official INTEGER NOT NULL DEFAULT 0,
    link_score REAL, link_reasons TEXT,  -- JSON: how it came to its incident
    joined TEXT,                       -- the incident that it was put to at first, before any merge
    pinned INTEGER NOT NULL DEFAULT 0, -- a person put it there: code leaves it
    coder_version TEXT NOT NULL,
    UNIQUE (article_id, position)
);
CREATE INDEX mentions_incident ON mentions(incident_id);
CREATE INDEX mentions_joined ON mentions(joined);
CREATE TABLE evidence (
    mention_id INTEGER NOT NULL REFERENCES mentions(id) ON DELETE CASCADE,
    field TEXT NOT NULL, source TEXT NOT NULL, quote TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, rule TEXT
);
CREATE INDEX evidence_mention ON evidence(mention_id);
CREATE TABLE notices (
    id INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL REFERENCES articles(id),
    kind TEXT NOT NULL, quote TEXT NOT NULL, source TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    date TEXT, country TEXT, admin1 TEXT, place TEXT, lat REAL, lon REAL,
    incident_id TEXT REFERENCES incidents(id)
);
CREATE INDEX notices_article ON notices(article_id);
CREATE INDEX notices_date ON notices(date, kind);
CREATE INDEX notices_incident ON notices(incident_id) WHERE incident_id IS NOT NULL;
CREATE TABLE incidents (
    id TEXT PRIMARY KEY,               -- permanent
    merged_into TEXT REFERENCES incidents(id),
    role TEXT NOT NULL, status TEXT NOT NULL, standing TEXT NOT NULL DEFAULT 'reported',
    method TEXT NOT NULL, target TEXT NOT NULL,
    date TEXT, date_precision TEXT NOT NULL,
    country TEXT, admin1 TEXT, place TEXT, lat REAL, lon REAL, place_precision TEXT,
    munitions INTEGER,
    killed INTEGER, killed_low INTEGER, killed_high INTEGER,
    wounded INTEGER, wounded_low INTEGER, wounded_high INTEGER,
    actor TEXT, claim TEXT NOT NULL, confidence REAL NOT NULL,
    reports INTEGER NOT NULL DEFAULT 0, publishers INTEGER NOT NULL DEFAULT 0,
    title TEXT,                        -- headline of the first report
    first_published_at TEXT, first_seen_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 -- for reviewers' concurrent writes
);
CREATE INDEX incidents_date ON incidents(date);
CREATE INDEX incidents_place ON incidents(country, date);
CREATE INDEX incidents_vague ON incidents(country, date) WHERE date_precision IN ('month', 'year');
CREATE INDEX incidents_undated ON incidents(first_seen_at) WHERE date IS NULL;
CREATE INDEX incidents_updated ON incidents(updated_at);
CREATE INDEX incidents_merged ON incidents(merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE incidents_apart (         -- pairs that must not be merged again
    one TEXT NOT NULL REFERENCES incidents(id), other TEXT NOT NULL REFERENCES incidents(id),  -- one < other
    at TEXT NOT NULL, by TEXT NOT NULL,
    PRIMARY KEY (one, other)
) WITHOUT ROWID;
CREATE INDEX incidents_apart_other ON incidents_apart(other);
CREATE TABLE incident_history (        -- every changed field, merge and split
    id INTEGER PRIMARY KEY,
    incident_id TEXT NOT NULL, at TEXT NOT NULL,
    field TEXT NOT NULL, old TEXT, new TEXT,
    article_id TEXT, quote TEXT, by TEXT NOT NULL DEFAULT 'coder'
);
CREATE INDEX incident_history_incident ON incident_history(incident_id, id);
CREATE TABLE alerts (                  -- the outbox
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,          -- idempotency: kind, incident, channel, revision
    kind TEXT NOT NULL,                -- new | update | correction | digest | health …
    incident_id TEXT, article_id TEXT,
    channel TEXT NOT NULL, rule TEXT,
    urgent INTEGER NOT NULL DEFAULT 0, -- passes quiet hours, barrage and cap
    payload TEXT NOT NULL,             -- JSON: what the wording needs
    state TEXT NOT NULL DEFAULT 'queued',  -- queued | held | sending | sent | failed | given_up | suppressed
    held_for TEXT,                     -- quiet | barrage | cap: why it waits
    message INTEGER,                   -- rows told in one message carry the id of the first of them
    attempts INTEGER NOT NULL DEFAULT 0, error TEXT,
    published_at TEXT, first_seen_at TEXT,
    queued_at TEXT NOT NULL, due_at TEXT NOT NULL, sent_at TEXT  -- sent_at is the incident's alerted_at
);
CREATE INDEX alerts_due ON alerts(state, due_at);
CREATE INDEX alerts_incident ON alerts(incident_id, channel);
CREATE INDEX alerts_sent ON alerts(channel, sent_at);
CREATE TABLE channels (                -- how each channel's service has behaved
    name TEXT PRIMARY KEY,
    failures INTEGER NOT NULL DEFAULT 0,   -- in a row
    failing_since TEXT, rests_until TEXT, last_error TEXT, last_sent_at TEXT,
    told_at TEXT                       -- when its failing was last told on the other channels
);
CREATE TABLE mutes (                   -- what people do not want to hear of for a while
    id INTEGER PRIMARY KEY,
    channel TEXT, incident_id TEXT, rule TEXT,  -- NULL: any
    until TEXT NOT NULL, reason TEXT, at TEXT NOT NULL
);
CREATE TABLE health (                  -- outlets' faults that were told, until they are mended
    outlet_id TEXT PRIMARY KEY, problem TEXT NOT NULL, since TEXT NOT NULL, told_at TEXT NOT NULL
);
CREATE TABLE reviews (                 -- what people decided; code never overwrites it
    id INTEGER PRIMARY KEY,
    incident_id TEXT NOT NULL, at TEXT NOT NULL, reviewer TEXT NOT NULL,
    action TEXT NOT NULL,              -- confirm | reject | correct | merge | split | note | undo
    field TEXT, old TEXT, new TEXT, reason TEXT
);
CREATE INDEX reviews_incident ON reviews(incident_id);
"""


@migrations(name="001_first_tables")
def create_first_tables(db: Database) -> None:
    """Create every table of the first release."""
    for statement in split_statements(SCHEMA_001):
        db.execute(statement)


# What sources list, and when each listed page is to be fetched or looked at again: the crawler's queue.
SCHEMA_LISTED = """
CREATE TABLE listed (
    url TEXT PRIMARY KEY,              -- canonical
    outlet_id TEXT NOT NULL, requested_url TEXT NOT NULL,
    item TEXT,                         -- JSON of the source's item; NULL once nothing more is due
    stamp TEXT NOT NULL,               -- changes when the source says that the article changed
    first_visit INTEGER NOT NULL,      -- listed on the outlet's first visit
    first_listed_at TEXT NOT NULL, last_listed_at TEXT NOT NULL,
    fetched_at TEXT,                   -- last success
    failures INTEGER NOT NULL DEFAULT 0,
    etag TEXT, last_modified TEXT,
    digest TEXT,                       -- of the page's own words, without what changes at every visit
    due_at TEXT                        -- NULL: nothing more to do
) WITHOUT ROWID;
CREATE INDEX listed_due ON listed(outlet_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX listed_new ON listed(outlet_id, first_listed_at);
CREATE INDEX listed_age ON listed(last_listed_at);
"""


@migrations(name="002_listed")
def create_listed(db: Database) -> None:
    """Create the queue of listed pages."""
    for statement in split_statements(SCHEMA_LISTED):
        db.execute(statement)


@migrations(name="003_page_headers")
def add_page_headers(db: Database) -> None:
    """Keep the answer's headers with each page: they belong to the evidence."""
    db.execute("ALTER TABLE pages ADD COLUMN headers TEXT")  # JSON: [[name, value], …] as they came


# What people need who look and judge: where each incident stands in review, what a review takes back, words to search.
SCHEMA_REVIEW = """
ALTER TABLE incidents ADD COLUMN reviewed TEXT;     -- confirmed | corrected | rejected; NULL: awaits review
ALTER TABLE incidents ADD COLUMN reviewed_at TEXT;
ALTER TABLE incidents ADD COLUMN reviewed_by TEXT;
ALTER TABLE reviews ADD COLUMN undoes INTEGER REFERENCES reviews(id);  -- the review that this one takes back
CREATE INDEX reviews_undone ON reviews(undoes) WHERE undoes IS NOT NULL;
CREATE INDEX reviews_at ON reviews(at);
CREATE INDEX incidents_board ON incidents(
    date, first_seen_at, id, updated_at, role, status, standing, method, target, country, admin1, actor, publishers,
    confidence, reviewed, reviewed_at, killed, wounded, lat, lon, place_precision, merged_into
) WHERE merged_into IS NULL;           -- holds all that the list's filters, counts and map ask for
CREATE VIRTUAL TABLE articles_fts USING fts5(words, content='', tokenize="unicode61 remove_diacritics 0");
CREATE TABLE articles_searchable (     -- which wording of an article the search knows
    number INTEGER PRIMARY KEY REFERENCES articles(number),
    revision INTEGER NOT NULL
);
CREATE TABLE saved_queries (           -- filters of the incident list that people gave a name
    name TEXT PRIMARY KEY,
    query TEXT NOT NULL,               -- as in the address: method=rocket&country=IQ
    at TEXT NOT NULL, by TEXT NOT NULL
);
"""


@migrations(name="004_review")
def add_review(db: Database) -> None:
    """Keep what reviewing needs: verdicts on incidents, undone reviews, the search's words and saved queries."""
    for statement in split_statements(SCHEMA_REVIEW):
        db.execute(statement)


@migrations(name="005_outlet_checks")
def add_outlet_checks(db: Database) -> None:
    """Keep what `marsad outlets check` saw, apart from the polls."""
    for statement in (
        "ALTER TABLE outlets ADD COLUMN checked_at TEXT",
        "ALTER TABLE outlets ADD COLUMN check_outcome TEXT",  # a word of docs/reasons.md
        "ALTER TABLE outlets ADD COLUMN verified_at TEXT",  # the last check that found articles; NULL: none did
    ):
        db.execute(statement)


# How far a backfill has come, so that it goes on where it was ended and takes nothing in twice.
SCHEMA_BACKFILL = """
CREATE TABLE backfill_parts (
    wanted TEXT NOT NULL,              -- hash of the choice of records
    source TEXT NOT NULL,              -- path
    fingerprint TEXT NOT NULL,         -- of the source: a changed file is another one
    start INTEGER NOT NULL,            -- the part's first position: byte, row or file number
    next INTEGER NOT NULL,             -- the position of the next record to read
    finished INTEGER NOT NULL,
    counts TEXT NOT NULL,              -- JSON: records, and what came of them
    updated_at TEXT NOT NULL,
    PRIMARY KEY (wanted, source, fingerprint, start)
) WITHOUT ROWID;
"""


@migrations(name="006_backfill")
def add_backfill(db: Database) -> None:
    """Keep the progress of backfills."""
    for statement in split_statements(SCHEMA_BACKFILL):
        db.execute(statement)


@migrations(name="007_source_length")
def add_source_length(db: Database) -> None:
    """Keep the length of listings whose servers ignore conditional requests, so that HEAD can tell a change."""
    db.execute("ALTER TABLE sources ADD COLUMN length INTEGER")  # -1: HEAD tells nothing there; NULL: not needed


# What the present coder makes of stored articles where it differs from what is stored, until a person decides.
SCHEMA_RECODINGS = """
CREATE TABLE recodings (
    article_id TEXT PRIMARY KEY REFERENCES articles(id),
    revision INTEGER NOT NULL,         -- of the article's words that were coded
    coder TEXT NOT NULL,               -- version and hash of the coder that made it
    coding TEXT NOT NULL,              -- JSON of the whole coding
    differences TEXT NOT NULL,         -- JSON: what would change
    state TEXT NOT NULL,               -- proposed | accepted | declined
    at TEXT NOT NULL,
    decided_at TEXT, decided_by TEXT
);
CREATE INDEX recodings_state ON recodings(state);
CREATE TABLE recode_runs (             -- how far each coder has come through the stored articles
    coder TEXT PRIMARY KEY,
    next INTEGER NOT NULL,             -- number of the first article that it has not read
    counts TEXT NOT NULL,              -- JSON: articles, and what came of them
    updated_at TEXT NOT NULL
) WITHOUT ROWID;
"""


@migrations(name="008_recodings")
def add_recodings(db: Database) -> None:
    """Keep what a later coder proposes for stored articles."""
    for statement in split_statements(SCHEMA_RECODINGS):
        db.execute(statement)


# A search finds articles by number; with the number on each mention their incidents come from one small index, and no
# article's row, which lies scattered over gigabytes, is read for it.
SCHEMA_TOLD = """
ALTER TABLE mentions ADD COLUMN article_number INTEGER;  -- of the report; the trigger fills it in
UPDATE mentions SET article_number = (SELECT number FROM articles WHERE id = mentions.article_id);
CREATE INDEX mentions_told ON mentions(article_number, incident_id) WHERE incident_id IS NOT NULL;
"""
NUMBER_MENTION = """
CREATE TRIGGER mentions_number AFTER INSERT ON mentions WHEN new.article_number IS NULL BEGIN
    UPDATE mentions SET article_number = (SELECT number FROM articles WHERE id = new.article_id) WHERE id = new.id;
END
"""


@migrations(name="009_told")
def add_told(db: Database) -> None:
    """Keep the report's number with each mention, for the search."""
    for statement in (*split_statements(SCHEMA_TOLD), NUMBER_MENTION):
        db.execute(statement)


@migrations(name="010_recode_undo")
def add_recode_undo(db: Database) -> None:
    """Keep the coding that an accepted proposal replaced, so that the deed can be taken back."""
    db.execute("ALTER TABLE recodings ADD COLUMN replaced TEXT")  # JSON: coding, incidents; NULL: nothing was replaced


def split_statements(sql: str) -> list[str]:
    """Split a script into statements at lines that end in `;`, so that each runs inside the migration's transaction."""
    statements, lines = [], []
    for line in sql.splitlines():
        lines.append(line)
        if line.split("--")[0].rstrip().endswith(";"):
            statements.append("\n".join(lines))
            lines = []
    return [statement for statement in statements if statement.strip()]
