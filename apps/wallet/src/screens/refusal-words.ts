/** What happened and what to do, for each reason why nothing was done. No money has moved in any of them. */
import type { PhoneRefusal } from '@retap/phone';
import type { Language } from '../words/catalogue.ts';

type Words = Readonly<Record<PhoneRefusal, readonly [what: string, advice: string]>>;

export const REFUSAL_WORDS: Readonly<Record<Language, Words>> = {
  en: {
    'not-registered': ['This phone has no account yet.', 'Go online and create one.'],
    blocked: [
      'This phone is blocked.',
      'Somebody who knows its recovery code said that it is lost, or the operator blocked it. Ask the operator.',
    ],
    'rolled-back': [
      'This phone is older than what the centre knows of it.',
      'It was restored from a copy, or is a copy itself. It can pay no more. Register anew, and have the balance moved with the recovery code.',
    ],
    unreadable: ['That is nothing that a wallet shows.', 'Ask the other one to show it again, and scan all of it.'],
    unexpected: ['That is something else than what is expected here.', 'Ask the other one to show the right thing.'],
    'certificate-forged': [
      'The other phone is not known to our centre.',
      'Do not pay, and hand nothing over. It may be of another operator, or a forgery.',
    ],
    'signature-forged': [
      'Somebody changed this on its way.',
      'Hand nothing over. Ask the other one to show it on their own phone.',
    ],
    'certificate-expired': [
      'The other phone was offline for too long.',
      'It has to go online for a moment. Then try again.',
    ],
    'own-certificate-expired': ['This phone was offline for too long.', 'Go online for a moment. Then try again.'],
    denied: ['The other phone is blocked.', 'Hand nothing over: it may be lost, stolen or copied.'],
    'own-request': ['This is your own request.', 'Let the other phone scan it.'],
    'currency-differs': ['The other phone has money of another currency.', 'You cannot pay each other by wallet.'],
    'other-payee': ['This payment is for somebody else.', 'Ask the payer for the payment that is meant for you.'],
    'other-request': [
      'This payment is not for the request that is open.',
      'Show your request again and let it be paid. The other payment can be reclaimed by the payer.',
    ],
    'amount-changed': [
      'This is not the amount, or not the product, that you asked for.',
      'Hand nothing over. Ask again.',
    ],
    'chain-broken': [
      'The other phone contradicts itself.',
      'Hand nothing over. It shows an old state, or was tampered with. It has to go online.',
    ],
    'clock-differs': ['The clocks of the two phones differ.', 'Set both to automatic date and time, and try again.'],
    'clock-turned-back': ['The clock of this phone was turned back.', 'Set it to automatic date and time.'],
    'too-late': [
      'The time for it is over.',
      'Ask again, and pay again. A payment that nobody took can be reclaimed by the payer.',
    ],
    'request-paid': ['This request is paid already.', 'Nothing more is to be done. Ask anew for another payment.'],
    'amount-out-of-range': ['This is no amount that can be paid.', 'Enter another one.'],
    'insufficient-balance': ['There is not enough on this phone.', 'Top up when you are online, or pay less.'],
    'payment-limit': ['This is more than one payment may be.', 'Pay in another way.'],
    'offline-limit': [
      'The payer’s phone has spent as much as it may offline.',
      'It has to go online for a moment. Then try again.',
    ],
    'offline-count': [
      'The payer’s phone has made as many payments as it may offline.',
      'It has to go online for a moment. Then try again.',
    ],
    'balance-limit': ['The payee’s phone may not hold so much.', 'Cash out first, or take less.'],
    'merchants-only': ['Only a merchant’s phone can do that.', 'Ask the operator if you sell something.'],
    'refund-too-large': ['This is more than is left of that payment.', 'Refund less.'],
    'product-missing': ['This ticket is not on this phone.', 'Look at your tickets again.'],
    'product-not-valid': ['This ticket is not valid now.', 'It is used up, over, or not begun yet.'],
    'products-full': ['There is no room for another ticket.', 'Use one of those you have, then buy.'],
    'receipt-missing': [
      'The seller’s receipt is not on this phone.',
      'Scan the receipt on the seller’s phone, or go online. Without it nobody can see that the ticket is paid.',
    ],
    'store-full': [
      'This phone is full: there is no room for it.',
      'Delete photos or apps that you do not need, then try again.',
    ],
    'store-failed': [
      'The phone’s storage failed.',
      'Close the wallet and start it again: the history then says whether it was written.',
    ],
  },
  sl: {
    'not-registered': ['Ta telefon še nima računa.', 'Povežite se v omrežje in ga ustvarite.'],
    blocked: [
      'Ta telefon je blokiran.',
      'Nekdo, ki pozna obnovitveno kodo, je sporočil, da je izgubljen, ali pa ga je blokiral upravljavec. Vprašajte upravljavca.',
    ],
    'rolled-back': [
      'Ta telefon je starejši od tega, kar o njem ve center.',
      'Obnovljen je bil iz kopije ali pa je sam kopija. Ne more več plačevati. Registrirajte se znova in z obnovitveno kodo prenesite stanje.',
    ],
    unreadable: ['To ni nič, kar bi pokazala denarnica.', 'Prosite, naj vam pokažejo znova, in skenirajte vse.'],
    unexpected: ['To je nekaj drugega, kot se tu pričakuje.', 'Prosite, naj vam pokažejo pravo stvar.'],
    'certificate-forged': [
      'Našemu centru drugi telefon ni znan.',
      'Ne plačajte in ničesar ne izročite. Morda je od drugega upravljavca ali pa je ponaredek.',
    ],
    'signature-forged': [
      'Nekdo je to na poti spremenil.',
      'Ničesar ne izročite. Prosite, naj vam pokažejo na svojem telefonu.',
    ],
    'certificate-expired': [
      'Drugi telefon je bil predolgo brez povezave.',
      'Za trenutek se mora povezati. Potem poskusite znova.',
    ],
    'own-certificate-expired': [
      'Ta telefon je bil predolgo brez povezave.',
      'Za trenutek se povežite. Potem poskusite znova.',
    ],
    denied: ['Drugi telefon je blokiran.', 'Ničesar ne izročite: morda je izgubljen, ukraden ali kopiran.'],
    'own-request': ['To je vaša zahteva.', 'Skenira naj jo drugi telefon.'],
    'currency-differs': ['Drugi telefon ima denar v drugi valuti.', 'Z denarnico si ne morete plačati.'],
    'other-payee': ['To plačilo je za nekoga drugega.', 'Prosite plačnika za plačilo, ki je namenjeno vam.'],
    'other-request': [
      'To plačilo ni za zahtevo, ki je odprta.',
      'Znova pokažite svojo zahtevo. Drugo plačilo lahko plačnik zahteva nazaj.',
    ],
    'amount-changed': ['To ni znesek ali izdelek, ki ste ga zahtevali.', 'Ničesar ne izročite. Zahtevajte znova.'],
    'chain-broken': [
      'Drugi telefon si nasprotuje.',
      'Ničesar ne izročite. Kaže staro stanje ali pa je bil prirejen. Mora se povezati.',
    ],
    'clock-differs': ['Uri obeh telefonov se razlikujeta.', 'Obe nastavite na samodejni čas in poskusite znova.'],
    'clock-turned-back': ['Ura tega telefona je bila prestavljena nazaj.', 'Nastavite jo na samodejni čas.'],
    'too-late': [
      'Čas za to je potekel.',
      'Zahtevajte in plačajte znova. Plačilo, ki ga ni prevzel nihče, lahko plačnik zahteva nazaj.',
    ],
    'request-paid': ['Ta zahteva je že plačana.', 'Ničesar več ni treba storiti. Za drugo plačilo zahtevajte znova.'],
    'amount-out-of-range': ['Takega zneska ni mogoče plačati.', 'Vnesite drugega.'],
    'insufficient-balance': ['Na tem telefonu ni dovolj.', 'Napolnite, ko boste povezani, ali plačajte manj.'],
    'payment-limit': ['To je več, kot sme biti eno plačilo.', 'Plačajte na drug način.'],
    'offline-limit': [
      'Plačnikov telefon je porabil, kolikor sme brez povezave.',
      'Za trenutek se mora povezati. Potem poskusite znova.',
    ],
    'offline-count': [
      'Plačnikov telefon je opravil toliko plačil, kolikor jih sme brez povezave.',
      'Za trenutek se mora povezati. Potem poskusite znova.',
    ],
    'balance-limit': ['Prejemnikov telefon ne sme imeti toliko.', 'Najprej izplačajte ali vzemite manj.'],
    'merchants-only': ['To lahko stori le telefon trgovca.', 'Če kaj prodajate, vprašajte upravljavca.'],
    'refund-too-large': ['To je več, kot je ostalo od tega plačila.', 'Vrnite manj.'],
    'product-missing': ['Te vozovnice ni na tem telefonu.', 'Znova poglejte svoje vozovnice.'],
    'product-not-valid': ['Ta vozovnica zdaj ne velja.', 'Porabljena je, potekla ali pa se še ni začela.'],
    'products-full': ['Za še eno vozovnico ni prostora.', 'Porabite eno od teh, ki jih imate, potem kupite.'],
    'receipt-missing': [
      'Prodajalčevega potrdila ni na tem telefonu.',
      'Skenirajte potrdilo s prodajalčevega telefona ali se povežite. Brez njega nihče ne vidi, da je vozovnica plačana.',
    ],
    'store-full': [
      'Ta telefon je poln: za to ni prostora.',
      'Izbrišite fotografije ali aplikacije, ki jih ne potrebujete, in poskusite znova.',
    ],
    'store-failed': [
      'Pomnilnik telefona je odpovedal.',
      'Zaprite denarnico in jo odprite znova: zgodovina bo povedala, ali je bilo zapisano.',
    ],
  },
};
