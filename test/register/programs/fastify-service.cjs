/** A service on Fastify that knows nothing of cancelscope. Requests that hang say by early hints that they have begun. */
'use strict';
const { facts } = require('./facts.cjs');

/** @param {any} fastify @param {string} name */
exports.serve = (fastify, name) => {
  const app = fastify();
  const hang = (_request, reply) => {
    reply.raw.writeEarlyHints({ link: '</x.css>; rel=preload' });
    return new Promise(() => {});
  };
  app.get('/fast', () => ({ name, ok: true }));
  app.post('/echo', (request, reply) => reply.code(201).send(request.body));
  app.get('/hang', hang);
  app.post('/hang', hang);
  app.get('/stream', (_request, reply) => {
    reply.hijack();
    reply.raw.write('first part');
  });
  app.get('/destroy', (_request, reply) => {
    reply.hijack();
    reply.raw.destroy();
  });
  app.get('/throw', () => {
    throw new Error('made to fail');
  });
  app.get('/facts', (request, reply) => facts(request.raw, reply.raw));
  app.listen({ port: 0, host: '127.0.0.1' }).then(() => console.log(`listening ${app.server.address().port}`));
};
