import { hash } from 'node:crypto';
import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { Database } from '#libs/event-store/database';
import type { HttpReply } from '#libs/platform/http-request';
import { away } from '#libs/platform/problem';
import type { Instant } from '#libs/projections/instant';
import { csvOf, Definition, Freshness, jsonOf, RetentionAnswer } from './analytics-answers.js';
import { Frontier } from './frontier.js';
import { METRICS } from './metric-definitions.js';
import { FACTS } from './migrations.js';
import { asked, knownAtOf, RetentionQuery } from './retention-query.js';
import { answer } from './retention.js';

const PATIENCE_MS = 2_000;

/** Figures for analysts; the same facts are there in SQL, schema `analytics`. */
@ApiTags('analytics')
@System('A1')
@Controller('analytics')
export class AnalyticsController {
  constructor(
    private readonly database: Database,
    private readonly frontier: Frontier,
    private readonly clock: Clock,
  ) {}

  @Allow('analyst', 'hr', 'auditor')
  @Get('retention')
  @ApiOperation({ summary: '定着・離職の指標。asOf と knownAt が同じなら、答えはいつまでも同じ' })
  @ApiProduces('application/json', 'text/csv')
  @ApiOkResponse({ type: RetentionAnswer })
  async retention(
    @By() { municipality }: Caller,
    @Query() query: RetentionQuery,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<string | undefined> {
    const question = asked(query, municipality, this.clock.today());
    const knownAt = await this.knowable(knownAtOf(query, this.clock.now()));
    const rows = await answer(this.database.pool, { ...question, knownAt });
    const csv = query.format === 'csv';
    const body = csv ? csvOf(question, rows) : jsonOf(question, knownAt, rows);
    reply.header('content-type', csv ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8');
    if (csv) reply.header('content-disposition', `attachment; filename="retention-${question.metric.id}.csv"`);
    const tag = `"${hash('sha256', body, 'hex').slice(0, 32)}"`;
    reply.header('etag', tag);
    if (!matches(known, tag)) return body;
    reply.status(304);
    return undefined;
  }

  @Allow('analyst', 'hr', 'auditor')
  @Get('definitions')
  @ApiOperation({ summary: '指標の定義' })
  @ApiOkResponse({ type: [Definition] })
  definitions(): Definition[] {
    return METRICS.map(({ id, version, unit, title, numerator, denominator, period, source }) => {
      return { metricId: id, version, unit, title, numerator, denominator, period, source };
    });
  }

  @Allow('analyst', 'hr', 'auditor')
  @Get('freshness')
  @ApiOperation({ summary: 'どこまで取り込んでいるか' })
  @ApiOkResponse({ type: Freshness })
  async freshness(@By() { municipality }: Caller): Promise<Freshness> {
    const { rows } = await this.database.pool.query<{ row: { event_id: string; recorded_at: string } }>(
      `SELECT row_to_json(p) AS row FROM ${FACTS}.progress p WHERE municipality = $1`,
      [municipality],
    );
    const knownThrough = (await this.frontier.knownThrough()) ?? null;
    return {
      newestEventId: rows[0]?.row.event_id ?? null,
      newestEventAt: rows[0]?.row.recorded_at ?? null,
      knownThrough,
      lagMs: knownThrough === null ? null : Math.max(0, this.clock.now().getTime() - Date.parse(knownThrough)),
    };
  }

  /** The instant asked for, once everything up to it is included; without one, the newest such instant. */
  private async knowable(wanted: Instant | undefined): Promise<Instant> {
    if (wanted === undefined) {
      const newest = await this.frontier.knownThrough();
      if (!newest) throw away('analytics.behind');
      return newest;
    }
    if (!(await this.frontier.reach(wanted, PATIENCE_MS))) throw away('analytics.behind');
    return wanted;
  }
}

/** If-None-Match: a list of tags, weak ones among them, or `*`. */
const matches = (known: string | undefined, tag: string): boolean =>
  known !== undefined && known.split(',').some((one) => ['*', tag, `W/${tag}`].includes(one.trim()));
