import { UnsupportedMediaTypeException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { HttpRequest } from './http-request.js';
import { Problem } from './problem.js';

/** A command without a body takes none: what was sent with it would be passed over without a word. `{}` is none. */
export class BodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http' || takesBody(context)) return true;
    const { body } = context.switchToHttp().getRequest<HttpRequest>();
    if (Buffer.isBuffer(body)) throw new UnsupportedMediaTypeException();
    if (body === undefined || isEmpty(body)) return true;
    throw new Problem(400, 'request.body-not-taken');
  }
}

const isEmpty = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0;

/** Nest keeps the parameters of a handler under `<type>:<index>`. */
const takesBody = (context: ExecutionContext): boolean => {
  const kept: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name);
  return Object.keys(kept ?? {}).some((key) => key.startsWith(`${RouteParamtypes.BODY}:`));
};
