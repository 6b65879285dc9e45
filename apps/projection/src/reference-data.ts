import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { fiscalYearOf } from '#libs/law/fiscal-year';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { retirementDate } from '#libs/law/retirement';
import { isWorkingDay } from '#libs/law/working-day';
import { Database, inTransaction } from '#libs/event-store/database';
import type { Kind } from '#libs/policy/kinds';
import { NotInForce, Policies } from '#libs/policy/pack';
import type { InForce } from '#libs/policy/pack-file';
import { Definitions, type Definition } from './definitions.js';
import { definitionRows } from './schema/metrics.js';
import { filledVersions } from './versions.js';

const COHORTS = { from: 1930, to: 2020 };
/** Days of leave are looked up in these years. */
const CALENDAR = { from: '2010-01-01', through: '2040-12-31' };
/** The first version of a policy also answers for the days before it. */
const ALWAYS = '0001-01-01';

/** Brings what the metrics take from policy packs, and their definitions, into the tables the SQL reads. */
@Injectable()
export class ReferenceData implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly policies: Policies,
    private readonly definitions: Definitions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { pool } = this.database;
    for (const { name, state, definition } of await filledVersions(pool)) {
      // What an earlier release left beside the live one is its own affair; without the live one nothing can start.
      if (state !== 'live' && !this.definitions.knows(definition)) continue;
      await inTransaction(pool, (tx) => bringReferenceData(tx, name, this.definitions.of(definition), this.policies));
    }
  }
}

export const bringReferenceData = async (
  tx: PoolClient,
  facts: string,
  { subjects }: Definition,
  policies: Policies,
): Promise<void> => {
  const cities = policies.municipalities();
  const each = <K extends Kind>(
    kind: K,
    rows: (city: string, from: LocalDate, policy: InForce<K>) => object[],
  ): object[] =>
    cities.flatMap(({ code }) =>
      versions(policies, code, kind).flatMap((policy, index) =>
        rows(code, index === 0 ? ALWAYS : policy.version, policy),
      ),
    );
  const tables = {
    metric_definition: definitionRows(subjects),
    municipality: cities.map(({ code, name }) => ({ municipality: code, name })),
    small_cell_floor: each('analytics', floors),
    retirement_year: each('retirement', retirementYears),
    recruitment_route: each('recruitment-routes', routes),
    leave_year: each('annual-leave', leaveYears),
    days_off: each('calendar', daysOff),
  };
  // Two instances may start at once.
  await tx.query(`LOCK TABLE ${facts}.metric_definition IN SHARE ROW EXCLUSIVE MODE`);
  for (const [table, rows] of Object.entries(tables)) {
    await tx.query(`DELETE FROM ${facts}.${table}`);
    await tx.query(`INSERT INTO ${facts}.${table} SELECT * FROM json_populate_recordset(NULL::${facts}.${table}, $1)`, [
      JSON.stringify(rows),
    ]);
  }
};

/** All versions of a policy, oldest first, found by walking back from the newest. */
const versions = <K extends Kind>(policies: Policies, city: string, kind: K): InForce<K>[] => {
  const found: InForce<K>[] = [];
  for (let day = '9999-12-31'; ; day = addDays(found[0].version, -1)) {
    try {
      found.unshift(policies.inForce(city, kind, day));
    } catch (error) {
      if (error instanceof NotInForce) return found;
      throw error;
    }
  }
};

const floors = (municipality: string, from: LocalDate, { smallCellFloor }: InForce<'analytics'>) => [
  { municipality, effective_from: from, floor: smallCellFloor },
];

const routes = (municipality: string, from: LocalDate, policy: InForce<'recruitment-routes'>) =>
  policy.routes.map(({ code, employment }) => ({
    municipality,
    effective_from: from,
    route: code,
    fixed_term: employment === 'fixed-term',
    employment,
  }));

const leaveYears = (municipality: string, from: LocalDate, { yearStart }: InForce<'annual-leave'>) => [
  { municipality, effective_from: from, starts: yearStart },
];

/** Runs of days on which nobody works, each with the working day that ends it. */
const daysOff = (municipality: string, from: LocalDate, calendar: InForce<'calendar'>) => {
  const runs: { municipality: string; effective_from: string; first_day: LocalDate; until: LocalDate }[] = [];
  let first: LocalDate | undefined;
  for (let day = CALENDAR.from; day <= CALENDAR.through; day = addDays(day, 1)) {
    if (!isWorkingDay(day, calendar)) first ??= day;
    else if (first !== undefined) {
      runs.push({ municipality, effective_from: from, first_day: first, until: day });
      first = undefined;
    }
  }
  return runs;
};

/** A fiscal birth cohort reaches every age within one fiscal year, so whoever is born on its first day stands for all. */
const retirementYears = (municipality: string, from: LocalDate, params: InForce<'retirement'>) =>
  Array.from({ length: COHORTS.to - COHORTS.from + 1 }, (_, i) => COHORTS.from + i).map((cohort) => ({
    municipality,
    effective_from: from,
    birth_cohort: cohort,
    fiscal_year: fiscalYearOf(retirementDate(`${cohort}-04-02`, params)),
  }));
