import { AsyncLocalStorage } from 'node:async_hooks';
import { BaseRpcContext } from '@nestjs/microservices';
import type { PoolClient } from 'pg';

/** `@Ctx() ctx: ConsumerContext` in an `@EventPattern` handler: what is done in `tx` commits with the offset, so it is done once. */
export class ConsumerContext extends BaseRpcContext<[PoolClient]> {
  constructor(readonly tx: PoolClient) {
    super([tx]);
  }
}

/** Set while the handler of an event runs: what it asks cannot wait for later events of the same consumer. */
export const handling = new AsyncLocalStorage<true>();
