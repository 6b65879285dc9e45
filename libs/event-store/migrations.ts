import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from './database.js';

const EVENTS = `
  CREATE SEQUENCE events_position_seq AS bigint CACHE 1;

  CREATE TABLE events (
    position       bigint      NOT NULL DEFAULT nextval('events_position_seq'),
    municipality   text        NOT NULL,
    stream         text        NOT NULL,
    version        integer     NOT NULL CHECK (version > 0),
    id             uuid        NOT NULL,
    type           text        NOT NULL,
    schema_version integer     NOT NULL,
    data           json        NOT NULL,
    personal       json,
    person_id      text,
    metadata       json        NOT NULL,
    request_id     text,
    fingerprint    text,
    ordinal        integer     NOT NULL,
    effective_on   date,
    slice          smallint    NOT NULL CHECK (slice BETWEEN 0 AND 1023),
    recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((personal IS NULL) = (person_id IS NULL)),
    CHECK ((request_id IS NULL) = (fingerprint IS NULL))
  );
  ALTER SEQUENCE events_position_seq OWNED BY events.position;

  COMMENT ON COLUMN events.position IS 'Drawn inside the INSERT and by nobody else: the decided ceiling rests on it';
  COMMENT ON COLUMN events.personal IS 'Fields sealed with the key of person_id: {fields: names, sealed: base64}';
  COMMENT ON COLUMN events.ordinal IS 'Place of the event in its append, from 0';
  COMMENT ON COLUMN events.recorded_at IS 'Evaluated after position: a reader may say that nothing up to an instant is still to come';`;

/** A violation reports the index that was created first: a true retry must meet the request, not the version. */
const EVENT_INDEXES = `
  CREATE UNIQUE INDEX events_request ON events (municipality, request_id, ordinal) WHERE request_id IS NOT NULL;
  ALTER TABLE events ADD CONSTRAINT events_version UNIQUE (municipality, stream, version);
  ALTER TABLE events ADD CONSTRAINT events_id UNIQUE (id);
  ALTER TABLE events ADD CONSTRAINT events_pkey PRIMARY KEY (position);`;

const CHAIN = `
  CREATE TABLE event_chain (
    municipality text   NOT NULL,
    position     bigint NOT NULL,
    hash         bytea  NOT NULL,
    PRIMARY KEY (municipality, position)
  );`;

const APPEND_ONLY = `
  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
  END $$;
  CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER event_chain_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_chain
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`;

const KEYS_AND_READERS = `
  CREATE TABLE person_keys (
    municipality  text        NOT NULL,
    person_id     text        NOT NULL,
    wrapped       text,
    master_key_id text,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_at     timestamptz,
    PRIMARY KEY (municipality, person_id),
    CHECK ((wrapped IS NULL) = (erased_at IS NOT NULL)),
    CHECK ((wrapped IS NULL) = (master_key_id IS NULL))
  );
  COMMENT ON TABLE person_keys IS 'One data key per person, wrapped by a master key from outside; NULL once erased';

  CREATE TABLE follower_checkpoints (
    name     text   PRIMARY KEY,
    position bigint NOT NULL,
    epoch    bigint NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  COMMENT ON COLUMN follower_checkpoints.epoch IS 'Epoch of the lease under which it was saved; an older owner is fenced';

  CREATE TABLE leases (
    name       text        PRIMARY KEY,
    owner      text        NOT NULL,
    epoch      bigint      NOT NULL,
    expires_at timestamptz NOT NULL
  );`;

class EventStore1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [EVENTS, EVENT_INDEXES, CHAIN, APPEND_ONLY, KEYS_AND_READERS]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE leases, follower_checkpoints, person_keys, event_chain, events');
    await runner.query('DROP FUNCTION refuse_change');
  }
}

export const eventStoreMigrations: Migration[] = [EventStore1700000000001];
