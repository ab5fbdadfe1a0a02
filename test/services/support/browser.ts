/**
 * A real Chromium on this machine, installed under `build/services` without root: the headless shell of
 * `@sparticuz/chromium` from the npm registry, which brings the libraries it needs, and a Chinese font from Debian.
 */
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';
import { ROOT, run } from '../../support/package.ts';

const FOLDER = join(ROOT, 'build/services/browser');
const PACKAGE = '@sparticuz/chromium@153.0.0';
const FONT = 'fonts-wqy-microhei';

/** Starts the browser; installs it where it is not there yet. */
export async function startBrowser(): Promise<Browser> {
  const program = join(FOLDER, 'chromium');
  if (!existsSync(program)) await installChromium(program);
  if (!existsSync(join(FOLDER, 'fonts.conf'))) installFont();
  return chromium.launch({
    executablePath: program,
    env: {
      ...process.env,
      // The machine's own libraries come first: those of the package are for machines that lack them.
      LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, SYSTEM_LIBRARIES, join(FOLDER, 'lib')]
        .filter(Boolean)
        .join(':'),
      FONTCONFIG_FILE: join(FOLDER, 'fonts.conf'),
    },
  });
}

const SYSTEM_LIBRARIES = '/usr/lib/x86_64-linux-gnu:/lib/x86_64-linux-gnu:/usr/lib64';

async function installChromium(program: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', PACKAGE], { cwd: FOLDER }));
  // Only what it holds is wanted: its code, which needs a newer Node, never runs.
  run('tar', ['-xzf', filename, 'package/bin'], { cwd: FOLDER });
  const packed = join(FOLDER, 'package/bin');
  const libraries = join(FOLDER, 'libraries.tar');
  await inflate(join(packed, 'al2023.tar.br'), libraries);
  run('tar', ['-xf', libraries], { cwd: FOLDER });
  await inflate(join(packed, 'chromium.br'), `${program}.part`, 0o755);
  renameSync(`${program}.part`, program);
}

async function inflate(from: string, to: string, mode = 0o644): Promise<void> {
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to, { mode }));
}

/** The machine may have no Chinese font, and pages without one are boxes. */
function installFont(): void {
  const folder = join(FOLDER, 'fonts');
  mkdirSync(folder, { recursive: true });
  download(FONT, folder);
  const file = readdirSync(folder).find((name) => name.endsWith('.deb'))!;
  run('dpkg-deb', ['-x', file, '.'], { cwd: folder });
  writeFileSync(
    join(FOLDER, 'fonts.conf'),
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(FOLDER, 'font-cache')}</cachedir>
  <match><test name="family"><string>system-ui</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>DejaVu Sans</string><string>WenQuanYi Micro Hei</string></edit></match>
  <match><test name="family"><string>sans-serif</string></test>
    <edit name="family" mode="append"><string>WenQuanYi Micro Hei</string></edit></match>
</fontconfig>
`,
  );
}

/** Downloads a Debian package; where the machine has no lists of packages, with lists of our own. */
function download(name: string, folder: string): void {
  const apt = (...args: string[]) => run('apt-get', args, { cwd: folder });
  try {
    apt('download', name);
  } catch {
    const state = join(folder, 'apt');
    for (const part of ['lists/partial', 'cache/archives/partial'])
      mkdirSync(join(state, part), { recursive: true });
    const own = ['-o', `Dir::State::Lists=${state}/lists`, '-o', `Dir::Cache=${state}/cache`];
    apt(...own, '-o', 'Debug::NoLocking=true', 'update');
    apt(...own, 'download', name);
  }
}
