/* What JupyterLab loads first: a container of webpack's module federation, written by hand.
 *
 * JupyterLab calls `init` with the modules that it shares, then `get` with the names that package.json gives. The rest
 * of the extension are ordinary modules, and the files here are what runs: there is nothing to build.
 */

(() => {
  const here = document.currentScript.src;
  const SHARED = [
    "@jupyterlab/application",
    "@jupyterlab/apputils",
    "@jupyterlab/coreutils",
    "@jupyterlab/docregistry",
    "@jupyterlab/notebook",
    "@jupyterlab/outputarea",
    "@jupyterlab/rendermime",
    "@jupyterlab/services",
    "@jupyterlab/statedb",
    "@jupyterlab/ui-components",
    "@lumino/widgets",
  ];
  let scope;

  /** A module that JupyterLab shares: of several versions the one that is loaded, else the last. */
  const shared = async (name) => {
    const versions = Object.values(scope[name] ?? {});
    const version = versions.find((each) => each.loaded) ?? versions.at(-1);
    if (!version) throw new Error(`ground-up: this JupyterLab doesn't share ${name}`);
    return (await version.get())();
  };

  const PARTS = [
    "bar",
    "buttons",
    "course_map",
    "dom",
    "executor",
    "exercises",
    "home",
    "in_view",
    "keeping",
    "kernel_line",
    "lost_figures",
    "panel",
    "parts",
    "writing",
  ];

  const extension = async () => {
    for (const part of PARTS) preload(part);
    const [{ plugins }, ...modules] = await Promise.all([import(new URL("plugins.js", here)), ...SHARED.map(shared)]);
    const lab = Object.assign({}, ...modules);
    return () => ({ __esModule: true, default: plugins(lab) });
  };

  /** Ask for a module before the one that imports it has come. */
  const preload = (part) => {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = new URL(`${part}.js`, here);
    document.head.append(link);
  };

  const style = async () => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL("style.css", here);
    document.head.append(link);
    return () => ({});
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["ground-up"] = {
    init: (shareScope) => {
      scope = shareScope;
    },
    get: (name) => ({ "./extension": extension, "./style": style })[name](),
  };
})();
