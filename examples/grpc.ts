import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { cancelScope, currentScope, isCancelled, registerMonitor } from 'cancelscope';
import { clientInterceptor, serverInterceptor } from 'cancelscope/grpc';

registerMonitor({
  scopeSettled: (scope, { outcome, cause }) => console.log(scope.name, outcome, cause?.root.reason),
});

// A service without a .proto: messages are text.
const path = '/shop.Orders/Report';
const bytes = (text: string): Buffer => Buffer.from(text);
const stream = { requestStream: false, responseStream: false } as const;
const serialization = {
  requestSerialize: bytes,
  requestDeserialize: String,
  responseSerialize: bytes,
  responseDeserialize: String,
};

let begun = (): void => {};
const server = new Server({ interceptors: [serverInterceptor({ timeoutMs: 5_000 })] });
server.addService(
  { report: { path, ...stream, ...serialization } },
  {
    report: (_call: ServerUnaryCall<string, string>, answer: sendUnaryData<string>) => {
      currentScope() // cancelled when the client cancels, leaves or has no time left
        ?.race(new Promise<string>(() => {})) // a report that takes for ever
        .then((report) => answer(null, report), answer);
      begun();
    },
  },
);
const port = await new Promise<number>((resolve, reject) =>
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
    error === null ? resolve(port) : reject(error),
  ),
);

const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { interceptors: [clientInterceptor()] });

await cancelScope('page', { timeoutMs: 60_000 }, async (scope) => {
  begun = () => scope.cancel('superseded', 'the user asked for another page');
  await new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, bytes, String, 'today', (error, report) => {
      if (error === null) return resolve(report);
      console.log('code', error.code, isCancelled(error, 'superseded'));
      reject(error);
    });
  });
}).catch((error: Error) => console.log(error.message));

client.close();
server.tryShutdown(() => {});

/* prints:
grpc.client:/shop.orders/report cancelled superseded
code 1 true
page cancelled superseded
"page" was cancelled: superseded: the user asked for another page
grpc:/shop.orders/report cancelled disconnect
*/
