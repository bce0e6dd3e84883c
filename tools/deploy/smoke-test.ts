import * as z from 'zod';

const roundAnswer = z.object({ round: z.unknown() });

/** After a deployment: a page and an API answer through CloudFront, and a stranger gets no further. Throws with what is wrong. */
export async function smokeTest(siteUrl: string): Promise<void> {
  const page = await fetch(`${siteUrl}/`);
  if (!page.ok || !(page.headers.get('content-type') ?? '').startsWith('text/html'))
    throw new Error(`${siteUrl}/ answered ${page.status}`);
  const api = await fetch(`${siteUrl}/api/public/round`);
  if (!api.ok)
    throw new Error(
      `the API answered ${api.status}: is the origin secret the same in CloudFront and the authorizer?`,
    );
  roundAnswer.parse(await api.json());
  const closed = await fetch(`${siteUrl}/api/admin/rounds`);
  if (closed.status !== 401)
    throw new Error(`a stranger asking for the rounds got ${closed.status} instead of 401`);
}
