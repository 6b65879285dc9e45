import type { INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { Type } from '@nestjs/common';
import { STATUS_TITLES } from './problem-texts.js';
import { routesOf, type Route } from './route-check.js';

type Schema = {
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: unknown;
  allOf?: Schema[];
};
type Content = Record<string, { schema?: Schema }>;
type Operation = {
  requestBody?: { content?: Content };
  parameters?: object[];
  responses: Record<string, { description?: string }>;
  security?: object[];
  [extension: `x-${string}`]: unknown;
};

/** Every route of the application, read from the declarations of its controllers. */
export const routesOfApp = (app: INestApplication): Route[] =>
  [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) => routesOf(metatype as Type)),
  );

/**
 * OpenAPI 3.1 of a service. What people read in it (titles, tags, summaries, descriptions) is Japanese; what programs
 * read (ids, codes, field names) is English.
 *
 * It says who may call each operation, which system it serves, and the problems all of them may answer.
 */
export const describe = (app: INestApplication, title: string): OpenAPIObject => {
  const described = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(title)
    .setVersion('1')
    .setDescription('認証は OIDC のアクセストークン（Bearer）です。問題は RFC 9457 の形式で返します。')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
    .build();
  const document = SwaggerModule.createDocument(app, described, { operationIdFactory: operationId });
  const schemas = (document.components ??= {}).schemas as Record<string, Schema>;
  schemas.ProblemDetails = PROBLEM;
  const routes = new Map(
    routesOfApp(app).map((route) => [`${route.method} ${route.path.replace(/:(\w+)/g, '{$1}')}`, route]),
  );
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item as Record<string, Operation>)) {
      const route = routes.get(`${method.toUpperCase()} ${path.split('/').slice(2).join('/')}`);
      if (!route) continue; // a member that is no operation
      declare(operation, route, method);
      closeBody(operation, schemas);
    }
  }
  return document;
};

const operationId = (controller: string, handler: string): string =>
  `${controller.replace(/Controller$/, '')}_${handler}`;

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', examples: ['urn:jinzai:problem:role.not-allowed'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: '変わらないコード（noun.reason）' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        description: '入力の誤り。本文では項目（field）、ファイルでは行と列と code',
        properties: {
          field: { type: 'string' },
          line: { type: 'integer', description: '見出しの行を 1 とする' },
          column: { type: 'string' },
          code: { type: 'string' },
          message: { type: 'string' },
        },
        required: ['message'],
      },
    },
    facts: { type: 'object', description: '拒否の理由を説明する値' },
  },
} as Schema;

/** Statuses of the problems any route may answer; 409 also for reads, before the date of the system they serve. */
const READ_PROBLEMS = [400, 401, 403, 404, 409, 500, 503];
const COMMAND_PROBLEMS = [...READ_PROBLEMS, 412, 413, 415];

const problem = (status: number) => ({
  description: STATUS_TITLES[status].ja,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDetails' } } },
});

const header = (name: string, description: string) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
});

const declare = (operation: Operation, route: Route, method: string): void => {
  for (const response of Object.values(operation.responses)) response.description ||= '成功';
  if (route.systems.length > 0) operation['x-system'] = route.systems;
  if (route.public) return;
  const reads = method === 'get';
  operation.security = [{ bearer: [] }];
  operation['x-roles'] = route.allow;
  for (const status of reads ? READ_PROBLEMS : COMMAND_PROBLEMS) operation.responses[status] ??= problem(status);
  if (reads) return;
  operation.parameters = [
    ...(operation.parameters ?? []),
    header('Idempotency-Key', '同じキーで再送しても効果は一度だけで、最初の結果を返す。'),
    header('If-Match', 'ETag で受け取った版。その後に変更されていれば 412。'),
  ];
};

/** Unknown fields are refused, so the schemas of bodies say so. */
const closeBody = (operation: Operation, schemas: Readonly<Record<string, Schema>>): void => {
  for (const { schema } of Object.values(operation.requestBody?.content ?? {})) close(schema, schemas);
};

const close = (schema: Schema | undefined, schemas: Readonly<Record<string, Schema>>): void => {
  if (!schema) return;
  const target = schema.$ref ? schemas[schema.$ref.replace('#/components/schemas/', '')] : schema;
  if (!target || target.additionalProperties !== undefined) return;
  if (target.properties) {
    target.additionalProperties = false;
    for (const property of Object.values(target.properties)) close(property, schemas);
  }
  close(target.items, schemas);
  for (const part of target.allOf ?? []) close(part, schemas);
};
