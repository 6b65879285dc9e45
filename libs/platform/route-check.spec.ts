import { Controller, Get, Post } from '@nestjs/common';
import { ApiExcludeController, ApiOperation } from '@nestjs/swagger';
import { Allow, Public, System } from './caller.js';
import { refuseUndeclared, routesOf } from './route-check.js';

@Controller('plans')
class Declared {
  @Allow('hr', 'auditor')
  @System('R1')
  @Get(':fiscalYear')
  @ApiOperation({ summary: '計画を見る' })
  show() {}

  @Public()
  @Get()
  @ApiOperation({ summary: '計画の一覧を見る' })
  list() {}

  helper() {}
}

@Allow('it')
@Controller()
class DeclaredAsAWhole {
  @Post('parked-streams/:stream/retry')
  @ApiOperation({ summary: '再処理する' })
  retry() {}
}

@Controller('/leaks')
class Leaking extends Declared {
  @Post('open')
  @ApiOperation({ summary: '開く' })
  open() {}
}

@Public()
@Controller('halls')
class OpenAsAWhole {
  @Allow('hr')
  @Post()
  @ApiOperation({ summary: '建てる' })
  build() {}
}

@Allow('hr')
@Controller('silences')
class Silent {
  @Get()
  list() {}

  @Get(':id')
  @ApiOperation({ summary: 'Show one' })
  show() {}
}

@Public()
@ApiExcludeController()
@Controller('health')
class Unlisted {
  @Get()
  read() {}
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
        summary: '計画を見る',
      },
      {
        controller: 'Declared',
        handler: 'list',
        method: 'GET',
        path: 'plans',
        allow: [],
        public: true,
        systems: [],
        summary: '計画の一覧を見る',
      },
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

  it('is refused when a route of the OpenAPI page does not say in Japanese what it does', () => {
    expect(() => refuseUndeclared(routesOf(Silent))).toThrow(
      'routes without @ApiOperation and a Japanese summary: Silent.list (GET /silences), Silent.show (GET /silences/:id)',
    );
    expect(() => refuseUndeclared(routesOf(Unlisted))).not.toThrow();
  });
});
