import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly resolved?: string; readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

describe.each([
  'package-lock.json',
  'test/package/nodes/package-lock.json',
  'test/grafana/package-lock.json',
  'test/nest11/package-lock.json',
  'scripts/shoot/package-lock.json',
])('%s', (path) => {
  const { packages }: Lockfile = JSON.parse(readFileSync(join(import.meta.dirname, '../..', path), 'utf8'));

  test('names no registry, so that everybody installs from their own', () => {
    const urls = Object.values(packages).flatMap(({ resolved = '' }) => (resolved.includes('//') ? [resolved] : []));

    expect(urls).toEqual([]);
  });

  // Without an entry `npm ci` asks the registry, and refuses to install when it has the package, and when it has not.
  test('has an entry for the binaries of every platform', () => {
    const known = Object.keys(packages);
    const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );

    const missing = wanted.filter((name) => !known.some((place) => place.endsWith(`node_modules/${name}`)));

    expect(missing).toEqual([]);
  });
});
