import { embeddedDirectory } from '../embedded-directory.ts';
import { transfersContract } from './contract.ts';

transfersContract('embedded', embeddedDirectory);
