import { z } from "zod";
import { bucketFolder, bucketName, loginWord, regionName, s3Endpoint } from "./endpoint.ts";

/** A folder of a bucket, reached by HTTPS. Its secret key is an encrypted setting of its own. */
export const s3Store = z.strictObject({
  endpoint: s3Endpoint.default("s3.amazonaws.com"),
  bucket: bucketName,
  region: regionName.default("us-east-1"),
  folder: bucketFolder.default(""),
  accessKey: loginWord,
});
