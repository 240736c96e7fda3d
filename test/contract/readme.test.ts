import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fillRegions } from '../../scripts/readme/regions.ts';
import { renderReadme } from '../../scripts/readme/render.ts';

test('README.md has the tables and examples as the source has them', () => {
  const committed = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

  expect(committed).toBe(renderReadme(committed));
});

describe('fillRegions', () => {
  const generators = { numbers: () => '1 2 3' };

  test('replaces what a region holds and leaves the rest alone (O1)', () => {
    const document = 'before\n<!-- generated:numbers -->\nold\n<!-- /generated -->\nafter\n';

    const filled = fillRegions(document, generators);

    expect(filled).toBe('before\n<!-- generated:numbers -->\n1 2 3\n<!-- /generated -->\nafter\n');
    expect(fillRegions(filled, generators)).toBe(filled);
  });

  test('includes a file as a block of code', () => {
    const filled = fillRegions('<!-- include:.npmrc -->\n<!-- /include -->', {});

    expect(filled).toContain('save-exact=true');
    expect(filled).toMatch(/^<!-- include:.npmrc -->\n```\n[^`]*\n```\n<!-- \/include -->$/);
  });

  test('refuses a region nobody can fill, and one that is not closed (O2)', () => {
    expect(() => fillRegions('<!-- generated:letters --><!-- /generated -->', generators)).toThrow('letters');
    expect(() => fillRegions('<!-- generated:numbers -->', generators)).toThrow('not closed');
  });
});
