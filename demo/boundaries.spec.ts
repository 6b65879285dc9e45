import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Rule and a file that breaks it, planted into a copy of the sources. */
const VIOLATIONS: readonly [rule: string, file: string, source: string][] = [
  [
    'domain-is-pure',
    'apps/placement/src/domain/planted.ts',
    `import { Database } from '#libs/platform/database';\nexport const used = Database;`,
  ],
  [
    'domain-is-pure',
    'apps/recruitment/src/domain/planted.ts',
    `import { readFileSync } from 'node:fs';\nexport const used = readFileSync;`,
  ],
  [
    'domain-takes-policy-kinds-as-types',
    'apps/placement/src/domain/planted.ts',
    `import { KINDS } from '#libs/policy/kinds';\nexport const used = KINDS;`,
  ],
  [
    'no-app-to-app',
    'apps/recruitment/src/planted.ts',
    `import { staff } from '../../placement/src/domain/staff.js';\nexport const used = staff;`,
  ],
  [
    'libs-not-to-apps',
    'libs/platform/planted.ts',
    `import { staff } from '../../apps/placement/src/domain/staff.js';\nexport const used = staff;`,
  ],
  [
    'apps-not-to-demo',
    'apps/wellbeing/src/planted.ts',
    `import { Random } from '#demo/cities/random';\nexport const used = Random;`,
  ],
  [
    'contracts-only-zod',
    'libs/contracts/planted.ts',
    `import { compare } from '#libs/law/local-date';\nexport const used = compare;`,
  ],
  ['law-is-pure', 'libs/law/planted.ts', `import { z } from 'zod';\nexport const used = z;`],
  [
    'check-shares-nothing-with-what-it-checks',
    'demo/check-planted.ts',
    `import { fiscalYearOf } from '#libs/law/fiscal-year';\nexport const used = fiscalYearOf;`,
  ],
  ['no-cycles', 'libs/platform/planted.ts', `import { used } from './planted-too.js';\nexport const one = () => used;`],
  [
    'no-development-packages-in-services',
    'apps/training/src/planted.ts',
    `import { MultiBar } from 'cli-progress';\nexport const used = MultiBar;`,
  ],
  [
    'no-development-libraries-in-services',
    'libs/platform/planted.ts',
    `import { freePorts } from '#libs/local-stack/child';\nexport const used = freePorts;`,
  ],
  ['resolvable', 'libs/platform/planted.ts', `import { nothing } from './nowhere.js';\nexport const used = nothing;`],
];

const PLANTED_TOO = [
  'libs/platform/planted-too.ts',
  `import { one } from './planted.js';\nexport const used = () => one;`,
] as const;

describe('the boundary rules', () => {
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'jinzai-boundaries-'));
    for (const name of ['apps', 'libs', 'demo', 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) {
      cpSync(name, join(copy, name), { recursive: true });
    }
    symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'));
  });

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it.each(VIOLATIONS)(
    '%s is seen when %s breaks it',
    (rule, file, source) => {
      plant(file, source);
      if (rule === 'no-cycles') plant(...PLANTED_TOO);
      try {
        expect(
          violations(dirname(file))
            .filter(({ from }) => from.includes('planted'))
            .map(({ name }) => name),
        ).toContain(rule);
      } finally {
        for (const planted of [file, PLANTED_TOO[0]]) rmSync(join(copy, planted), { force: true });
      }
    },
    60_000,
  );

  const plant = (file: string, source: string) => {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), `${source}\n`);
  };

  /** Only the folder of the planted file is looked at: what it imports is followed from there. */
  const violations = (folder: string): { name: string; from: string }[] => {
    const cruiser = join('node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
    const report = execFileSync(
      process.execPath,
      [cruiser, folder, '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
      {
        cwd: copy,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const { summary } = JSON.parse(report) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    return summary.violations.map(({ from, rule }) => ({ from, name: rule.name }));
  };
});
