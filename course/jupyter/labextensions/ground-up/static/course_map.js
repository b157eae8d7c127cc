/* What the server knows of the course: lessons, exercises, how far the learner is. */

export class CourseMap {
  #lab;
  #settings;
  #asked = 0;
  #listeners = new Set();
  #settle;
  data = null;
  ready = new Promise((done) => (this.#settle = done)); // when the server has answered, whatever it said

  constructor(lab, settings) {
    this.#lab = lab;
    this.#settings = settings;
  }

  /** Call a function with each new state of the map, until the function that is returned is called. */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ask the server; null where it knows of no course. A later answer is never replaced by an earlier one. */
  async refresh() {
    const { ServerConnection, URLExt } = this.#lab;
    const number = ++this.#asked;
    const address = URLExt.join(this.#settings.baseUrl, "ground-up", "course");
    const response = await ServerConnection.makeRequest(address, {}, this.#settings).catch(() => null);
    const data = response?.ok ? await response.json() : null;
    if (number !== this.#asked) return;
    this.data = data;
    this.#settle();
    for (const listener of this.#listeners) listener(data);
  }
}
