/**
 * The command `cancelscope`: writes the dashboards, rules and runbooks of this package where they are needed.
 *
 * CL1. Exit code 0: done. 1: a file is in the way, or cannot be written. 2: the command line is wrong.
 * CL2. On stdout goes what was asked for, one line a file; on stderr what went wrong, and how to put it right.
 */
import { basename, dirname } from 'node:path';
import { adaptDashboard } from './adapt-dashboard.ts';
import { type Command, readCommand } from './command-line.ts';
import { FileError } from './file-error.ts';
import { type Files, packageVersion, shippedDashboards, shippedRunbooks } from './package-files.ts';
import { rulesText } from './rules-text.ts';
import { USAGE, UsageError } from './usage.ts';
import { writeFiles } from './write-files.ts';

function run(command: Command): void {
  switch (command.name) {
    case 'help':
      return print(USAGE);
    case 'version':
      return print(`${packageVersion()}\n`);
    case 'dashboards': {
      const adapted = [...shippedDashboards()].map(([name, text]) => [name, adaptDashboard(text, command)] as const);
      return write(command.out, new Map(adapted), command.force);
    }
    case 'rules': {
      const text = rulesText(command.rules);
      if (command.out === undefined) return print(text);
      return write(dirname(command.out), new Map([[basename(command.out), text]]), command.force);
    }
    case 'runbooks':
      return write(command.out, shippedRunbooks(), command.force);
  }
}

function write(folder: string, files: Files, force: boolean): void {
  for (const { path, unchanged } of writeFiles(folder, files, force)) {
    print(`${unchanged ? 'unchanged' : 'wrote'} ${path}\n`);
  }
}

function print(text: string): void {
  process.stdout.write(text);
}

/** What is said, and the exit code (CL1); other errors are bugs and keep their stack. */
function report(error: unknown): number {
  if (error instanceof UsageError) {
    console.error(`cancelscope: ${error.message}\ncancelscope --help shows every command and option`);
    return 2;
  }
  if (error instanceof FileError) {
    console.error(`cancelscope: ${error.message}`);
    return 1;
  }
  throw error;
}

// `npx cancelscope rules | head`: whoever read has seen enough.
process.stdout.on('error', () => process.exit());

try {
  run(readCommand(process.argv.slice(2)));
} catch (error) {
  process.exitCode = report(error);
}
