/**
 * One file for the app's build (`vite build`) and the tests (`vitest`). The relay is not built:
 * Node runs its sources.
 *
 * The build holds no inline script and no source map, and every file but index.html, the service
 * worker and the web manifest has its hash in its name, so the relay may call those immutable.
 */
import react from "@vitejs/plugin-react";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig, type Plugin } from "vitest/config";

/** Suites that take long or cross rooms: `npm test` runs them, `npm run check` does not. */
const SLOW = "tests/{contract,scenario,sim,vectors}/**/*.test.ts";

/** What the entry imports as its first deed is fetched and compiled beside it, not after it. */
const preloadApp: Plugin = {
  name: "preload-app",
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle = {} }) =>
      Object.values(bundle).flatMap((file) =>
        file.type === "chunk" && file.isDynamicEntry && file.name === "start"
          ? [
              {
                tag: "link",
                attrs: { rel: "modulepreload", crossorigin: true, href: `/${file.fileName}` },
                injectTo: "head",
              },
            ]
          : [],
      ),
  },
};

/** A folder for the engine: the size of "the worker" is the size of it. */
const inWorkers = ({ name }: { readonly name: string }): string =>
  name.startsWith("stretch") ? "assets/[name]-[hash].js" : "assets/worker/[name]-[hash].js";

export default defineConfig({
  root: "app",
  plugins: [
    react(),
    preloadApp,
    VitePWA({
      strategies: "injectManifest",
      srcDir: "service-worker",
      filename: "service-worker.ts",
      // By hand in app/platform: the CSP wants the URL to pass the Trusted Types policy.
      injectRegister: false,
      injectManifest: {
        rollupFormat: "iife",
        globPatterns: ["**/*.{html,js,css,svg,png,woff2}"],
        // A name with a hash needs no revision of its own.
        dontCacheBustURLsMatching: /^assets\//u,
        maximumFileSizeToCacheInBytes: 4 * 1024 * 1024,
      },
      // Both are in globPatterns, or added by the plugin: once is enough.
      includeManifestIcons: false,
      manifest: {
        id: "/",
        name: "Kith",
        short_name: "Kith",
        description: "Private chat that stays on your devices",
        start_url: "/",
        scope: "/",
        display: "standalone",
        background_color: "#ffffff",
        theme_color: "#5b45d6",
        icons: [
          { src: "/icons/kith-192.png", sizes: "192x192", type: "image/png" },
          { src: "/icons/kith-512.png", sizes: "512x512", type: "image/png" },
          {
            src: "/icons/kith-maskable-512.png",
            sizes: "512x512",
            type: "image/png",
            purpose: "maskable",
          },
        ],
      },
    }),
  ],
  worker: {
    format: "es",
    rolldownOptions: {
      output: {
        entryFileNames: inWorkers,
        chunkFileNames: inWorkers,
      },
    },
  },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2024",
    // The first with light-dark(); for older ones it would be rewritten, and a theme that is set
    // by color-scheme alone would do nothing.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    sourcemap: false,
    // Data URLs would be refused as scripts and styles by the CSP; fonts and images are cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
  },
  test: {
    root: import.meta.dirname,
    maxWorkers: 2,
    // A bound for what hangs, not a measure: a busy machine is ten times slower.
    testTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          include: ["tests/**/*.test.ts"],
          exclude: [SLOW],
          environment: "node",
        },
      },
      {
        extends: true,
        test: {
          name: "dom",
          include: ["tests/**/*.test.tsx"],
          environment: "jsdom",
        },
      },
      {
        extends: true,
        test: { name: "slow", include: [SLOW], environment: "node" },
      },
    ],
  },
});
