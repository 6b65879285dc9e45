import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from '#libs/event-store/database';

class Relay1700000001000 implements MigrationInterface {
  name = 'Relay1700000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE relay_progress (
        name text PRIMARY KEY,
        epoch bigint NOT NULL,
        position bigint NOT NULL,
        recorded_up_to timestamptz,
        offsets jsonb NOT NULL
      );
      COMMENT ON TABLE relay_progress IS 'How far the relay has come: all decided events up to position are on the topic or in relay_held';
      CREATE TABLE relay_held (
        name text NOT NULL,
        position bigint NOT NULL,
        stream text NOT NULL,
        event_id uuid NOT NULL,
        type text NOT NULL,
        reason text NOT NULL,
        recorded_at timestamptz NOT NULL,
        held_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (name, position)
      );
      COMMENT ON TABLE relay_held IS 'Events that could not be published, and the later ones of their streams; tried again'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE relay_held; DROP TABLE relay_progress');
  }
}

class Consumer1700000001100 implements MigrationInterface {
  name = 'Consumer1700000001100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE consumer_offsets (
        consumer text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        next_offset bigint NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (consumer, topic, partition)
      );
      CREATE TABLE consumer_streams (
        consumer text NOT NULL,
        topic text NOT NULL,
        stream text NOT NULL,
        last_version integer NOT NULL,
        PRIMARY KEY (consumer, topic, stream)
      );
      COMMENT ON TABLE consumer_streams IS 'Newest version of each stream that was taken in (applied or parked): the inbox';
      CREATE TABLE parked_streams (
        number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        consumer text NOT NULL,
        topic text NOT NULL,
        stream text NOT NULL,
        municipality text NOT NULL,
        applied_version integer NOT NULL,
        kind text NOT NULL CHECK (kind IN ('gap', 'error', 'unknown-type', 'malformed')),
        reason text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        tried_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (consumer, topic, stream)
      );
      COMMENT ON COLUMN parked_streams.applied_version IS 'Newest version of the stream that took effect here';
      CREATE TABLE parked_events (
        consumer text NOT NULL,
        topic text NOT NULL,
        stream text NOT NULL,
        number bigint GENERATED ALWAYS AS IDENTITY,
        record jsonb NOT NULL,
        parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (consumer, topic, stream, number),
        FOREIGN KEY (consumer, topic, stream) REFERENCES parked_streams ON DELETE CASCADE
      );
      CREATE TABLE parked_audit (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        consumer text NOT NULL,
        topic text NOT NULL,
        stream text NOT NULL,
        municipality text NOT NULL,
        action text NOT NULL CHECK (action IN ('parked', 'retried', 'dropped')),
        actor text NOT NULL,
        reason text,
        events jsonb NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX parked_audit_stream ON parked_audit (stream)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE parked_audit; DROP TABLE parked_events; DROP TABLE parked_streams; DROP TABLE consumer_streams; DROP TABLE consumer_offsets',
    );
  }
}

class ParkedWhileAway1700000001200 implements MigrationInterface {
  name = 'ParkedWhileAway1700000001200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE parked_streams DROP CONSTRAINT parked_streams_kind_check,
        ADD CONSTRAINT parked_streams_kind_check CHECK (kind IN ('gap', 'away', 'error', 'unknown-type', 'malformed'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE parked_streams SET kind = 'error' WHERE kind = 'away';
      ALTER TABLE parked_streams DROP CONSTRAINT parked_streams_kind_check,
        ADD CONSTRAINT parked_streams_kind_check CHECK (kind IN ('gap', 'error', 'unknown-type', 'malformed'))`);
  }
}

export const messagingMigrations: Migration[] = [
  Relay1700000001000,
  Consumer1700000001100,
  ParkedWhileAway1700000001200,
];
