import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { v5 as uuidv5 } from 'uuid';
import type { Aggregate, DomainEvent } from '#libs/event-store/decider';
import { execute, EventStore, type AppendResult, type CommandOf } from '#libs/event-store/event-store';
import { absentIsNotFound } from '#libs/event-store/not-found';
import type { Caller } from './caller.js';

const IDS = '0d4f3a52-6a0e-5e0c-9a53-6d3c1f6a7b10';

/** Runs commands of callers against the store; what is not there becomes 404 here. */
@Injectable()
export class Commands {
  constructor(private readonly store: EventStore) {}

  /** One command on one stream; in `tx` it commits with others (see `together`). */
  async run<S, C, E extends DomainEvent>(
    aggregate: Aggregate<S, C, E>,
    id: string,
    command: CommandOf<C>,
    { municipality, metadata, request, expected }: Pick<Caller, 'municipality' | 'metadata'> & Partial<Caller>,
    tx?: PoolClient,
  ): Promise<AppendResult> {
    const options = { metadata, request, expected, tx };
    return execute(this.store, aggregate, { municipality, id }, command, options).catch(absentIsNotFound);
  }

  /** Commands on several streams, all or none; each of them is run in `tx`. */
  together<T>({ expected }: Caller, work: (tx: PoolClient) => Promise<T>): Promise<T> {
    return this.store.together(work, expected);
  }

  async stateOf<S, C, E extends DomainEvent>(
    aggregate: Aggregate<S, C, E>,
    municipality: string,
    id: string,
    tx?: PoolClient,
  ): Promise<{ state: S; version: number }> {
    const { events, version } = await this.store.read(aggregate, { municipality, id }, tx);
    return { state: events.reduce<S>((soFar, event) => aggregate.evolve(soFar, event), aggregate.initial), version };
  }
}

/** The id of something a request creates, by its name within the request: a repeat of the request names the same thing. */
export const idFrom = ({ municipality, request }: Caller, name: string): string =>
  uuidv5(`${municipality}\n${request.id}\n${name}`, IDS);
