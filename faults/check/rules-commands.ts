import type { Complaint } from './complaint.js';
import type { Store } from './store.js';

/** A line of the client's ledger. */
export type Command = Readonly<{
  key: string;
  municipality: string;
  service: string;
  path: string;
  outcome: 'acknowledged' | 'refused' | 'unknown';
  status?: number;
  code?: string;
  version?: number;
  position?: number;
  faults?: readonly string[];
}>;

/**
 * What was acknowledged is there once, and the answer told where; what was refused is not there; of what never got an
 * answer nothing is known, except that it is not there twice.
 */
export const commandsHold = (store: Store, commands: readonly Command[]): Complaint[] =>
  commands.flatMap((command) => {
    const { key, municipality, path, outcome, faults = [] } = command;
    const where = `${store.service}${path} ${key}`;
    const complaints: Complaint[] = faults.map((fault) => ({
      rule: 'commands',
      harm: 'wrong',
      where,
      what: `was answered ${fault}`,
    }));
    const complain = (harm: Complaint['harm'], what: string) =>
      complaints.push({ rule: 'commands', harm, where, what });
    const events = store.requests.get(`${municipality} ${key}`) ?? [];
    if (outcome === 'acknowledged' && events.length === 0) complain('lost', 'was acknowledged and has no event');
    if (outcome === 'refused' && events.length > 0)
      complain('wrong', `was refused (${command.status} ${command.code}) and has an event`);
    if (new Set(events.map(({ stream }) => stream)).size > 1) complain('doubled', 'has events in several streams');
    const ordinals = events.map(({ ordinal }) => ordinal).toSorted((a, b) => a - b);
    if (ordinals.some((ordinal, index) => ordinal !== index))
      complain('doubled', `has events numbered ${ordinals.join()}`);
    const last = events.reduce((newest, { version }) => Math.max(newest, version), 0);
    const end = events.reduce((newest, { position }) => Math.max(newest, position), 0);
    const told = command.version === undefined || command.version === last; // files have no version of their own
    if (outcome === 'acknowledged' && events.length > 0 && (!told || command.position !== end))
      complain('wrong', `was told version ${command.version} at ${command.position}, it is ${last} at ${end}`);
    return complaints;
  });
