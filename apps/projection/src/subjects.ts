import type { Contract } from '#libs/contracts/public-event';
import { leaveUptake } from './leave-uptake/leave-uptake.js';
import { retention } from './retention/retention.js';
import { staffFacts } from './staff/staff-facts.js';
import type { FactSource, MetricDefinition, Subject } from './subject.js';
import { trainingCoverage } from './training-coverage/training-coverage.js';

/** Everything analysts can ask about, in the order of `definitions`. */
export const SUBJECTS: readonly Subject[] = [retention, leaveUptake, trainingCoverage];

export const SOURCES: readonly FactSource[] = [staffFacts, ...SUBJECTS];

/** Of the services whose topics are read. */
export const CONTRACTS: readonly Contract[] = [...new Set(SOURCES.flatMap(({ contracts }) => contracts))];

/** Whose words together say up to when the facts are complete. */
export const SERVICES: readonly string[] = CONTRACTS.map(({ service }) => service);

export const metricOf = ({ metrics }: Subject, id: string): MetricDefinition | undefined =>
  metrics.find((metric) => metric.id === id);
