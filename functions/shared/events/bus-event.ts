import * as z from 'zod';
import { busDetail, catalogue, type EventName } from './catalogue.ts';

/** An event of the programme as EventBridge delivers it to a function, whatever its name. */
export const busEvent = z.object({ 'detail-type': z.string(), detail: busDetail });

/** An event of this name as EventBridge delivers it to a function, its data parsed. */
export function eventOf<N extends EventName>(name: N) {
  const data: (typeof catalogue)[N]['detail'] = catalogue[name].detail;
  return z.object({ 'detail-type': z.literal(name), detail: busDetail.extend({ data }) });
}
