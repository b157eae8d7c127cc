/* The home page: what home.md holds, alive. Where this extension isn't, home.md is read as it is. */

import { make } from "./dom.js";
import { keeping } from "./keeping.js";
import { dots, goButton, partTitle } from "./parts.js";

const FILE_TYPE = "ground-up-home";

/** Have JupyterLab open a home.md as this page. open: opens a notebook at an exercise. */
export function registerHome(lab, app, map, rendermime, open, restorer) {
  const name = "Home";
  const tracker = new lab.WidgetTracker({ namespace: "ground-up-home" });
  restorer?.restore(tracker, {
    command: "docmanager:open",
    args: ({ context }) => ({ path: context.path, factory: name }),
    name: ({ context }) => context.path,
  });
  const factory = class extends lab.ABCWidgetFactory {
    createNewWidget(context) {
      const content = new lab.Widget();
      content.addClass("ground-up-home");
      content.node.tabIndex = -1;
      new Home(lab, app, content, context, map, rendermime, open);
      const widget = new lab.DocumentWidget({ content, context });
      widget.toolbar.hide();
      tracker.add(widget);
      return widget;
    }
  };
  app.docRegistry.addFileType({
    name: FILE_TYPE,
    displayName: "Ground Up's home page",
    extensions: [],
    mimeTypes: ["text/markdown"],
    pattern: "^home\\.md$",
  });
  app.docRegistry.addWidgetFactory(
    new factory({ name, modelName: "text", fileTypes: [FILE_TYPE], defaultFor: [FILE_TYPE], readOnly: true }),
  );
}

class Home {
  #lab;
  #node;
  #context;
  #map;
  #rendermime;
  #open;
  #keep;
  #hero = make("div", { class: "ground-up-hero" });
  #lessons = make("div", { class: "ground-up-lessons" });
  #text = make("div", { class: "jp-RenderedHTMLCommon" });
  #go = make("div");
  #keeping = make("div");

  constructor(lab, app, widget, context, map, rendermime, open) {
    [this.#lab, this.#node, this.#context] = [lab, widget.node, context];
    [this.#map, this.#rendermime, this.#open] = [map, rendermime, open];
    this.#node.append(
      make("h1", {}, "Ground Up"),
      make(
        "p",
        { class: "ground-up-lead" },
        "Deep learning, built by hand: you write every part of a network, and are told at once what is right.",
      ),
      this.#hero,
      this.#phone(app),
      this.#go,
      this.#lessons,
      this.#keeping,
      this.#text,
    );
    this.#move();
    this.#keep = () => keeping(lab, app, map);
    const stop = map.onChange(() => this.#draw());
    widget.disposed.connect(stop);
    context.ready.then(() => {
      this.#write();
      context.model.contentChanged.connect(() => this.#write());
    });
    if (map.data) this.#draw();
    else map.refresh();
  }

  /** On a small screen, in JupyterLab: a way to a page with nothing beside it. */
  #phone(app) {
    if (app.name !== "JupyterLab") return "";
    const { PageConfig, URLExt } = this.#lab;
    const address = `${URLExt.join(PageConfig.getBaseUrl(), "edit", this.#context.path)}?factory=Home`;
    return make(
      "p",
      { class: "ground-up-phone" },
      make("a", { href: address }, "Open this in a view made for small screens"),
    );
  }

  /** What moves is asked for only by the page that shows it. */
  async #move() {
    const [{ learningSpiral }, { drawDigit }] = await Promise.all([
      import("./learning_spiral.js"),
      import("./draw_digit.js"),
    ]);
    this.#hero.append(learningSpiral(), drawDigit());
  }

  #draw() {
    const course = this.#map.data;
    if (!course) return;
    this.#go.replaceChildren(goButton(course, this.#open));
    if (!this.#keeping.hasChildNodes()) this.#keeping.append(this.#keep());
    this.#lessons.replaceChildren(...course.lessons.flatMap((each) => [partTitle(each), this.#lesson(each)]));
  }

  #lesson(lesson) {
    return make(
      "button",
      { class: "ground-up-card", onclick: () => this.#open(lesson.notebook) },
      make("span", { class: "ground-up-title" }, lesson.title),
      make("span", { class: "ground-up-question" }, lesson.question),
      make("span", { class: "ground-up-foot" }, dots(lesson), make("span", {}, `${lesson.minutes} min`)),
    );
  }

  /** What home.md says below its table of lessons. */
  async #write() {
    const text = this.#context.model.toString();
    const from = text.search(/^## /m);
    const source = from < 0 ? "" : text.slice(from);
    const renderer = this.#rendermime.createRenderer("text/markdown");
    await renderer.renderModel(new this.#lab.MimeModel({ data: { "text/markdown": source } }));
    this.#text.replaceChildren(renderer.node);
  }
}
