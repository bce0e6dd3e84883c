/** Whether a contract has a route for a request: finance's pages are answered by several functions. */
export const hasRoute = (
  contract: Readonly<Record<string, { readonly method: string; readonly path: string }>>,
  method: string,
  path: string,
): boolean =>
  Object.values(contract).some(
    (route) =>
      route.method === method && new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
