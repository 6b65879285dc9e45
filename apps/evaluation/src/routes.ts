import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/processes/clock';
import { StaffDirectory } from '#libs/staff-directory/directory';
import type { Sheet } from './domain/sheet-state.js';
import type { Route } from './domain/steps.js';

/** Who evaluates by post: found for the day a step opens, never the person, never one person twice. */
@Injectable()
export class Routes {
  constructor(
    private readonly directory: StaffDirectory,
    private readonly clock: Clock,
  ) {}

  /**
   * The person's superior, and the superior of whoever gives or gave the first evaluation; that of the person's superior
   * of today before somebody was found for it, or when that one has left.
   * @throws Rejected `directory.behind`
   */
  async of(
    municipality: string,
    { staffId, steps, first }: Pick<Sheet, 'staffId' | 'steps' | 'first'>,
  ): Promise<Route> {
    const today = this.clock.today();
    const byPost = await this.first(municipality, staffId);
    const judge = first?.evaluator ?? steps.first?.evaluator;
    const stays = judge !== undefined && (await this.directory.positionAt(municipality, judge, today));
    const below = stays ? judge : byPost;
    if (below === undefined) return {};
    const taken = [staffId, below, ...(judge === undefined ? [] : [judge])];
    return { first: byPost, second: await this.above(municipality, below, taken, today) };
  }

  /** The person's superior of today. */
  first(municipality: string, staffId: string): Promise<string | undefined> {
    return this.above(municipality, staffId, [staffId], this.clock.today());
  }

  /** Whether the person is in service today, be it on leave or seconded away. */
  async serves(municipality: string, staffId: string | undefined): Promise<boolean> {
    if (staffId === undefined) return false;
    return (await this.directory.positionAt(municipality, staffId, this.clock.today())) !== undefined;
  }

  /** Those of the staff who are in service today, neither on leave nor seconded away. */
  async inPost(municipality: string, staffIds: readonly (string | undefined)[]): Promise<string[]> {
    const today = this.clock.today();
    const known = [...new Set(staffIds)].filter((staffId) => staffId !== undefined);
    const present = await Promise.all(known.map((staffId) => this.directory.inPost(municipality, staffId, today)));
    return known.filter((_, index) => present[index]);
  }

  /** The nearest superior who is none of `except`; concurrent posts may lead in a circle, which ends the search. */
  private async above(
    municipality: string,
    staffId: string,
    except: readonly string[],
    today: string,
  ): Promise<string | undefined> {
    const seen = new Set<string>();
    for (let at: string | undefined = staffId; at !== undefined && !seen.has(at);) {
      seen.add(at);
      at = await this.directory.superiorOf(municipality, at, today);
      if (at !== undefined && !except.includes(at)) return at;
    }
    return undefined;
  }
}
