import { hash } from 'node:crypto';
import { Controller, Get, Headers, Query, Res, type Type } from '@nestjs/common';
import { ApiNotModifiedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Database } from '#libs/event-store/database';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import type { HttpReply } from '#libs/platform/http-request';
import { away } from '#libs/platform/problem';
import { Clock } from '#libs/processes/clock';
import type { Instant } from '#libs/projections/instant';
import { csvOf, jsonOf, MetricAnswer } from './analytics-answers.js';
import { answer, yearOf } from './figures.js';
import { Frontier } from './frontier.js';
import { asked, knownAtOf, queryOf } from './metric-query.js';
import { servicesOf } from './schema/views.js';
import type { Subject } from './subject.js';

const PATIENCE_MS = 2_000;

/** `GET analytics/<subject>`: figures for analysts; the same facts are there in SQL, schema `analytics`. */
export const controllerOf = (subject: Subject): Type => {
  const path = subject.name.replaceAll('_', '-');
  const services = servicesOf(subject.contracts);
  const SubjectQuery = queryOf(subject);

  @ApiTags('分析')
  @System(...subject.systems)
  @Controller('analytics')
  class SubjectController {
    constructor(
      private readonly database: Database,
      private readonly frontier: Frontier,
      private readonly clock: Clock,
    ) {}

    @Allow('analyst', 'hr', 'auditor')
    @Get(path)
    @ApiOperation({
      operationId: `analytics_${subject.name}`,
      summary: `${subject.summary}。asOf と knownAt が同じなら、答えはいつまでも同じ`,
    })
    @ApiProduces('application/json', 'text/csv')
    @ApiOkResponse({ type: MetricAnswer, description: '期間と区分ごとの数値' })
    @ApiNotModifiedResponse({ description: 'If-None-Match の答えから変わっていない。' })
    async figures(
      @By() { municipality }: Caller,
      @Query() query: InstanceType<typeof SubjectQuery>,
      @Headers('if-none-match') known: string | undefined,
      @Res({ passthrough: true }) reply: HttpReply,
    ): Promise<string | undefined> {
      const { pool } = this.database;
      const question = await asked(subject, query, municipality, this.clock.today(), (metric, day) =>
        yearOf(pool, municipality, metric, day),
      );
      const knownAt = await this.knowable(knownAtOf(query, this.clock.now()));
      const rows = await answer(pool, { ...question, knownAt });
      const csv = query.format === 'csv';
      const body = csv ? csvOf(question, rows) : jsonOf(question, knownAt, rows);
      reply.header('content-type', csv ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8');
      if (csv) reply.header('content-disposition', `attachment; filename="${path}-${question.metric.id}.csv"`);
      const tag = `"${hash('sha256', body, 'hex').slice(0, 32)}"`;
      reply.header('etag', tag);
      if (!matches(known, tag)) return body;
      reply.status(304);
      return undefined;
    }

    /** The instant asked for, once everything up to it is included; without one, the newest such instant. */
    private async knowable(wanted: Instant | undefined): Promise<Instant> {
      if (wanted === undefined) {
        const newest = await this.frontier.knownThrough(services);
        if (!newest) throw away('analytics.behind');
        return newest;
      }
      if (!(await this.frontier.reach(services, wanted, PATIENCE_MS))) throw away('analytics.behind');
      return wanted;
    }
  }
  // The query's class is made here: the compiler cannot name it for the validation and the OpenAPI page.
  Reflect.defineMetadata(
    'design:paramtypes',
    [Object, SubjectQuery, Object, Object],
    SubjectController.prototype,
    'figures',
  );
  return SubjectController;
};

/** If-None-Match: a list of tags, weak ones among them, or `*`. */
const matches = (known: string | undefined, tag: string): boolean =>
  known !== undefined && known.split(',').some((one) => ['*', tag, `W/${tag}`].includes(one.trim()));
