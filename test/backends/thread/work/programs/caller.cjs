/** A CommonJS program. */
const call = require('./call.cjs');

void call(require('cancelscope'), process.argv[2]);
