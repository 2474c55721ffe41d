/** The chain as beads on strings. Its drawing is SVG; over it lie buttons, so that keys and screen readers reach every bead. */
import type { ChainLink } from '@retap/central';
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { TerminalLink } from '../../parts/links.tsx';
import { useCentreWords } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { type Bead, identityOf, type Join, pictureOf, type Shape } from './picture.ts';
import { WORDS } from './words.ts';

const STEP = 58;
const LANE = 64;
const MARGIN = 40;
const TOP = 44;

const xOf = ({ place }: Pick<Bead, 'place'>) => MARGIN + place * STEP;
const yOf = ({ lane }: Pick<Bead, 'lane'>) => TOP + lane * LANE;

interface ChainProps {
  /** Newest first. */
  readonly links: readonly ChainLink[];
  /** `17-4711` */
  readonly selected: string | null;
  readonly select: (id: string | null) => void;
}

export function Chain({ links, selected, select }: ChainProps) {
  const say = useSay(WORDS);
  const { clock, day, shortDay } = useForms();
  const picture = pictureOf(links);
  const width = MARGIN * 2 + Math.max(0, picture.length - 1) * STEP;
  const height = TOP + picture.lanes * LANE + 34;
  const place = useRef<HTMLDivElement>(null);
  useNewestInView(place, links);
  const recordBeads = picture.beads.filter(({ shape }) => shape !== 'hole');
  const current = selected ?? recordBeads.at(-1)?.id;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY }[
      event.key
    ];
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...(place.current?.querySelectorAll<HTMLButtonElement>('button.bead') ?? [])];
    const now = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const then = Math.max(0, Math.min(buttons.length - 1, now + step));
    buttons[then]?.focus();
    buttons[then]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  return (
    <>
      <Legend />
      <div ref={place} className="scroll chain">
        <div className="chain-body" style={{ width, height }}>
          <svg width={width} height={height} aria-hidden="true">
            {picture.joins.map((join) => (
              <path key={`${join.from.id} ${join.to.id}`} d={curve(join)} className={`join ${join.kind}`} />
            ))}
            {picture.beads.map((bead) => (
              <g key={bead.id} transform={`translate(${xOf(bead)} ${yOf(bead)})`} className={`mark ${bead.shape}`}>
                {bead.id === selected && <circle r="19" className="chosen" />}
                <Mark shape={bead.shape} />
              </g>
            ))}
          </svg>
          <div role="toolbar" aria-label={say('chain')} onKeyDown={onKeyDown}>
            {picture.beads.map((bead) => (
              <BeadButton
                key={bead.id}
                bead={bead}
                isCurrent={bead.id === current}
                isSelected={bead.id === selected}
                select={select}
              />
            ))}
          </div>
          {recordBeads.map((bead, index) => {
            const before = recordBeads[index - 1];
            const isNewDay = before === undefined || day(before.link.record.time) !== day(bead.link.record.time);
            return (
              <span
                key={bead.id}
                className="bead-time"
                style={{ left: xOf(bead), top: height - 32 }}
                aria-hidden="true"
              >
                {clock(bead.link.record.time)}
                {isNewDay && <b>{shortDay(bead.link.record.time)}</b>}
              </span>
            );
          })}
        </div>
      </div>
    </>
  );
}

/** What is newest is what one has come for; older beads put in before it must not move what one looks at. */
function useNewestInView(place: RefObject<HTMLElement | null>, links: readonly ChainLink[]) {
  const before = useRef<{ readonly oldest: string; readonly width: number } | null>(null);
  const oldest = links.at(-1);
  const id = oldest ? identityOf(oldest) : '';
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    if (before.current === null) element.scrollLeft = element.scrollWidth;
    else if (before.current.oldest !== id) element.scrollLeft += element.scrollWidth - before.current.width;
    before.current = { oldest: id, width: element.scrollWidth };
  }, [id, place]);
}

function BeadButton(props: {
  readonly bead: Bead;
  readonly isCurrent: boolean;
  readonly isSelected: boolean;
  readonly select: (id: string | null) => void;
}) {
  const { bead, isCurrent, isSelected, select } = props;
  const say = useSay(WORDS);
  const { change, momentText } = useForms();
  const { types, statuses } = useCentreWords();
  const { record, status } = bead.link;
  const button = useRef<HTMLButtonElement>(null);
  const wasSelected = useRef(isSelected);
  useEffect(() => {
    // Whoever came by a link to it sees it.
    if (wasSelected.current) button.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, []);
  const style = { left: xOf(bead), top: yOf(bead) };
  if (bead.shape === 'hole') {
    const { lastTerminal, lastTime } = record as { lastTerminal: number; lastTime: number };
    return (
      <span className="owes" style={style}>
        <span className="spoken">{say('hole', { terminal: lastTerminal, time: momentText(lastTime) })}</span>
        <TerminalLink terminal={lastTerminal}>{say('owes', { terminal: lastTerminal })}</TerminalLink>
      </span>
    );
  }
  const label = say('bead', {
    type: types[record.type],
    amount: record.type === 'observation' ? '' : change(record.amount),
    time: momentText(record.time),
    terminal: record.terminal,
    state: `${statuses[status ?? 'observed']}, ${say(bead.link.node ? 'counts' : 'notCounts')}`,
  });
  return (
    <button
      ref={button}
      type="button"
      className="bead"
      style={style}
      data-record={bead.id}
      data-shape={bead.shape}
      aria-label={label}
      aria-pressed={isSelected}
      title={label}
      tabIndex={isCurrent ? 0 : -1}
      onClick={() => select(isSelected ? null : bead.id)}
    />
  );
}

function Mark({ shape }: { readonly shape: Shape }) {
  switch (shape) {
    case 'node':
      return <circle r="12" />;
    case 'doubt':
      return <circle r="11" />;
    case 'hole':
      return <circle r="10" />;
    case 'seen':
      return <rect x="-8" y="-8" width="16" height="16" transform="rotate(45)" />;
    case 'refused':
      return <path d="M-8 -8L8 8M8 -8L-8 8" />;
  }
}

/** Straight on a string; over what lies between, and from string to string, in a bow. */
function curve({ from, to }: Join): string {
  const [x1, y1, x2, y2] = [xOf(from), yOf(from), xOf(to), yOf(to)];
  if (y1 === y2) {
    const isNext = to.place === from.place + 1;
    return isNext
      ? `M${x1} ${y1}H${x2}`
      : `M${x1} ${y1}C${x1 + STEP / 2} ${y1 - 34} ${x2 - STEP / 2} ${y2 - 34} ${x2} ${y2}`;
  }
  return `M${x1} ${y1}C${x1 + STEP / 2} ${y1} ${x2 - STEP / 2} ${y2} ${x2} ${y2}`;
}

function Legend() {
  const say = useSay(WORDS);
  const shapes = [
    ['node', 'legendNode'],
    ['doubt', 'legendDoubt'],
    ['hole', 'legendHole'],
    ['refused', 'legendRefused'],
    ['seen', 'legendSeen'],
  ] as const;
  return (
    <ul className="chain-legend">
      {shapes.map(([shape, word]) => (
        <li key={shape}>
          <svg width="26" height="26" viewBox="-13 -13 26 26" aria-hidden="true">
            <g className={`mark ${shape}`}>
              <Mark shape={shape} />
            </g>
          </svg>
          {say(word)}
        </li>
      ))}
    </ul>
  );
}
