"""The tables of the index: a cache of the book that is thrown away whenever this text changes."""

BOOK_ID = 0

TABLES = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE folder(latest INTEGER, stats BLOB, checksum INTEGER);
CREATE TABLE file(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, hash BLOB);
CREATE TABLE problem(
  file INTEGER, line INTEGER, column INTEGER, code TEXT, message TEXT, hint TEXT, source TEXT, width INTEGER);
CREATE TABLE field(file INTEGER, key TEXT, value TEXT);
CREATE VIEW team AS SELECT DISTINCT substr(key, 6, instr(substr(key, 6) || '.', '.') - 1) AS name
  FROM field WHERE file = 0 AND key GLOB 'team.?*';
CREATE TABLE customer(
  id INTEGER PRIMARY KEY, handle TEXT NOT NULL, name TEXT NOT NULL,
  stage TEXT, type TEXT, owner TEXT, since TEXT, cadence TEXT, value REAL, currency TEXT, weighted REAL);
CREATE TABLE alias(customer INTEGER, folded TEXT);
CREATE TABLE tag(customer INTEGER, name TEXT);
CREATE TABLE contact(
  customer INTEGER, handle TEXT, name TEXT, folded TEXT, person TEXT, since TEXT, until TEXT, birthday TEXT);
CREATE TABLE trait(customer INTEGER, kind TEXT, value TEXT);
CREATE VIEW named AS SELECT contact.customer, contact.handle, coalesce(contact.name, p.name, contact.handle) AS name
  FROM contact LEFT JOIN customer p ON p.handle = contact.person;
CREATE TABLE opportunity(
  customer INTEGER, handle TEXT, title TEXT, owner TEXT, stage TEXT, amount TEXT, currency TEXT, close TEXT,
  steps TEXT, words TEXT);
CREATE TABLE line(
  id INTEGER PRIMARY KEY, customer INTEGER, section TEXT, number INTEGER, box TEXT, date TEXT, time TEXT,
  kind TEXT, subject TEXT, direction TEXT, who TEXT, by TEXT, text TEXT, more TEXT,
  ref TEXT, touch INTEGER, feel INTEGER);
CREATE TABLE topic(line INTEGER, customer INTEGER, name TEXT);
CREATE TABLE token(line INTEGER, customer INTEGER, key TEXT, value TEXT);
CREATE TABLE person(line INTEGER, customer INTEGER, folded TEXT);
CREATE TABLE history(
  customer INTEGER PRIMARY KEY, people BLOB, interactions BLOB, felt BLOB, promises BLOB, ours TEXT);
CREATE TABLE figure(
  customer INTEGER PRIMARY KEY, health REAL, rhythm REAL, strength REAL, reciprocity REAL, breadth REAL, mood REAL,
  promises REAL, vetoes TEXT, kept REAL);
CREATE VIRTUAL TABLE words USING fts5(text, tokenize="unicode61 remove_diacritics 2");
"""

INDEXES = """
CREATE INDEX problem_file ON problem(file);
CREATE INDEX field_file ON field(file);
CREATE INDEX field_key ON field(key, value);
CREATE INDEX customer_handle ON customer(handle);
CREATE INDEX alias_folded ON alias(folded);
CREATE INDEX alias_customer ON alias(customer);
CREATE INDEX tag_name ON tag(name);
CREATE INDEX tag_customer ON tag(customer);
CREATE INDEX contact_customer ON contact(customer);
CREATE INDEX contact_folded ON contact(folded);
CREATE INDEX contact_person ON contact(person) WHERE person IS NOT NULL;
CREATE INDEX contact_birthday ON contact(birthday) WHERE birthday IS NOT NULL;
CREATE INDEX contact_until ON contact(until) WHERE until IS NOT NULL;
CREATE INDEX trait_value ON trait(kind, value, customer);
CREATE INDEX trait_customer ON trait(customer);
CREATE INDEX opportunity_customer ON opportunity(customer);
CREATE INDEX line_customer ON line(customer, section, date, box);
CREATE INDEX line_open ON line(
  date, time, customer, number, section, box, ref, kind, subject, direction, who, by, text, more)
  WHERE section = 'next' AND box = ' ';
CREATE INDEX line_move ON line(customer, date, number, subject, by, text)
  WHERE section = 'log' AND kind = 'opportunity';
CREATE INDEX line_reading ON line(customer, date, number, subject, text)
  WHERE section = 'log' AND kind = 'goal';
CREATE INDEX line_ref ON line(ref) WHERE section = 'next' AND box = ' ';
CREATE INDEX line_touch ON line(customer, date, touch) WHERE touch = 1;
CREATE INDEX topic_line ON topic(line);
CREATE INDEX token_key ON token(key, value);
CREATE INDEX token_customer ON token(customer);
CREATE INDEX topic_name ON topic(name);
CREATE INDEX topic_customer ON topic(customer);
CREATE INDEX person_line ON person(line);
CREATE INDEX person_folded ON person(folded);
CREATE INDEX person_customer ON person(customer);
"""

SCHEMA = TABLES + INDEXES

# temporary tables of the same name stand before those of the index
AS_OF = """
CREATE TEMP VIEW line AS
  SELECT * FROM main.line WHERE section IN ('name', 'notes') OR (section = 'log' AND date <= :day);
CREATE TEMP TABLE customer AS SELECT id, handle, name, coalesce(
  (SELECT trim(substr(text, instr(text, '->') + 2)) FROM main.line
   WHERE customer = c.id AND section = 'log' AND kind = 'stage' AND date <= :day
   ORDER BY date DESC, number DESC LIMIT 1),
  (SELECT trim(substr(text, 1, instr(text, '->') - 1)) FROM main.line
   WHERE customer = c.id AND section = 'log' AND kind = 'stage' AND date > :day ORDER BY date, number LIMIT 1),
  stage) AS stage, type, owner, since, cadence, NULL AS value, NULL AS currency, NULL AS weighted
FROM main.customer c WHERE coalesce(since, '') <= :day OR EXISTS (
  SELECT 1 FROM main.line WHERE customer = c.id AND section = 'log' AND date <= :day)
"""
