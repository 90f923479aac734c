import { expect, test } from "vitest";

import { checkImage, cleanName, Files, MAX_IMAGE_BYTES } from "../src/client/files";

function opened(): Files {
  const files = new Files("wss://emporion.example/train/ws");
  files.handleWelcome("RM_1", "a/b+c");
  return files;
}

test("files are beside the socket, with the ticket in the address", () => {
  expect(opened().url("FI_1")).toBe(
    "https://emporion.example/train/api/v1/files/FI_1?ticket=a%2Fb%2Bc",
  );
  expect(opened().pageUrl("FI_1", 3, "thumb")).toBe(
    "https://emporion.example/train/api/v1/files/FI_1/pages/3/thumb?ticket=a%2Fb%2Bc",
  );
});

test("the address of a file stays the same for a stay, so that nothing is fetched twice", () => {
  const files = opened();
  const before = files.url("FI_1");
  files.handleWelcome("RM_2", "a/b+c"); // Moved to a group, or taken up again.
  expect(files.url("FI_1")).toBe(before);
});

test("nothing is brought before the join", async () => {
  const files = new Files("ws://localhost/ws");
  const upload = files.upload(new File(["x"], "a.png"), "chat");
  await expect(upload).rejects.toMatchObject({ code: "connection.lost" });
});

test("what the server would refuse is not sent", () => {
  const picture = new File([new Uint8Array(MAX_IMAGE_BYTES)], "a.png", { type: "image/png" });
  const large = new File([new Uint8Array(MAX_IMAGE_BYTES + 1)], "a.png", { type: "image/png" });
  const words = new File(["x"], "a.svg", { type: "image/svg+xml" });
  expect([picture, large, words].map((file) => checkImage(file)?.code)).toEqual([
    undefined,
    "files.too_large",
    "files.type_not_allowed",
  ]);
});

test("a name is made so that the server takes it", () => {
  expect(cleanName("商品 1.png")).toBe("商品 1.png");
  expect(cleanName("a/b\\c\u0000d.png")).toBe("a_b_c_d.png");
  expect(cleanName("  ")).toBe("file");
  expect([...cleanName(`${"界".repeat(300)}.png`)]).toHaveLength(200);
});
