/** What asks nothing: done by the button. */
import { useState } from 'react';
import { useFaultText } from '../../parts/states.tsx';

export function AtOnce({ name, act }: { readonly name: string; readonly act: () => Promise<unknown> }) {
  const faultText = useFaultText();
  const [isActing, setActing] = useState(false);
  const [fault, setFault] = useState<unknown>(null);
  const go = async () => {
    setActing(true);
    setFault(null);
    try {
      await act();
    } catch (error) {
      setFault(error);
    } finally {
      setActing(false);
    }
  };
  return (
    <>
      <button type="button" aria-disabled={isActing} onClick={() => isActing || void go()}>
        {name}
      </button>
      {fault !== null && (
        <span role="alert" className="wrong-text">
          {faultText(fault)}
        </span>
      )}
    </>
  );
}
