/** Rules as the command was told to make them; what is wrong with an option is said of the one that was typed. */
import { InvalidArgumentError } from '../token/index.ts';
import { RULES_OPTION } from './command-line.ts';
import { type RulesOptions, rulesFile } from './rules/index.ts';
import { UsageError } from './usage.ts';

/** @throws {UsageError} an option is none. */
export function rulesText(options: RulesOptions): string {
  try {
    return rulesFile(options);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    const option = RULES_OPTION[error.argument as keyof RulesOptions];
    throw new UsageError(`--${option}${error.message.slice(error.argument.length)}`, { cause: error });
  }
}
