import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Policies } from '#libs/policy/pack';
import { Rejected } from '#libs/event-store/decider';
import { ALLOW, PUBLIC, SYSTEM, type Role } from './caller.js';
import type { Clock } from '#libs/processes/clock';
import { callerOf, headerOf, type HttpRequest } from './http-request.js';
import { Problem } from './problem.js';
import type { SignIn } from './sign-in.js';

/**
 * Who may call a route, as the route declares; nothing declared is nobody. Handlers of events are no routes: what they
 * get comes from a topic, not from a caller.
 */
export class RouteGuard implements CanActivate {
  private readonly reflector = new Reflector();

  constructor(
    private readonly signIn: SignIn,
    private readonly policies: Policies,
    private readonly clock: Clock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http' || this.declared<boolean>(PUBLIC, context)) return true;
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const identity = request.identity ?? (await this.signIn.identify(headerOf(request, 'authorization')));
    request.identity = identity;
    const allowed = this.declared<readonly Role[]>(ALLOW, context) ?? [];
    if (!allowed.some((role) => identity.roles.includes(role))) throw new Problem(403, 'role.not-allowed');
    if (namesAnother(request, identity.municipality)) throw new Problem(403, 'municipality.not-allowed');
    this.refuseBeforeItsDate(identity.municipality, this.declared<readonly string[]>(SYSTEM, context) ?? []);
    request.caller = callerOf(request, identity);
    return true;
  }

  /** A route that serves several systems opens with the first of them. */
  private refuseBeforeItsDate(municipality: string, systems: readonly string[]): void {
    const today = this.clock.today();
    const inForce = systems.length === 0 || systems.some((id) => this.policies.systemInForce(municipality, id, today));
    if (!inForce) throw new Rejected('system.not-in-force', { systems: systems.join(', ') });
  }

  private declared<T>(key: string, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}

/** True for any other code, of a city that exists or not: see docs/adr/0012. */
const namesAnother = ({ query, body }: HttpRequest, own: string): boolean =>
  [query, body].some((part) => {
    const { municipality, municipalityCode } = (part ?? {}) as Readonly<Record<string, string | number>>;
    return [municipality, municipalityCode].flat().some((named) => named !== undefined && String(named) !== own);
  });
