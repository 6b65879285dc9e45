import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store';
import type { Caller } from '#libs/platform/caller';
import { Database } from '#libs/platform/database';
import { application } from '../domain/application.js';
import type { ApplicationEvent } from '../domain/application-state.js';

const WRITE_READ = `
  INSERT INTO personal_data_reads (municipality, application_id, subject, purpose, correlation_id)
  VALUES ($1, $2, $3, $4, $5)`;

type Received = Extract<ApplicationEvent, { type: 'ApplicationReceived' }>['data'];

/** Personal data of applicants: opened when it is read, and every look at one person is written down first. */
@Injectable()
export class Applicants {
  constructor(
    private readonly store: EventStore,
    private readonly database: Database,
  ) {}

  /** Adds names to rows of a list, from the events that hold them sealed. */
  async named<Row extends { receivedEvent: string }>(rows: readonly Row[]) {
    const opened = await this.store.open(application, [...new Set(rows.map(({ receivedEvent }) => receivedEvent))]);
    return rows.map(({ receivedEvent, ...row }) => {
      const { familyName, givenName, familyNameKana, givenNameKana } = opened.get(receivedEvent) as Received;
      return { ...row, familyName, givenName, familyNameKana, givenNameKana };
    });
  }

  async logRead({ municipality, subject, metadata }: Caller, applicationId: string, purpose: string): Promise<void> {
    await this.database.pool.query(WRITE_READ, [municipality, applicationId, subject, purpose, metadata.correlationId]);
  }
}
