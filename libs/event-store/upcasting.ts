import { ERASED, type DomainEvent, type EventType } from './decider.js';
import { UnknownEvent, type StoredAggregate } from './event-store.js';

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

/** All event types of a service. @throws Error when two of its aggregates store an event under one name */
export const shapesOf = (aggregates: readonly StoredAggregate[]): EventShapes => {
  const shapes: Record<string, EventType<never>> = {};
  for (const { category, events } of aggregates) {
    for (const [type, shape] of Object.entries(events)) {
      if (Object.hasOwn(shapes, type)) throw new Error(`${category} stores ${type}, as another aggregate does`);
      shapes[type] = shape;
    }
  }
  return shapes;
};

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

/**
 * The same for whoever follows the store and sees no personal field: the steps get `erased` in their place, as for a
 * person who was erased, and what is personal today is left out again.
 * @throws UnknownEvent as `upcast` does
 */
export const upcastSealed = (
  shapes: EventShapes,
  type: string,
  schemaVersion: number,
  data: object,
  sealedFields: readonly string[],
): DomainEvent['data'] => {
  const { version, personal = [] } = shapeOf(shapes, type);
  if (schemaVersion === version) return data;
  const sealed = Object.fromEntries(sealedFields.map((field) => [field, ERASED]));
  const today = upcast(shapes, type, schemaVersion, { ...data, ...sealed });
  const isPersonal = (field: string) => (personal as readonly string[]).includes(field);
  return Object.fromEntries(Object.entries(today).filter(([field]) => !isPersonal(field)));
};
