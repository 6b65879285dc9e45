import { Injectable } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Database, type Migration } from '#libs/event-store/database';
import type { Caller } from './caller.js';
import { page, type ListQuery, type Page } from './list-query.js';

class PersonalDataReads1700000004001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE personal_data_reads (
        read_id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        municipality   text        NOT NULL,
        record_id      text        NOT NULL,
        part           text,
        subject        text        NOT NULL,
        purpose        text        NOT NULL,
        correlation_id text        NOT NULL,
        read_at        timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX personal_data_reads_record ON personal_data_reads (municipality, record_id, read_at);
      COMMENT ON TABLE personal_data_reads IS 'Who saw whose personal data, when and for what; written before the answer';
      COMMENT ON COLUMN personal_data_reads.record_id IS 'Whose: id of the member of staff, the application, the sheet';
      COMMENT ON COLUMN personal_data_reads.part IS 'What of it, where not all was shown: id of a request';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE personal_data_reads');
  }
}

export const personalDataReadsMigrations: Migration[] = [PersonalDataReads1700000004001];

export class ReadRow {
  @ApiProperty() subject: string;
  @ApiProperty() purpose: string;
  @ApiProperty({ type: String, nullable: true, description: '一部を見た場合の、その部分の ID' }) part: string | null;
  @ApiProperty({ description: 'UTC の時点' }) readAt: string;
}

/** Who looked at whose personal data. */
@Injectable()
export class PersonalDataReads {
  constructor(private readonly database: Database) {}

  /** Writes down that the caller sees the record, before it is shown. What staff see of themselves is not written down. */
  async note(by: Caller, recordId: string, purpose: string, part?: string): Promise<void> {
    const { municipality, subject, staffId, metadata } = by;
    if (staffId === recordId) return;
    await this.database.pool.query(
      `INSERT INTO personal_data_reads (municipality, record_id, part, subject, purpose, correlation_id)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [municipality, recordId, part, subject, purpose, metadata.correlationId],
    );
  }

  /** @param purpose only reads for it, where a service has several records under one id */
  page({ municipality }: Caller, recordId: string, query: ListQuery, purpose?: string): Promise<Page<ReadRow>> {
    return page<ReadRow>(this.database.pool, {
      select: `subject, purpose, part, read_at AS "readAt"`,
      from: 'personal_data_reads',
      where: 'municipality = $1 AND record_id = $2 AND ($3::text IS NULL OR purpose = $3)',
      params: [municipality, recordId, purpose],
      sort: { readAt: 'read_at' },
      key: 'read_id',
      query,
    });
  }
}
