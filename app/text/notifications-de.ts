/** What is said about notifications, in German. */
import type { NotificationTexts } from "./notifications-en.ts";

export const notificationsDe: NotificationTexts = {
  heading: "Benachrichtigungen",
  offer: "Soll Kith dir sagen, wenn jemand schreibt, auch wenn es geschlossen ist?",
  offerHint:
    "Was darin steht, wird auf deinem Gerät gelesen. Der Push-Dienst erfährt nur, dass etwas kam.",
  turnOn: "Benachrichtigungen einschalten",
  later: "Nicht jetzt",
  turningOn: "Der Browser wird gefragt…",
  switch: "Sag mir, wenn jemand schreibt",
  switchHint: "Auch wenn Kith geschlossen ist, soweit dieser Browser das kann.",
  denied:
    "Der Browser lehnt Benachrichtigungen dieser Seite ab. Erlaube sie in seinen Einstellungen zu ihr.",
  unavailable: "Der Push-Dienst des Browsers ist nicht erreichbar. Versuch es später noch einmal.",
  unsupported: "Dieser Browser kann für geschlossene Seiten nichts melden.",
};
