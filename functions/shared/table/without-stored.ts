import type { Stored } from './change.ts';

/** A record as read without its key and version: what a change begins from. */
export function withoutStored<T extends object>(record: Stored<T>): Omit<Stored<T>, 'pk' | 'sk' | 'version'> {
  const { pk: _pk, sk: _sk, version: _version, ...rest } = record;
  return rest;
}
