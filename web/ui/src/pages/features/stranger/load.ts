import "./stranger.css";

import type { PluginInfo } from "../../../client";
import { language } from "../../i18n/translate";
import type { Feature } from "../feature";
import { MountedPanel } from "./mounted_panel";
import type { PanelModule } from "./panel_module";
import { panelModuleOf, titleOf } from "./panel_module";

/** One feature for each plugin that brings its own panel; a broken one has a panel that says so. */
export function loadStrangers(plugins: readonly PluginInfo[]): Promise<Feature[]> {
  const strangers = plugins.filter((plugin) => plugin.panel !== null);
  return Promise.all(strangers.map(({ name, panel }) => loadStranger(name, panel ?? "")));
}

async function loadStranger(name: string, path: string): Promise<Feature> {
  const module = await importPanel(path);
  return {
    plugin: name,
    panel: {
      id: `plugin-${name}`,
      icon: "plugin",
      title: () => titleOf(name, module, language.value),
      Component: (props) => MountedPanel({ ...props, name, module }),
    },
  };
}

async function importPanel(path: string): Promise<PanelModule | null> {
  try {
    const url = new URL(path, document.baseURI).href;
    return panelModuleOf(await import(/* @vite-ignore */ url));
  } catch (error) {
    // For who wrote the panel; the person is told in the panel itself.
    console.error(`The panel ${path} cannot be loaded.`, error);
    return null;
  }
}
