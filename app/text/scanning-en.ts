/** What is said while a camera reads a code, in English. Part of en.ts. */

export const scanningEn = {
  button: "Scan a code",
  stop: "Stop the camera",
  picture: "What the camera sees",
  looking: "Hold the code in front of the camera.",
  errors: {
    refused:
      "Kith may not use the camera. Allow it in the browser’s settings of this page, and try again.",
    missing: "No camera was found on this device.",
    failed: "The camera did not start. Perhaps another program uses it.",
  },
};

export type ScanningTexts = typeof scanningEn;
