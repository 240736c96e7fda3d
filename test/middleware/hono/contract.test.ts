import { frameworkContract } from '../../support/framework-contract.ts';
import { givenUpContract } from '../../support/framework-given-up.ts';
import { frameworkLoad } from '../../support/framework-load.ts';
import { streamContract } from '../../support/framework-streams.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { startContract } from '../../support/hono-server.ts';

guardLeaks();
guardUnhandled();

frameworkContract(startContract);
givenUpContract(startContract, 'late streams are left');
streamContract(startContract);
frameworkLoad(startContract);
