/** How a connection fails while nobody listens, or when who listened is gone. */
const AWAY = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];
/** After this long a person gives up. */
const PATIENCE_MS = 180_000;
const PAUSE_MS = 100;

export interface Answer {
  readonly response: Response;
  /** The request was sent more than once, so that an earlier one may have done its work unanswered. */
  readonly repeated: boolean;
}

/** Sends a request and, while the server is away, the same request again, as a person does; throws any other failure. */
export async function fetchPatiently(url: string, init: RequestInit = {}): Promise<Answer> {
  const started = Date.now();
  for (let repeated = false; ; repeated = true) {
    try {
      const response = await fetch(url, init);
      // A server that ends while it answers breaks the body off: read here, where it can be asked again.
      const body = await response.arrayBuffer();
      const { status, statusText, headers } = response;
      const whole = new Response(status === 204 || status === 304 ? null : body, {
        status,
        statusText,
        headers,
      });
      return { response: whole, repeated };
    } catch (error) {
      if (!isAway(error) || Date.now() - started > PATIENCE_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function isAway(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && AWAY.includes(cause.code)) return true;
    if (cause instanceof AggregateError && cause.errors.some(isAway)) return true;
  }
  return false;
}
