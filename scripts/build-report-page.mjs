// Bundles the page of the report (src/report/page, with the parts of ECharts that it draws with) into
// dist/report/page/page.js and page.css: one script and one style, to stand inside an HTML file without a network.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'src', 'report', 'page');
const out = join(root, 'dist', 'report', 'page');

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: [join(page, 'main.ts'), join(page, 'page.css')],
  outdir: out,
  bundle: true,
  minify: true,
  format: 'iife',
  platform: 'browser',
  target: ['chrome109', 'firefox115', 'safari16'],
  charset: 'utf8',
  legalComments: 'none',
  tsconfig: join(page, 'tsconfig.json'),
  write: false,
  logLevel: 'error',
});

const text = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text.trim();
const license =
  '/*! Apache ECharts 6.1.0 and zrender, Copyright The Apache Software Foundation, Apache License 2.0 and BSD-3-Clause: ' +
  'https://www.apache.org/licenses/LICENSE-2.0 */\n';
const script = license + text('main.js');
// What would end the element that it stands in, or begin a comment there, is not in it: it would have to be escaped.
for (const [name, content] of Object.entries({ script, style: text('page.css') })) {
  const found = /<\/(script|style)|<!--|<script/i.exec(content);
  if (found)
    throw new Error(`the page's ${name} holds ${found[0]}, which cannot stand inside an HTML element`);
}
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'page.js'), script);
writeFileSync(join(out, 'page.css'), text('page.css'));
const version = JSON.parse(
  readFileSync(join(root, 'node_modules', 'echarts', 'package.json'), 'utf8'),
).version;
if (!license.includes(`ECharts ${version} `)) throw new Error(`expected ECharts 6.1.0, found ${version}`);
