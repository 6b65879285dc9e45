import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';

/** Files of Swagger UI the page needs, with their types; nothing else of the package is served. */
const ASSETS: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);
const FOLDER = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

/**
 * `/<service>/openapi.json` and the page `/<service>/docs`, open to everybody. The document is made when it is first
 * asked for, so that a start does not pay for it. Served by hand: Nest's own way needs @fastify/static, which cannot be
 * loaded under jest on Node 20.
 */
export const serveDocument = (
  app: NestFastifyApplication,
  service: string,
  title: string,
  describe: () => OpenAPIObject,
): void => {
  const fastify = app.getHttpAdapter().getInstance();
  let json: string | undefined;
  const html = page(title);
  const init = `window.ui = SwaggerUIBundle({ url: '/${service}/openapi.json', dom_id: '#ui', deepLinking: true, validatorUrl: null });`;
  fastify.get(`/${service}/openapi.json`, (_request, reply) =>
    reply.type('application/json; charset=utf-8').send((json ??= JSON.stringify(describe()))),
  );
  fastify.get(`/${service}/docs`, (_request, reply) =>
    reply
      .header('content-security-policy', POLICY)
      .type('text/html; charset=utf-8')
      .send(html.replaceAll('{docs}', `/${service}/docs`)),
  );
  fastify.get(`/${service}/docs/init.js`, (_request, reply) => reply.type('text/javascript; charset=utf-8').send(init));
  for (const [name, type] of ASSETS) {
    fastify.get(`/${service}/docs/${name}`, async (_request, reply) =>
      reply.type(type).send(await readFile(join(FOLDER, name))),
    );
  }
};

const page = (title: string): string => `<!doctype html>
<html lang="ja">
  <head>
    <meta charset="utf-8" />
    <title>${title}</title>
    <link rel="stylesheet" href="{docs}/swagger-ui.css" />
    <link rel="icon" href="{docs}/favicon-32x32.png" />
  </head>
  <body>
    <div id="ui"></div>
    <script src="{docs}/swagger-ui-bundle.js"></script>
    <script src="{docs}/init.js"></script>
  </body>
</html>
`;
