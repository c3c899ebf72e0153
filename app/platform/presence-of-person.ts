/** Is the tab in front of the person, and does the system say that there is a network? */

/** Calls back at once and at every change, until the answer is called. */
export function followVisibility(listen: (visible: boolean) => void): () => void {
  const tell = (): void => listen(isVisible());
  document.addEventListener("visibilitychange", tell);
  tell();
  return () => document.removeEventListener("visibilitychange", tell);
}

export const isVisible = (): boolean => document.visibilityState === "visible";

export function followNetwork(listen: (online: boolean) => void): () => void {
  const came = (): void => listen(true);
  const went = (): void => listen(false);
  addEventListener("online", came);
  addEventListener("offline", went);
  // The first word only when it is bad news: "online" says little.
  if (!navigator.onLine) went();
  return () => {
    removeEventListener("online", came);
    removeEventListener("offline", went);
  };
}
