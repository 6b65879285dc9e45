import { freePorts } from './child.js';

export const SERVICES = ['recruitment', 'evaluation', 'training', 'placement', 'wellbeing', 'projection'] as const;
export type Service = (typeof SERVICES)[number];

const USES = ['oidc', 'postgres', 'kafka', 'kafka-controller', ...SERVICES] as const;

/** The port of everything that listens. */
export type Ports = Readonly<Record<(typeof USES)[number], number>>;

const assign = (port: (index: number) => number): Ports =>
  Object.fromEntries(USES.map((use, index) => [use, port(index)])) as Ports;

/** All ports follow from one setting: oidc = base, postgres = base + 1, … */
export const portsFrom = (base: number): Ports => {
  if (!Number.isInteger(base) || base < 1024 || base > 65_000) {
    throw new Error(`JINZAI_PORT_BASE must be a port between 1024 and 65000, not ${base}`);
  }
  return assign((index) => base + index);
};

export const freeStackPorts = async (): Promise<Ports> => {
  const free = await freePorts(USES.length);
  return assign((index) => free[index]);
};
