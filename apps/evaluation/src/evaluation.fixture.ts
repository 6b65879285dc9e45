import { v5 as uuidv5 } from 'uuid';
import { placementContract, type PersonnelAction, type PlacementEvent } from '#libs/contracts/placement';
import type { Delivered } from '#libs/contracts/public-event';
import { Clock } from '#libs/processes/clock';

export const CITY = '142140';

export class MovableClock extends Clock {
  instant = '2026-12-01T01:00:00Z';

  now(): Date {
    return new Date(this.instant);
  }
}

type Answer = Readonly<{ status: number; body: Readonly<Record<string, unknown>> }>;

/** What placement says of one city's staff, as it stands on the topic; ids are of this suite alone. */
export class Placement {
  private readonly versions = new Map<string, number>();

  constructor(
    private readonly suite: string,
    private readonly send: (event: Delivered<PlacementEvent>) => Promise<void>,
  ) {}

  id(name: string): string {
    return `${this.suite}-${name}`;
  }

  unit(name: string, level: 'department' | 'section', parent?: string): Promise<void> {
    const unitId = this.id(name);
    const unit = {
      unitId,
      name,
      level,
      parentId: parent ? this.id(parent) : null,
      sector: null,
      appointingAuthority: 'mayor',
      abolished: false,
    } as const;
    return this.tell(`unit-${CITY}/${unitId}`, { type: 'UnitChanged', data: { effectiveOn: '2020-04-01', unit } });
  }

  take(person: string, name: string, action: Omit<PersonnelAction, 'actionId' | 'employmentId'>): Promise<void> {
    const staffId = this.id(person);
    const ids = { actionId: `${staffId}/${name}`, employmentId: `${staffId}-e` };
    return this.tell(`staff-${CITY}/${staffId}`, {
      type: 'PersonnelActionTaken',
      data: { staffId, action: { ...ids, ...action } },
    });
  }

  voided(person: string, name: string): Promise<void> {
    const staffId = this.id(person);
    const data = { staffId, actionId: `${staffId}/${name}` };
    return this.tell(`staff-${CITY}/${staffId}`, { type: 'PersonnelActionVoided', data });
  }

  erased(person: string): Promise<void> {
    const staffId = this.id(person);
    return this.tell(`staff-${CITY}/${staffId}`, { type: 'PersonErased', data: { staffId } });
  }

  /** Somebody long in service. */
  serving(person: string, unit: string, position: string, grade: string): Promise<void> {
    return this.take(person, 'appointment', {
      kind: 'appoint-on-probation',
      effectiveOn: '2010-04-01',
      until: '2010-09-30',
      post: { unitId: this.id(unit), position },
      grade,
      jobCategory: 'general',
      route: 'new-graduate',
      weeklyMinutes: 2325,
    });
  }

  /** Somebody new, on probation for six months. */
  appointed(person: string, effectiveOn: string, until: string, name = 'appointment'): Promise<void> {
    return this.take(person, name, {
      kind: 'appoint-on-probation',
      effectiveOn,
      until,
      post: { unitId: this.id('section'), position: 'shuji' },
      grade: '1',
      jobCategory: 'general',
      route: 'new-graduate',
      weeklyMinutes: 2325,
    });
  }

  /** A department with its head, and in it a section with head and HR. */
  async organisation(): Promise<void> {
    await this.unit('department', 'department');
    await this.unit('section', 'section', 'department');
    await this.serving('bucho', 'department', 'bucho', '7');
    await this.serving('kacho', 'section', 'kacho', '6');
    await this.serving('hr', 'section', 'shusa', '4');
  }

  sheetOf(person: string, suffix = ''): string {
    return `${this.id(person)}:${this.id(person)}-e${suffix}:probation`;
  }

  private tell(stream: string, event: PlacementEvent): Promise<void> {
    const previousVersion = this.versions.get(stream) ?? 0;
    this.versions.set(stream, previousVersion + 1);
    return this.send({
      id: uuidv5(`${stream}/${previousVersion}`, 'b0f6c1de-53d9-5a35-8f3b-0e1d7c2a9f10'),
      municipality: CITY,
      stream,
      streamVersion: previousVersion + 1,
      previousVersion,
      schemaVersion: placementContract.events[event.type].version,
      recordedAt: '2026-11-25T00:00:00.000Z',
      correlationId: 'c-1',
      ...event,
    });
  }
}

type TokenFor = (account: { municipality: string; roles: readonly string[]; staffId?: string }) => Promise<string>;

/** Evaluation as seen by the people who work with it over HTTP. */
export class EvaluationUsers {
  constructor(
    private readonly base: string,
    private readonly tokenFor: TokenFor,
  ) {}

  async as(role: string, staffId?: string, municipality = CITY) {
    return this.with(await this.tokenFor({ municipality, roles: [role], staffId }));
  }

  with(token: string) {
    return {
      get: (path: string) => this.send(token, 'GET', path),
      post: (path: string, body?: object, key?: string) => this.send(token, 'POST', path, body, key),
      /** A command that must succeed. */
      does: async (path: string, body?: object): Promise<number> => {
        const answer = await this.send(token, 'POST', path, body);
        if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
        return answer.body.position as number;
      },
    };
  }

  private async send(token: string, method: string, path: string, body?: object, key?: string): Promise<Answer> {
    const response = await fetch(`${this.base}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(key && { 'idempotency-key': key }),
      },
      body: body && JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }
}

const ITEMS = [
  'knowledge-and-skill',
  'comprehension',
  'judgement',
  'problem-solving',
  'communication',
  'negotiation',
  'information',
  'planning',
  'legislation',
  'responsibility',
  'cooperation',
  'initiative',
  'ethics',
  'citizens-view',
  'dx-basic',
];

/** The same points for every item of the form of grade 1. */
export const scoresOf = (points: number) => ITEMS.map((item) => ({ item, points }));
