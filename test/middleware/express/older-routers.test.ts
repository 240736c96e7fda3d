import type { RequestHandler } from 'express';
import { describe, expect, test } from 'vitest';
import { currentScope } from '../../../src/index.ts';
import { mountTemplate } from '../../../src/middleware/express/mount-template.ts';
import type { Application, Layer, RoutedRequest, Route } from '../../../src/middleware/express/router-shapes.ts';
import { EXPRESS_MAJORS } from '../../support/express-server.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';

guardLeaks();

const tell: RequestHandler = (_request, response) => void response.send(currentScope()?.name);

describe('Express 5, of versions whose layers keep no template', () => {
  type Bare = { match(path: string): boolean | Match; params?: unknown; path?: string };
  interface Match {
    readonly params: unknown;
    readonly path: string;
    pattern?: unknown;
  }

  test.each<[string, (layer: Bare) => Bare['match']]>([
    [
      'that give the match',
      (layer) => {
        const match = layer.match.bind(layer);
        return (path) => {
          const found = match(path) as Match | false;
          if (found !== false) delete found.pattern;
          return found;
        };
      },
    ],
    [
      'that keep the match on the layer',
      (layer) => {
        const match = layer.match.bind(layer);
        return (path) => {
          const found = match(path) as Match | false;
          if (found !== false) Object.assign(layer, { params: found.params, path: found.path });
          return found !== false;
        };
      },
    ],
  ])('H3: mounts are named by their parameters, %s', async (_how, matchOf) => {
    const { express } = EXPRESS_MAJORS[0];
    const app = express();
    app.use('/t/:tenant{/:t}', express.Router().get('/orders/:id', tell));
    const layers = app.router.stack as unknown as Bare[];
    const templates = mountTemplates(layers.at(-1) as Bare, matchOf);

    expect(templates('/t/a%20b/t', '/orders/1')).toBe('/t/{tenant}/{t}');
    expect(templates('/t/t', '/orders/1')).toBe('/t/{tenant}');
  });

  /** Asks for the mount's template as the middleware does, of a layer whose `match` is an older one's. */
  function mountTemplates(
    layer: Bare,
    matchOf: (layer: Bare) => Bare['match'],
  ): (baseUrl: string, path: string) => string {
    const router = (layer as unknown as { handle: { stack: { route: Route }[] } }).handle;
    const route = router.stack[0]?.route as Route;
    const bare = { handle: router, name: 'router' } as unknown as Layer;
    Object.assign(bare, { match: layer.match.bind(layer) });
    Object.assign(bare, { match: matchOf(bare as unknown as Bare) });
    const home = { router: { stack: [bare] } } as Application;
    return (baseUrl, url) => mountTemplate({ baseUrl, url, app: home } as RoutedRequest, route, home);
  }
});
