import type { DomainEvent, EventType } from './decider.js';
import { UnknownEvent } from './event-store.js';

type Shape = Record<string, unknown>;
type Step = (old: Shape) => Shape;

/**
 * Typed chain of upcasters for `EventType.upcasts`:
 * `upcastsFrom<V1>().to<V2>((old) => …).to<V3>((old) => …).steps`. One step per old version, each tested by golden files.
 */
export const upcastsFrom = <Old extends object>(steps: readonly Step[] = []) => ({
  to: <New extends object>(step: (old: Old) => New) => upcastsFrom<New>([...steps, step as unknown as Step]),
  steps,
});

/** What the store knows of a type of event, whatever its data. */
export type EventShapes = Readonly<Record<string, EventType<never>>>;

/** @throws UnknownEvent when this build does not know the type */
export const shapeOf = (shapes: EventShapes, type: string): EventType<never> => {
  if (!Object.hasOwn(shapes, type)) throw new UnknownEvent(`unknown event type ${type}`);
  return shapes[type];
};

/**
 * Data of a stored version in today's shape.
 * @throws UnknownEvent when it was stored by a newer release, or a step of the chain is missing
 */
export const upcast = (shapes: EventShapes, type: string, schemaVersion: number, data: object): DomainEvent['data'] => {
  const { version, upcasts = [] } = shapeOf(shapes, type);
  if (schemaVersion > version) throw new UnknownEvent(`${type} version ${schemaVersion} is newer than ${version}`);
  let shape = data as Shape;
  for (let stored = schemaVersion; stored < version; stored++) {
    if (!upcasts[stored - 1]) throw new UnknownEvent(`no upcast of ${type} from version ${stored}`);
    shape = upcasts[stored - 1](shape);
  }
  return shape;
};
