/** A server on a thread of its own. */
'use strict';
const { createServer } = require('node:http');
const { parentPort: port } = require('node:worker_threads');

const server = createServer((request, response) => {
  if (request.url === '/hang') response.writeEarlyHints({ link: '</x.css>; rel=preload' });
  else response.end('done');
});
server.listen(0, '127.0.0.1', () => port.postMessage(server.address().port));
