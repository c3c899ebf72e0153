/** The app's entry: paints into #root and makes the app openable offline. */
import { createRoot } from "react-dom/client";

import { registerServiceWorker } from "./platform/register-service-worker.ts";

const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<h1>Kith</h1>);
void registerServiceWorker();
