/* The line to a notebook's kernel on which cells are handed back: the comm target `ground-up` (docs/architecture.md). */

const TARGET = "ground-up";

export class KernelLine {
  #session;
  #comm = null;
  #heard;
  #anew = false; // whether the kernel is about to begin anew

  /** heard: called with each message's data. */
  constructor(session, heard) {
    this.#session = session;
    this.#heard = heard;
    session.ready.then(() => this.#open());
    session.kernelChanged.connect(() => this.#open());
    session.statusChanged.connect((_, status) => {
      if (/restarting/.test(status)) [this.#comm, this.#anew] = [null, true]; // the new one has never heard of it
      else if (this.#anew && status === "idle") [this.#anew] = [false, this.#open()];
    });
  }

  /** Send data; false where there is no kernel. */
  send(data) {
    this.#open();
    this.#comm?.send(data);
    return this.#comm !== null;
  }

  /** Call the kernel, once: one that doesn't know us hangs up, and is called again only when there is something to say. */
  #open() {
    const kernel = this.#session.session?.kernel;
    if (!kernel?.handleComms || (this.#comm && !this.#comm.isDisposed && this.#comm.kernel === kernel)) return;
    const comm = kernel.createComm(TARGET);
    comm.onMsg = (message) => this.#heard(message.content.data);
    comm.onClose = () => {
      if (this.#comm === comm) this.#comm = null;
    };
    comm.open({});
    this.#comm = comm;
    this.#comm.kernel = kernel;
  }
}
