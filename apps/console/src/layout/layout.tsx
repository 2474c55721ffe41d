/** What stands around every page: navigation, search, whether it is live, who has signed in. */
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useAddress } from '../address.ts';
import { send } from '../ask.ts';
import { PAGES } from '../pages/pages.ts';
import { useMay, useSession } from '../session.tsx';
import { LANGUAGES } from '../words/catalogue.ts';
import { useCentreWords } from '../words/centre.ts';
import { said, useLanguage, useSay } from '../words/language.tsx';
import { Keys } from './keys.tsx';
import { LiveSign } from './live-sign.tsx';
import { SearchBox } from './search-box.tsx';
import { THEMES, useTheme } from './theme.ts';
import { WORDS } from './words.ts';

export function Layout() {
  const say = useSay(WORDS);
  const { search } = useAddress();
  const isKiosk = search.kiosk === '1';
  useTitle();
  if (isKiosk) {
    return (
      <main id="content" className="kiosk" tabIndex={-1}>
        <Outlet />
      </main>
    );
  }
  return (
    <>
      <a className="skip" href="#content">
        {say('skip')}
      </a>
      <header className="bar">
        <Link to="/" className="brand">
          {say('retap')}
        </Link>
        <SearchBox />
        <LiveSign />
        <Keys />
      </header>
      <div className="body">
        <Navigation />
        <main id="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
    </>
  );
}

/** The page's own title in the window's; and its heading has the focus after one has gone there, so that it is read out. */
function useTitle() {
  const { pathname } = useRouterState({ select: ({ location }) => location });
  const first = useRef(true);
  useEffect(() => {
    const heading = () => document.querySelector<HTMLElement>('main h1');
    const say = () => {
      const title = heading()?.textContent;
      if (title) document.title = `${title} – Retap`;
    };
    say();
    const observer = new MutationObserver(say);
    observer.observe(document.body, { childList: true, subtree: true });
    if (!first.current && pathname) document.getElementById('content')?.focus({ preventScroll: true });
    first.current = false;
    return () => observer.disconnect();
  }, [pathname]);
}

const GROUPS = ['watch', 'look', 'steer', 'govern'] as const;

function Navigation() {
  const say = useSay(WORDS);
  const may = useMay();
  const { language, locale } = useLanguage();
  const [isOpen, setOpen] = useState(false);
  const pages = PAGES.filter(({ group, access }) => group && may(access));
  return (
    <nav aria-label={say('navigation')} className={isOpen ? 'open' : ''}>
      <button type="button" className="menu" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {say('menu')}
      </button>
      <div className="nav-body">
        {GROUPS.map((group) => {
          const inGroup = pages.filter((page) => page.group === group);
          if (inGroup.length === 0) return null;
          return (
            <section key={group} aria-labelledby={`nav-${group}`}>
              <h2 id={`nav-${group}`}>{say(group)}</h2>
              <ul>
                {inGroup.map(({ path, words }) => (
                  <li key={path}>
                    <Link
                      to={path}
                      activeOptions={{ exact: path === '/', includeSearch: false }}
                      activeProps={{ 'aria-current': 'page' }}
                      onClick={() => setOpen(false)}
                    >
                      {said(words[language], 'title', locale)}
                    </Link>
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
        <Choices />
      </div>
    </nav>
  );
}

function Choices() {
  const say = useSay(WORDS);
  const { language, choose } = useLanguage();
  const { theme, chooseTheme } = useTheme();
  const { open, person } = useSession();
  const words = useCentreWords();
  const signOut = async () => {
    await send('session', undefined, 'DELETE');
    location.assign('/sign-in.html');
  };
  return (
    <div className="choices-side">
      {open && <p className="quiet">{say('openCentre')}</p>}
      {person && (
        <p>
          <a href="/account.html">{person.name}</a>{' '}
          <span className="quiet">({person.roles.map((role) => words.roles[role]).join(', ')})</span>{' '}
          <button type="button" onClick={() => void signOut()}>
            {say('signOut')}
          </button>
        </p>
      )}
      <label>
        {say('language')}
        <select id="language" value={language} onChange={({ target }) => choose(target.value as typeof language)}>
          {LANGUAGES.map((each) => (
            <option key={each} value={each} lang={each}>
              {each === 'en' ? 'English' : 'slovenščina'}
            </option>
          ))}
        </select>
      </label>
      <label>
        {say('theme')}
        <select id="theme" value={theme} onChange={({ target }) => chooseTheme(target.value as typeof theme)}>
          {THEMES.map((each) => (
            <option key={each} value={each}>
              {say(each)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
