import type * as z from 'zod';
import type { Role } from '../access/identity.ts';

/** One route as both sides know it: the audience's function serves it, the pages and tools call it by the same schemas. */
export interface RouteContract {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Under `/api/<audience>/`, parameters as `{registrationId}`. */
  readonly path: `/api/${string}`;
  /** Who may call it at all; the relation (this school, this assignment) is checked by the stage. */
  readonly roles: readonly Role[] | 'anyone';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly response: z.ZodType;
  /** One line for the API's reader. */
  readonly summary: string;
}

export type Contract = Readonly<Record<string, RouteContract>>;

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;
type Given<S> = S extends z.ZodType ? z.input<S> : undefined;

/** What a route's implementation receives, parsed. */
export interface RouteInput<R extends RouteContract> {
  readonly params: Parsed<R['params']>;
  readonly query: Parsed<R['query']>;
  readonly body: Parsed<R['body']>;
}

/** What a caller gives. */
export interface RouteRequest<R extends RouteContract> {
  readonly params?: Given<R['params']>;
  readonly query?: Given<R['query']>;
  readonly body?: Given<R['body']>;
}
export type RouteResponse<R extends RouteContract> = z.output<R['response']>;

/** Declares an audience's contract with its literal types kept. */
export function defineContract<const C extends Contract>(contract: C): C {
  return contract;
}
