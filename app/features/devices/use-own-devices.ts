/** Our devices as they are now; undefined until they were read. */
import { useCallback, useEffect } from "react";

import { type OwnDevice, type OwnDevices, readOwnDevices } from "../../db/devices.ts";
import { deviceName } from "../../platform/device-name.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { useRows } from "../../ui/use-rows.ts";

export function useOwnDevices(): OwnDevices | undefined {
  const { db } = useSession();
  const read = useCallback(() => readOwnDevices(db), [db]);
  return useRows(read) ?? undefined;
}

export const deviceTitle = ({ name }: Pick<OwnDevice, "name">): string =>
  name === "" ? texts().devices.unnamed : name;

/** Once, when the app opens: a device without a name gives itself one, which the others see. */
export function useIntroduction(): void {
  const { device } = useSession();
  useEffect(() => {
    void device.call("devices", "introduce", deviceName());
  }, [device]);
}
