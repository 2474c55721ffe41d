/** What stands where there is nothing yet, nothing at all, or an answer that did not come. */
import type { ReactNode } from 'react';
import { Refusal } from '../ask.ts';
import { filled, useCentreWords } from '../words/centre.ts';
import { useSay } from '../words/language.tsx';
import { WORDS } from './words.ts';

export function Loading() {
  const say = useSay(WORDS);
  return (
    <p className="quiet" role="status">
      {say('loading')}
    </p>
  );
}

/** @param children what to do next */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children && <div className="quiet">{children}</div>}
    </div>
  );
}

/** Why the centre did not do it, in the reader's language; where it has no words for that, in the centre's own. */
export function useFaultText(): (error: unknown) => ReactNode {
  const { refusals } = useCentreWords();
  const say = useSay(WORDS);
  return (error) => {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof Refusal ? error.code : '';
    if (code === 'no-answer') return say('fault', { message });
    return filled(refusals[code] ?? '{message}', { message });
  };
}

export function Fault({ error, again }: { readonly error: unknown; readonly again?: () => void }) {
  const say = useSay(WORDS);
  const text = useFaultText();
  const requestId = error instanceof Refusal ? error.requestId : null;
  return (
    <div className="fault" role="alert">
      <p>{text(error)}</p>
      {requestId && (
        <p className="quiet">
          <code>{say('request', { requestId })}</code>
        </p>
      )}
      {again && (
        <button type="button" onClick={again}>
          {say('again')}
        </button>
      )}
    </div>
  );
}

/** Of a question: what came, or what stands in its place. */
export function Answered<Answer>({
  query,
  children,
}: {
  readonly query: {
    readonly data: Answer | undefined;
    readonly error: unknown;
    readonly isPending: boolean;
    refetch(): unknown;
  };
  readonly children: (answer: Answer) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) return <Fault error={query.error} again={() => void query.refetch()} />;
  return <Loading />;
}
