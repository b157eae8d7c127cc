/* The line to a notebook's kernel on which cells are handed back: the comm target `ground-up`, of which
 * autograder/learner/frontend.py has the messages. */

const TARGET = "ground-up";
const UNKNOWN = "The kernel knows nothing of this lesson yet: run its first cell, then try again.";

const theme = () => (document.body.dataset.jpThemeLight === "false" ? "dark" : "light");

export class KernelLine {
  #session;
  #comm = null;
  #heard;
  #anew = false; // whether the kernel is about to begin anew
  #waiting = false; // for an answer

  /** heard: called with each message's data. */
  constructor(session, heard) {
    this.#session = session;
    this.#heard = heard;
    session.ready.then(() => this.#open());
    session.kernelChanged.connect(() => this.#open());
    const themeChange = new MutationObserver(() => this.tellTheme());
    themeChange.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
    session.disposed.connect(() => themeChange.disconnect());
    session.statusChanged.connect((_, status) => {
      if (/restarting/.test(status))
        [this.#comm, this.#anew] = [null, true]; // the new one has never heard of it
      else if (this.#anew && status === "idle") [this.#anew] = [false, this.#open()];
    });
  }

  /** Tell the kernel which theme there is now; it answers nothing. */
  tellTheme() {
    if (this.#comm && !this.#comm.isDisposed) this.#comm.send({ theme: theme() });
  }

  /** Send data; false where there is no kernel. */
  send(data) {
    this.#open();
    this.#comm?.send(data);
    this.#waiting = this.#comm !== null;
    return this.#waiting;
  }

  /** Call the kernel, once: one that doesn't know us hangs up, and is called again when there is something to say. */
  #open() {
    const kernel = this.#session.session?.kernel;
    if (!kernel?.handleComms || (this.#comm && !this.#comm.isDisposed && this.#comm.kernel === kernel)) return;
    const comm = kernel.createComm(TARGET);
    comm.onMsg = (message) => {
      this.#waiting = false;
      this.#heard(message.content.data);
    };
    comm.onClose = () => {
      if (this.#comm === comm) this.#comm = null;
      if (this.#waiting) this.#heard({ say: UNKNOWN });
      this.#waiting = false;
    };
    comm.open({ theme: theme() });
    this.#comm = comm;
    this.#comm.kernel = kernel;
  }
}
