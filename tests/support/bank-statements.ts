/** One movement on the account of a made statement. */
export interface Movement {
  readonly pence: number;
  readonly payer?: string;
  readonly narrative?: string;
  readonly day?: string;
  readonly direction?: 'CRDT' | 'DBIT';
  readonly reversal?: boolean;
  readonly endToEndId?: string;
  /** The bank's own reference; by default it differs for each movement of each statement. */
  readonly bankReference?: string;
}

const pounds = (pence: number): string => (pence / 100).toFixed(2);
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
export const sampleAccount = 'GB00BANK00000000000000';

/** A camt.053 file as a bank writes it; `change` alters the finished text. */
export function camt053(
  movements: readonly Movement[],
  of: {
    readonly id?: string;
    readonly opening?: number;
    readonly closing?: number;
    readonly day?: string;
    readonly version?: string;
    readonly count?: number;
    readonly sum?: number;
  } = {},
): Uint8Array {
  const { id = 'ST-1', opening = 100_000, day = '2026-06-10', version = '08' } = of;
  const signed = (each: Movement): number => (each.direction === 'DBIT' ? -each.pence : each.pence);
  const closing = of.closing ?? opening + movements.reduce((sum, each) => sum + signed(each), 0);
  const balance = (code: string, pence: number): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="GBP">${pounds(Math.abs(pence))}</Amt><CdtDbtInd>${pence < 0 ? 'DBIT' : 'CRDT'}</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;
  const entry = (each: Movement, at: number): string => {
    const { direction = 'CRDT', endToEndId = 'NOTPROVIDED', bankReference = `${id}/${at}` } = each;
    const party = direction === 'CRDT' ? 'Dbtr' : 'Cdtr';
    return [
      `<Ntry><NtryRef>${at}</NtryRef><Amt Ccy="GBP">${pounds(each.pence)}</Amt><CdtDbtInd>${direction}</CdtDbtInd>`,
      each.reversal === true ? '<RvslInd>true</RvslInd>' : '',
      `<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${each.day ?? day}</Dt></BookgDt><ValDt><Dt>${each.day ?? day}</Dt></ValDt>`,
      `<AcctSvcrRef>${bankReference}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>${escaped(endToEndId)}</EndToEndId></Refs>`,
      `<Amt Ccy="GBP">${pounds(each.pence)}</Amt><RltdPties><${party}><Pty><Nm>${escaped(each.payer ?? '')}</Nm></Pty></${party}></RltdPties>`,
      `<RmtInf><Ustrd>${escaped(each.narrative ?? '')}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`,
    ].join('');
  };
  const total = movements.reduce((sum, each) => sum + each.pence, 0);
  const summary = `<TxsSummry><TtlNtries><NbOfNtries>${of.count ?? movements.length}</NbOfNtries><Sum>${pounds(of.sum ?? total)}</Sum></TtlNtries></TxsSummry>`;
  return new TextEncoder().encode(
    `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt><GrpHdr><MsgId>${id}</MsgId></GrpHdr>
<Stmt><Id>${id}</Id><CreDtTm>${day}T06:00:00Z</CreDtTm><FrToDt><FrDtTm>${day}T00:00:00</FrDtTm><ToDtTm>${day}T23:59:59</ToDtTm></FrToDt>
<Acct><Id><IBAN>${sampleAccount}</IBAN></Id><Ccy>GBP</Ccy></Acct>
${balance('OPBD', opening)}
${balance('CLBD', closing)}
${summary}
${movements.map(entry).join('\n')}
</Stmt></BkToCstmrStmt></Document>
`,
  );
}
