interface HubWithRoom {
  readonly hubId: string;
  readonly name: string;
  readonly active: boolean;
  readonly placed: number;
  readonly room: number;
  readonly languages: readonly string[];
  readonly postcodeAreas: readonly string[];
}
interface PlaceWish {
  readonly hubPreference: string | null;
  readonly language: string;
  readonly postcode: string;
}

/** Hubs with room, the likeliest first: the school's wish, its language, its postcode area, then the most room. */
export function rankForPlacement<H extends HubWithRoom>(hubs: readonly H[], wish: PlaceWish): H[] {
  const area = /^[A-Z]{1,2}/.exec(wish.postcode.toUpperCase())?.[0] ?? '';
  const points = (hub: HubWithRoom): number =>
    (hub.hubId === wish.hubPreference ? 8 : 0) +
    (hub.languages.some((one) => one === wish.language) ? 4 : 0) +
    (hub.postcodeAreas.includes(area) ? 2 : 0);
  return hubs
    .filter((hub) => hub.active && hub.placed < hub.room)
    .sort(
      (a, b) =>
        points(b) - points(a) || b.room - b.placed - (a.room - a.placed) || a.name.localeCompare(b.name),
    );
}
