import { useEffect, useId, useState } from 'preact/hooks';
import { Choices } from '../shared/forms.tsx';
import { useSharedText } from '../shared/language.ts';
import { type MachineScope, shownPart } from './machine-graph.ts';
import { type Drawing, type DrawnState, LINE_PIXELS, layOut } from './machine-layout.ts';
import type { Run } from './run-page.tsx';
import { useText } from './texts.ts';

export type StateNow = Run['states'][number];
type Condition = StateNow['condition'] | 'NOT_REACHED';

/** A sign beside the words, so that colour is never alone. */
function signOf(condition: Condition): string {
  switch (condition) {
    case 'RUNNING':
      return '▶';
    case 'SUCCEEDED':
      return '✓';
    case 'CAUGHT':
      return '↺';
    case 'FAILED':
      return '✕';
    case 'NOT_REACHED':
      return '○';
  }
}

const classOf = (condition: Condition): string =>
  `psqm-machine__state psqm-machine__state--${condition.toLowerCase().replace('_', '-')}`;

/** The machine of an execution as a graph: every state with how it stands; a state leads to its events. */
export function MachineDrawing(props: {
  graph: MachineScope;
  states: readonly StateNow[];
  selected: string | undefined;
  onSelect: (name: string) => void;
}) {
  const t = useText();
  const loading = useSharedText()('loading');
  const [withErrors, setWithErrors] = useState(false);
  const [drawing, setDrawing] = useState<Drawing | undefined>(undefined);
  // By value, so that the same states looked at again are not laid out again.
  const entered = props.states.map(({ name }) => name).join('\n');
  useEffect(() => {
    let wanted = true;
    const shown = shownPart(props.graph, withErrors, new Set(entered.split('\n')));
    void layOut(shown).then((laid) => {
      if (wanted) setDrawing(laid);
    });
    return () => {
      wanted = false;
    };
  }, [props.graph, withErrors, entered]);
  return (
    <>
      <h2 class="govuk-heading-m">{t('machine.title')}</h2>
      <p class="govuk-body">{t('machine.lead')}</p>
      <Choices
        multiple
        name="machine"
        label={t('machine.show')}
        options={[{ value: 'errors', label: t('machine.show-errors') }]}
        value={withErrors ? ['errors'] : []}
        onChange={(value) => setWithErrors(value.includes('errors'))}
      />
      {drawing === undefined ? <p class="govuk-body">{loading}</p> : <Picture {...props} drawing={drawing} />}
    </>
  );
}

function Picture(props: {
  drawing: Drawing;
  states: readonly StateNow[];
  selected: string | undefined;
  onSelect: (name: string) => void;
}) {
  const t = useText();
  const id = useId();
  const { drawing } = props;
  const now = new Map(props.states.map((one) => [one.name, one]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section class="psqm-scroll psqm-machine" aria-label={t('machine.title')} tabIndex={0}>
      {/* biome-ignore lint/a11y/useSemanticElements: an SVG has no element of its own for a group of links */}
      <svg
        role="group"
        aria-label={t('machine.alternative', { states: drawing.states.length })}
        width={drawing.width}
        height={drawing.height}
        viewBox={`0 0 ${drawing.width} ${drawing.height}`}
      >
        <defs>
          {(['plain', 'error'] as const).map((kind) => (
            <marker
              key={kind}
              id={`${id}-${kind}`}
              viewBox="0 0 10 10"
              refX="9"
              refY="5"
              markerWidth="8"
              markerHeight="8"
              orient="auto"
            >
              <path d="M0 0 L10 5 L0 10 z" class={`psqm-machine__arrow psqm-machine__arrow--${kind}`} />
            </marker>
          ))}
        </defs>
        {drawing.branches.map(({ id: branch, x, y, width, height }) => (
          <rect key={branch} x={x} y={y} width={width} height={height} class="psqm-machine__branch" rx="6" />
        ))}
        {drawing.states
          .filter(({ state }) => state.scopes.length > 0)
          .map((box) => (
            <StateBox key={box.state.name} {...props} box={box} now={now.get(box.state.name)} />
          ))}
        {drawing.transitions.map(({ id: transition, kind, points }) => (
          <polyline
            key={transition}
            points={points.map(({ x, y }) => `${x},${y}`).join(' ')}
            class={`psqm-machine__line psqm-machine__line--${kind}`}
            marker-end={`url(#${id}-${kind === 'error' ? 'error' : 'plain'})`}
          />
        ))}
        {drawing.starts.map(({ x, y }) => (
          <circle key={`${x} ${y}`} cx={x} cy={y} r="6" class="psqm-machine__start" />
        ))}
        {drawing.states
          .filter(({ state }) => state.scopes.length === 0)
          .map((box) => (
            <StateBox key={box.state.name} {...props} box={box} now={now.get(box.state.name)} />
          ))}
      </svg>
    </section>
  );
}

function StateBox(props: {
  box: DrawnState;
  now: StateNow | undefined;
  selected: string | undefined;
  onSelect: (name: string) => void;
}) {
  const t = useText();
  const { box, now } = props;
  const condition: Condition = now?.condition ?? 'NOT_REACHED';
  const words = conditionWords(t, now);
  const middle = box.x + box.width / 2;
  const first = box.y + 22;
  return (
    // biome-ignore lint/a11y/useValidAnchor: an SVG has no button, and this one does lead to the events
    <a
      href="#events"
      class={`${classOf(condition)}${props.selected === box.state.name ? ' psqm-machine__state--selected' : ''}`}
      onClick={() => props.onSelect(box.state.name)}
    >
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx="6" />
      <text x={middle} y={first} text-anchor="middle" lang="en">
        {box.lines.map((line, index) => (
          <tspan key={line} x={middle} y={first + index * LINE_PIXELS}>
            {`${line} `}
          </tspan>
        ))}
      </text>
      <text
        x={middle}
        y={first + box.lines.length * LINE_PIXELS}
        text-anchor="middle"
        class="psqm-machine__condition"
      >
        {signOf(condition)} {words}
      </text>
    </a>
  );
}

/** How a state stands, with how often it was entered where that was more than once. */
export function conditionWords(t: ReturnType<typeof useText>, now: StateNow | undefined): string {
  const words = t(`machine.condition.${now?.condition ?? 'NOT_REACHED'}`);
  return now !== undefined && now.entered > 1
    ? t('machine.times', { condition: words, count: now.entered })
    : words;
}
