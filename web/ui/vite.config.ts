import { defineConfig } from "vite";

// The pages are served by the node itself, under whatever path a proxy gives it: all links are relative.
// Vite reads its configuration from a default export; nothing else here has one.
export default defineConfig({
  base: "./",
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
