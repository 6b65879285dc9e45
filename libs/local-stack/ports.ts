import { freePorts } from './child.js';

export const SERVICES = ['recruitment', 'evaluation', 'training', 'placement', 'wellbeing', 'projection'] as const;
export type Service = (typeof SERVICES)[number];
/** Those that own facts and publish them. */
export const OWNERS = SERVICES.filter((service) => service !== 'projection');

const USES = ['oidc', 'postgres', 'kafka', 'kafka-controller', ...SERVICES] as const;

/** The port of everything that listens. */
export type Ports = Readonly<Record<(typeof USES)[number], number>>;

const assign = (port: (index: number) => number): Ports =>
  Object.fromEntries(USES.map((use, index) => [use, port(index)])) as Ports;

export const [FIRST_PORT_BASE, LAST_PORT_BASE] = [1024, 65_000];

/** The base of all ports as somebody has set it; undefined when it is none. */
export const portBaseFrom = (setting = '7100'): number | undefined => {
  const base = /^\d+$/.test(setting) ? Number(setting) : NaN;
  return base >= FIRST_PORT_BASE && base <= LAST_PORT_BASE ? base : undefined;
};

/** All ports follow from one setting: oidc = base, postgres = base + 1, … */
export const portsFrom = (base: number): Ports => assign((index) => base + index);

export const freeStackPorts = async (): Promise<Ports> => {
  const free = await freePorts(USES.length);
  return assign((index) => free[index]);
};
