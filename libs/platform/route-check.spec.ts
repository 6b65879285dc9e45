import { Controller, Get, Post } from '@nestjs/common';
import { Allow, Public, System } from './caller.js';
import { refuseUndeclared, routesOf } from './route-check.js';

@Controller('plans')
class Declared {
  @Allow('hr', 'auditor')
  @System('R1')
  @Get(':fiscalYear')
  show() {}

  @Public()
  @Get()
  list() {}

  helper() {}
}

@Allow('it')
@Controller()
class DeclaredAsAWhole {
  @Post('parked-streams/:stream/retry')
  retry() {}
}

@Controller('/leaks')
class Leaking extends Declared {
  @Post('open')
  open() {}
}

@Public()
@Controller('halls')
class OpenAsAWhole {
  @Allow('hr')
  @Post()
  build() {}
}

describe('the routes of a controller', () => {
  it('are read with what they declare', () =>
    expect(routesOf(Declared)).toEqual([
      {
        controller: 'Declared',
        handler: 'show',
        method: 'GET',
        path: 'plans/:fiscalYear',
        allow: ['hr', 'auditor'],
        public: false,
        systems: ['R1'],
      },
      { controller: 'Declared', handler: 'list', method: 'GET', path: 'plans', allow: [], public: true, systems: [] },
    ]));

  it('take over what the class declares', () =>
    expect(routesOf(DeclaredAsAWhole)).toMatchObject([{ path: 'parked-streams/:stream/retry', allow: ['it'] }]));
});

describe('a start', () => {
  it('goes on when every route says who may call it', () =>
    expect(() => refuseUndeclared([...routesOf(Declared), ...routesOf(DeclaredAsAWhole)])).not.toThrow());

  it('is refused with the names of the routes that do not, inherited or not', () =>
    expect(() => refuseUndeclared(routesOf(Leaking))).toThrow(
      'routes without @Allow or @Public: Leaking.open (POST /leaks/open)',
    ));

  it('is refused when a route is open and restricted at once', () =>
    expect(() => refuseUndeclared(routesOf(OpenAsAWhole))).toThrow(
      'routes with @Allow and @Public: OpenAsAWhole.build (POST /halls)',
    ));
});
