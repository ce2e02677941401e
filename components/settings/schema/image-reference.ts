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

/** Parts of a tag that tell one image from all others: 2.541, v1.2, 20260817, r1234, a commit. */
const exactPart = /(^|[-_.])(v?\d+\.\d+|[a-z]?\d{3,}|(?=[0-9a-f]*\d)[0-9a-f]{7,40}($|[-_.]))/i;

/** An image of others, by a tag that its publisher doesn't move, as far as a tag tells that; or by digest. */
export const exactImage = imageReference.refine((text) => {
  const [, tag] = /:([^/@]+)(@.*)?$/.exec(text) ?? [];
  return tag === undefined || text.includes("@sha256:") || exactPart.test(tag);
}, "a floating tag, which is another image tomorrow; write one that names a version, such as 2.541 or 20260817, or a digest: repository@sha256:…");
