// The order of a board's rows. Nothing moves under a hand that is about to act: while a list is
// frozen, rows keep their places, new ones are added at the end, and those that left stay as
// empty places until the freeze ends.

export interface Placed<K> {
  key: K;
  /** Came in while the order was frozen, so it is not where it belongs yet. */
  fresh: boolean;
  /** Left the board while the order was frozen. */
  gone: boolean;
}

export class BoardOrder<K> {
  #places: Placed<K>[] = [];

  /** Places `sorted`, the keys in the order they belong, keeping what is on screen if frozen. */
  arrange(sorted: readonly K[], frozen: boolean): readonly Placed<K>[] {
    if (!frozen || this.#places.length === 0) {
      this.#places = sorted.map((key) => ({ key, fresh: false, gone: false }));
      return this.#places;
    }
    const present = new Set(sorted);
    const placed = new Set(this.#places.map((place) => place.key));
    const kept = this.#places.map((place) => ({ ...place, gone: !present.has(place.key) }));
    const added = sorted
      .filter((key) => !placed.has(key))
      .map((key) => ({ key, fresh: true, gone: false }));
    this.#places = [...kept, ...added];
    return this.#places;
  }
}

/** True if re-making the order would change what is on screen. */
export function isStale<K>(places: readonly Placed<K>[], sorted: readonly K[]): boolean {
  if (places.length !== sorted.length) return true;
  return places.some((place, index) => place.gone || place.key !== sorted[index]);
}
