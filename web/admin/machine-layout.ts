import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { MachineScope, MachineState, TransitionKind } from './machine-graph.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box of the drawing, in its pixels from the top left corner. */
export interface DrawnState extends Point {
  readonly state: MachineState;
  /** The name in lines that fit the box. */
  readonly lines: readonly string[];
  readonly width: number;
  readonly height: number;
}
export interface DrawnBranch extends Point {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}
export interface DrawnTransition {
  readonly id: string;
  readonly kind: TransitionKind | 'start';
  readonly points: readonly Point[];
}
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Outer boxes before those inside them. */
  readonly states: readonly DrawnState[];
  readonly branches: readonly DrawnBranch[];
  readonly transitions: readonly DrawnTransition[];
  readonly starts: readonly Point[];
}

const LINE_CHARACTERS = 22;
const CHARACTER_PIXELS = 8.2;
export const LINE_PIXELS = 19;
const MINIMUM_WIDTH = 185;
/** Room for the name's lines, the condition under them, and the edges. */
const heightOf = (lines: readonly string[]): number => lines.length * LINE_PIXELS + 36;
const START_PIXELS = 14;

const spacing = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.spacing.nodeNode': '22',
  'elk.spacing.edgeNode': '16',
  'elk.spacing.edgeEdge': '10',
  'elk.layered.spacing.nodeNodeBetweenLayers': '38',
  'elk.layered.spacing.edgeNodeBetweenLayers': '18',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.mergeEdges': 'true',
  // From the start on, so that the way back of a loop is the line that goes back.
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.feedbackEdges': 'true',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
};

/**
 * Lays a machine out from left to right (ELK's layered algorithm, loaded when it is first needed). States inside a Map
 * or Parallel lie in its box.
 */
export async function layOut(graph: MachineScope): Promise<Drawing> {
  const { default: elk } = await import('elkjs/lib/elk.bundled.js');
  const root: ElkNode = { id: 'root', layoutOptions: spacing, ...contentOf(graph, 'root') };
  const laid: ElkNode = await new elk.default().layout(root);
  const states = new Map<string, MachineState>();
  collect(graph, states);
  const drawing: Mutable = { states: [], branches: [], transitions: [], starts: [] };
  draw(laid, { x: 0, y: 0 }, states, drawing);
  // Lines share their ways: those of errors lie beneath.
  drawing.transitions.sort((a, b) => Number(b.kind === 'error') - Number(a.kind === 'error'));
  return { width: laid.width ?? 0, height: laid.height ?? 0, ...drawing };
}

interface Mutable {
  readonly states: DrawnState[];
  readonly branches: DrawnBranch[];
  readonly transitions: DrawnTransition[];
  readonly starts: Point[];
}

// Ids of the graph given to ELK: what they stand for is their first part.
const stateId = (name: string): string => `state ${name}`;
const isState = (id: string): boolean => id.startsWith('state ');
const nameOf = (id: string): string => id.slice('state '.length);

function contentOf(graph: MachineScope, scopeId: string): Pick<ElkNode, 'children' | 'edges'> {
  const start = `start ${scopeId}`;
  return {
    children: [
      { id: start, width: START_PIXELS, height: START_PIXELS },
      ...graph.states.map((state) => nodeOf(state)),
    ],
    edges: [
      { id: `edge start ${scopeId}`, sources: [start], targets: [stateId(graph.startAt)] },
      ...graph.transitions.map(({ from, to, kind }, index) => ({
        id: `edge ${kind} ${scopeId} ${index}`,
        sources: [stateId(from)],
        targets: [stateId(to)],
      })),
    ],
  };
}

function nodeOf(state: MachineState): ElkNode {
  const id = stateId(state.name);
  const lines = linesOf(state.name);
  const longest = Math.max(...lines.map((line) => line.length));
  const width = Math.max(MINIMUM_WIDTH, Math.ceil(longest * CHARACTER_PIXELS) + 24);
  const [only, ...others] = state.scopes;
  if (only === undefined) return { id, width, height: heightOf(lines) };
  const inside = { 'elk.padding': `[top=${heightOf(lines)},left=16,bottom=16,right=16]` };
  const minimum = {
    'elk.nodeSize.constraints': 'MINIMUM_SIZE',
    'elk.nodeSize.minimum': `(${width},${heightOf(lines)})`,
  };
  if (others.length === 0)
    return { id, layoutOptions: { ...spacing, ...inside, ...minimum }, ...contentOf(only, id) };
  return {
    id,
    layoutOptions: { ...spacing, ...inside, ...minimum, 'elk.direction': 'DOWN' },
    children: state.scopes.map((branch, index) => ({
      id: `branch ${state.name} ${index}`,
      layoutOptions: { ...spacing, 'elk.padding': '[top=12,left=12,bottom=12,right=12]' },
      ...contentOf(branch, `branch ${state.name} ${index}`),
    })),
  };
}

/** A state's name in lines of some 22 characters, broken between words. */
export function linesOf(name: string): string[] {
  const lines: string[] = [];
  for (const word of name.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= LINE_CHARACTERS)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function collect(graph: MachineScope, into: Map<string, MachineState>): void {
  for (const state of graph.states) {
    into.set(state.name, state);
    for (const inner of state.scopes) collect(inner, into);
  }
}

/** ELK gives places relative to the box around them; a drawing has them from its own corner. */
function draw(node: ElkNode, at: Point, states: ReadonlyMap<string, MachineState>, drawing: Mutable): void {
  for (const child of node.children ?? []) {
    const place = { x: at.x + (child.x ?? 0), y: at.y + (child.y ?? 0) };
    const { id, width = 0, height = 0 } = child;
    const state = isState(id) ? states.get(nameOf(id)) : undefined;
    if (state !== undefined)
      drawing.states.push({ state, lines: linesOf(state.name), ...place, width, height });
    else if (id.startsWith('start '))
      drawing.starts.push({ x: place.x + width / 2, y: place.y + height / 2 });
    else drawing.branches.push({ id, ...place, width, height });
    draw(child, place, states, drawing);
  }
  for (const edge of node.edges ?? []) drawing.transitions.push(...linesOfEdge(edge, at));
}

function linesOfEdge(edge: ElkExtendedEdge, at: Point): DrawnTransition[] {
  const kind = kindOf(edge.id);
  return (edge.sections ?? []).map((section, index) => ({
    id: `${edge.id} ${index}`,
    kind,
    points: [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(({ x, y }) => ({
      x: at.x + x,
      y: at.y + y,
    })),
  }));
}

function kindOf(edgeId: string): DrawnTransition['kind'] {
  const word = edgeId.split(' ')[1];
  switch (word) {
    case 'start':
    case 'next':
    case 'choice':
    case 'default':
    case 'error':
      return word;
    default:
      throw new Error(`no kind of transition: ${edgeId}`);
  }
}
