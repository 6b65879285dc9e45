import { Client } from 'pg';
import { createDatabase } from './databases.js';
import { eventually } from './eventually.js';

describe('test databases', () => {
  it('are empty, their own, and gone after drop', async () => {
    const [one, two] = await Promise.all([createDatabase('suite'), createDatabase('suite')]);
    expect(one.url).not.toBe(two.url);
    const client = new Client({ connectionString: one.url });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query(`SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'`);
    expect(rows).toEqual([{ tables: 0 }]);
    await Promise.all([one.drop(), two.drop()]);
    await expect(new Client({ connectionString: one.url }).connect()).rejects.toThrow(/does not exist/);
  });

  it('eventually gives the first true value, or the last error', async () => {
    let asked = 0;
    await expect(eventually(() => (++asked < 3 ? undefined : asked))).resolves.toBe(3);
    await expect(
      eventually(() => {
        throw new Error('still away');
      }, 20),
    ).rejects.toThrow('still away');
  });
});
