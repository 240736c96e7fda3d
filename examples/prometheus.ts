import { cancelScope, CancellationToken, registerMonitor } from 'cancelscope';
import { prometheusMonitor } from 'cancelscope/prometheus';
import { Registry } from 'prom-client';

const registry = new Registry();
registerMonitor(prometheusMonitor({ registry }));

const client = new CancellationToken({ name: 'client' });
const search = cancelScope('search', { token: client }, (scope) => scope.race(new Promise(() => {})));
client.cancel('disconnect', 'tab closed');
client.cancel('shutdown'); // too late to change anything, and counted
await search.catch(() => {});

const lines = (await registry.metrics()).split('\n');
console.log(lines.filter((line) => line.startsWith('cancellation_requests_total')).join('\n'));

/* prints:
cancellation_requests_total{reason="disconnect",source_thread="main",result="accepted"} 1
cancellation_requests_total{reason="shutdown",source_thread="main",result="redundant"} 1
*/
