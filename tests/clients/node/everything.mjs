// The reference server of MCP, with sessions, on a free port of loopback. Prints its URL and what the server logs, and ends
// with its first line of input. The server itself takes a number from PORT and, if it is 0, never tells which port it got.
import { Server } from 'node:net';

const { listen } = Server.prototype;
Server.prototype.listen = function listenOnLoopback(_port, ...rest) {
  this.once('listening', () => console.log(`http://127.0.0.1:${this.address().port}/mcp`));
  return listen.call(this, 0, '127.0.0.1', ...rest);
};
process.stdin.once('data', () => process.exit(0));
process.argv[2] = 'streamableHttp';
await import('@modelcontextprotocol/server-everything/dist/index.js');
