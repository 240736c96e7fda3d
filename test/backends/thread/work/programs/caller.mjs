/** An ES module. */
import * as cancelscope from 'cancelscope';
import call from './call.cjs';

await call(cancelscope, process.argv[2]);
