/** The boundaries of the code (docs/adr): each rule is seen to fail on a planted violation in demo/boundaries.spec.ts. */
/** Specs, and the fixtures only they use. */
const SPEC = '\\.(spec|fixture)\\.ts$';
const DEVELOPMENT_ONLY = `^(libs/local-stack|libs/testing|demo)/|${SPEC}`;

module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment:
        'A domain imports itself, the decider, the law, the timeline, and the types of contracts and policy kinds.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/domain/', pathNot: SPEC },
      to: {
        pathNot:
          '^apps/$1/src/domain/|^libs/event-store/decider\\.ts$|^libs/law/|^libs/staff-directory/timeline\\.ts$|^libs/contracts/|^libs/policy/kinds\\.ts$',
      },
    },
    {
      name: 'domain-takes-policy-kinds-as-types',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/domain/', pathNot: SPEC },
      to: { path: '^libs/policy/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-app-to-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    { name: 'libs-not-to-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^(apps|demo)/' } },
    {
      name: 'edge-on-top',
      comment: 'Nest, HTTP and configuration (with the imports, which stand on them) are never under the other libraries.',
      severity: 'error',
      from: { path: '^libs/(?!platform/|imports/|local-stack/|testing/)', pathNot: SPEC },
      to: { path: '^libs/platform/' },
    },
    { name: 'apps-not-to-demo', severity: 'error', from: { path: '^apps/', pathNot: SPEC }, to: { path: '^demo/' } },
    {
      name: 'contracts-only-zod',
      severity: 'error',
      from: { path: '^libs/contracts/', pathNot: SPEC },
      to: { pathNot: '^libs/contracts/|(^|/)node_modules/zod/' },
    },
    {
      name: 'law-is-pure',
      severity: 'error',
      from: { path: '^libs/law/', pathNot: SPEC },
      to: { pathNot: '^libs/law/' },
    },
    {
      name: 'check-shares-nothing-with-what-it-checks',
      comment: 'The recalculation of --check must be able to disagree with the projection.',
      severity: 'error',
      from: { path: '^demo/check' },
      to: { path: '^(apps|libs/(projections|law|staff-directory|policy))/' },
    },
    {
      name: 'faults-are-checked-from-outside',
      comment: 'The checker of the fault drill looks at databases and topics, and shares no code with what it checks.',
      severity: 'error',
      from: { path: '^faults/check/' },
      to: { path: '^(apps|libs|demo|faults/(?!check/))' },
    },
    {
      name: 'nothing-stands-on-bench-or-faults',
      severity: 'error',
      from: { path: '^(apps|libs|demo)/' },
      to: { path: '^(bench|faults)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-development-packages-in-services',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: DEVELOPMENT_ONLY },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-development-libraries-in-services',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: DEVELOPMENT_ONLY },
      to: { path: '^libs/(local-stack|testing)/|\\.fixture\\.ts$' },
    },
    {
      name: 'resolvable',
      comment: "jest's global set-up takes the local stack from the build, which need not be there yet.",
      severity: 'error',
      from: { pathNot: '^libs/testing/global-setup\\.mjs$' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|bench/references)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
