import { deciderSpec } from '#libs/testing/decider-spec';
import { course, type CourseEvent } from './course.js';

const { given } = deciderSpec(course);
const nothing: CourseEvent[] = [];
const data = {
  course: 'harassment',
  title: 'ハラスメント防止研修',
  kind: 'recurring',
  minutes: 120,
  validMonths: 12,
} as const;
const defined: CourseEvent = { type: 'CourseDefined', data };

describe('course', () => {
  it('is defined', () => given().when({ type: 'DefineCourse', course: data }).then(defined));
  it('is defined anew when anything of it changes', () =>
    given(defined)
      .when({ type: 'DefineCourse', course: { ...data, minutes: 90 } })
      .then({ type: 'CourseDefined', data: { ...data, minutes: 90 } }));
  it('stays as it is when nothing changes', () =>
    given(defined)
      .when({ type: 'DefineCourse', course: data })
      .then(...nothing));
  it('holds for 50 years at most, or for ever', () => {
    const lasting = { ...data, validMonths: 600 };
    given().when({ type: 'DefineCourse', course: lasting }).then({ type: 'CourseDefined', data: lasting });
    given()
      .when({ type: 'DefineCourse', course: { ...data, validMonths: 601 } })
      .rejects('course.valid-too-long');
  });
  it('comes from the pack when it is first used', () =>
    given().when({ type: 'IntroduceCourse', course: data }).then(defined));
  it('is the city’s once defined, whatever the pack says', () =>
    given(defined)
      .when({ type: 'IntroduceCourse', course: { ...data, minutes: 90 } })
      .then(...nothing));
});
