import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PersonnelAction, PlacementEvent } from '#libs/contracts/placement';
import type { Delivered } from '#libs/contracts/public-event';

export const CITY = '142140';

/** Gives a token for an account of this kind. */
type TokenFor = (account: { municipality: string; roles: readonly string[]; staffId?: string }) => Promise<string>;
type Role = 'training-officer' | 'hr' | 'manager' | 'staff' | 'auditor';
export type Answer = Readonly<{ status: number; body: Readonly<Record<string, unknown>> }>;

/** Placement as far as training asks it: staff number `n` belongs to `s-n`, nobody has `0`. */
export class PlacementOverHttp {
  readonly asked: number[] = [];
  private readonly server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const { numbers } = JSON.parse(body) as { numbers: string[] };
      this.asked.push(numbers.length);
      response.end(JSON.stringify({ staffIds: numbers.map((number) => (number === '0' ? null : `s-${number}`)) }));
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** Training as seen by the people who work with it over HTTP. */
export class TrainingUsers {
  constructor(
    private readonly base: () => string,
    private readonly tokenFor: TokenFor,
  ) {}

  async as(role: Role, staffId?: string, municipality = CITY) {
    const token = await this.tokenFor({ municipality, roles: [role], staffId });
    const json = { 'content-type': 'application/json' };
    return {
      get: (path: string) => this.send(token, 'GET', path),
      post: (path: string, body: object = {}, key?: string) =>
        this.send(token, 'POST', path, JSON.stringify(body), { ...json, ...(key && { 'idempotency-key': key }) }),
      load: (file: string, lines: readonly string[], key?: string) =>
        this.send(token, 'POST', `imports/${file}`, lines.join('\n'), {
          'content-type': 'text/csv',
          ...(key && { 'idempotency-key': key }),
        }),
    };
  }

  private async send(
    token: string,
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.base()}/training/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      body,
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }
}

/** A command that must succeed. */
export const done = async (answer: Promise<Answer>): Promise<{ id: string; position: number }> => {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body as { id: string; position: number };
};

export const unitChanged = (
  unitId: string,
  parentId: string | null,
): Extract<PlacementEvent, { type: 'UnitChanged' }> => ({
  type: 'UnitChanged',
  data: {
    effectiveOn: '2020-04-01',
    unit: {
      unitId,
      name: unitId,
      level: parentId ? 'section' : 'department',
      parentId,
      sector: null,
      appointingAuthority: 'mayor',
      abolished: false,
    },
  },
});

export const taken = (
  staffId: string,
  action: Pick<PersonnelAction, 'actionId' | 'kind' | 'effectiveOn'> & Partial<PersonnelAction>,
): Extract<PlacementEvent, { type: 'PersonnelActionTaken' }> => ({
  type: 'PersonnelActionTaken',
  data: { staffId, action: { employmentId: `${staffId}/employment`, ...action } },
});

export const appointed = (
  staffId: string,
  effectiveOn: string,
  unitId = 'section',
  over: Partial<PersonnelAction> = {},
) =>
  taken(staffId, {
    actionId: `${staffId}/appointment`,
    kind: 'appoint-on-probation',
    effectiveOn,
    post: { unitId, position: 'shuji' },
    grade: '1',
    jobCategory: 'general',
    route: 'new-graduate',
    weeklyMinutes: 2325,
    ...over,
  });

let deliveries = 0;

/** An event of placement as it comes out of the topic. */
export const delivered = <Event extends PlacementEvent>(event: Event, recordedAt: string): Delivered<Event> => ({
  ...event,
  id: `0a52a4b2-7d1f-4a0e-8f0a-${String(++deliveries).padStart(12, '0')}`,
  municipality: CITY,
  stream: `staff-${CITY}/${deliveries}`,
  streamVersion: 1,
  previousVersion: 0,
  schemaVersion: 1,
  recordedAt,
  correlationId: 'c-1',
});
