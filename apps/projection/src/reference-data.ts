import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { fiscalYearOf } from '#libs/law/fiscal-year';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { retirementDate } from '#libs/law/retirement';
import { isWorkingDay } from '#libs/law/working-day';
import { Database, inTransaction } from '#libs/event-store/database';
import type { Kind } from '#libs/policy/kinds';
import { NotInForce, Policies, type InForce } from '#libs/policy/pack';
import { FACTS } from './migrations.js';
import { definitionRows } from './schema/metrics.js';
import { SUBJECTS } from './subjects.js';

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
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await inTransaction(this.database.pool, async (tx) => {
      // Two instances may start at once.
      await tx.query(`LOCK TABLE ${FACTS}.metric_definition IN SHARE ROW EXCLUSIVE MODE`);
      await replace(tx, 'metric_definition', definitionRows(SUBJECTS));
      await replace(
        tx,
        'municipality',
        this.cities().map(({ code, name }) => ({ municipality: code, name })),
      );
      await replace(tx, 'small_cell_floor', this.each('analytics', floors));
      await replace(tx, 'retirement_year', this.each('retirement', retirementYears));
      await replace(tx, 'recruitment_route', this.each('recruitment-routes', routes));
      await replace(tx, 'leave_year', this.each('annual-leave', leaveYears));
      await replace(tx, 'days_off', this.each('calendar', daysOff));
    });
  }

  private cities() {
    return this.policies.municipalities();
  }

  private each<K extends Kind>(
    kind: K,
    rows: (city: string, from: LocalDate, policy: InForce<K>) => object[],
  ): object[] {
    return this.cities().flatMap(({ code }) =>
      versions(this.policies, code, kind).flatMap((policy, index) =>
        rows(code, index === 0 ? ALWAYS : policy.version, policy),
      ),
    );
  }
}

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

const replace = async (tx: PoolClient, table: string, rows: readonly object[]): Promise<void> => {
  await tx.query(`DELETE FROM ${FACTS}.${table}`);
  await tx.query(`INSERT INTO ${FACTS}.${table} SELECT * FROM json_populate_recordset(NULL::${FACTS}.${table}, $1)`, [
    JSON.stringify(rows),
  ]);
};
