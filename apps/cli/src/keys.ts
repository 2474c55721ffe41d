/** `retap keys`: the keys of cards, in a file or in a token. */
import { KEY_PURPOSES } from '@retap/card';
import { KEY_ROLES } from '@retap/keys';
import { type Command, Option } from 'commander';
import { type DeriveOptions, derive, parseUid } from './keys/derive.ts';
import { type InitOptions, init } from './keys/init.ts';
import { list } from './keys/list.ts';
import { addIssuerOptions, addPlaceOptions, type PlaceOptions } from './keys/place.ts';
import { type RotateOptions, rotate } from './keys/rotate.ts';
import { countFrom } from './options.ts';
import type { ExitStatus, Shell } from './shell.ts';

const VERSION_MAX = 255;

export function addKeys(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const keys = program.command('keys').description('make, list and rotate the keys of cards (docs/keys.md)');
  const done = async (work: Promise<void>): Promise<void> => {
    await work;
    end(0);
  };
  const initCommand = keys
    .command('init')
    .description("make an issuer's key store, or with --terminal and --from one for a terminal or the centre")
    .addOption(terminalOption());
  addIssuerOptions(addPlaceOptions(initCommand)).action((options: InitOptions) => done(init(options, shell)));

  const deriveCommand = keys
    .command('derive')
    .description("show the check value of a card's key")
    .addOption(purposeOption().makeOptionMandatory())
    .addOption(new Option('--uid <HEX>', 'serial number of the chip').argParser(parseUid).makeOptionMandatory())
    .addOption(new Option('--key-version <N>', 'default: the newest').argParser(countFrom(0, VERSION_MAX)))
    .option('--reveal', "show the key itself; the issuer's key store alone can");
  addPlaceOptions(deriveCommand).action((options: DeriveOptions) => done(derive(options, shell)));

  const rotateCommand = keys
    .command('rotate')
    .description("add a version of the issuer's masters, or with --from take over what the issuer has added")
    .addOption(purposeOption());
  addIssuerOptions(addPlaceOptions(rotateCommand)).action((options: RotateOptions) => done(rotate(options, shell)));

  const listCommand = keys.command('list').description('show which masters there are, by their check values');
  addPlaceOptions(listCommand).action((options: PlaceOptions) => done(list(options, shell)));
}

function terminalOption(): Option {
  const roles = KEY_ROLES.filter((role) => role !== 'issuer');
  return new Option('--terminal <ROLE>', 'whom the keys are for; default: the issuer').choices(roles);
}

function purposeOption(): Option {
  return new Option('--purpose <PURPOSE>', 'which master').choices(KEY_PURPOSES);
}
