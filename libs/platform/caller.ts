import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { ExpectedVersion, Metadata, Request } from '#libs/event-store/event-store';

export const ROLES = [
  'hr',
  'manager',
  'staff',
  'evaluator',
  'recruiter',
  'assessor',
  'training-officer',
  'physician',
  'harassment-counsellor',
  'survey-officer',
  'analyst',
  'auditor',
  'it',
  'service',
] as const;
export type Role = (typeof ROLES)[number];

/** The signed-in caller and what the command handler needs to know of the request. Everything comes from token and headers. */
export type Caller = Readonly<{
  /** Six-digit local government code; from the token only. */
  municipality: string;
  subject: string;
  /** Present when the account belongs to a member of staff. */
  staffId?: string;
  roles: readonly Role[];
  metadata: Metadata;
  /** From `Idempotency-Key`; a random one when the header is missing. */
  request: Request;
  /** From `If-Match`. */
  expected?: ExpectedVersion;
}>;

/** `@By() by: Caller` in a controller; `by` can be passed to `execute` as its options. */
export const By = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller => context.switchToHttp().getRequest<{ caller: Caller }>().caller,
);

export const ALLOW = 'jinzai:allow';
export const SYSTEM = 'jinzai:system';
export const PUBLIC = 'jinzai:public';

/** Who may call the route. A route with neither `@Allow` nor `@Public` stops the start of the service. */
export const Allow = (...roles: Role[]) => SetMetadata(ALLOW, roles);

/** Open to everybody: health, metrics, documentation. */
export const Public = () => SetMetadata(PUBLIC, true);

/** The row of docs/systems.md the route serves; refused with `system.not-in-force` before the city's date. */
export const System = (...ids: string[]) => SetMetadata(SYSTEM, ids);
