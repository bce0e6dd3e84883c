import type { Pence } from '../../shared/money/pence.ts';

/**
 * An amount with a decimal point (or, `decimal` being a comma, a comma) in pence; undefined where it is none or has parts
 * of a penny. Never through a float.
 */
export function penceOf(text: string, decimal: '.' | ',' = '.'): Pence | undefined {
  const [, whole, decimals = ''] =
    (decimal === '.' ? /^(\d{1,13})(?:\.(\d{0,5}))?$/ : /^(\d{1,13})(?:[,.](\d{0,5}))?$/).exec(text) ?? [];
  if (whole === undefined || !/^\d{0,2}0*$/.test(decimals)) return undefined;
  return Number(whole) * 100 + Number(decimals.slice(0, 2).padEnd(2, '0'));
}

/** A movement's sign: positive where money came. */
export const signed = (line: { readonly pence: Pence; readonly direction: 'CREDIT' | 'DEBIT' }): Pence =>
  line.direction === 'CREDIT' ? line.pence : -line.pence;
