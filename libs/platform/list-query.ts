import type { Type as Class } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import type { Pool } from 'pg';
import type { FollowerRunner } from '#libs/event-store/follower-runner';
import { away, Problem } from './problem.js';
import { Malformed } from './validation.js';

/** What every list can be asked; a list's own filters are fields of a subclass. */
export class ListQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 50 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit?: number;

  @ApiPropertyOptional({ description: '前のページの `nextCursor`' })
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  cursor?: string;

  @ApiPropertyOptional({ description: '並べ替える項目名。降順は先頭に - を付ける。' })
  @IsOptional()
  @Matches(/^-?[A-Za-z]+$/)
  sort?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    description: '一覧に含まれるべき変更の `position`',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  after?: number;
}

export type Page<Item> = Readonly<{ items: Item[]; nextCursor: string | null; total: number }>;

/** The class of a page of `item`, for `@ApiOkResponse({ type: pageOf(StaffRow) })`. */
export const pageOf = <Item>(item: Class<Item>): Class<Page<Item>> => {
  class PageOfItems {
    @ApiProperty({ type: [item] })
    readonly items: Item[];

    @ApiProperty({
      type: String,
      nullable: true,
      description: '次のページの `cursor` に指定する値。最後のページでは null',
    })
    readonly nextCursor: string | null;

    @ApiProperty({ type: 'integer', description: '全ページの該当件数' })
    readonly total: number;
  }
  Object.defineProperty(PageOfItems, 'name', { value: `${item.name}Page` });
  return PageOfItems;
};

export type ListOptions<Query extends ListQuery> = Readonly<{
  /** SQL list of columns, with aliases as the answer names them; `*` when left out. */
  select?: string;
  from: string;
  /** What every row must meet, the municipality first of all, with `$1 …` of `params`. */
  where: string;
  params: readonly unknown[];
  /** Field of the query → SQL expression that must equal it. Only these can be filtered by. */
  filters?: Readonly<Partial<Record<Exclude<keyof Query, keyof ListQuery>, string>>>;
  /** Name in `sort` → SQL expression, never null. Only these can be sorted by; the first is the default. */
  sort: Readonly<Record<string, string>>;
  /** Unique SQL expression, never null, that orders rows of equal sort. */
  key: string;
  query: Query;
}>;

const DEFAULT_LIMIT = 50;

/** One page by keyset: rows that come or go meanwhile neither repeat nor hide others. */
export const page = async <Item extends object, Query extends ListQuery = ListQuery>(
  pool: Pool,
  { select = '*', from, where, params, filters, sort, key, query }: ListOptions<Query>,
): Promise<Page<Item>> => {
  const order = orderOf(query.sort, sort);
  const values = [...params];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [`(${where})`, ...conditionsOf(filters, query, bind)];
  const counting = `SELECT count(*)::int AS total FROM ${from} WHERE ${conditions.join(' AND ')}`;
  const counted = [...values];
  if (query.cursor !== undefined) {
    const [sorted, id] = openCursor(query.cursor, order.name);
    conditions.push(`(${order.by}, ${key}) ${order.descending ? '<' : '>'} (${bind(sorted)}, ${bind(id)})`);
  }
  const limit = query.limit ?? DEFAULT_LIMIT;
  const direction = order.descending ? 'DESC' : 'ASC';
  // In one statement, so that the total is that of the moment in which the rows were read.
  const paging = `SELECT ${select}, (${order.by})::text AS cursor_sort, (${key})::text AS cursor_key,
    (${counting}) AS cursor_total FROM ${from}
    WHERE ${conditions.join(' AND ')} ORDER BY ${order.by} ${direction}, ${key} ${direction} LIMIT ${limit + 1}`;
  const { rows } = await pool.query<Item & Cursor>(paging, values).catch(refuseForgedCursor(query.cursor));
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    items: rows.slice(0, limit).map(itemOf),
    nextCursor: last ? closeCursor(order.name, last) : null,
    total: rows[0]?.cursor_total ?? (query.cursor === undefined ? 0 : await totalOf(pool, counting, counted)),
  };
};

const itemOf = <Item>({ cursor_sort: _sort, cursor_key: _key, cursor_total: _total, ...item }: Item & Cursor): Item =>
  item as unknown as Item;

/** A page behind all rows says nothing of those before it. */
const totalOf = async (pool: Pool, text: string, values: unknown[]): Promise<number> =>
  (await pool.query<{ total: number }>(text, values)).rows[0].total;

/**
 * Waits until a list contains what the caller has just written.
 * @throws Problem 503 `list.behind` when the follower is not there within `timeoutMs`
 * @throws Malformed when there is no such position yet
 */
export const caughtUp = async (
  runner: FollowerRunner,
  follower: string,
  after?: number,
  timeoutMs = 2_000,
): Promise<void> => {
  if (after === undefined || (await runner.waitFor(follower, after, timeoutMs))) return;
  if (await runner.isGivenOut(after)) throw away('list.behind');
  const message = 'after must be a position that an answer gave';
  throw new Malformed([{ field: 'after', rule: 'isGivenOut', args: [], message }]);
};

type Cursor = Readonly<{ cursor_sort: string; cursor_key: string; cursor_total: number }>;
type Order = Readonly<{ name: string; by: string; descending: boolean }>;

const orderOf = (asked: string | undefined, sort: Readonly<Record<string, string>>): Order => {
  const names = Object.keys(sort);
  const name = asked ?? names[0];
  const column = name.replace(/^-/, '');
  if (!names.includes(column)) {
    throw new Malformed([
      { field: 'sort', rule: 'isIn', args: [names], message: `sort must be one of: ${names.join(', ')}` },
    ]);
  }
  return { name, by: sort[column], descending: name.startsWith('-') };
};

const conditionsOf = (filters: object | undefined, query: object, bind: (value: unknown) => string): string[] => {
  const values = query as Readonly<Record<string, unknown>>;
  return Object.entries((filters ?? {}) as Readonly<Record<string, string>>)
    .filter(([name]) => values[name] !== undefined)
    .map(([name, expression]) => `${expression} = ${bind(values[name])}`);
};

const closeCursor = (sort: string, { cursor_sort, cursor_key }: Cursor): string =>
  Buffer.from(JSON.stringify([sort, cursor_sort, cursor_key])).toString('base64url');

const openCursor = (cursor: string, sort: string): [string, string] => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (
      Array.isArray(parts) &&
      parts.length === 3 &&
      parts.every((part) => typeof part === 'string') &&
      parts[0] === sort
    ) {
      return [parts[1], parts[2]];
    }
  } catch {
    // Not ours: refused like one of another sort.
  }
  throw new Problem(400, 'cursor.malformed');
};

/** A cursor of the right form whose values are not of the columns' types: data exceptions (SQL class 22). */
const refuseForgedCursor =
  (cursor: string | undefined) =>
  (error: unknown): never => {
    const { code } = error as { code?: unknown };
    throw cursor !== undefined && typeof code === 'string' && code.startsWith('22')
      ? new Problem(400, 'cursor.malformed')
      : error;
  };
