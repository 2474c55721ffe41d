/** The wallet begins here. */
import { render } from 'preact';
import { takeNewVersion } from './edges/service-worker.ts';
import { allowSound } from './edges/signal.ts';
import { Start } from './start.tsx';
import './style.css';
import { LanguageProvider } from './words/language.tsx';

const place = document.getElementById('wallet');
if (!place) throw new Error('no place for the wallet in its page');

addEventListener('pointerdown', allowSound);
addEventListener('keydown', allowSound);

if (!(await takeNewVersion())) {
  render(
    <LanguageProvider>
      <Start />
    </LanguageProvider>,
    place,
  );
}
