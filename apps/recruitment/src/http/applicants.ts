import { Injectable } from '@nestjs/common';
import { EventStore, type AppendResult } from '#libs/event-store/event-store';
import { PersonKeys } from '#libs/event-store/person-keys';
import type { Caller } from '#libs/platform/caller';
import { Database } from '#libs/event-store/database';
import { application } from '../domain/application.js';
import type { ApplicationEvent } from '../domain/application-state.js';
import { Commands } from '#libs/platform/commands';

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
    private readonly commands: Commands,
    private readonly keys: PersonKeys,
  ) {}

  /** Adds names to rows of a list, from the events that hold them sealed. */
  async named<Row extends { receivedEvent: string }>(rows: readonly Row[]) {
    const opened = await this.store.open(application, [...new Set(rows.map(({ receivedEvent }) => receivedEvent))]);
    return rows.map(({ receivedEvent, ...row }) => {
      const { familyName, givenName, familyNameKana, givenNameKana } = opened.get(receivedEvent) as Received;
      return { ...row, familyName, givenName, familyNameKana, givenNameKana };
    });
  }

  /** Destroys the applicant's key and leaves the proof, both or neither. */
  erase(by: Caller, applicationId: string): Promise<AppendResult> {
    return this.commands.together(by, async (tx) => {
      const result = await this.commands.run(application, applicationId, { type: 'EraseApplicant' }, by, tx);
      await this.keys.erase(by.municipality, applicationId, tx);
      return result;
    });
  }

  async logRead({ municipality, subject, metadata }: Caller, applicationId: string, purpose: string): Promise<void> {
    await this.database.pool.query(WRITE_READ, [municipality, applicationId, subject, purpose, metadata.correlationId]);
  }
}
