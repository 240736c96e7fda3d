/** A service of several processes: forked, or a cluster. The first one only starts the others. */
'use strict';
const cluster = require('node:cluster');
const { fork } = require('node:child_process');
const { createServer } = require('node:http');

if (cluster.isWorker || process.argv[2] === 'forked') {
  const server = createServer((_request, response) => response.end('done'));
  process.on('disconnect', () => process.exit());
  server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
} else if (process.argv[2] === 'cluster') {
  cluster.fork();
} else {
  fork(__filename, ['forked']);
}
