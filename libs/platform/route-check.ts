import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DECORATORS } from '@nestjs/swagger';
import { ALLOW, PUBLIC, SYSTEM, type Role } from './caller.js';

/** One HTTP route and what it declares about itself. */
export type Route = Readonly<{
  controller: string;
  handler: string;
  method: string;
  path: string;
  allow: readonly Role[];
  public: boolean;
  systems: readonly string[];
  /** What the route does, in Japanese; undefined for routes that are left out of the OpenAPI document. */
  summary?: string;
}>;

const JAPANESE = /[\u3040-\u30ff\u4e00-\u9fff]/;

/** The routes of a controller, inherited ones included, read from its declarations. */
export const routesOf = (controller: Type): Route[] =>
  handlersOf(controller).map(([handler, target]) => {
    const declared = <T>(key: string): T | undefined =>
      Reflect.getMetadata(key, target) ?? Reflect.getMetadata(key, controller);
    return {
      controller: controller.name,
      handler,
      method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, target) as RequestMethod],
      path: [pathOf(controller), pathOf(target)].map(trim).filter(Boolean).join('/'),
      allow: declared<Role[]>(ALLOW) ?? [],
      public: declared<boolean>(PUBLIC) ?? false,
      systems: declared<string[]>(SYSTEM) ?? [],
      ...(!Reflect.hasMetadata(DECORATORS.API_EXCLUDE_CONTROLLER, controller) && {
        summary: declared<{ summary?: string }>(DECORATORS.API_OPERATION)?.summary ?? '',
      }),
    };
  });

/**
 * A route says who may call it or that it is open to everybody; with both it would be open, whatever its author meant.
 * And it says in Japanese what it does.
 * @throws Error naming every route that does not
 */
export const refuseUndeclared = (routes: readonly Route[]): void => {
  const neither = routes.filter(({ allow, public: open }) => allow.length === 0 && !open);
  const both = routes.filter(({ allow, public: open }) => allow.length > 0 && open);
  const silent = routes.filter(({ summary }) => summary !== undefined && !JAPANESE.test(summary));
  const faults = [
    ...(neither.length > 0 ? [`routes without @Allow or @Public: ${namesOf(neither)}`] : []),
    ...(both.length > 0 ? [`routes with @Allow and @Public: ${namesOf(both)}`] : []),
    ...(silent.length > 0 ? [`routes without @ApiOperation and a Japanese summary: ${namesOf(silent)}`] : []),
  ];
  if (faults.length > 0) throw new Error(faults.join('; '));
};

const namesOf = (routes: readonly Route[]): string =>
  routes.map(({ controller, handler, method, path }) => `${controller}.${handler} (${method} /${path})`).join(', ');

const handlersOf = (controller: Type): [string, object][] => {
  const found = new Map<string, object>();
  let prototype: object | null = controller.prototype as object;
  while (prototype && prototype !== Object.prototype) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof value !== 'function' || found.has(name)) continue;
      if (Reflect.hasMetadata(METHOD_METADATA, value as object)) found.set(name, value as object);
    }
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return [...found];
};

const pathOf = (declared: object) => Reflect.getMetadata(PATH_METADATA, declared) as string | undefined;

const trim = (path: string | undefined): string => (path ?? '').replace(/^\/+|\/+$/g, '');
