import { LOCAL_CODES, toEmporionError } from "../../client";
import { explainError } from "../i18n/errors";
import { showToast } from "./toasts";

/** Whether an action was carried out; if it was refused or its answer lost, a toast says so. */
export async function succeeds(action: Promise<unknown>): Promise<boolean> {
  try {
    await action;
    return true;
  } catch (error) {
    showToast(explainError(toEmporionError(error, LOCAL_CODES.connectionLost)), "warning");
    return false;
  }
}
