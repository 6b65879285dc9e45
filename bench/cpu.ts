import type { Sample } from './measure.js';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

const fieldsOf = (pid: number): string[] => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  } catch {
    return []; // it has ended
  }
};

/** CPU seconds a process and its children have used. */
const cpuSeconds = (pid: number): number => {
  const family = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((one) => one === pid || Number(fieldsOf(one)[1]) === pid);
  const ticks = family.map((one) => {
    // The process itself also with those of its children that have ended.
    const times = fieldsOf(one).slice(11, one === pid ? 15 : 13);
    return times.reduce((sum, time) => sum + Number(time), 0);
  });
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
};

/** Measures, and says what a call cost each of the processes. */
export const costing = async (
  pids: Readonly<Record<string, number | undefined>>,
  measure: () => Promise<Sample>,
): Promise<Sample> => {
  const used = () => Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid ?? 0)] as const);
  const before = new Map(used());
  const sample = await measure();
  const cpu = used().map(([name, seconds]) => [name, ((seconds - before.get(name)!) * 1e6) / (sample.count ?? 1)]);
  return { ...sample, cpu: Object.fromEntries(cpu) as Record<string, number> };
};
