// SPDX-License-Identifier: Apache-2.0
// Usage: node watch.js [ADDRESS [COUNT]]. ADDRESS is unix:/path/of/socket, or host:port of a server without TLS.
'use strict';

const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const address = process.argv[2] || 'unix:/run/unraced/serve/unraced.sock';
const limit = Number(process.argv[3] || Infinity);
const protos = path.join(__dirname, '../../protocol/src/main/proto');

const definition = loader.loadSync('unraced/v1/unraced.proto', {
  includeDirs: [protos],
  keepCase: true,
  enums: String,
  longs: String,
  defaults: true,
  oneofs: true,
});
const { Unraced } = grpc.loadPackageDefinition(definition).unraced.v1;

// A UNIX socket has no host, but HTTP/2 wants a name.
const client = new Unraced(address, grpc.credentials.createInsecure(), { 'grpc.default_authority': 'localhost' });
const stream = client.Subscribe({ protocol: 1, payload: 'PAYLOAD_EVENTS' });
let seen = 0;

// Paths are bytes, and need not be text: what is not printable ASCII is escaped.
function printable(bytes) {
  return [...bytes]
    .map((b) => (b >= 0x20 && b < 0x7f && b !== 0x5c ? String.fromCharCode(b) : `\\x${b.toString(16).padStart(2, '0')}`))
    .join('');
}

function line(event) {
  const who = `${printable(event.caller.comm)}[${event.caller.tgid}]`;
  const call = event.syscall.replace('SYSCALL_', '').toLowerCase();
  const argument = event.open ? event.open : event.connect;
  const bytes = event.open ? argument.path : argument.address;
  const integrity = (event.open ? argument.path_integrity : argument.address_integrity).replace('INTEGRITY_', '');
  return `${who} ${call} ${printable(bytes)} = ${event.result} ${integrity}`;
}

stream.on('data', (delivery) => {
  for (const event of delivery.events) {
    if (seen < limit) {
      seen++;
      console.log(line(event));
    }
  }
  if (seen >= limit) {
    stream.cancel();
  }
});
stream.on('end', () => client.close());
stream.on('error', (error) => {
  client.close();
  if (error.code !== grpc.status.CANCELLED) {
    console.error(`watch: ${error.details}`);
    process.exitCode = 1;
  }
});
