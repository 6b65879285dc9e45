/**
 * Everything a command needs on a machine with nothing but Node, Java and Maven:
 * `node scripts/setup.mjs [unit|tools|test|demo]`. `unit`: the packages; `tools`: also the build; else also Kafka.
 * Uses no package, for there may be none yet. Does only what is missing or out of date, and speaks on stderr: stdout
 * belongs to the command.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const level = process.argv[2] ?? 'demo';

const stop = (line) => {
  console.error(line);
  process.exit(1);
};

const checkNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(`jinzai needs Node 20.19 or newer (found ${process.versions.node}): install Node 20.19+, 22 or 24`);
  }
};

const checkJava = () => {
  const { stderr, error } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const major = Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0);
  const found = error ? 'none found' : `found ${major || 'an unknown version'}`;
  if (major < 17)
    stop(`jinzai needs Java 17 or newer (${found}): install it, e.g. "apt-get install openjdk-17-jre-headless"`);
};

const run = (doing, command, args, env = {}) => {
  const started = performance.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, ...env } });
  if (status !== 0) stop(`${doing} failed: ${command} ${args.join(' ')}`);
  console.error(`${doing} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
};

/** npm keeps what it installed in node_modules/.package-lock.json: compared with the lockfile package by package. */
const packagesMatch = () => {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(locked).every(
    ([path, { version, optional }]) =>
      path === '' || (installed[path] ? installed[path].version === version : optional === true),
  );
};

const installPackages = () => {
  if (!packagesMatch()) run('installed packages', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
};

const digestOf = (files) => {
  const hash = createHash('sha256');
  for (const file of files) {
    const path = join(root, file);
    hash.update(`${file}\n`).update(existsSync(path) ? readFileSync(path) : '');
  }
  return hash.digest('hex');
};

const sourcesDigest = () => {
  const sources = ['apps', 'libs', 'demo', 'bench', 'faults'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.includes('node_modules'))
      .map((file) => join(top, file)),
  );
  return digestOf(['tsconfig.json', 'tsconfig.build.json', 'package-lock.json', ...sources.toSorted()]);
};

/**
 * Asking TypeScript whether something has changed takes it a second or two, comparing digests a tenth of one. Its own
 * account of what it wrote is compared too, for the build may have been run by hand since.
 */
const build = () => {
  const mark = join(root, 'dist', '.built-from');
  const sources = sourcesDigest();
  const state = () => `${sources} ${digestOf(['dist/.tsbuildinfo'])}`;
  if (existsSync(mark) && readFileSync(mark, 'utf8') === state()) return;
  run('built', process.execPath, ['node_modules/typescript-native/bin/tsc', '-p', 'tsconfig.build.json']);
  writeFileSync(mark, state());
};

const fetchKafka = () => {
  const cache = join(root, '.cache', 'kafka');
  const pom = join(root, 'libs', 'local-stack', 'kafka-pom.xml');
  const had = join(cache, 'pom.xml');
  if (existsSync(join(cache, 'libs')) && existsSync(had) && readFileSync(had, 'utf8') === readFileSync(pom, 'utf8'))
    return;
  const { stdout } = spawnSync('mvn', ['--version'], { encoding: 'utf8' });
  const [, major, minor] = /Maven (\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  if (Number(major) < 3 || (Number(major) === 3 && Number(minor) < 6) || major === undefined) {
    const found = major === undefined ? 'none that works' : `${major}.${minor}`;
    stop(
      `jinzai needs Maven 3.6 or newer to fetch Apache Kafka (found ${found}): install it, e.g. "apt-get install maven"`,
    );
  }
  const partial = join(cache, 'partial');
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime'];
  // Batch mode has no colours, but its console library resets them all the same.
  const plain = { MAVEN_OPTS: `${process.env.MAVEN_OPTS ?? ''} -Djansi.noreset=true` };
  run('fetched Apache Kafka', 'mvn', [...args, `-DoutputDirectory=${partial}`], plain);
  rmSync(join(cache, 'libs'), { recursive: true, force: true });
  renameSync(partial, join(cache, 'libs'));
  copyFileSync(pom, had);
};

const withKafka = level !== 'unit' && level !== 'tools';

checkNode();
if (withKafka) checkJava();
installPackages();
if (withKafka) fetchKafka();
if (level !== 'unit') build();
