import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allStates, allTransitions, machineGraph, shownPart } from '../../../web/admin/machine-graph.ts';
import { layOut, linesOf } from '../../../web/admin/machine-layout.ts';

const folder = join(import.meta.dirname, '../../../state-machines');
const nested = JSON.stringify({
  StartAt: 'Each school',
  States: {
    'Each school': {
      Type: 'Map',
      ItemProcessor: {
        StartAt: 'Read it',
        States: { 'Read it': { Type: 'Task', Next: 'Done with it' }, 'Done with it': { Type: 'Succeed' } },
      },
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Stop' }],
      Next: 'Both',
    },
    Both: {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'Write', States: { Write: { Type: 'Pass', End: true } } },
        { StartAt: 'Tell', States: { Tell: { Type: 'Pass', End: true } } },
      ],
      Next: 'Which?',
    },
    'Which?': {
      Type: 'Choice',
      Choices: [{ Condition: "{% $next.do = 'AGAIN' %}", Next: 'Each school' }],
      Default: 'End',
    },
    End: { Type: 'Succeed' },
    Stop: { Type: 'Fail' },
  },
});

describe('the graph of a machine', () => {
  it('has every state, those inside a Map and the branches of a Parallel too', () => {
    const graph = machineGraph(nested);
    expect(allStates(graph).map(({ name }) => name)).toEqual([
      'Each school',
      'Read it',
      'Done with it',
      'Both',
      'Write',
      'Tell',
      'Which?',
      'End',
      'Stop',
    ]);
    expect(allTransitions(graph)).toContainEqual({
      from: 'Which?',
      to: 'Each school',
      kind: 'choice',
      why: "$next.do = 'AGAIN'",
    });
  });

  it('shows what only errors lead to when it was reached, or when errors are asked for', () => {
    const graph = machineGraph(nested);
    const names = (entered: string[], withErrors: boolean) =>
      shownPart(graph, withErrors, new Set(entered)).states.map(({ name }) => name);
    expect(names([], false)).not.toContain('Stop');
    expect(names(['Stop'], false)).toContain('Stop');
    expect(shownPart(graph, false, new Set(['Stop'])).transitions).toContainEqual({
      from: 'Each school',
      to: 'Stop',
      kind: 'error',
      why: 'States.ALL',
    });
    expect(names([], true)).toContain('Stop');
  });
});

describe('the drawing of a machine', () => {
  it('puts states that are inside others into their boxes, and a line on every transition', async () => {
    const graph = machineGraph(nested);
    const drawing = await layOut(graph);
    const box = (name: string) => drawing.states.find(({ state }) => state.name === name)!;
    const within = (inner: string, outer: string) => {
      const [a, b] = [box(inner), box(outer)];
      expect(a.x).toBeGreaterThan(b.x);
      expect(a.y).toBeGreaterThan(b.y);
      expect(a.x + a.width).toBeLessThan(b.x + b.width);
      expect(a.y + a.height).toBeLessThan(b.y + b.height);
    };
    within('Read it', 'Each school');
    within('Write', 'Both');
    within('Tell', 'Both');
    expect(drawing.branches).toHaveLength(2);
    // One line a transition and one from the start of each scope.
    expect(drawing.transitions).toHaveLength(allTransitions(graph).length + 4);
    expect(drawing.starts).toHaveLength(4);
  });

  it.each(globSync('*.asl.json', { cwd: folder }).map((file) => [basename(file, '.asl.json'), file]))(
    'of %s has all its states side by side, none over another',
    async (_name, file) => {
      const graph = machineGraph(readFileSync(join(folder, file), 'utf8'));
      const { states } = await layOut(graph);
      expect(states).toHaveLength(allStates(graph).length);
      const flat = states.filter(({ state }) => state.scopes.length === 0);
      for (const [index, a] of flat.entries())
        for (const b of flat.slice(index + 1))
          expect(
            a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
            `${a.state.name} and ${b.state.name}`,
          ).toBe(true);
    },
  );

  it('breaks a long name between words', () => {
    expect(linesOf('Wait for the school, its payer or the next date')).toEqual([
      'Wait for the school,',
      'its payer or the next',
      'date',
    ]);
  });
});
