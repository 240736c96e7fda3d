import { describe, expect, test } from 'vitest';
import { cancelscope, emptyFolder, shipped, textsIn } from './command.ts';

interface Dashboard {
  readonly uid: string;
  readonly tags: readonly string[];
  readonly links: readonly { readonly tags: readonly string[] }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly current?: object }[] };
}

const DASHBOARDS = shipped('', '.json');
const NAMES = Object.keys(DASHBOARDS);

describe('cancelscope dashboards', () => {
  test('writes every dashboard as it is shipped, and says so, one line a file (CL1, CL2)', () => {
    using folder = emptyFolder();

    const run = cancelscope(['dashboards', '--out', 'grafana/cancelscope'], folder.path);

    expect(run).toEqual({
      code: 0,
      stdout: NAMES.map((name) => `wrote grafana/cancelscope/${name}\n`).join(''),
      stderr: '',
    });
    expect(NAMES).toContain('cancelscope-overview.json');
    expect(textsIn(`${folder.path}/grafana/cancelscope`)).toEqual(DASHBOARDS);
  });

  test('has nothing left to do when it runs again (WF1)', () => {
    using folder = emptyFolder();
    const args = ['dashboards', '--out', '.', '--datasource', 'prom-1', '--tag', 'shop'];
    cancelscope(args, folder.path);
    const before = textsIn(folder.path);

    const again = cancelscope(args, folder.path);

    expect(again).toEqual({ code: 0, stdout: NAMES.map((name) => `unchanged ${name}\n`).join(''), stderr: '' });
    expect(textsIn(folder.path)).toEqual(before);
  });

  test('--datasource is what each opens with, and can still be changed there (AD1)', () => {
    using folder = emptyFolder();

    cancelscope(['dashboards', '--out', '.', '--datasource', 'prom-1'], folder.path);

    const written = dashboardsIn(folder.path);
    expect(written).toHaveLength(NAMES.length);
    for (const { uid, templating } of written) {
      expect(templating.list[0], uid).toMatchObject({
        name: 'datasource',
        type: 'datasource',
        query: 'prometheus',
        current: { text: 'prom-1', value: 'prom-1' },
      });
    }
  });

  test('an option changes nothing but what it is for (AD1, AD2)', () => {
    using folder = emptyFolder();

    cancelscope(['dashboards', '--out', '.', '--datasource=prom-1', '--tag=shop'], folder.path);

    const undone = dashboardsIn(folder.path).map((dashboard) => {
      const [datasource, ...others] = dashboard.templating.list;
      const { current: _, ...plain } = datasource ?? {};
      const tags = dashboard.tags.filter((tag) => tag !== 'shop');
      return { ...dashboard, tags, templating: { list: [plain, ...others] } };
    });
    expect(undone).toEqual(
      Object.values(DASHBOARDS).map((text) => {
        const dashboard = JSON.parse(text) as Dashboard;
        const [datasource, ...others] = dashboard.templating.list;
        const { current: _, ...plain } = datasource ?? {};
        return { ...dashboard, templating: { list: [plain, ...others] } };
      }),
    );
  });

  test('--tag adds to the tag that links the dashboards, each once (AD2)', () => {
    using folder = emptyFolder();
    const tags = ['--tag', 'shop', '--tag', 'team a', '--tag', 'shop', '--tag', 'cancelscope'];

    cancelscope(['dashboards', '--out', '.', ...tags], folder.path);

    for (const { uid, tags, links } of dashboardsIn(folder.path)) {
      expect(tags, uid).toEqual(['cancelscope', 'shop', 'team a']);
      expect(
        links.flatMap((link) => link.tags).filter((tag) => !tags.includes(tag)),
        uid,
      ).toEqual([]);
    }
  });
});

function dashboardsIn(folder: string): Dashboard[] {
  return Object.values(textsIn(folder)).map((text) => JSON.parse(text) as Dashboard);
}
