import { Injectable } from '@nestjs/common';
import { EventStore, type AppendResult } from '#libs/event-store/event-store';
import { PersonKeys } from '#libs/event-store/person-keys';
import type { Caller } from '#libs/platform/caller';
import { application } from '../domain/application.js';
import type { ApplicationEvent } from '../domain/application-state.js';
import { Commands } from '#libs/platform/commands';

type Received = Extract<ApplicationEvent, { type: 'ApplicationReceived' }>['data'];

/** Personal data of applicants: opened when it is read, destroyed when it is erased. */
@Injectable()
export class Applicants {
  constructor(
    private readonly store: EventStore,
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
}
