import { Pool } from 'pg';
import { SERVICES, type Service } from '#libs/local-stack/ports';
import type { LocalStack } from '#libs/local-stack/stack';

/** Connections of the drill itself to all databases, as the superuser; they survive that Postgres dies. */
export class Stores {
  private readonly pools: Readonly<Record<Service, Pool>>;

  constructor(stack: LocalStack) {
    this.pools = Object.fromEntries(
      SERVICES.map((service) => {
        const pool = new Pool({ connectionString: stack.postgres.url(service), max: 3, application_name: 'faults' });
        pool.on('error', () => undefined);
        return [service, pool];
      }),
    ) as Record<Service, Pool>;
  }

  async rows<Row extends object>(service: Service, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.pools[service].query<Row>(sql, [...values])).rows;
  }

  pool(service: Service): Pool {
    return this.pools[service];
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.pools).map((pool) => pool.end()));
  }
}
