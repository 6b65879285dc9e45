import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Public } from './caller.js';

/** A gauge read when it is asked for: one value, or one per label value. */
export type Reading = Readonly<{
  name: string;
  help: string;
  label?: string;
  read: () => Promise<ReadonlyMap<string, number> | number>;
}>;

const READING_MS = 2_000;

const late = (): Promise<undefined> => new Promise((resolve) => setTimeout(resolve, READING_MS, undefined).unref());

/** Numbers of one service for Prometheus. No label carries a municipality's people, an id or a path with ids. */
export class Metrics {
  readonly registry = new Registry();
  private readonly requests: Histogram<'method' | 'route' | 'status'>;
  private readonly refusals: Counter;

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [this.registry],
    });
    this.refusals = new Counter({
      name: 'jinzai_refused_requests_total',
      help: 'Requests refused because they would have waited too long',
      registers: [this.registry],
    });
  }

  refused(): void {
    this.refusals.inc();
  }

  request(method: string, route: string, status: number, ms: number): void {
    this.requests.observe({ method, route, status }, ms / 1000);
  }

  /** A reading that fails, or takes too long, is left out of the answer rather than failing all others. */
  gauge({ name, help, label, read }: Reading): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [this.registry],
      collect: async () => {
        const values = await Promise.race([read(), late()]).catch(() => undefined);
        gauge.reset();
        if (values === undefined) {
          if (label === undefined) gauge.remove(); // reset would say 0
        } else if (typeof values === 'number') gauge.set(values);
        else for (const [value, number] of values) gauge.set({ [String(label)]: value }, number);
      },
    });
  }
}

@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Public()
  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
