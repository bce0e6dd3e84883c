import type { Route } from './model.ts';

export interface RouteMatch {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'greedy'; readonly name: string };

const RANK = { literal: 0, variable: 1, greedy: 2 } as const;

/**
 * The route that serves a request (API Gateway Developer Guide, "Route evaluation"): a full match of path and method
 * before a greedy one, before `$default`; of several the most specific path from the left, then a named method before
 * `ANY`. `path` is decoded and without the stage.
 */
export function matchRoute(routes: Iterable<Route>, method: string, path: string): RouteMatch | undefined {
  let fallback: Route | undefined;
  let best:
    | { route: Route; segments: Segment[]; any: boolean; parameters: Record<string, string> }
    | undefined;
  for (const route of routes) {
    if (route.routeKey === '$default') {
      fallback = route;
      continue;
    }
    const [routeMethod = '', routePath = ''] = route.routeKey.split(' ');
    const any = routeMethod === 'ANY';
    if (!any && routeMethod !== method) continue;
    const segments = readSegments(routePath);
    const parameters = matchSegments(segments, path.split('/').slice(1));
    if (parameters === undefined) continue;
    if (best === undefined || isMoreSpecific(segments, any, best.segments, best.any)) {
      best = { route, segments, any, parameters };
    }
  }
  if (best !== undefined) return { route: best.route, pathParameters: best.parameters };
  return fallback === undefined ? undefined : { route: fallback, pathParameters: {} };
}

function readSegments(path: string): Segment[] {
  return path
    .split('/')
    .slice(1)
    .map((text): Segment => {
      const [, name, plus] = /^\{([^{}+]+)(\+?)\}$/.exec(text) ?? [];
      if (name === undefined) return { kind: 'literal', text };
      return plus === '+' ? { kind: 'greedy', name } : { kind: 'variable', name };
    });
}

function matchSegments(
  segments: readonly Segment[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index];
    switch (segment.kind) {
      case 'literal':
        if (part !== segment.text) return undefined;
        break;
      case 'variable':
        if (part === undefined || part === '') return undefined;
        parameters[segment.name] = part;
        break;
      case 'greedy': {
        const rest = parts.slice(index).join('/');
        if (rest === '') return undefined;
        parameters[segment.name] = rest;
        return parameters;
      }
    }
  }
  return parts.length === segments.length ? parameters : undefined;
}

function isMoreSpecific(
  segments: readonly Segment[],
  any: boolean,
  others: readonly Segment[],
  otherAny: boolean,
): boolean {
  const isGreedy = (list: readonly Segment[]) => list.at(-1)?.kind === 'greedy';
  if (isGreedy(segments) !== isGreedy(others)) return isGreedy(others);
  for (const [index, segment] of segments.entries()) {
    const other = others[index];
    if (other === undefined) break;
    if (RANK[segment.kind] !== RANK[other.kind]) return RANK[segment.kind] < RANK[other.kind];
  }
  return otherAny && !any;
}
