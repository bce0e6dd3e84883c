import type { Pence } from '../../shared/money/pence.ts';
import { londonDate } from '../../shared/time/london.ts';
import { penceOf } from './amounts.ts';
import { dayOf, type ReadDay } from './days.ts';
import type { BankLine } from './model.ts';
import { refuseAt, textOf, type XmlNode } from './xml-nodes.ts';

/** The currency of an amount; refused where it has none. */
export function currencyIn(amount: XmlNode): string {
  const currency = amount.attributes.Ccy?.trim();
  if (currency === undefined || currency === '')
    throw refuseAt(amount, 'statement-field-missing', { field: 'Amt/@Ccy' });
  return currency;
}

/**
 * An amount in hundredths of `currency`, the account's. What is finer than a penny is refused in pounds; in other
 * currencies, which are refused anyway, it is left out so that their accounts can be listed.
 */
export function amountIn(node: XmlNode, currency: string): Pence {
  // XML's decimals may have a plus.
  const value = node.text.trim().replace(/^\+/, '');
  const pence =
    penceOf(value) ?? (currency === 'GBP' ? undefined : penceOf(value.replace(/(\.\d\d)\d*$/, '$1')));
  if (pence === undefined) throw refuseAt(node, 'statement-amount', { value });
  return pence;
}

export function directionAt(node: XmlNode): BankLine['direction'] {
  const value = node.text.trim();
  if (value === 'CRDT') return 'CREDIT';
  if (value === 'DBIT') return 'DEBIT';
  throw refuseAt(node, 'statement-direction', { value });
}

/** The day of a date or of an instant below `node`; instants with an offset are days of London. */
export function londonDayAt(node: XmlNode): ReadDay {
  const value = textOf(node, 'Dt') || textOf(node, 'DtTm') || node.text.trim();
  const read = dayIn(value);
  if (read === undefined) throw refuseAt(node, 'statement-date', { value });
  return read;
}

export function dayIn(value: string): ReadDay | undefined {
  if (/T.*(Z|[+-]\d{2}:\d{2})$/.test(value)) {
    const instant = new Date(value);
    if (!Number.isNaN(instant.getTime())) return { day: londonDate(instant), notes: [] };
  }
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})(?:$|[TZ+-])/.exec(value) ?? [];
  return year === undefined ? undefined : dayOf(Number(year), Number(month), Number(day));
}
