'use strict';
/**
 * dynalite in a process of its own, forked with an IPC channel: `{ port }` once it listens; asked `count`, it answers
 * `{ requests }`, the HTTP requests that it has got so far.
 */
const dynalite = require('dynalite');

const server = dynalite({ createTableMs: 0 });
let requests = 0;
server.on('request', () => {
  requests += 1;
});
server.listen(0, '127.0.0.1', () => {
  process.send({ port: server.address().port });
});
process.on('message', () => {
  process.send({ requests });
});
process.on('disconnect', () => {
  process.exit(0);
});
