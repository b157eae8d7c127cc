/* What stands below an exercise's check: buttons, and what they show. Nothing of it is saved in the notebook. */

import { make } from "./dom.js";

/** buttons: of [label, description, function]; rendermime: the notebook's. */
export function makeBar(lab, name, buttons, rendermime) {
  return new (barOf(lab))(name, buttons, rendermime);
}

let Bar = null;

function barOf(lab) {
  Bar ??= class extends lab.Panel {
    constructor(name, buttons, rendermime) {
      super();
      this.addClass("ground-up-bar");
      this.name = name;
      this._close = make(
        "button",
        {
          class: "ground-up-button",
          title: "Close what is shown below",
          hidden: "",
          onclick: () => this.clear(),
        },
        "✕",
      );
      this._more = make("div", { class: "ground-up-more" });
      const row = make("div", { class: "ground-up-row", role: "toolbar", "aria-label": `Help with ${name}` });
      for (const [label, title, run] of buttons) {
        row.append(make("button", { class: "ground-up-button", title, onclick: run }, label));
      }
      row.append(this._close);
      this._area = new lab.SimplifiedOutputArea({ model: new lab.OutputAreaModel({ trusted: true }), rendermime });
      this._area.addClass("ground-up-help");
      const [above, below] = [new lab.Widget({ node: row }), new lab.Widget({ node: this._more })];
      for (const part of [above, this._area, below]) this.addWidget(part);
      this._area.model.changed.connect(() => (this._close.hidden = this._area.model.length === 0));
    }

    /** Show what an expression in the kernel shows. */
    async execute(code, session) {
      this._more.replaceChildren();
      await session.ready;
      await lab.SimplifiedOutputArea.execute(code, this._area, session, {}).catch(() => undefined);
    }

    /** Show a sentence and, below it, a button as [label, function]. */
    say(text, button) {
      this.clear();
      this._area.model.add({ output_type: "display_data", metadata: {}, data: { "text/plain": text } });
      if (button) {
        this._more.append(make("button", { class: "ground-up-button", onclick: button[1] }, button[0]));
      }
    }

    /** Take a sentence away, where it is what is shown. */
    unsay(text) {
      if (this._area.model.length && this._area.model.get(0).data["text/plain"] === text) this.clear();
    }

    clear() {
      this._area.model.clear();
      this._more.replaceChildren();
    }
  };
  return Bar;
}
