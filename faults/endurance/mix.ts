import { v7 as uuidv7 } from 'uuid';
import type { Answer, Request } from '../../bench/load.js';
import { Random } from '#demo/cities/random';
import type { Service } from '#libs/local-stack/ports';

/** Whom and what the load is about: ids that are there before it begins, and tokens by role. */
export type People = Readonly<{
  tokens: Readonly<Record<string, readonly string[]>>;
  /** Imported staff without a post. */
  staff: readonly string[];
  /** Staff with a leave account. */
  onLeave: readonly string[];
  records: readonly Readonly<{ staffId: string; assignmentId: string }>[];
  sheets: readonly string[];
  postingId: string;
}>;

export type Turn = Readonly<{
  kind: string;
  service: Service;
  request: Request;
  /** Told what came back, so that the next turn knows. */
  answered?: (answer: Answer) => void;
}>;

type Kind = Readonly<{ name: string; service: Service; weight: number; turn: () => Omit<Turn, 'kind' | 'service'> }>;

const DUE = '2037-03-31';
const METRICS = ['retention?metric=headcount', 'leave-uptake?metric=cc.rate.mic_v2'];

/** What people do in a city on a working day, in about these shares; every request is one that succeeds. */
export class Mix {
  readonly kinds: readonly Kind[];
  private readonly total: number;
  private readonly applications: string[] = [];
  private readonly turns = new Map<string, number>();
  private readonly random = new Random(1);

  constructor(private readonly people: People) {
    this.kinds = this.all();
    this.total = this.kinds.reduce((sum, { weight }) => sum + weight, 0);
  }

  next(): Turn {
    let at = this.random.next() * this.total;
    const kind = this.kinds.find(({ weight }) => (at -= weight) < 0) ?? this.kinds[0];
    return { kind: kind.name, service: kind.service, ...kind.turn() };
  }

  private all(): Kind[] {
    const { staff, onLeave, sheets, postingId } = this.people;
    const read = (name: string, service: Service, weight: number, role: string, path: () => string): Kind => ({
      ...{ name, service, weight },
      turn: () => ({ request: { path: `/${service}/${path()}`, token: this.token(role) } }),
    });
    const write = (
      name: string,
      service: Service,
      weight: number,
      role: string,
      asked: () => Readonly<{ path: string; body: object; answered?: (answer: Answer) => void }>,
    ): Kind => ({
      ...{ name, service, weight },
      turn: () => {
        const { path, body, answered } = asked();
        const request = { path: `/${service}/${path}`, body, token: this.token(role), key: uuidv7() };
        return { request, answered };
      },
    });
    const assignments = this.assignments();
    return [
      write('excuse or reopen an assignment', 'training', 20, 'training-officer', () => assignments()),
      read(
        'training record',
        'training',
        12,
        'hr',
        () => `staff/${this.turnOf('record', this.people.records).staffId}/record`,
      ),
      read('sessions', 'training', 4, 'training-officer', () => 'sessions?limit=20'),
      write('correct an address', 'placement', 12, 'hr', () => ({
        path: `staff/${this.turnOf('correct', staff)}/details`,
        body: { address: `架空市架空町${this.number('house')}` },
      })),
      read('a person', 'placement', 14, 'hr', () => `staff/${this.turnOf('staff', staff)}`),
      read('staff list', 'placement', 5, 'hr', () => 'staff?limit=20'),
      write('apply for a post', 'recruitment', 2, 'recruiter', () => this.application(postingId)),
      read('an application', 'recruitment', 6, 'recruiter', () =>
        this.applications.length > 0
          ? `applications/${this.turnOf('application', this.applications)}`
          : 'postings?limit=20',
      ),
      read('postings', 'recruitment', 3, 'recruiter', () => 'postings?limit=20'),
      read('leave account', 'wellbeing', 10, 'hr', () => `leave/${this.turnOf('leave', onLeave)}`),
      write('grant leave', 'wellbeing', 1, 'hr', () => ({
        path: `leave/${this.turnOf('grant', onLeave)}/grants`,
        body: { minutes: 15, reason: '繰越の訂正' },
      })),
      read('sheets', 'evaluation', 4, 'hr', () => 'sheets?limit=20'),
      read('a sheet', 'evaluation', 5, 'hr', () => `sheets/${this.turnOf('sheet', sheets)}`),
      read('freshness', 'projection', 1, 'analyst', () => 'analytics/freshness'),
      read('figures', 'projection', 1, 'analyst', () => `analytics/${this.turnOf('metric', METRICS)}`),
    ];
  }

  /** An assignment is in other hands until the answer is there; a refusal leaves it as it was. */
  private assignments() {
    const waiting = this.people.records.map((record) => ({ ...record, excused: false }));
    return () => {
      const record = waiting.shift();
      if (!record) throw new Error('no training record is free');
      const { staffId, assignmentId, excused } = record;
      const path = `staff/${staffId}/assignments/${assignmentId}`;
      const answered = ({ status }: Answer) => {
        waiting.push(status === 200 || status === 201 ? { ...record, excused: !excused } : record);
      };
      return excused
        ? { path: `${path}/reopening`, body: { dueOn: DUE }, answered }
        : { path: `${path}/excuse`, body: { reason: 'other' }, answered };
    };
  }

  private application(postingId: string) {
    const number = this.number('applicant');
    return {
      path: 'applications',
      body: {
        postingId,
        applicant: {
          ...{ familyName: '架空沢', givenName: `耐${number}`, familyNameKana: 'カクウ', givenNameKana: 'タメシ' },
          ...{ birthDate: '1990-05-06', sex: '1', address: `架空市架空町${number}` },
        },
      },
      answered: ({ status, text }: Answer) => {
        const id = status === 201 ? /"id":"([^"]+)"/.exec(text)?.[1] : undefined;
        if (id !== undefined && this.applications.length < 2_000) this.applications.push(id);
      },
    };
  }

  private token(role: string): string {
    return this.turnOf(role, this.people.tokens[role]);
  }

  private number(of: string): number {
    const turn = this.turns.get(of) ?? 0;
    this.turns.set(of, turn + 1);
    return turn;
  }

  private turnOf<T>(of: string, all: readonly T[]): T {
    return all[this.number(of) % all.length];
  }
}
