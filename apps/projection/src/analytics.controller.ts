import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '#libs/event-store/database';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { Definition, Freshness } from './analytics-answers.js';
import { Frontier } from './frontier.js';
import { httpName } from './metric-query.js';
import { dimensionsOf } from './subject.js';
import { SERVICES, SUBJECTS } from './subjects.js';
import { onLiveFacts } from './versions.js';

type Newest = Readonly<{ event_id: string; recorded_at: string }>;
type Passed = Freshness['passedOver'][number];

/** What the figures are, and how fresh. */
@ApiTags('分析')
@System('A1')
@Controller('analytics')
export class AnalyticsController {
  constructor(
    private readonly database: Database,
    private readonly frontier: Frontier,
    private readonly clock: Clock,
  ) {}

  @Allow('analyst', 'hr', 'auditor')
  @Get('definitions')
  @ApiOperation({ summary: '指標の定義を見る' })
  @ApiOkResponse({ type: [Definition], description: '計算式・対象期間・出典' })
  definitions(): Definition[] {
    return SUBJECTS.flatMap((subject) =>
      subject.metrics.map((metric) => {
        const { id, version, unit, title, numerator, denominator, period, source } = metric;
        return {
          ...{ subject: subject.name, metricId: id, version, unit, title, numerator, denominator, period, source },
          dimensions: dimensionsOf(subject, metric).map(httpName),
        };
      }),
    );
  }

  @Allow('analyst', 'hr', 'auditor')
  @Get('freshness')
  @ApiOperation({ summary: '取込の進み具合を見る' })
  @ApiOkResponse({ type: Freshness, description: '自団体の最新の事実と、答えられる時点' })
  async freshness(@By() { municipality }: Caller): Promise<Freshness> {
    const { pool } = this.database;
    const { rows } = await onLiveFacts(pool, (facts) =>
      pool.query<{ newest: Newest | null; passed: Passed[] }>(
        `SELECT (SELECT row_to_json(p) FROM ${facts}.progress p WHERE municipality = $1) AS newest,
                (SELECT coalesce(json_agg(json_build_object('type', type, 'version', version, 'events', events)
                                          ORDER BY type, version), '[]') FROM ${facts}.passed_over) AS passed`,
        [municipality],
      ),
    );
    const [{ newest, passed }] = rows;
    const knownThrough = (await this.frontier.knownThrough(SERVICES)) ?? null;
    return {
      newestEventId: newest?.event_id ?? null,
      newestEventAt: newest?.recorded_at ?? null,
      knownThrough,
      lagMs: knownThrough === null ? null : Math.max(0, this.clock.now().getTime() - Date.parse(knownThrough)),
      passedOver: passed,
    };
  }
}
