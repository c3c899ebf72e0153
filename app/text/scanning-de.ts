/** What is said while a camera reads a code, in German. Part of de.ts. */
import type { ScanningTexts } from "./scanning-en.ts";

export const scanningDe: ScanningTexts = {
  button: "Code einlesen",
  stop: "Kamera ausschalten",
  picture: "Was die Kamera sieht",
  looking: "Halte den Code vor die Kamera.",
  errors: {
    refused:
      "Kith darf die Kamera nicht benutzen. Erlaube es in den Einstellungen des Browsers für diese Seite, und versuch es noch einmal.",
    missing: "An diesem Gerät wurde keine Kamera gefunden.",
    failed: "Die Kamera ist nicht angesprungen. Vielleicht benutzt sie ein anderes Programm.",
  },
};
