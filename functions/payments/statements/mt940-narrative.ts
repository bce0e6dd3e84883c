/** What :86: says of a movement. */
export interface Narrative {
  readonly narrative: string;
  readonly payerName: string;
  readonly endToEndId: string;
  /** The bank says that the payment came back. */
  readonly returned: boolean;
}

/**
 * Reads the text of :86: in the three shapes that banks give it: subfields (`166?20...?32...`, also with other marks for
 * `?`), code words between slashes (`/EREF/.../ORDP//NAME/.../REMI/...`), or plain lines.
 */
export function readNarrative(text: string): Narrative {
  const lines = text.split('\n');
  const subfields = /^\d{3}([?<>~^])(?=\d{2})/.exec(lines.join(''));
  if (subfields?.[1] !== undefined) return fromSubfields(lines.join(''), subfields[1]);
  if (/^\/[A-Z]{3,4}\//.test(text)) return fromCodeWords(lines.join(''));
  return { ...remittance(joined(lines, 65)), payerName: '', returned: false };
}

/** Lines joined: a full one (of `width` characters) goes on in the next, a shorter one ended with a word. */
const joined = (lines: readonly string[], width: number): string =>
  lines
    .map((line) => (line.length >= width ? line : `${line} `))
    .join('')
    .trim();

/** Business transaction codes of returned transfers and direct debits (DFÜ agreement, appendix 3). */
const RETURNED = /^(108|109|159)/;

/** Subfields: 20 to 29 and 60 to 63 are the remittance, 32 and 33 the other party's name (DFÜ agreement, appendix 3). */
function fromSubfields(text: string, mark: string): Narrative {
  const fields = text
    .split(mark)
    .slice(1)
    .map((field) => ({ code: Number(field.slice(0, 2)), text: field.slice(2) }));
  const of = (within: (code: number) => boolean): string[] =>
    fields.filter(({ code }) => within(code)).map((field) => field.text);
  const words = joined(
    of((code) => (code >= 20 && code <= 29) || (code >= 60 && code <= 63)),
    27,
  );
  return {
    ...remittance(words),
    payerName: joined(
      of((code) => code === 32 || code === 33),
      27,
    ),
    returned: RETURNED.test(text),
  };
}

/** `EREF+`, `SVWZ+` and their like, which begin parts of a remittance. */
const PARTS = /(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|PURP|IBAN|BIC)\+/;

function remittance(text: string): Pick<Narrative, 'narrative' | 'endToEndId'> {
  const pieces = text.split(PARTS);
  const narrative: string[] = [pieces[0] ?? ''];
  let endToEndId = '';
  for (let at = 1; at + 1 < pieces.length; at += 2) {
    const words = (pieces[at + 1] ?? '').trim();
    if (pieces[at] === 'EREF') endToEndId = words;
    else if (pieces[at] === 'SVWZ' || pieces[at] === 'ABWA') narrative.push(words);
  }
  return {
    narrative: narrative.join(' ').replace(/\s+/g, ' ').trim(),
    endToEndId: /^NOT\s?PROVIDED$/i.test(endToEndId) ? '' : endToEndId,
  };
}

const CODE_WORD =
  /\/(EREF|KREF|MREF|PREF|CREF|MARF|CSID|REMI|REM|INV|RFB|ROC|TXT|INFO|USTD|STRD|CUR|ISSR|REFR|ORDP|BENM|NAME|IBAN|BIC|ADDR|ACCW|ISDT|RTRN|RTYP|PURP|CNTP|TRCD|UDTR|UCRD|ULTD|ULTB|TRTP|OCMT|CHGS|EXCH|PY|BUSP|SVCL)\//;

/**
 * Code words: the remittance is REMI, the name ORDP or its NAME or the third part of CNTP, the payer's reference EREF.
 * What stands before the first code word that is known is words.
 */
function fromCodeWords(text: string): Narrative {
  const pieces = text.split(CODE_WORD);
  const narrative: string[] = [pieces[0] ?? ''];
  let payerName = '';
  let endToEndId = '';
  for (let at = 1; at + 1 < pieces.length; at += 2) {
    const words = (pieces[at + 1] ?? '').replace(/^\/+|\/+$/g, '').trim();
    switch (pieces[at]) {
      case 'EREF':
        endToEndId = words;
        break;
      case 'NAME':
      case 'ORDP':
        payerName ||= words;
        break;
      case 'CNTP':
        payerName ||= (words.split('/')[2] ?? words).trim();
        break;
      case 'REMI':
      case 'REM':
      case 'INV':
      case 'RFB':
      case 'ROC':
      case 'TXT':
      case 'INFO':
      case 'USTD':
      case 'STRD':
      case 'REFR':
      case 'PY':
        narrative.push(words.replace(/^(USTD|STRD)\/+/, ''));
        break;
      default:
        break;
    }
  }
  return {
    narrative: narrative.join(' ').replace(/\s+/g, ' ').trim(),
    payerName,
    endToEndId: /^NOT\s?PROVIDED$/i.test(endToEndId) ? '' : endToEndId,
    returned: pieces.includes('RTRN'),
  };
}
