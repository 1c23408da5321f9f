// Of several questions under way only the answer to the last one counts.

export class Latest {
  #asked = 0;

  /** Begins a question; the function it gives says whether no later one was begun. */
  begin(): () => boolean {
    this.#asked += 1;
    const mine = this.#asked;
    return () => mine === this.#asked;
  }
}
