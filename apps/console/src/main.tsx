/** The console. */
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Refusal, watchInput } from './ask.ts';
import { applyTheme } from './layout/theme.ts';
import { LiveProvider } from './live.tsx';
import { router } from './router.tsx';
import { SessionProvider, useSessionQuery } from './session.tsx';
import './style.css';
import { CENTRE_WORDS } from './words/centre.ts';
import { LanguageProvider } from './words/language.tsx';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What the centre refuses it refuses again; what did not come may come.
      retry: (count, error) => count < 2 && error instanceof Refusal && (error.status === 0 || error.status === 503),
      staleTime: 2_000,
      refetchOnWindowFocus: false,
    },
  },
});

function Console() {
  const session = useSessionQuery();
  const words = useQuery(CENTRE_WORDS);
  const fault = session.error ?? words.error;
  // Neither language is known yet: the centre's own message stands alone.
  if (fault && !session.data) return <p role="alert">{fault.message}</p>;
  if (!session.data || !words.data) return null;
  if (!session.data.open && session.data.person === null) {
    location.replace('/sign-in.html');
    return null;
  }
  return (
    <SessionProvider session={session.data}>
      <LiveProvider>
        <RouterProvider router={router} />
      </LiveProvider>
    </SessionProvider>
  );
}

watchInput();
applyTheme();
const place = document.getElementById('console');
if (place === null) throw new Error('the document has no #console');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <LanguageProvider>
        <Console />
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);
