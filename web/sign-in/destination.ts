/**
 * Where `?to=` leads after signing in: a path of these pages, with its query, and never another site, whatever the
 * address was made to look like (`//other.example`, `/\other.example`, `javascript:`); undefined otherwise.
 */
export function ownPath(to: string | null, origin: string): string | undefined {
  if (to === null || !to.startsWith('/')) return undefined;
  if (!URL.canParse(to, origin)) return undefined;
  const url = new URL(to, origin);
  if (url.origin !== origin || url.pathname.startsWith('/sign-in')) return undefined;
  return url.pathname + url.search + url.hash;
}

/** Where a person goes once signed in: back to where they came from, to their one main task, or to choose among several. */
export function destination(to: string | undefined, tasks: readonly { readonly path: string }[]): string {
  if (to !== undefined) return to;
  const paths = new Set(tasks.map((task) => task.path));
  const [only] = paths;
  return only !== undefined && paths.size === 1 ? only : '/';
}
