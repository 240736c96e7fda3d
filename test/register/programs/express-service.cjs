/** A service on Express that knows nothing of cancelscope. Requests that hang say by early hints that they have begun. */
'use strict';
const { facts } = require('./facts.cjs');

/** @param {any} express @param {string} name */
exports.serve = (express, name) => {
  const app = express();
  app.use(express.json());
  const begun = (response) => response.writeEarlyHints({ link: '</x.css>; rel=preload' });
  app.get('/fast', (_request, response) => response.json({ name, ok: true }));
  app.post('/echo', (request, response) => response.status(201).json(request.body));
  app.get('/hang', (_request, response) => begun(response));
  app.post('/hang', (_request, response) => begun(response));
  app.get('/stream', (_request, response) => void response.write('first part'));
  app.get('/destroy', (_request, response) => void response.destroy());
  app.get('/throw', () => {
    throw new Error('made to fail');
  });
  app.get('/facts', (request, response) => response.json(facts(request, response)));
  const server = app.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
};
