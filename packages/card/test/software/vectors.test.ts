/** Numbers of NIST and NXP, none of ours: AES-CMAC, diversification, authentication and secure messaging at the card's end. */
import { describe, expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../../src/bytes.ts';
import { SoftwareCard } from '../../src/software/card.ts';
import { MemoryCardMemory } from '../../src/software/memory.ts';
import { openCommand, type SecureSession, sealAnswer } from '../../src/software/secure-messaging.ts';
import { keyOfValue } from '../aes.ts';
import { AID, countingRandom, Reader, UID, ZERO_KEY } from './driver.ts';

describe('AES-CMAC: NIST SP 800-38B, appendix D.1', () => {
  const key = keyOfValue(fromHex('2B7E151628AED2A6ABF7158809CF4F3C'));
  const message = fromHex(
    '6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E5130C81C46A35CE411E5FBC1191A0A52EFF69F2445DF4F9B17AD2B417BE66C3710',
  );

  test.each([
    [0, 'BB1D6929E95937287FA37D129B756746'],
    [16, '070A16B46B4D4144F79BDD9DD04A287C'],
    [40, 'DFA66747DE9AE63030CA32611497C827'],
    [64, '51F0BEBF7E3B9D92FC49741779363CFE'],
  ])('message of %i bytes', (length, mac) => {
    expect(toHex(key.cmac(message.subarray(0, length)))).toBe(mac);
  });

  test('AN10922 section 2.2.2: an AES-128 key, diversified by UID, AID and system', () => {
    const master = keyOfValue(fromHex('00112233445566778899AABBCCDDEEFF'));
    expect(toHex(master.cmac(fromHex('0104782E21801D803042F54E585020416275')))).toBe(
      'A8DD63A3B89D54B37CA802473FDA9175',
    );
  });
});

/** A card whose random numbers are the published ones, in the order in which it asks for them. */
function cardWith(...numbers: readonly string[]): Reader {
  const rest = numbers.map(fromHex);
  const random = (length: number) => {
    const next = rest.shift();
    if (next?.length !== length) throw new Error(`the card asked for ${length} bytes out of turn`);
    return next;
  };
  const memory = new MemoryCardMemory();
  const maker = SoftwareCard.blank({ uid: UID, keyOfValue, random: countingRandom(), memory });
  new Reader(maker).frame(0xca, [...AID, 0x0b, 0x85]);
  const reader = new Reader(SoftwareCard.powerOn({ keyOfValue, random, memory }));
  reader.select();
  return reader;
}

describe('authentication', () => {
  test('AN12343 table 16: AuthenticateEV2First with key 0', () => {
    const nonce = keyOfValue(ZERO_KEY).decrypt(new Uint8Array(16), fromHex('24677DDBD46349E623798FD729006E79'));
    const reader = cardWith(toHex(nonce), '8CF141F3');
    expect(toHex(reader.frame(0x71, [0, 0]).data)).toBe('24677DDBD46349E623798FD729006E79');
    const second = reader.frame(0xaf, fromHex('3B50445F21D21D77D500794DEB245E5A754F5F901844259F4C9B31A5C7335ACD'));
    expect(second.status).toBe('9100');
    expect(toHex(second.data)).toBe('04C6DBD67417ED0D31DDDE4D2E3FFAC2B4B074F638EEF7FFF9254963B65C7759');
  });

  test('AN12196 tables 19, 23, 25, 26: First with key 3, NonFirst with key 0, ChangeKey of another key and of its own', () => {
    const published = ['91517975190DCEA6104948EFA3085C1B', '7614281A', '6924E8D09722659A2E7DEC68E66312B8'];
    const ours = Array.from({ length: 2 }, () => ['00'.repeat(16), '00'.repeat(4)]).flat();
    const reader = cardWith(...published, ...ours);
    expect(toHex(reader.frame(0x71, [3, 0]).data)).toBe('B875CEB0E66A6C5CD00898DC371F92D1');
    const first = reader.frame(0xaf, fromHex('FF0306E47DFBC50087C4D8A78E88E62DE1E8BE457AA477C707E2F0874916A8B1'));
    expect(toHex(first.data)).toBe('0CC9A8094A8EEA683ECAAC5C7BF20584206D0608D477110FC6B3D5D3F65C3A6A');

    // The published session has seen two commands: any two of ours count the same.
    reader.session = {
      encryption: keyOfValue(fromHex('7A93D6571E4B180FCA6AC90C9A7488D4')),
      mac: keyOfValue(fromHex('FC4AF159B62E549B5812394CAB1918CC')),
      transaction: fromHex('7614281A'),
    };
    for (const number of [1, 2]) expect(reader.command('mac', 0x64, [number])).toEqual(Uint8Array.of(0));

    expect(toHex(reader.frame(0x77, [0]).data)).toBe('A6A2B3C572D06C097BB8DB70463E22DC');
    const proof = fromHex('BE7D45753F2CAB85F34BC60CE58B940763FE969658A532DF6D95EA2773F6E991');
    expect(reader.frame(0xaf, proof).status).toBe('9100');

    const other = '022CF362B7BF4311FF3BE1DAA295E8C68DE09050560D19B9E16C2393AE9CD1FAC75D0CE20BCD1D06E6';
    const changed = reader.frame(0xc4, fromHex(other));
    expect([changed.status, toHex(changed.data)]).toEqual(['9100', '203BB55D1089D587']);
    const own = '00C0EB4DEEFEDDF0B513A03A95A75491818580503190D4D05053FF75668A01D6FDA6610234BDED6432';
    // Its own key: the session is over, and the answer has no MAC.
    expect(reader.frame(0xc4, fromHex(own))).toEqual({ status: '9100', data: new Uint8Array(0) });

    expect(reader.authenticate(2, fromHex('F3847D627727ED3BC9C4CC050489B966'))).toBe('9100');
    expect(reader.authenticate(0, fromHex('5004BF991F408672B1EF00F08F9E8647'))).toBe('9100');
  });
});

describe('secure messaging', () => {
  const sessionOf = (encryption: string, mac: string, transaction: string, counter: number): SecureSession => ({
    keyNumber: 0,
    keys: {
      encryption: keyOfValue(fromHex(encryption)),
      mac: keyOfValue(fromHex(mac)),
      transaction: fromHex(transaction),
    },
    counter,
  });
  const written = new Uint8Array(25).fill(0x22);
  const read = concat(written, new Uint8Array(23));
  const [writeHeader, readHeader] = [fromHex('00000000190000'), fromHex('00000000300000')];

  test('AN12343 tables 23 and 24: WriteData and ReadData in CommMode.MAC', () => {
    const at = (counter: number) =>
      sessionOf('C4C9F2A734F32967FAC80A0F37C764F0', '9366FA195EB566F5BD2BAD4020B83002', 'E2D3AF69', counter);
    const write = openCommand(at(0), 'mac', 0x8d, 7, concat(writeHeader, written, fromHex('68F2C28C575A1628')));
    expect(write).toEqual({ header: writeHeader, data: written });
    expect(toHex(sealAnswer(at(1), 'mac', new Uint8Array(0)))).toBe('0820F68898C2A7F1');
    const command = openCommand(at(1), 'mac', 0xad, 7, concat(readHeader, fromHex('0D9BE191D5960834')));
    expect(command).toEqual({ header: readHeader, data: new Uint8Array(0) });
    expect(toHex(sealAnswer(at(2), 'mac', read))).toBe(`${toHex(read)}A49A44222D926666`);
  });

  test('AN12343 tables 25 and 26: WriteData and ReadData in CommMode.Full', () => {
    const at = (counter: number) =>
      sessionOf('FFBCFE1F41840A09C9A88D0A4B10DF05', '37E7234B11BEBEFDE41A8F290090EF80', 'CD73D8E5', counter);
    const sealed = 'D7446FBC912580C0A65E738D28B609E43ADBB8FB2B4CA68744D1BBEBB37EBD32700ADF7BB9F62A6C';
    const write = openCommand(at(0), 'full', 0x8d, 7, concat(writeHeader, fromHex(sealed)));
    expect(write).toEqual({ header: writeHeader, data: written });
    expect(toHex(sealAnswer(at(1), 'full', new Uint8Array(0)))).toBe('B9A534A7A73EE0DD');
    const command = openCommand(at(1), 'full', 0xad, 7, concat(readHeader, fromHex('7CF94F122B3DB05F')));
    expect(command).toEqual({ header: readHeader, data: new Uint8Array(0) });
    expect(toHex(sealAnswer(at(2), 'full', read))).toBe(
      '8848D0F9B9FD4495770C89925B2A85C7274D350FA9029C484D43804886662DC42D7F40A6D7A415E4A71EFF79EB8E5721AC3BF1CAAFE8EB2CAA2DC162E67A97A38ED7888F22B3A587',
    );
  });

  test('AN12343 table 40: ChangeKey of the own key', () => {
    const session = sessionOf('E156C8522F7C8DC82B0C99BA847DE723', '45D50C1570000D2F173DF949288E3CAD', '94297F4D', 0);
    const body = '00BF5400DC97A1FBD65BE870716D6F11F8161BB4CA472856DB94AB94B2EC1A13E627CE07CF56C11091';
    const opened = openCommand(session, 'full', 0xc4, 1, fromHex(body));
    expect(opened).toEqual({ header: Uint8Array.of(0), data: fromHex('0123456789012345678901234567890100') });
  });

  test('AN12196 table 28: GetCardUID, whose answer is encrypted', () => {
    const at = (counter: number) =>
      sessionOf('2B4D963C014DC36F24F69A50A394F875', '379D32130CE61705DD5FD8C36B95D764', 'DF055522', counter);
    const none = new Uint8Array(0);
    expect(openCommand(at(0), 'mac', 0x51, 0, fromHex('8E2C155ADDA99BE3'))).toEqual({ header: none, data: none });
    expect(toHex(sealAnswer(at(1), 'full', fromHex('04958CAA5C5E80')))).toBe(
      '70756055688505B52A5E26E59E329CD6595F672298EA41B7',
    );
  });
});
