import type { Pence } from '../../shared/money/pence.ts';
import { penceOf } from './amounts.ts';
import { dayOf, dayOfSixDigits, type ReadDay } from './days.ts';
import type { DayFormat } from './layouts.ts';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** A day by the formats of a layout, the first that fits. */
export function dayInCell(cell: string, formats: readonly DayFormat[]): ReadDay | undefined {
  for (const format of formats) {
    const read = dayBy(cell.trim(), format);
    if (read !== undefined) return read;
  }
  return undefined;
}

function dayBy(cell: string, format: DayFormat): ReadDay | undefined {
  switch (format) {
    case 'DD/MM/YY': {
      const [, day, month, year] = /^(\d{1,2})[/-](\d{1,2})[/-](\d{2})$/.exec(cell) ?? [];
      return year === undefined ? undefined : dayOf(2000 + Number(year), Number(month), Number(day));
    }
    case 'DD/MM/YYYY': {
      const [, day, month, year] = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(cell) ?? [];
      return year === undefined ? undefined : dayOf(Number(year), Number(month), Number(day));
    }
    case 'YYYY-MM-DD': {
      const [, year, month, day] = /^(\d{4})[/-](\d{2})[/-](\d{2})/.exec(cell) ?? [];
      return year === undefined ? undefined : dayOf(Number(year), Number(month), Number(day));
    }
    case 'YYYYMMDD': {
      const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(cell) ?? [];
      return year === undefined ? undefined : dayOf(Number(year), Number(month), Number(day));
    }
    case 'DD MMM YYYY': {
      const [, day, name = '', year] = /^(\d{1,2})[ -]([A-Za-z]{3})[A-Za-z]*[ -](\d{4})$/.exec(cell) ?? [];
      const month = MONTHS.indexOf(name.toUpperCase()) + 1;
      return year === undefined || month === 0 ? undefined : dayOf(Number(year), month, Number(day));
    }
    case 'YYMMDD':
      return dayOfSixDigits(cell);
  }
}

/**
 * A signed amount of pounds as banks and spreadsheets write it: `-1,234.56`, `1234.56-`, `(1234.56)`, `£850`, and on
 * machines that are not set to British English `1.234,56`. An empty cell is nothing. Undefined where it is no amount.
 */
export function amountInCell(cell: string): Pence | undefined {
  const written = cell.replace(/[\s£\u00a3]/g, '').replace(/\u2212/g, '-');
  if (written === '') return 0;
  const isContinental = /^[(+-]?(\d{1,3}(\.\d{3})+|\d+),\d{2}[)+-]?$/.test(written);
  const plain = isContinental ? written.replaceAll('.', '').replace(',', '.') : written;
  const [, opened, before, digits = '', after, closed] =
    /^(\()?([+-])?(\d[\d,]*(?:\.\d+)?|\.\d+)([+-])?(\))?$/.exec(plain) ?? [];
  if (digits === '' || (opened === undefined) !== (closed === undefined)) return undefined;
  if (digits.includes(',') && !/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(digits)) return undefined;
  const pence = penceOf(digits.replaceAll(',', '').replace(/^\./, '0.'));
  if (pence === undefined) return undefined;
  const isNegative = [opened, before, after].filter((mark) => mark === '-' || mark === '(').length % 2 === 1;
  return isNegative ? -pence : pence;
}
