import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Rejected } from '#libs/event-store/decider';
import { execute, EventStore, type Metadata } from '#libs/event-store/event-store';
import type { LocalDate } from '#libs/law/local-date';
import { CityRules } from './city-rules.js';
import { course, type Course } from './domain/course.js';

/** The courses of a city: those it defined, and those of its pack, which are defined when they are first used. */
@Injectable()
export class Courses {
  constructor(
    private readonly store: EventStore,
    private readonly rules: CityRules,
  ) {}

  async find(
    municipality: string,
    code: string,
    on: LocalDate,
    tx?: PoolClient,
  ): Promise<{ course: Course; defined: boolean } | undefined> {
    const { events } = await this.store.read(course, { municipality, id: code }, tx);
    const defined = events.at(-1)?.data;
    if (defined) return { course: defined, defined: true };
    const packed = this.rules.training(municipality, on).courses.find((one) => one.code === code);
    return packed && { course: ofPack(packed), defined: false };
  }

  /**
   * The course a command speaks of; one known only from the pack is defined in the same transaction.
   * @throws Rejected `course.unknown`
   */
  async used(municipality: string, code: string, on: LocalDate, metadata: Metadata, tx: PoolClient): Promise<Course> {
    const found = await this.find(municipality, code, on, tx);
    if (!found) throw new Rejected('course.unknown', { course: code });
    if (!found.defined) {
      const command = { type: 'IntroduceCourse', course: found.course } as const;
      await execute(this.store, course, { municipality, id: code }, command, { metadata, tx });
    }
    return found.course;
  }
}

const ofPack = ({ code, ...rest }: Omit<Course, 'course'> & Readonly<{ code: string }>): Course => ({
  course: code,
  ...rest,
});
