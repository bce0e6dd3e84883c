/** Postcode areas of England and Wales by region, the ground on which the sample hubs stand. */
const regions: Readonly<Record<string, string>> = {
  'North East': 'NE SR DH DL TS',
  'Yorkshire and the Humber': 'YO HU DN LS BD HX HD WF S HG',
  'North West': 'CA LA PR BB BL OL M SK WN L WA CH CW FY',
  'East Midlands': 'DE NG LN LE NN',
  'West Midlands': 'ST WS WV B DY CV WR HR TF SY',
  'East of England': 'PE CB IP NR CO CM SS SG AL LU MK WD',
  London: 'E EC N NW W WC SE SW HA UB TW KT CR BR DA RM IG EN SM',
  'South East': 'RH GU SL RG OX HP PO SO BN TN ME CT',
  'South West': 'BH SP DT BA BS GL SN TA EX TQ PL TR',
  Wales: 'CF NP SA LD LL',
};

export interface SampleHub {
  readonly hubId: string;
  readonly name: string;
  readonly region: string;
  readonly areas: readonly string[];
  readonly welsh: boolean;
}

/** `count` hubs over all postcode areas: one area each, the last areas of the largest regions share a hub. */
export function sampleHubs(count: number): SampleHub[] {
  const groups = Object.entries(regions).map(([region, areas]) => ({
    region,
    hubs: areas.split(' ').map((area) => [area]),
  }));
  const total = (): number => groups.reduce((sum, group) => sum + group.hubs.length, 0);
  while (total() > count) {
    const largest = groups.reduce((most, group) => (group.hubs.length > most.hubs.length ? group : most));
    const last = largest.hubs.pop();
    const before = largest.hubs.at(-1);
    if (last === undefined || before === undefined) throw new Error(`${count} hubs are too few`);
    before.push(...last);
  }
  return groups
    .flatMap(({ region, hubs }) => hubs.map((areas) => ({ region, areas })))
    .map(({ region, areas }, index) => ({
      hubId: `HUB-${String(index + 1).padStart(2, '0')}`,
      name: `${region} hub ${areas.join('/')} (sample)`,
      region,
      areas,
      welsh: region === 'Wales',
    }));
}
