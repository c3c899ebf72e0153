/** What is said about notifications, in English. What they say is in push-texts.ts. */
export const notificationsEn = {
  heading: "Notifications",
  offer: "Shall Kith tell you when somebody writes, also when it is closed?",
  offerHint:
    "What is said is read from your device. The push service learns only that something came.",
  turnOn: "Turn on notifications",
  later: "Not now",
  turningOn: "Asking the browser…",
  switch: "Tell me when somebody writes",
  switchHint: "Also when Kith is closed, as far as this browser can.",
  denied:
    "The browser refuses notifications of this page. Allow them in its settings for this site.",
  unavailable: "The browser’s push service cannot be reached. Try again later.",
  unsupported: "This browser has no notifications for closed pages.",
};

export type NotificationTexts = typeof notificationsEn;
