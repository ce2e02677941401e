import { z } from "zod";

const component = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*";
const label = "([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const pattern = new RegExp(
  `^(${label}(\\.${label})*(:[0-9]+)?/)?${component}(/${component})*(:[\\w][\\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$`,
);

/** An image's reference, as container runtimes read it (distribution/reference, regexp.go), always with a tag or digest. */
export const imageReference = z
  .string()
  .refine(
    (text) => pattern.test(text) && text.replace(/[:@].*$/s, "").length <= 255,
    "not an image reference; write a lower-case repository:tag or repository@sha256:digest",
  )
  .refine(
    (text) => /(:[\w][\w.-]*|@sha256:[0-9a-f]{64})$/.test(text.slice(text.lastIndexOf("/") + 1)),
    "an image without a tag, which is another one tomorrow; write repository:tag or repository@sha256:digest",
  );
