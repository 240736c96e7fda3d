/**
 * Runs a program on the Node that `toolchain/` pins, whatever Node and npm the machine has:
 *
 *   node scripts/on-node.cjs [NODE-FLAG …] FILE-OR-TOOL [ARGUMENT …]
 *
 * Plain CommonJS, because it has to start on an old Node. What the program starts finds the same Node first on its PATH.
 */
const { spawn } = require('node:child_process');
const { existsSync, realpathSync } = require('node:fs');
const path = require('node:path');

const TOOLS = path.join(__dirname, '../node_modules');
const OLDEST = [22, 18]; // runs TypeScript as it is

/** The pinned binary; undefined where there is none for this platform. */
function pinned() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const file = path.join(TOOLS, `node-${platform}-${process.arch}`, 'bin', platform === 'win' ? 'node.exe' : 'node');
  return existsSync(file) ? realpathSync(file) : undefined;
}

function machines() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return process.execPath;
  console.error(
    `No Node is pinned for ${process.platform}-${process.arch}, or it is not installed (npm ci), ` +
      `and this one is ${process.version}: Node ${OLDEST.path.join('.')} or later is needed.`,
  );
  return process.exit(1);
}

const words = process.argv.slice(2);
const first = words.findIndex((word) => !word.startsWith('-'));
const tool = path.join(TOOLS, '.bin', words[first] ?? '');
if (!existsSync(words[first] ?? '') && existsSync(tool)) words[first] = realpathSync(tool);

const node = pinned() ?? machines();
const env = { ...process.env, PATH: path.dirname(node) + path.delimiter + process.env.PATH };
const child = spawn(node, words, { stdio: 'inherit', env });

// A terminal sends Ctrl-C to the program too, and it is for the program to say when it has stopped.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  if (signal === null) return process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
