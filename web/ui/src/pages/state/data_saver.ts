import { signal } from "@preact/signals";

import type { Room } from "../../client";
import { readPreferences, writePreferences } from "./preferences";

/** Whether one saves data: as one has chosen on this device, or else as the browser is set. */
export class DataSaver {
  readonly isOn = signal(readPreferences().savesData ?? browserSavesData());

  /** Have a room keep to it. */
  apply(room: Room): void {
    room.view.saveData(this.isOn.value);
  }

  set(isOn: boolean, room: Room): void {
    this.isOn.value = isOn;
    writePreferences({ savesData: isOn });
    this.apply(room);
  }
}

/** Network Information API, §3: a reduced data usage preference. Not every browser has it. */
function browserSavesData(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}
