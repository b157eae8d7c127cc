/* On the home page: a page to show others, and progress as a file, out and in. */

import { make } from "./dom.js";

/** Buttons for what one has built so far, and a line below them that says what came of it. */
export function keeping(lab, app, map) {
  const settings = app.serviceManager.serverSettings;
  const said = make("p", { role: "status" });
  const say = (text) => (said.textContent = text);

  /** What the server answers; where it refuses, its sentence becomes an error. */
  const ask = async (part, method, body) => {
    const { ServerConnection, URLExt } = lab;
    const address = URLExt.join(settings.baseUrl, "ground-up", part);
    const response = await ServerConnection.makeRequest(address, { method, body }, settings);
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(answer.message || "The server can't do that now.");
    return answer;
  };

  const trying = (run) => () => run().catch((error) => say(error.message));

  const showBuilt = async () => {
    const { path } = await ask("built", "POST", "{}");
    say(`The page is ${path}, beside this one: one file that you can send, print or put on the web as it is.`);
    const open = "docmanager:open";
    if (!app.commands.hasCommand(open)) return;
    const tab = await app.commands.execute(open, { path, factory: "HTML Viewer" });
    await tab?.context?.ready;
    await tab?.context?.revert(); // a tab that was open already shows the page as it was
  };

  const save = async () => {
    const data = await ask("progress", "GET");
    const file = new Blob([JSON.stringify(data, null, 1)], { type: "application/json" });
    const address = URL.createObjectURL(file);
    make("a", { href: address, download: `ground-up-progress-${data.exported.slice(0, 10)}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
    say("Your progress is saved as a file, among your downloads.");
  };

  const choose = make("input", { type: "file", accept: ".json,application/json", hidden: "" });
  const takeIn = async () => {
    const [file] = choose.files;
    choose.value = "";
    if (!file) return;
    say((await ask("progress", "POST", await file.text())).said);
    map.refresh();
  };
  choose.addEventListener("change", trying(takeIn));

  const button = (label, title, onclick) => make("button", { class: "ground-up-button", title, onclick }, label);
  return make(
    "div",
    { class: "ground-up-keeping" },
    make(
      "div",
      { class: "ground-up-keeping-row" },
      button("What I built", "Make a page to show others, with your functions and pictures", trying(showBuilt)),
      button("Save my progress as a file", "To keep it, or to take it to another computer", trying(save)),
      button("Take in a progress file", "Nothing that is here is lost", () => choose.click()),
    ),
    choose,
    said,
  );
}
