/** The stack of containers, as its file describes it. */
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
export const COMPOSE_FOLDER = join(ROOT, 'dashboards/compose');
export const PROVISIONING_FOLDER = join(ROOT, 'dashboards/provisioning');

/** One container. */
export interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: readonly string[];
}

/** A file or folder a container sees, and where. */
export interface Mount {
  /** On this machine. */
  readonly source: string;
  readonly target: string;
  readonly mode: string | undefined;
}

/** What a file of provisioning says. @throws {Error} it is not YAML, or not plainly so. */
export function provisioned(path: string): unknown {
  return parsed(join(PROVISIONING_FOLDER, path));
}

/** What a YAML file says. @throws {Error} it is not YAML, or not plainly so. */
export function parsed(path: string): unknown {
  const document = parseDocument(readFileSync(path, 'utf8'), { strict: true, uniqueKeys: true });
  const [complaint] = [...document.errors, ...document.warnings];
  if (complaint !== undefined) throw new Error(`${path}: ${complaint.message}`);
  return document.toJS();
}

/** The containers, by name. */
export function services(): Readonly<Record<string, Service>> {
  const file = parsed(join(COMPOSE_FOLDER, 'compose.yaml')) as { services: Record<string, Service> };
  return file.services;
}

/** What a container sees of this repository. */
export function mountsOf({ volumes = [] }: Service): Mount[] {
  return volumes.map((volume) => {
    const [source = '', target = '', mode] = volume.split(':');
    return { source: join(COMPOSE_FOLDER, source), target, mode };
  });
}

/** Puts what a container sees below `folder`, as it would see it below `/`. */
export function stage(service: Service, folder: string): void {
  for (const { source, target } of mountsOf(service)) {
    if (!existsSync(source)) throw new Error(`${source} is not there`);
    mkdirSync(join(folder, dirname(target)), { recursive: true });
    cpSync(source, join(folder, target), { recursive: true });
  }
}
