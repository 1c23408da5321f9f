import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// The centre to develop against; the built console talks to the server that served it.
const center = process.env.EVENHAND_CENTER ?? "http://127.0.0.1:8911";

export default defineConfig({
  plugins: [svelte()],
  base: "/",
  build: {
    target: "es2023",
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      output: {
        // Named, so that a change of ours rewrites only our own small file in the repository.
        codeSplitting: {
          groups: [
            { name: "maplibre", test: /node_modules[\\/]maplibre-gl/ },
            { name: "svelte", test: /node_modules[\\/](svelte|esm-env|clsx|devalue)/ },
          ],
        },
      },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: center, ws: true } },
  },
});
