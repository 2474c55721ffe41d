/** Who has signed in, and what they may do. What somebody may not do they do not see; the server refuses it too. */
import type { Capability, Role } from '@retap/central';
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext } from 'react';
import { ask } from './ask.ts';

export interface Session {
  /** Nobody signs in: whoever reaches the centre may look, and change nothing. */
  readonly open: boolean;
  readonly person: {
    readonly name: string;
    readonly roles: readonly Role[];
    readonly capabilities: readonly Capability[];
  } | null;
}

/** How often the page asks whether the session still stands. */
const LOOK_EVERY_MS = 30_000;

const Context = createContext<Session | null>(null);

export function useSessionQuery() {
  return useQuery({
    queryKey: ['session'],
    queryFn: ({ signal }) => ask<Session>('session', signal),
    refetchInterval: ({ state }) => (state.data?.open ? false : LOOK_EVERY_MS),
  });
}

export function SessionProvider({ session, children }: { readonly session: Session; readonly children: ReactNode }) {
  return <Context value={session}>{children}</Context>;
}

export function useSession(): Session {
  const session = useContext(Context);
  if (session === null) throw new Error('asked who has signed in before it was known');
  return session;
}

export type May = (capability: Capability) => boolean;

/** Whether the reader may; at an open centre everybody may see, and nobody may change anything. */
export function useMay(): May {
  const { open, person } = useSession();
  return (capability) => (open ? capability.startsWith('see-') : (person?.capabilities.includes(capability) ?? false));
}
