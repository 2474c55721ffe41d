/** The screen of each place. */
import type { Place } from '../place.ts';
import { useWallet } from '../wallet.tsx';
import { No, Yes } from './answer.tsx';
import { Asked } from './asked.tsx';
import { Check } from './check.tsx';
import { History } from './history.tsx';
import { Home } from './home.tsx';
import { Item } from './item.tsx';
import { CashOut, TopUp } from './loading.tsx';
import { Lost } from './lost.tsx';
import { More } from './more.tsx';
import { Offers } from './offers.tsx';
import { Online } from './online.tsx';
import { Pay } from './pay.tsx';
import { Refund } from './refund.tsx';
import { Scan } from './scan.tsx';
import { Settings } from './settings.tsx';
import { Show } from './show.tsx';
import { Ticket } from './ticket.tsx';
import { Tickets } from './tickets.tsx';

export function Places() {
  const { place } = useWallet().way;
  return screenOf(place);
}

function screenOf(place: Place) {
  switch (place.at) {
    case 'home':
      return <Home />;
    case 'scan':
      return <Scan key={String(place.paste)} wanted={place.wanted} paste={place.paste === true} />;
    case 'pay':
      return <Pay message={place.message} />;
    case 'show':
      return <Show id={place.id} />;
    case 'asked':
      return <Asked />;
    case 'yes':
      return <Yes id={place.id} isNew={place.isNew} />;
    case 'no':
      return <No reason={place.reason} wanted={place.wanted} />;
    case 'history':
      return <History />;
    case 'item':
      return <Item id={place.id} />;
    case 'refund':
      return <Refund id={place.id} />;
    case 'tickets':
      return <Tickets />;
    case 'ticket':
      return <Ticket id={place.id} use={place.use} />;
    case 'check':
      return <Check message={place.message} />;
    case 'more':
      return <More />;
    case 'online':
      return <Online />;
    case 'top-up':
      return <TopUp />;
    case 'cash-out':
      return <CashOut />;
    case 'lost':
      return <Lost />;
    case 'offers':
      return <Offers />;
    case 'settings':
      return <Settings />;
  }
}
