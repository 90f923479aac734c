import { defineConfig, type Plugin } from "vite";

// Browsers compile most functions when they are first called, which for half of them is at the click
// on Join. Asked like this, Chromium does it while it loads the file, beside the main thread.
const compileEarly: Plugin = {
  name: "compile-early",
  generateBundle: {
    order: "post",
    handler(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === "chunk") file.code = `//# allFunctionsCalledOnLoad\n${file.code}`;
      }
    },
  },
};

// The pages are served by the node itself, under whatever path a proxy gives it: all links are relative.
// Vite reads its configuration from a default export; nothing else here has one.
export default defineConfig({
  base: "./",
  plugins: [compileEarly],
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { "/ws": { target: "ws://127.0.0.1:7880", ws: true } },
  },
});
