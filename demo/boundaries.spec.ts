import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Rule and a file that breaks it, planted into a copy of the sources. */
const VIOLATIONS: readonly [rule: string, file: string, source: string][] = [
  [
    'domain-is-pure',
    'apps/placement/src/domain/NAME.ts',
    `import { Database } from '#libs/event-store/database';\nexport const used = Database;`,
  ],
  [
    'domain-is-pure',
    'apps/recruitment/src/domain/NAME.ts',
    `import { readFileSync } from 'node:fs';\nexport const used = readFileSync;`,
  ],
  [
    'domain-takes-policy-kinds-as-types',
    'apps/placement/src/domain/NAME.ts',
    `import { KINDS } from '#libs/policy/kinds';\nexport const used = KINDS;`,
  ],
  [
    'no-app-to-app',
    'apps/recruitment/src/NAME.ts',
    `import { staff } from '../../placement/src/domain/staff.js';\nexport const used = staff;`,
  ],
  [
    'libs-not-to-apps',
    'libs/platform/NAME.ts',
    `import { staff } from '../../apps/placement/src/domain/staff.js';\nexport const used = staff;`,
  ],
  [
    'edge-on-top',
    'libs/messaging/NAME.ts',
    `import { Config } from '#libs/platform/config';\nexport const used = Config;`,
  ],
  [
    'apps-not-to-demo',
    'apps/wellbeing/src/NAME.ts',
    `import { Random } from '#demo/cities/random';\nexport const used = Random;`,
  ],
  [
    'contracts-only-zod',
    'libs/contracts/NAME.ts',
    `import { compare } from '#libs/law/local-date';\nexport const used = compare;`,
  ],
  ['law-is-pure', 'libs/law/NAME.ts', `import { z } from 'zod';\nexport const used = z;`],
  [
    'check-shares-nothing-with-what-it-checks',
    'demo/check-NAME.ts',
    `import { fiscalYearOf } from '#libs/law/fiscal-year';\nexport const used = fiscalYearOf;`,
  ],
  [
    'faults-are-checked-from-outside',
    'faults/check/NAME.ts',
    `import { fiscalYearOf } from '#libs/law/fiscal-year';\nexport const used = fiscalYearOf;`,
  ],
  [
    'nothing-stands-on-bench-or-faults',
    'demo/NAME.ts',
    `import { KINDS } from '../faults/kinds.js';\nexport const used = KINDS;`,
  ],
  ['no-cycles', 'libs/platform/NAME.ts', `import { used } from './planted-too.js';\nexport const one = () => used;`],
  [
    'no-development-packages-in-services',
    'apps/training/src/NAME.ts',
    `import { MultiBar } from 'cli-progress';\nexport const used = MultiBar;`,
  ],
  [
    'no-development-libraries-in-services',
    'libs/platform/NAME.ts',
    `import { freePorts } from '#libs/local-stack/child';\nexport const used = freePorts;`,
  ],
  ['resolvable', 'libs/platform/NAME.ts', `import { nothing } from './nowhere.js';\nexport const used = nothing;`],
];

const FOLDERS = ['apps', 'libs', 'demo', 'bench', 'faults'];

/** The other half of the cycle. */
const PLANTED_TOO = `import { one } from './planted-no-cycles.js';\nexport const used = () => one;\n`;

type Violation = Readonly<{ from: string; rule: { name: string } }>;

describe('the boundary rules', () => {
  let copy: string;
  let violations: readonly Violation[];

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'jinzai-boundaries-'));
    for (const name of [...FOLDERS, 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) {
      cpSync(name, join(copy, name), { recursive: true, filter: (file) => !file.includes('node_modules') });
    }
    symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'));
    for (const [rule, file, source] of VIOLATIONS) plant(planted(rule, file), source);
    plant('libs/platform/planted-too.ts', PLANTED_TOO);
    violations = cruise();
  }, 120_000);

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it.each(VIOLATIONS)('%s is seen when %s breaks it', (rule, file) => {
    const from = planted(rule, file);
    expect(violations.filter((violation) => violation.from === from).map((violation) => violation.rule.name)).toContain(
      rule,
    );
  });

  it('nothing but the planted files breaks a rule', () => {
    expect(violations.filter(({ from }) => !from.includes('planted-'))).toEqual([]);
  });

  const planted = (rule: string, file: string): string => file.replace('NAME', `planted-${rule}`);

  const plant = (file: string, source: string) => {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), `${source}\n`);
  };

  /** Ends with the number of errors as its status, so the report is read from a failure. */
  const cruise = (): readonly Violation[] => {
    const cruiser = join('node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
    const { stdout } = spawnSync(
      process.execPath,
      [cruiser, ...FOLDERS, '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
      { cwd: copy, encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
  };
});
