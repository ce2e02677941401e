import { edgeService, parsePlacement } from "./edge-service.ts";
import { closeOnSignal, startHttpService } from "./http-service.ts";

/** Reads a variable that the service can't do without. */
function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`the environment variable ${name} is not set`);
  return value;
}

const handle = edgeService({
  pod: required("POD_NAME"),
  node: required("NODE_NAME"),
  placement: parsePlacement(required("PLACEMENT")),
});
closeOnSignal(await startHttpService({ name: "edge", port: Number(required("PORT")), handle }));
