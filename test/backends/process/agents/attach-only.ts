/** Attaches the token in its arguments and has nothing else to do; with `once`, takes one message of its own first. */
import { attachToken, type ProcessTokenHandle } from '../../../../src/backends/process/index.ts';

const [handle = '', mode] = process.argv.slice(2);
const token = attachToken(JSON.parse(handle) as ProcessTokenHandle);
token.onCancel(() => {});
if (mode === 'once') process.once('message', () => process.send?.('taken'));
if (mode === 'on') process.on('message', (message) => process.send?.(['echo', message]));
process.send?.('attached');
