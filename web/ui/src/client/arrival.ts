import type { Connection } from "./connection";
import type { MediaLink } from "./media_link";
import type { PrepareDetails } from "./opening";
import type { RoomOptions } from "./room_options";

interface Surroundings {
  readonly options: RoomOptions;
  readonly media: MediaLink;
  readonly connection: () => Connection;
}

/** The way in. What can be done before the click is done then; the join itself is one message. */
export class Arrival {
  readonly #surroundings: Surroundings;
  #name: string | null = null;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  async prepare(): Promise<void> {
    this.#surroundings.connection().prepare(await this.#details());
  }

  async join(name: string | null): Promise<void> {
    this.#name = name;
    this.#surroundings.connection().join({ ...(await this.#details()), name });
  }

  async handlePreparationLost(): Promise<void> {
    const { media, connection } = this.#surroundings;
    await media.renewOffer();
    if (connection().phase === "joining") await this.join(this.#name);
  }

  async #details(): Promise<PrepareDetails> {
    const { media, options } = this.#surroundings;
    await media.prepare();
    return { token: options.token, device_id: options.deviceId, media: media.offer };
  }
}
