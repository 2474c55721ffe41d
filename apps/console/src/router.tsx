/** Addresses and the pages that they lead to. */
import { createRootRoute, createRoute, createRouter, Link, lazyRouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { parseSearch, stringifySearch } from './address.ts';
import { Layout } from './layout/layout.tsx';
import { WORDS } from './layout/words.ts';
import type { Page } from './pages/page.ts';
import { PAGES } from './pages/pages.ts';
import { Empty, Fault, Loading } from './parts/states.tsx';
import { useMay } from './session.tsx';
import { useSay } from './words/language.tsx';

function NotFound() {
  const say = useSay(WORDS);
  return (
    <Empty title={say('notFound')}>
      <Link to="/">{say('toToday')}</Link>
    </Empty>
  );
}

/** What somebody may not see is not there; whoever was sent a link to it is told why. */
function allowed({ access }: Page, Component: ComponentType) {
  return function Allowed() {
    const may = useMay();
    const say = useSay(WORDS);
    return may(access) ? <Component /> : <Empty title={say('notAllowed')} />;
  };
}

const root = createRootRoute({ component: Layout, notFoundComponent: NotFound });
const routes = PAGES.map((page) =>
  createRoute({
    getParentRoute: () => root,
    path: page.path,
    component: allowed(page, lazyRouteComponent(page.load)),
  }),
);

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: '/console',
  parseSearch,
  stringifySearch,
  scrollRestoration: true,
  defaultPendingComponent: Loading,
  defaultErrorComponent: ({ error }) => <Fault error={error} again={() => location.reload()} />,
});
