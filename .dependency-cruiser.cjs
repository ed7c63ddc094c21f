/** The plan of the house as rules; each says why. Checked by `npm run lint`. */
const only = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|lambdas|infra|bench|test)/', pathNot: to },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one file in two places; none can be read or tested alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-is-pure',
      comment:
        'The core is arithmetic on typed arrays: no package, no Node module can bring in a clock or an accident.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: '^src/core/' },
    },
    only(
      'contracts-stand-alone',
      '^src/contracts/',
      '^src/(contracts|core)/',
      'What may cross a boundary is read by all layers, so it may need none of them; the core states its vocabulary.',
    ),
    only(
      'strategies-see-bars-only',
      '^src/strategies/',
      '^src/(strategies|core|contracts)/',
      'A strategy is bars and parameters in, events out; it must not know where a sweep runs.',
    ),
    only(
      'formats-are-pure',
      '^src/formats/',
      '^src/(formats|core|contracts|strategies)/',
      'Bytes to columns and back is the same in a file, in a bucket and in a test.',
    ),
    only(
      'sweep-knows-ports-not-adapters',
      '^src/sweep/',
      '^src/(sweep|strategies|core|formats|contracts)/',
      'Local and cloud differ only in adapters; the orchestration must not see which it runs on.',
    ),
    {
      name: 'report-is-pure',
      comment:
        'What a report shows is a function of results and bars: it knows neither where they lie nor a terminal.',
      severity: 'error',
      from: { path: '^src/report/(?!page/)' },
      to: {
        path: '^(src|lambdas|infra|bench|test)/',
        pathNot: '^src/(report/(?!page/)|sweep|strategies|core|formats|contracts)',
      },
    },
    {
      name: 'the-page-runs-in-a-browser',
      comment:
        'It may use what is pure: data, cells, plateaus, how numbers are written in the terminal too, and types of all.',
      severity: 'error',
      from: { path: '^src/report/page/' },
      to: {
        dependencyTypesNot: ['type-only'],
        path: '^(src|lambdas|infra|bench|test)/',
        pathNot: '^src/(report/|cli/format\\.ts$|core/metrics/metric\\.ts$)',
      },
    },
    only(
      'adapters-below-the-programs',
      '^src/adapters/',
      '^src/(adapters|sweep|strategies|core|formats|contracts)/',
      'An adapter serves the CLI and the Lambdas alike.',
    ),
    {
      name: 'adapters-do-not-know-each-other',
      comment: 'An adapter that needs another cannot be replaced alone.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'handlers-do-not-know-each-other',
      comment: 'Each Lambda is bundled and permitted alone.',
      severity: 'error',
      from: { path: '^lambdas/([^/]+)\\.ts$' },
      to: { path: '^lambdas/', pathNot: ['^lambdas/$1\\.ts$', '^lambdas/(env|metric-names)\\.ts$'] },
    },
    only(
      'infra-knows-names-only',
      '^infra/',
      '^(infra/|lambdas/(env|metric-names|tables)\\.ts$|src/contracts/|src/adapters/local/load-strategy\\.ts$)',
      'The stack needs names (variables, metrics, columns), the errors, and the hash of a strategy, not the code that works.',
    ),
    {
      name: 'sources-do-not-see-tests',
      comment: 'What ships must not need what checks it.',
      severity: 'error',
      from: { path: '^(src|lambdas|infra)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'parquet-is-never-read-with-parquetjs',
      comment:
        'parquetjs-lite decodes dictionaries above 255 entries wrongly and without an error; it writes two small tables.',
      severity: 'error',
      from: { pathNot: '^src/formats/(metrics-tables-parquet)\\.ts$' },
      to: { path: 'node_modules/parquetjs-lite' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
