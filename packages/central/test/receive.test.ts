import { openCentral } from '../src/index.ts';
import { describeReceiving } from './receive-contract.ts';

describeReceiving('the embedded database', () => openCentral({ database: null, clockTolerance: 20, now: () => 0 }));
