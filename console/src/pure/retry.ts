// Sending an order again after the network failed. The key stays the same, so that the centre
// does it once however often it arrives.

/** Thrown by a sender when no answer came: the order may or may not have arrived. */
export class NoAnswer extends Error {}

/** Milliseconds before each further attempt; about 8 s in all. */
export const RETRY_DELAYS_MS: readonly number[] = [200, 400, 800, 1600, 2500, 2500];

export async function sendWithRetry<T>(
  send: () => Promise<T>,
  wait: (ms: number) => Promise<void>,
  delays: readonly number[] = RETRY_DELAYS_MS,
): Promise<T> {
  for (const delay of delays) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      await wait(delay);
    }
  }
  return send();
}

/** Milliseconds before the next attempt to connect the socket: 0.25 s doubling to 4 s. */
export function reconnectDelay(failures: number): number {
  return Math.min(4000, 250 * 2 ** Math.max(0, failures - 1));
}
