/** A file of JSON to be read here and sent as the centre takes it. */
import { useSay } from '../../words/language.tsx';
import { WORDS } from './words.ts';

export function FileField({ id }: { readonly id: string }) {
  const say = useSay(WORDS);
  return (
    <>
      <label htmlFor={id}>{say('file')}</label>
      <input id={id} type="file" name="file" accept="application/json,.json" />
    </>
  );
}

type Read = { readonly value: object } | { readonly fault: 'fileMissing' | 'fileWrong'; readonly message: string };

export async function jsonIn(form: FormData, name: string): Promise<Read> {
  const file = form.get(name);
  if (!(file instanceof File) || file.size === 0) return { fault: 'fileMissing', message: '' };
  try {
    return { value: JSON.parse(await file.text()) as object };
  } catch (error) {
    return { fault: 'fileWrong', message: (error as Error).message };
  }
}
