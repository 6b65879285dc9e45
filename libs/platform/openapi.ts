import { RequestMethod, type INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { Type } from '@nestjs/common';
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
  operationId?: string;
  requestBody?: { content?: Content };
  parameters?: object[];
  responses: Record<string, object>;
  security?: object[];
  [extension: `x-${string}`]: unknown;
};

/** Every route of the application, read from the declarations of its controllers. */
export const routesOfApp = (app: INestApplication): Route[] =>
  [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) => routesOf(metatype as Type)),
  );

/** OpenAPI 3.1 of a service: who may call each operation, which system it serves, the problems all of them may answer. */
export const describe = (app: INestApplication, service: string, title: string): OpenAPIObject => {
  const described = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(title)
    .setVersion('1')
    .setDescription(
      `jinzai ${service}. 認証は OIDC のアクセストークン（Bearer）です。問題は RFC 9457 の形式で返します。`,
    )
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
    .build();
  const document = SwaggerModule.createDocument(app, described, { operationIdFactory: operationId });
  const schemas = (document.components ??= {}).schemas as Record<string, Schema>;
  schemas.ProblemDetails = PROBLEM;
  const routes = new Map(routesOfApp(app).map((route) => [operationId(route.controller, route.handler), route]));
  for (const item of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(item as Record<string, Operation>)) {
      const route = routes.get(operation.operationId ?? '');
      if (!route || !(method.toUpperCase() in RequestMethod)) continue;
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
    code: { type: 'string', description: 'Stable, noun.reason' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, message: { type: 'string' } },
        required: ['field', 'message'],
      },
    },
    facts: { type: 'object', description: 'What explains the refusal' },
  },
} as Schema;

const READ_PROBLEMS = {
  400: 'Malformed',
  403: 'Not allowed',
  404: 'Not found',
  503: 'A dependency is away: see Retry-After',
};
const COMMAND_PROBLEMS = {
  ...READ_PROBLEMS,
  409: 'Refused by a rule: see code',
  412: 'Changed by somebody else first',
  413: 'Too large',
  415: 'Unsupported media type',
};

const problem = (description: string) => ({
  description,
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
  if (route.systems.length > 0) operation['x-system'] = route.systems;
  if (route.public) return;
  const reads = method === 'get';
  operation.security = [{ bearer: [] }];
  operation['x-roles'] = route.allow;
  operation.responses['401'] ??= problem('No valid token');
  for (const [status, description] of Object.entries(reads ? READ_PROBLEMS : COMMAND_PROBLEMS)) {
    operation.responses[status] ??= problem(description);
  }
  if (reads) return;
  operation.parameters = [
    ...(operation.parameters ?? []),
    header('Idempotency-Key', 'A repeat with the same key has no second effect and gets the first result.'),
    header('If-Match', 'Version from ETag: refused with 412 when it has changed since.'),
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
